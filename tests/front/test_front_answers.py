"""The front over REST: what is asked is answered by the engine, kept, and answered once."""

from __future__ import annotations


def test_question_is_answered(front, sender) -> None:
    (reply,) = front.ask("visa?", sender)
    assert reply["recipient_id"] == sender and reply["text"] == "You said: visa?"
    assert reply["metadata"] == {
        "outcome": "answered",
        "topic": "a/b",
        "sources": [{"section": "About", "key": "about/one"}],
    }


def test_same_id_is_one_message(front, engine, sender) -> None:
    replies = [front.ask("hello", sender, message_id="7") for _ in range(3)]
    assert replies[0] == replies[1] == replies[2]
    assert [turn["text"] for turn in engine.ran if turn["conversation"] == front.conversation_of(sender)] == ["hello"]


def test_other_conversation_cannot_be_named_by_id(front, sender) -> None:
    (one,) = front.ask("mine", f"{sender}/b", message_id="c")
    (other,) = front.ask("theirs", sender, message_id="b/c")
    assert (one["text"], other["text"]) == ("You said: mine", "You said: theirs")
