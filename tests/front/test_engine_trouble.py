"""When the engine, the database or another front is in the way: the person hears of it, staff see it, nothing is lost."""

from __future__ import annotations

import contextlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.settings import PROJECT_ROOT, Settings
from tests.front.processes import RunningFront, ended_at_last, until

PATIENT = {"engine_seconds": 20}
IMPATIENT = {"engine_seconds": 1}


def failed(front) -> list[dict]:
    return front.operate("GET", "failed").json()


def texts(front, conversation: str) -> list[str]:
    return [one["text"] for one in front.operate("GET", f"conversations/{conversation}").json()["messages"]]


@pytest.fixture(scope="module")
def impatient(engine, tmp_path_factory) -> Iterator[RunningFront]:
    """Run a front that waits one second for the engine."""
    running = RunningFront(tmp_path_factory.mktemp("impatient"), engine, **IMPATIENT)
    with ended_at_last([running]):
        yield running.start()


@pytest.fixture(autouse=True)
def well_again(engine) -> Iterator[None]:
    yield
    engine.behave()


def test_person_waits_ten_seconds_at_most() -> None:
    assert Settings().engine_seconds <= 8, "the rest is for the database and the way"


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ({"seconds": 2}, "no answer"),
        ({"status": 503}, "no answer"),
        ({"status": 502}, "answered 502: told to fail"),
        ({"status": 500}, "answered 500"),
        ({"body": {"messages": "none"}}, "not in the agreed form"),
        ({"body": [1]}, "not in the agreed form"),
        ({"key": "another"}, "answered 401"),
    ],
)
def test_trouble_is_an_apology(impatient, engine, sender, behaviour, reason) -> None:
    engine.behave(**behaviour)
    (reply,) = impatient.ask("visa?", sender)
    assert reply["metadata"] == {"outcome": "failed"} and "Sorry" in reply["text"]
    newest = failed(impatient)[0]
    assert newest["text"] == "visa?" and reason in newest["failure"]


def test_failed_message_is_answered_on_retry(impatient, engine, sender) -> None:
    engine.behave(status=502)
    impatient.ask("visa?", sender)
    engine.behave()
    newest = failed(impatient)[0]
    assert impatient.operate("POST", f"messages/{newest['message']}/retry").status_code == 200
    wanted = ["visa?", "You said: visa?"]
    until(lambda: texts(impatient, newest["conversation"])[::2] == wanted, "the answer")
    assert newest["message"] not in [one["message"] for one in failed(impatient)]
    assert impatient.operate("POST", f"messages/{newest['message']}/retry").status_code == 404


def test_queue_behind_trouble_does_not_wait(impatient, engine, sender) -> None:
    """Three messages at once: the later ones do not wait the whole time again."""
    engine.behave(status=503)
    with ThreadPoolExecutor(3) as pool:
        replies = list(pool.map(lambda number: impatient.ask(f"{number}", sender), range(3)))
    assert [reply["metadata"]["outcome"] for (reply,) in replies] == ["failed"] * 3


def test_engine_that_comes_back_answers(new_engine, new_front) -> None:
    engine = new_engine()
    front = new_front(engine, **PATIENT)
    engine.kill()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(front.ask, "visa?")
        engine.start()
        assert asked.result()[0]["text"] == "You said: visa?"
    assert len(engine.ran) == 1


def test_engine_killed_in_a_turn_is_asked_again(new_engine, new_front) -> None:
    engine = new_engine()
    front = new_front(engine, **PATIENT)
    engine.behave(seconds=30)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(front.ask, "visa?")
        until(lambda: _inbound(front) == [("visa?", "received")], "the message's writing")
        engine.kill()
        engine.start()
        assert asked.result()[0]["text"] == "You said: visa?"


def test_sigterm_finishes_what_is_begun(new_engine, new_front) -> None:
    engine = new_engine()
    front = new_front(engine, **PATIENT)
    engine.behave(seconds=1)
    with ThreadPoolExecutor(2) as pool:
        begun = pool.submit(front.ask, "first", message_id="1")
        until(lambda: len(_inbound(front)) == 1, "the first message")
        pool.submit(front.post, {"sender": "me", "message": "second", "message_id": "2"})
        until(lambda: len(_inbound(front)) == 2, "the second message")
        assert front.end(signal.SIGTERM) == 0, front.log
        assert begun.result()[0]["text"] == "You said: first"
    engine.behave()
    front.start()
    until(lambda: [state for _, state in _inbound(front)] == ["answered"] * 2, "the second answer")
    assert [turn["text"] for turn in engine.ran] == ["first", "second"]


