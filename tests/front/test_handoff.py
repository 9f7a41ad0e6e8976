"""A person takes over, over the operators' API: who has a conversation, what the visitor is told, what nobody can undo."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.front.processes import until


def state(front, conversation: str) -> dict:
    return front.operate("GET", f"conversations/{conversation}").json()


def last(front, conversation: str) -> str:
    return state(front, conversation)["messages"][-1]["text"]


@pytest.fixture
def talking(front, sender) -> str:
    """Return a conversation's id, after its first turn."""
    front.ask("hello", sender)
    return front.conversation_of(sender)


def change(front, conversation: str, what: str, person: str = "Ada") -> httpx.Response:
    return front.operate("POST", f"conversations/{conversation}/{what}", person=person)


def test_asking_for_a_person_waits(front, sender) -> None:
    (reply,) = front.ask("a person please", sender)
    assert reply["metadata"]["outcome"] == "handoff" and "I have asked the advice team" in reply["text"]
    conversation = front.conversation_of(sender)
    waiting = {one["conversation"]: one for one in front.operate("GET", "waiting").json()}
    assert waiting[conversation]["state"] == "waiting" and waiting[conversation]["since"]


def test_somebody_in_need_reads_both(front, sender) -> None:
    """The engine's reply comes first, a helpline say; then that a person was asked for."""
    help_first, then = front.ask("distress", sender)
    assert help_first["text"] == "Here is a helpline." and "I have asked the advice team" in then["text"]
    assert help_first["metadata"]["outcome"] == then["metadata"]["outcome"] == "handoff"


def test_advisor_still_answers_while_waiting(front, sender) -> None:
    front.ask("a person please", sender)
    assert front.ask("visa?", sender)[0]["text"] == "You said: visa?"
    assert "already" in front.ask("a person now", sender)[0]["text"]


def test_contact_details_are_taken_while_waiting(front, sender) -> None:
    front.ask("a person please", sender)
    (reply,) = front.ask("ann@example.org, please write", sender)
    assert "passed your details on" in reply["text"] and reply["metadata"]["outcome"] == "handoff"
    conversation = front.conversation_of(sender)
    (left,) = [one for one in front.operate("GET", "contacts").json() if one["conversation_id"] == conversation]
    assert left["contact"] == "ann@example.org, please write"
    assert state(front, conversation)["state"] == "waiting"
    assert front.operate("POST", f"contacts/{left['id']}/done").status_code == 200
    assert left["id"] not in [one["id"] for one in front.operate("GET", "contacts").json()]
    assert front.operate("POST", f"contacts/{left['id']}/done").status_code == 404


def test_person_takes_and_answers(front, engine, sender, talking) -> None:
    taken = change(front, talking, "take").json()
    assert (taken["state"], taken["held_by"]) == ("person", "Ada") and taken["since"]
    asked_before = len(engine.ran)
    *_, reply = front.ask("are you there?", sender)
    assert reply["metadata"]["outcome"] == "handoff" and "Ada" in reply["text"]
    said = front.operate("POST", f"conversations/{talking}/reply", person="Ada", text="Yes, I am.").json()
    assert (said["author"], said["author_name"]) == ("person", "Ada")
    assert [one["text"] for one in state(front, talking)["messages"]][-3:] == [
        "are you there?",
        reply["text"],
        "Yes, I am.",
    ]
    assert len(engine.ran) == asked_before, "the engine is not asked"


def test_visitor_is_told_who_joined(front, talking) -> None:
    change(front, talking, "take")
    assert "Ada from the advice team has joined" in last(front, talking)
    change(front, talking, "release")
    assert "automated advisor again" in last(front, talking)


def test_taking_again_says_nothing(front, talking) -> None:
    change(front, talking, "take")
    before = len(state(front, talking)["messages"])
    assert change(front, talking, "take").status_code == 200
    assert len(state(front, talking)["messages"]) == before


def test_other_person_cannot_take(front, talking) -> None:
    change(front, talking, "take")
    refused = change(front, talking, "take", "Bob")
    assert refused.status_code == 409 and "Ada" in refused.json()["error"]
    said = front.operate("POST", f"conversations/{talking}/reply", person="Bob", text="Hello")
    assert said.status_code == 409


@pytest.mark.parametrize(
    "text", ["/restart", "/session_start", "stop", "release", "/release", "bot", "/back", "goodbye"]
)
def test_no_text_ends_person(front, engine, sender, talking, text) -> None:
    change(front, talking, "take")
    asked_before = len(engine.ran)
    assert front.ask(text, sender)[0]["metadata"]["outcome"] == "handoff"
    assert state(front, talking)["state"] == "person" and len(engine.ran) == asked_before


def test_no_button_ends_person(front, sender) -> None:
    front.ask("buttons", sender)
    conversation = front.conversation_of(sender)
    change(front, conversation, "take")
    assert front.ask(payload="/ask_person", sender=sender)[0]["metadata"]["outcome"] == "handoff"
    assert state(front, conversation)["state"] == "person"


