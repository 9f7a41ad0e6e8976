"""What a turn's answer tells of how its message was understood, and of the question that it became."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from actions.base import Answer
from actions.context import DialogueState, Ranked, Understanding
from actions.dialogue.resolution import as_query
from actions.dialogue.turn import answer_turn
from actions.replies.base import ANSWERED, Reply
from bot.engine.current_turn import TurnInProgress


def told(**topic: Any) -> dict[str, Any]:
    """Return the understanding that a turn tells of a message read in this way."""
    entities = [
        {"entity": "destination", "value": "canada", "left_out": False, "start": 3},
        {"entity": "destination", "value": "uk", "left_out": True, "start": 9},
    ]
    parsed = {"intent": {"name": "ask_topic", "confidence": 0.9}, "entities": entities, "topic": topic}
    tracker = DialogueStateTracker.from_events("a", [UserUttered("x", {"name": "ask_topic"}, parse_data=parsed)])
    return dict(TurnInProgress("a", None).finish(tracker)["understanding"])


def test_entity_that_is_excluded_says_so() -> None:
    assert told()["entities"] == [
        {"entity": "destination", "value": "canada"},
        {"entity": "destination", "value": "uk", "part": "left_out"},
    ]


@pytest.mark.parametrize(
    ("read", "shown"),
    [
        ({"form": "how_many"}, {"form": "how_many"}),
        ({"attributes": ["place"]}, {"attributes": ["place"]}),
        ({"attribute": "place"}, {"attributes": ["place"]}),
        ({"unknown_names": ["Zedtech"]}, {"unknown_names": ["Zedtech"]}),
        ({"answerable": -0.5, "is_answerable": False}, {"answerable": -0.5, "is_answerable": False}),
        ({"answerable": 0.0, "is_answerable": True}, {"answerable": 0.0, "is_answerable": True}),
        ({"references": {"one": True}}, {"references": {"one": True}}),
        ({"back": ["there"], "nth": "2"}, {"references": ["there", "2"]}),
        ({"claims": [{"topic": "a", "number": 1, "fit": 0.5, "covered": 0.4}] * 9}, {"claims": 5}),
        (
            {"parts": [{"intent": {"name": "compare"}, "topic": {"key": None}, "entities": [], "text": "their words"}]},
            {"parts": [{"intent": "compare", "topic": None, "entities": []}]},
        ),
        ({"form": "", "unknown_names": [], "adds": False}, {}),
    ],
    ids=str,
)
def test_reading_is_told_without_what_is_empty(read, shown) -> None:
    found = told(**read)
    extra = {
        name: each for name, each in found.items() if name not in ("intent", "topic", "confidence", "ranking", "topics")
    }
    extra.pop("entities")
    if isinstance(shown.get("claims"), int):
        assert [set(each) for each in extra["claims"]] == [{"topic", "number", "fit"}] * shown["claims"]
    else:
        assert extra == shown


def test_query_is_the_resolved_message() -> None:
    resolved = Understanding(
        intent="ask_topic",
        names={"destination": ("canada",)},
        topics=(Ranked("challenges/visa", 0.7),),
        left_out={"destination": ("uk",)},
    )
    assert as_query(resolved) == {
        "intent": "ask_topic",
        "topic": "challenges/visa",
        "names": {"destination": ["canada"]},
        "left_out": {"destination": ["uk"]},
    }
    assert as_query(Understanding(intent="compare", topics=(Ranked("a/b", 0.7),))) == {"intent": "compare"}


def test_every_reply_says_its_query(knowledge) -> None:
    def answer(knowledge, understanding, state) -> Answer:
        return Answer(Reply("Fine.", ANSWERED), state)

    reply = answer_turn(knowledge, Understanding(intent="thank"), DialogueState(), answer).reply
    assert reply.as_message()["metadata"]["query"] == {"intent": "thank"}
    assert reply.as_message()["metadata"]["decided_by"] == "as read"
