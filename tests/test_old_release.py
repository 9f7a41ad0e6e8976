"""The engine goes on from the memory that an older release wrote (tests/old_release/engine.sql)."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from actions.context import DialogueState
from core.settings import PROJECT_ROOT
from tests.engine_fixtures import Advisor, Reply

CONVERSATION = "03409d14fd22496cbd1bd27667239dff"


@pytest.fixture(scope="module")
def upgraded(start_advisor, tmp_path_factory) -> Advisor:
    """Start the engine in a folder in which the old release has worked."""
    folder: Path = tmp_path_factory.mktemp("old")
    with contextlib.closing(sqlite3.connect(folder / "engine.db")) as database:
        database.executescript((PROJECT_ROOT / "tests/old_release/engine.sql").read_text(encoding="utf-8"))
    return start_advisor(var_dir=folder)


def test_reply_is_remembered(upgraded) -> None:
    """A message that the old engine answered, sent again, is not run again."""
    status, answer = upgraded.turn(CONVERSATION, "old-1", text="something else")
    assert status == 200 and Reply(answer["messages"]).text == "They are short."


def test_conversation_goes_on(upgraded) -> None:
    status, answer = upgraded.turn(CONVERSATION, text="tell me more")
    assert status == 200 and Reply(answer["messages"]).topic == "benefits/overview"
    assert answer["slots"]["frame"]["names"] == {"destination": ["canada"]}
    assert "begins afresh" not in upgraded.engine_log


def test_state_of_another_release_is_read() -> None:
    """What this release doesn't know of a dialogue state is left out; after going back, a newer one may have left it."""
    state = DialogueState.from_slot({"topic": "benefits/overview", "not known here": 1})
    assert state == DialogueState(topic="benefits/overview")
