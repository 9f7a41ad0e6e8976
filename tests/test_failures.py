"""What goes wrong is said to be wrong, spoils nothing, and is mended by sending the same message again."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from core.settings import Settings
from tests.harness import PATIENCE

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
def mended(breakable) -> Iterator[None]:
    """Whatever a test broke is whole again after it."""
    yield
    _mend(breakable)


@pytest.fixture
def served(served) -> Iterator[Any]:
    """Return the one with an action server, for which the same holds."""
    yield served
    _mend(served)
    if "actions" not in served.running:
        served.start("actions")


def _fails(reply) -> bool:
    return reply.outcome == "failed" and bool(reply.text)


def _state(advisor, conversation: str) -> Any:
    with sqlite3.connect(f"file:{advisor.database}?mode=ro", uri=True) as connection:
        return connection.execute("SELECT * FROM conversation WHERE id = ?", (conversation,)).fetchone()


SPOILT = [_missing, _empty, _other_bytes_at_the_start, _other_bytes_inside, _other_database]


# --- the knowledge base -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", SPOILT, ids=lambda how: how.__name__.strip("_"))
def test_spoilt_knowledge_fails_the_turn(breakable, how) -> None:
    sender, message_id = uuid.uuid4().hex, uuid.uuid4().hex
    _spoil(breakable, how)
    assert _fails(breakable.ask(QUESTION, sender=sender, message_id=message_id))
    _mend(breakable)
    reply = breakable.ask(QUESTION, sender=sender, message_id=message_id)
    assert (reply.outcome, reply.topic) == ("answered", "definition/what")


@pytest.mark.parametrize("how", SPOILT, ids=lambda how: how.__name__.strip("_"))
def test_front_is_told_of_spoilt_knowledge(breakable, how) -> None:
    _spoil(breakable, how)
    status, answer = breakable.turn(uuid.uuid4().hex, text=QUESTION)
    assert (status, answer["retry"]) == (500, False)  # the same message would fail again
    assert "action_answer_topic" in answer["error"] and "messages" not in answer


def test_log_says_why_without_the_message(breakable) -> None:
    _spoil(breakable, _missing)
    breakable.ask(f"{QUESTION} my name is Zanzibarite")
    breakable.turn(uuid.uuid4().hex, text=f"{QUESTION} my name is Zanzibarite")
    assert "action_answer_topic" in breakable.engine_log
    assert "KnowledgeMissing" in breakable.engine_log and str(breakable.settings.knowledge_db) in breakable.engine_log
    assert "Zanzibarite" not in breakable.engine_log


def test_server_and_engine_log_no_message(served) -> None:
    _spoil(served, _missing)
    assert _fails(served.ask(f"{QUESTION} my name is Zanzibarite"))
    assert "action_answer_topic" in served.engine_log
    assert "KnowledgeMissing" in served.actions_log and "open_knowledge" in served.actions_log, "its kind and its place"
    assert "Zanzibarite" not in served.engine_log + served.actions_log


def test_button_fails_as_text_does(breakable) -> None:
    _spoil(breakable, _missing)
    assert _fails(breakable.ask(payload='/ask_topic{"topic": "definition/what"}'))


def test_failed_turn_leaves_the_conversation(breakable) -> None:
    person = breakable.conversation()
    person.press('/ask_topic{"topic": "benefits/overview"}')
    before = _state(breakable, person.sender)
    _spoil(breakable, _missing)
    assert _fails(person.say("do I need a visa?"))
    assert breakable.turn(person.sender, text="do I need a visa?")[0] == 500
    assert _state(breakable, person.sender) == before
    _mend(breakable)
    reply = person.say(LATER)
    assert (reply.outcome, reply.topic) == ("answered", "benefits/overview")


def test_first_turn_that_fails_leaves_nothing(breakable) -> None:
    sender = uuid.uuid4().hex
    _spoil(breakable, _missing)
    assert _fails(breakable.ask(QUESTION, sender=sender))
    assert _state(breakable, sender) is None


def test_missing_role_is_named_and_the_topic_answers(breakable) -> None:
    with sqlite3.connect(breakable.settings.knowledge_db) as db:
        db.execute("DELETE FROM role WHERE key = 'recognition'")
    status, answer = breakable.turn(uuid.uuid4().hex, text="is it recognised in canada? my name is Zanzibarite")
    assert status == 200 and answer["messages"]
    assert (
        "recognition" in breakable.engine_log
        and "roles.yml" in breakable.engine_log
        and "Zanzibarite" not in breakable.engine_log
    )


def test_button_that_is_gone_is_said_so(breakable) -> None:
    reply = breakable.ask(payload='/ask_topic{"topic": "faq/long-gone"}')
    assert reply.outcome == "clarify" and "isn't available any more" in reply.text


def _endless(db: Path) -> None:
    """Every look for a topic goes on for ever."""
    with sqlite3.connect(db) as connection:
        connection.execute("ALTER TABLE topic_key RENAME TO kept")
        connection.execute(
            "CREATE VIEW topic_key AS WITH RECURSIVE endless(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM endless) "
            "SELECT kept.* FROM kept, endless WHERE n < 0"
        )


def test_endless_query_is_interrupted(start_advisor, tmp_path) -> None:
    """A flood of endless queries leaves quick questions alone, and no thread behind."""
    db = Path(shutil.copy(Settings().knowledge_db, tmp_path))
    advisor = start_advisor(knowledge_db=db, action_timeout_seconds=8.0)
    _endless(db)
    button = '/ask_topic{"topic": "definition/what"}'
    with ThreadPoolExecutor(20) as people:
        asked = [people.submit(advisor.turn, uuid.uuid4().hex, payload=button) for _ in range(20)]
        while not advisor.ready()[1]["answers"]["slow_waiting"]:
            time.sleep(0.1)
        assert advisor.ask("thank you").outcome == "smalltalk"  # reads no topic
        status, about = advisor.ready()
        assert not any(one.done() for one in asked)
        assert status == 200 and about["answers"]["slow_busy_seconds"] > 0
        assert [one.result()[0] for one in asked] == [500] * 20
    until = time.monotonic() + 10.0  # the last interrupted query lets go of its thread a moment after its answer
    while advisor.ready()[1]["answers"] != dict.fromkeys(about["answers"], 0) and time.monotonic() < until:
        time.sleep(0.1)
    assert advisor.ready()[1]["answers"] == dict.fromkeys(about["answers"], 0)
    advisor.stop()


# --- the action server --------------------------------------------------------------------------------------------
def test_killed_action_server(served) -> None:
    served.kill("actions")
    sender, message_id = uuid.uuid4().hex, uuid.uuid4().hex
    question = f"{QUESTION} my name is Kilimanjarite"
    assert _fails(served.ask(question, sender=sender, message_id=message_id))
    status, answer = served.turn(sender, message_id, text=question)
    assert (status, answer["retry"]) == (503, True) and "action_answer_topic could not be run" in answer["error"]
    assert served.ready()[0] == 503 and served.ready()[1]["reason"]
    assert _state(served, sender) is None
    served.start("actions")
    assert served.ask(question, sender=sender, message_id=message_id).topic == "definition/what"
    assert served.ready()[0] == 200
    assert "Kilimanjarite" not in served.engine_log + served.actions_log


def test_hanging_action_server(served) -> None:
    sender, message_id = uuid.uuid4().hex, uuid.uuid4().hex
    served.signal("actions", signal.SIGSTOP)
    try:
        started = time.monotonic()
        assert _fails(served.ask(QUESTION, sender=sender, message_id=message_id))
        assert time.monotonic() - started < served.settings.action_timeout_seconds + PATIENCE
    finally:
        served.signal("actions", signal.SIGCONT)
    assert "took longer than" in served.engine_log
    assert served.ask(QUESTION, sender=sender, message_id=message_id).topic == "definition/what"


# --- the working memory -------------------------------------------------------------------------------------------
def test_locked_state_fails_the_turn(breakable) -> None:
    sender, message_id = uuid.uuid4().hex, uuid.uuid4().hex
    other = sqlite3.connect(breakable.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert _fails(breakable.ask(QUESTION, sender=sender, message_id=message_id))
        status, answer = breakable.turn(sender, message_id, text=QUESTION)
        assert (status, answer["retry"]) == (503, True) and answer["error"]
        status, answer = breakable.forget(sender)
        assert status == 503 and answer["error"]
        assert breakable.ready()[0] == 503
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert breakable.ask(QUESTION, sender=sender, message_id=message_id).topic == "definition/what"


def test_unreadable_state_fails_the_turn(breakable) -> None:
    sender, message_id = uuid.uuid4().hex, uuid.uuid4().hex
    other = sqlite3.connect(breakable.database, isolation_level=None)
    other.execute("ALTER TABLE conversation RENAME TO put_aside")
    try:
        assert _fails(breakable.ask(QUESTION, sender=sender, message_id=message_id))
        assert _fails(breakable.ask(QUESTION, sender=sender))
        status, answer = breakable.turn(sender, message_id, text=QUESTION)
        assert status == 503 and answer["error"]
    finally:
        other.execute("ALTER TABLE put_aside RENAME TO conversation")
        other.close()
    assert breakable.ask(QUESTION, sender=sender, message_id=message_id).topic == "definition/what"


def test_broken_memory_is_begun_anew(breakable) -> None:
    sender = uuid.uuid4().hex
    assert breakable.ask(QUESTION, sender=sender).outcome == "answered"
    breakable.kill("engine")
    for end in ("-wal", "-shm"):  # from which SQLite would mend it
        breakable.database.with_name(f"engine.db{end}").unlink(missing_ok=True)
    _other_bytes_at_the_start(breakable.database)
    breakable.start("engine")
    for question in (QUESTION, "which unis in canada?"):
        assert breakable.ask(question, sender=sender).outcome == "answered"
    assert breakable.ready()[0] == 200 and _state(breakable, sender)
    assert len(list(breakable.database.parent.glob("engine.db.broken-*[0-9]"))) == 1
    assert "is broken (DatabaseError)" in breakable.engine_log and "begun anew" in breakable.engine_log


@pytest.mark.parametrize("events", ["no JSON", '[{"event": "never heard of"}]', '{"a": 1}', "[1]"])
def test_unreadable_conversation_begins_afresh(breakable, events) -> None:
    sender, other = uuid.uuid4().hex, breakable.conversation()
    breakable.ask(QUESTION, sender=sender)
    other.say("which programs are there in cloud computing?")
    with sqlite3.connect(breakable.database) as db:  # the version as well, as another engine's would be
        db.execute("UPDATE conversation SET events = ?, version = version + 1 WHERE id = ?", (events, sender))
    for _ in range(2):
        assert breakable.ask("which unis in canada?", sender=sender).outcome == "answered"
    assert other.say("and in design?").outcome != "failed"  # others go on as they were
    assert "begins afresh" in breakable.engine_log