def test_released_conversation_is_answered(front, sender, talking) -> None:
    change(front, talking, "take")
    assert change(front, talking, "release").json()["state"] == "bot"
    assert front.ask("visa?", sender)[-1]["text"] == "You said: visa?"
    assert change(front, talking, "release").status_code == 409


def test_closed_conversation_opens_again(front, sender, talking) -> None:
    change(front, talking, "take")
    assert change(front, talking, "close").json()["state"] == "closed"
    assert "closed" in last(front, talking)
    assert front.ask("one more thing", sender)[-1]["text"] == "You said: one more thing"
    assert state(front, talking)["state"] == "bot"
    changes = [(one["before"], one["after"], one["by"]) for one in state(front, talking)["changes"]]
    assert changes == [("bot", "person", "Ada"), ("person", "closed", "Ada"), ("closed", "bot", "visitor")]


def test_taken_while_engine_thinks(front, engine, sender, talking) -> None:
    """The engine's late answer is not said beside the person's."""
    engine.behave(seconds=1)
    try:
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(front.ask, "slow one", sender)
            until(lambda: last(front, talking) == "slow one", "the message")
            change(front, talking, "take")
            *_, reply = asked.result()
    finally:
        engine.behave()
    assert reply["metadata"]["outcome"] == "handoff" and "Ada" in reply["text"]


def test_nobody_comes_in_time(engine, new_front, sender) -> None:
    front = new_front(engine, handoff_wait_minutes=0.01, person_silent_minutes=0.01, advice_contact="help@example.org")
    front.ask("a person please", sender)
    waiting = front.conversation_of(sender)
    front.ask("hello", "other")
    held = front.conversation_of("other")
    change(front, held, "take")
    until(lambda: (state(front, waiting)["state"], state(front, held)["state"]) == ("bot", "bot"), "the time-out")
    assert "nobody from the advice team is free" in last(front, waiting) and "help@example.org" in last(front, waiting)
    assert "Ada has not answered for a while" in last(front, held)
    assert state(front, held)["changes"][-1]["by"] == "front"
    assert front.ask("visa?", "other")[-1]["text"] == "You said: visa?"


def test_deleted_everywhere(front, engine, sender, talking) -> None:
    assert front.operate("DELETE", f"conversations/{talking}").status_code == 200
    assert front.operate("GET", f"conversations/{talking}").status_code == 404
    assert front.operate("DELETE", f"conversations/{talking}").status_code == 404
    until(lambda: talking in engine.forgotten, "the engine's forgetting")
    front.ask("hello again", sender)
    assert front.conversation_of(sender) != talking


def test_deleted_while_waiting(front, engine, sender, talking) -> None:
    """Who waits for an answer in a conversation that is deleted does not wait for ever."""
    engine.behave(seconds=2)
    try:
        with ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(front.ask, f"{number}", sender) for number in range(2)]
            until(lambda: len(state(front, talking)["messages"]) == 4, "both messages")
            front.operate("DELETE", f"conversations/{talking}")
            assert [one.result() for one in asked] == [[], []]
    finally:
        engine.behave()


def test_deletion_waits_for_the_engine(new_engine, new_front, sender) -> None:
    engine = new_engine()
    front = new_front(engine)
    front.ask("hello", sender)
    conversation = front.conversation_of(sender)
    engine.behave(status=500)
    assert front.operate("DELETE", f"conversations/{conversation}").status_code == 200
    assert engine.forgotten == []
    engine.behave()
    until(lambda: engine.forgotten == [conversation], "the engine's forgetting")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "conversations/none/take", {"person": "Ada"}, 409),
        ("POST", "conversations/none/take", {}, 400),
        ("POST", "conversations/none/take", {"person": 5}, 400),
        ("POST", "conversations/none/take", {"person": "x" * 121}, 400),
        ("POST", "conversations/none/reply", {"person": "Ada", "text": " "}, 400),
        ("POST", "conversations/none/reply", {"person": "Ada", "text": "x" * 4001}, 400),
        ("GET", "conversations/none", {}, 404),
        ("DELETE", "conversations/none", {}, 404),
        ("POST", "messages/99999999/retry", {}, 404),
        ("POST", f"messages/{10**30}/retry", {}, 404),
        ("POST", f"contacts/{10**30}/done", {}, 404),
        ("POST", "messages/x/retry", {}, 404),
        ("GET", "nowhere", {}, 404),
        ("DELETE", "waiting", {}, 405),
    ],
)
def test_bad_call_is_refused(front, method, path, body, status) -> None:
    refused = front.operate(method, path, **body)
    assert refused.status_code == status and refused.json()["error"]


def test_operators_need_the_key(front, engine, new_front) -> None:
    import httpx

    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic b3A6"}):
        assert httpx.get(f"{front.operators_url}/operators/waiting", headers=headers).status_code == 401
    assert front.client.get("/operators/waiting").status_code == 404, "never on the public address"
    keyless = new_front(engine, operators_key="")
    refused = keyless.operate("GET", "waiting")
    assert refused.status_code == 403 and "ADVISOR_OPERATORS_KEY" in refused.json()["error"]
