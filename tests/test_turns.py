"""The turn contract between a front and the engine, and the state of a conversation behind it."""

from __future__ import annotations

import json
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from bot.engine.tracker_store import KEPT_TURNS
from tests.engine_fixtures import OUTCOMES, TURNS_PATH, Reply

BENEFITS = '/ask_topic{"topic": "benefits/overview"}'


@pytest.fixture
def conversation() -> str:
    return uuid.uuid4().hex


def _turn(advisor, conversation, message_id=None, **said) -> dict[str, Any]:
    status, answer = advisor.turn(conversation, message_id, **said)
    assert status == 200, answer
    return answer


def _topic_talked_about(answer) -> Any:
    return (answer["slots"].get("frame") or {}).get("topic")


# --- the shape ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "said",
    [
        {"text": "which country suits data analytics?"},
        {"payload": BENEFITS},
        {"text": "hello"},
        {"text": ""},
        {"text": "qwrtz pfff"},
    ],
    ids=str,
)
def test_turn_has_the_contract_shape(advisor, conversation, said) -> None:
    answer = _turn(advisor, conversation, **said, channel="web", metadata={"page": "/courses"})
    assert set(answer) == {"messages", "understanding", "actions", "slots"}
    for message in answer["messages"]:
        assert set(message) <= {"text", "buttons", "cards", "custom", "metadata"}
        assert message["text"].strip() and message["metadata"]["outcome"] in OUTCOMES
    understanding = answer["understanding"]
    assert set(understanding) >= {"intent", "topic", "confidence", "ranking", "entities"}
    assert isinstance(understanding["intent"], str) and 0 <= understanding["confidence"] <= 1
    assert all(set(one) >= {"name", "confidence"} for one in understanding["ranking"])
    assert answer["actions"] and all(name.startswith(("action_", "utter_")) for name in answer["actions"])


def test_turn_tells_what_was_understood(advisor, conversation) -> None:
    answer = _turn(advisor, conversation, text="which country suits data analytics?")
    assert answer["understanding"]["intent"] == "ask_best_destination"
    assert {"entity": "field", "value": "data-analytics"} in answer["understanding"]["entities"]
    assert answer["actions"] == ["action_recommend_destination"]
    assert answer["slots"]["frame"]["names"] == {"field": ["data-analytics"]}
    assert (
        _turn(advisor, conversation, text="what is a MicroMasters?")["understanding"]["topic"] == "types/micromasters"
    )


def test_button_tells_its_topic(advisor, conversation) -> None:
    answer = _turn(advisor, conversation, payload=BENEFITS)
    assert answer["understanding"]["intent"] == "ask_topic" and answer["understanding"]["confidence"] == 1
    assert _topic_talked_about(answer) == "benefits/overview"


@pytest.mark.parametrize(
    "change",
    [
        {"conversation": None},
        {"conversation": " "},
        {"conversation": 5},
        {"conversation": "x" * 256},
        {"message_id": None},
        {"message_id": ""},
        {"message_id": 5},
        {"text": None},
        {"text": 5},
        {"text": "x" * 2001},
        {"text": "\ud800"},
        {"payload": "/restart"},
        {"payload": "hello"},
        {"payload": 5},
        {"channel": 5},
        {"metadata": "page"},
        {"metadata": []},
    ],
    ids=str,
)
def test_wrong_turn_is_refused(advisor, conversation, change) -> None:
    body = {"conversation": conversation, "message_id": "1", "text": "hello", **change}
    status, answer = advisor.post(TURNS_PATH, {key: value for key, value in body.items() if value is not None})
    assert status == 400 and answer["error"]


@pytest.mark.parametrize("body", [b"", b"[]", b"hello", b"[" * 100_000])
def test_wrong_body_is_refused(advisor, body) -> None:
    assert advisor.post(TURNS_PATH, body)[0] == 400


# --- once only ----------------------------------------------------------------------------------------------------
def test_same_turn_is_run_once(advisor, conversation) -> None:
    _turn(advisor, conversation, payload=BENEFITS)
    first = _turn(advisor, conversation, "m-1", text="yes please")
    assert _turn(advisor, conversation, "m-1", text="yes please") == first
    assert _turn(advisor, conversation, "m-1", text="something else") == first
    assert _turn(advisor, conversation, "m-2", text="yes please") != first


