"""What goes wrong is said to be wrong, spoils nothing, and is mended by sending the same message again."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
import uuid
from pathlib import Path

import pytest

from bot.settings import Settings

QUESTION = "what are micro-credentials?"
LATER = "tell me more"


def _missing(db: Path) -> None:
    db.unlink()


def _empty(db: Path) -> None:
    db.write_bytes(b"")


def _other_bytes_at_the_start(db: Path) -> None:
    with db.open("r+b") as file:
        file.write(os.urandom(4096))


def _other_bytes_inside(db: Path) -> None:
    with db.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(db.stat().st_size - 4096))


def _other_database(db: Path) -> None:
    db.unlink()
    with sqlite3.connect(db) as connection:
        connection.execute("CREATE TABLE topic (key TEXT)")


def _spoil(advisor, how) -> None:
    how(advisor.settings.knowledge_db)


def _mend(advisor) -> None:
    shutil.copy(Settings().knowledge_db, advisor.settings.knowledge_db)


@pytest.fixture(autouse=True)
def mended(breakable):
    """Whatever a test broke is whole again after it."""
    yield
    _mend(breakable)


@pytest.fixture
def served(served):
    """The one with an action server, for which the same holds."""
    yield served
    _mend(served)
    if "actions" not in served.running:
        served.start("actions")


def _apologises(reply) -> bool:
    return reply.outcome == "failed" and len(reply.messages) == 1 and reply.text.lower().startswith("sorry")


def _state(advisor, conversation: str):
    with sqlite3.connect(f"file:{advisor.database}?mode=ro", uri=True) as connection:
        return connection.execute("SELECT * FROM conversation WHERE id = ?", (conversation,)).fetchone()


SPOILT = [_missing, _empty, _other_bytes_at_the_start, _other_bytes_inside, _other_database]


# --- the knowledge base -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", SPOILT, ids=lambda how: how.__name__.strip("_"))
def test_spoilt_knowledge_is_apologised_for(breakable, how):
    sender, message_id = uuid.uuid4().hex, uuid.uuid4().hex
    _spoil(breakable, how)
    assert _apologises(breakable.ask(QUESTION, sender=sender, message_id=message_id))
    _mend(breakable)
    reply = breakable.ask(QUESTION, sender=sender, message_id=message_id)
    assert (reply.outcome, reply.topic) == ("answered", "definition/what")


@pytest.mark.parametrize("how", SPOILT, ids=lambda how: how.__name__.strip("_"))
def test_front_is_told_of_spoilt_knowledge(breakable, how):
    _spoil(breakable, how)
    status, answer = breakable.turn(uuid.uuid4().hex, text=QUESTION)
    assert status in (502, 503)
    assert "action_answer_topic" in answer["error"] and "messages" not in answer


def test_log_says_why_without_the_message(breakable):
    _spoil(breakable, _missing)
    breakable.ask(f"{QUESTION} my name is Zanzibarite")
    breakable.turn(uuid.uuid4().hex, text=f"{QUESTION} my name is Zanzibarite")
    assert "action_answer_topic" in breakable.engine_log and "turn failed" in breakable.engine_log
    assert "KnowledgeMissing" in breakable.engine_log and str(breakable.settings.knowledge_db) in breakable.engine_log
    assert "Zanzibarite" not in breakable.engine_log


def test_server_and_engine_log_no_message(served):
    _spoil(served, _missing)
    assert _apologises(served.ask(f"{QUESTION} my name is Zanzibarite"))
    assert "action_answer_topic" in served.engine_log and "turn failed" in served.engine_log
    assert "KnowledgeMissing" in served.actions_log and str(served.settings.knowledge_db) in served.actions_log
    assert "Zanzibarite" not in served.engine_log + served.actions_log


def test_button_fails_as_text_does(breakable):
    _spoil(breakable, _missing)
    assert _apologises(breakable.ask(payload='/ask_topic{"topic": "definition/what"}'))


def test_failed_turn_leaves_the_conversation(breakable):
    person = breakable.conversation()
    person.press('/ask_topic{"topic": "benefits/overview"}')
    before = _state(breakable, person.sender)
    _spoil(breakable, _missing)
    assert _apologises(person.say("do I need a visa?"))
    assert breakable.turn(person.sender, text="do I need a visa?")[0] in (502, 503)
    assert _state(breakable, person.sender) == before
    _mend(breakable)
    reply = person.say(LATER)
    assert (reply.outcome, reply.topic) == ("answered", "benefits/overview")


def test_first_turn_that_fails_leaves_nothing(breakable):
    sender = uuid.uuid4().hex
    _spoil(breakable, _missing)
    assert _apologises(breakable.ask(QUESTION, sender=sender))
    assert _state(breakable, sender) is None


# --- the action server --------------------------------------------------------------------------------------------
def test_killed_action_server(served):
    served.kill("actions")
    sender, message_id = uuid.uuid4().hex, uuid.uuid4().hex
    question = f"{QUESTION} my name is Kilimanjarite"
    assert _apologises(served.ask(question, sender=sender, message_id=message_id))
    status, answer = served.turn(sender, message_id, text=question)
    assert status in (502, 503) and "action_answer_topic could not be run" in answer["error"]
    assert served.ready()[0] == 503 and served.ready()[1]["reason"]
    assert _state(served, sender) is None
    served.start("actions")
    assert served.ask(question, sender=sender, message_id=message_id).topic == "definition/what"
    assert served.ready()[0] == 200
    assert "Kilimanjarite" not in served.engine_log + served.actions_log


def test_hanging_action_server(served):
    sender, message_id = uuid.uuid4().hex, uuid.uuid4().hex
    served.signal("actions", signal.SIGSTOP)
    try:
        started = time.monotonic()
        assert _apologises(served.ask(QUESTION, sender=sender, message_id=message_id))
        assert time.monotonic() - started < served.settings.action_timeout_seconds + 2
    finally:
        served.signal("actions", signal.SIGCONT)
    assert "took longer than" in served.engine_log
    assert served.ask(QUESTION, sender=sender, message_id=message_id).topic == "definition/what"


# --- the working memory -------------------------------------------------------------------------------------------
def test_locked_state_fails_the_turn(breakable):
    sender, message_id = uuid.uuid4().hex, uuid.uuid4().hex
    other = sqlite3.connect(breakable.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert _apologises(breakable.ask(QUESTION, sender=sender, message_id=message_id))
        status, answer = breakable.turn(sender, message_id, text=QUESTION)
        assert status == 503 and answer["error"]
        status, answer = breakable.forget(sender)
        assert status == 503 and answer["error"]
        assert breakable.ready()[0] == 503
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert breakable.ask(QUESTION, sender=sender, message_id=message_id).topic == "definition/what"


def test_unreadable_state_fails_the_turn(breakable):
    sender, message_id = uuid.uuid4().hex, uuid.uuid4().hex
    other = sqlite3.connect(breakable.database, isolation_level=None)
    other.execute("ALTER TABLE conversation RENAME TO put_aside")
    try:
        assert _apologises(breakable.ask(QUESTION, sender=sender, message_id=message_id))
        assert _apologises(breakable.ask(QUESTION, sender=sender))
        status, answer = breakable.turn(sender, message_id, text=QUESTION)
        assert status == 503 and answer["error"]
    finally:
        other.execute("ALTER TABLE put_aside RENAME TO conversation")
        other.close()
    assert breakable.ask(QUESTION, sender=sender, message_id=message_id).topic == "definition/what"
