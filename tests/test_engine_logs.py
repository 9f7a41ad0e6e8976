"""What people say stands in no log of the engine's side, even where somebody asks Rasa for all it has to say."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.engine_fixtures import TURNS_PATH

MARK = "zanzibarquartz"
WORDS = f"{MARK} which universities in canada are good for nursing, and what does it cost for {MARK}@example.org"


@pytest.fixture(scope="module")
def talkative(start_advisor) -> Any:
    """Return an engine and an action server that were told to log everything."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LOG_LEVEL", "DEBUG")
        patched.setenv("LOG_LEVEL_LIBRARIES", "DEBUG")
        return start_advisor(actions="server", engine_key="between us")


BODIES = {
    "words": {"conversation": MARK, "message_id": MARK, "text": WORDS, "metadata": {"page": MARK}},
    "payload": {"conversation": MARK, "message_id": f"{MARK}2", "payload": f'/ask_topic{{"topic": "{MARK}"}}'},
    "no such payload": {"conversation": MARK, "message_id": f"{MARK}3", "payload": f"/{MARK}"},
    "wrong types": {"conversation": MARK, "message_id": [MARK], "text": {MARK: MARK}},
    "too long": {"conversation": MARK, "message_id": f"{MARK}4", "text": MARK * 1000},
    "malformed": f'{{"conversation": "{MARK}'.encode(),
}


def test_no_words_are_logged_at_any_level(talkative) -> None:
    for body in BODIES.values():
        talkative.post(TURNS_PATH, body)
    talkative.post(TURNS_PATH, BODIES["words"], headers={"Authorization": f"Bearer {MARK}"})
    talkative.post(f"/{MARK}?token={MARK}", {})
    talkative.forget(f"{MARK}{uuid.uuid4().hex}")
    said = talkative.engine_log + talkative.actions_log
    assert [line for line in said.splitlines() if MARK in line] == []
    assert "rasa.core.processor reports something" in said, "it was asked to say all it can"


def test_words_reach_the_answer(talkative) -> None:
    """The same words were understood, or nothing would be proven."""
    status, answer = talkative.turn(uuid.uuid4().hex, text=WORDS)
    assert status == 200 and MARK not in json.dumps(answer["actions"]) and answer["messages"]