def test_parallel_messages_are_all_answered(advisor, conversation) -> None:
    asked = {
        "what is a MicroMasters?": "types/micromasters",
        "what are nanodegrees": "types/nanodegrees",
        "what are digital badges": "types/digital-badges",
        "what are bootcamps": "types/bootcamps",
        "how do I choose": "choosing/overview",
        "what is a CPD unit": "types/cpd",
    }
    with ThreadPoolExecutor(len(asked)) as pool:
        answers = list(pool.map(lambda text: _turn(advisor, conversation, text=text), asked))
    assert [Reply(answer["messages"]).topic for answer in answers] == list(asked.values())
    assert _kept_turns(advisor, conversation) == len(asked)


def test_parallel_conversations_are_all_answered(advisor) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _turn(advisor, uuid.uuid4().hex, text="what is a MicroMasters?"), range(16)))
    assert {Reply(answer["messages"]).topic for answer in answers} == {"types/micromasters"}


# --- state --------------------------------------------------------------------------------------------------------
def test_conversations_do_not_mix(advisor) -> None:
    one, other = advisor.conversation(), advisor.conversation()
    one.press(BENEFITS)
    other.press('/ask_topic{"topic": "challenges/overview"}')
    assert one.say("tell me more").topic == "benefits/overview"
    assert other.say("tell me more").topic == "challenges/overview"
    assert advisor.conversation().say("tell me more").topic is None


@pytest.mark.parametrize("name", ["plain-42", "telegram:42", "slack C1/171.2", "ünï", "100%", "a?b#c", "50%25"])
def test_conversation_can_be_forgotten(advisor, name) -> None:
    name = f"{name} {uuid.uuid4().hex}" if " " in name else name + uuid.uuid4().hex
    _turn(advisor, name, "m-1", payload=BENEFITS)
    assert advisor.forget(quote(name, safe="")) == (200, {"forgotten": True})
    assert _row(advisor, name) is None
    assert advisor.forget(quote(name, safe="")) == (200, {"forgotten": False})


def test_forgotten_conversation_starts_anew(advisor, conversation) -> None:
    _turn(advisor, conversation, "m-1", payload=BENEFITS)
    advisor.forget(conversation)
    answer = _turn(advisor, conversation, "m-1", text="tell me more")
    assert _topic_talked_about(answer) != "benefits/overview"


def test_state_survives_a_kill(breakable, conversation) -> None:
    _turn(breakable, conversation, payload=BENEFITS)
    first = _turn(breakable, conversation, "m-1", text="tell me more")
    breakable.kill("engine")
    breakable.start("engine")
    assert _turn(breakable, conversation, "m-1", text="tell me more") == first
    assert _topic_talked_about(_turn(breakable, conversation, text="where is that from?")) == "benefits/overview"


def test_state_stays_bounded(advisor, conversation) -> None:
    _turn(advisor, conversation, payload=BENEFITS)
    sizes = []
    for number in range(30):
        _turn(advisor, conversation, text=f"what about fees for course number {number}?")
        sizes.append(len(_row(advisor, conversation)))
    assert max(sizes[15:]) <= max(sizes[:15]) * 1.1
    assert _kept_turns(advisor, conversation) <= 2 * KEPT_TURNS


def test_old_turns_still_count(advisor, conversation) -> None:
    _turn(advisor, conversation, text="which country suits data analytics?")
    for _ in range(15):
        _turn(advisor, conversation, text="thanks")
    answer = _turn(advisor, conversation, text="where is that from?")
    assert answer["slots"]["frame"]["names"] == {"field": ["data-analytics"]}


def _row(advisor, conversation) -> Any:
    with sqlite3.connect(f"file:{advisor.database}?mode=ro", uri=True) as connection:
        found = connection.execute("SELECT events FROM conversation WHERE id = ?", (conversation,)).fetchone()
    return found and found[0]


def _kept_turns(advisor, conversation) -> int:
    return sum(event["event"] == "user" for event in json.loads(_row(advisor, conversation)))