def _inbound(front) -> list[tuple[str, str]]:
    with contextlib.closing(sqlite3.connect(front.folder / "conversations.db")) as database:
        return database.execute("SELECT text, state FROM message WHERE author = 'visitor' ORDER BY id").fetchall()


def _one_error(front) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bot.front.app"], cwd=PROJECT_ROOT, env=front.environment, capture_output=True, text=True
    )
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def test_second_front_is_refused(front, engine, new_front) -> None:
    second = new_front(engine, started=False, var_dir=front.folder)
    assert "Another front" in _one_error(second)


def test_damaged_database_is_one_line(engine, new_front) -> None:
    front = new_front(engine, started=False)
    (front.folder / "conversations.db").write_bytes(b"no database at all" * 1000)
    assert "advisor restore" in _one_error(front)


def test_bad_setting_is_one_line(engine, new_front) -> None:
    assert "ADVISOR_SMTP_SECURITY" in _one_error(new_front(engine, started=False, smtp_security="some"))


def test_taken_port_ends_the_front(front, engine, new_front) -> None:
    second = new_front(engine, started=False, operators_port=front.operators_port)
    second.start(wait=False)
    assert second.process.wait(30) == 1 and str(front.operators_port) in second.log


def test_locked_database_is_said(engine, new_front, sender) -> None:
    front = new_front(engine)
    front.ask("before", sender)
    with contextlib.closing(sqlite3.connect(front.folder / "conversations.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ready = threading.Thread(target=lambda: found.append(front.client.get("/ready")))
        found: list = []
        ready.start()
        refused = front.post({"sender": sender, "message": "locked out"})
        ready.join()
        assert front.client.get("/health").status_code == 200
        other.execute("ROLLBACK")
    assert refused.status_code == 503 and "try again" in refused.json()["error"]
    assert found[0].status_code == 503 and "cannot be written" in found[0].json()["checks"]["database"]
    assert front.ask("after", sender)[0]["text"] == "You said: after"
    assert "locked out" not in front.log


def test_pack_whose_engine_is_away_takes_no_other_along(new_engine, new_front, tmp_path) -> None:
    first, school = new_engine(), new_engine()
    (tmp_path / "school/knowledge/guide").mkdir(parents=True)
    knowledge = shutil.copy(Settings().knowledge_db, tmp_path / "school.db")
    text = (
        f"[school]\nguide_dir = school\nengine_port = {school.port}\nknowledge_db = {knowledge}\nchannels = callback\n"
    )
    (tmp_path / "packs.ini").write_text(text, encoding="utf-8")
    front = new_front(first, packs_file=tmp_path / "packs.ini", **IMPATIENT)
    assert set(front.client.get("/ready").json()["checks"].values()) == {"ok"}
    front.ask("visa?")
    assert [each["text"] for each in first.ran] == ["visa?"] and school.ran == []
    with sqlite3.connect(front.folder / "conversations.db") as database:
        database.execute("UPDATE conversation SET pack = 'school'")
    front.ask("visa?")
    assert len(first.ran) == 1 and [each["text"] for each in school.ran] == ["visa?"]
    conversation = front.conversation_of()
    assert front.operate("DELETE", f"conversations/{conversation}").status_code == 200
    until(lambda: conversation in first.forgotten and conversation in school.forgotten, "both engines' forgetting")
    school.kill()
    ready = front.client.get("/ready")
    assert ready.status_code == 200 and "engine of school" in ready.json()["reason"]
    front.ask("visa?", "another")
    first.kill()
    assert front.client.get("/ready").status_code == 503


def test_conversation_of_a_pack_that_is_no_more_is_failed_and_told(new_engine, new_front) -> None:
    engine = new_engine()
    (tmp := new_front(engine, started=False).folder / "school/knowledge/guide").mkdir(parents=True)
    (tmp.parents[2] / "packs.ini").write_text("[school]\nguide_dir = school\nengine_port = 9\n", encoding="utf-8")
    front = new_front(engine, packs_file=tmp.parents[2] / "packs.ini", **IMPATIENT)
    front.ask("visa?")
    with sqlite3.connect(front.folder / "conversations.db") as database:
        database.execute("UPDATE conversation SET pack = 'clinic'")
    (reply,) = front.ask("visa?")
    assert reply["metadata"] == {"outcome": "failed"}
    assert "the guide pack 'clinic' of this conversation is served no more" in failed(front)[0]["failure"]
