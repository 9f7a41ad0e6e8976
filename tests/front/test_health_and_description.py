"""What the front says of itself: health, readiness part by part, figures, and the description of its addresses."""

from __future__ import annotations

import re
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from starlette.routing import Mount, Route

from bot.front.app import Front, build
from core.settings import PROJECT_ROOT, Settings
from tests.front.processes import until


def test_health_needs_nothing(front, engine) -> None:
    assert front.client.get("/health").json() == {"status": "ok"}


def test_ready_names_each_part(front) -> None:
    answer = front.client.get("/ready")
    assert answer.status_code == 200, answer.text
    parts = {"engine": "ok", "actions": "ok", "database": "ok", "knowledge": "ok"}
    said = answer.json()
    assert (said["ready"], said["reason"], said["checks"]) == (True, "", parts)
    assert re.fullmatch(r"\d+\.\d+\.\d+", said["version"])


def test_engine_that_is_away_is_named(new_engine, new_front) -> None:
    engine = new_engine()
    front = new_front(engine)
    engine.kill()
    answer = front.client.get("/ready")
    assert answer.status_code == 503 and "engine: cannot be reached" in answer.json()["reason"]
    assert answer.json()["checks"]["database"] == "ok"
    assert front.client.get("/health").status_code == 200
    engine.start()
    engine.behave(ready=False)
    assert front.client.get("/ready").json()["checks"]["engine"] == "the model is still loading"
    engine.behave()
    assert front.client.get("/ready").status_code == 200


def test_full_disk_is_named(engine, new_front, sender) -> None:
    """The front may write no file beyond its size now, as on a full disk."""
    front = new_front(engine)
    front.ask("before", sender)
    size = max(file.stat().st_size for file in front.folder.glob("conversations.db*"))
    resource.prlimit(front.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    until(lambda: front.post({"sender": sender, "message": "visa? " * 200}).status_code == 503, "a message's refusal")
    answer = front.client.get("/ready")
    assert answer.status_code == 503 and answer.json()["checks"]["database"] != "ok"
    resource.prlimit(front.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    until(lambda: front.client.get("/ready").status_code == 200, "the end of it")
    assert front.ask("after", sender)[0]["text"] == "You said: after"


def test_asking_leaves_nothing_behind(new_engine, new_front) -> None:
    front = new_front(new_engine())
    for _ in range(3):
        assert front.client.get("/ready").status_code == 200
    with closing(sqlite3.connect(front.folder / "conversations.db")) as database:
        counts = [database.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("message", "conversation")]
    assert counts == [(0,), (0,)]


def test_missing_knowledge_is_named(engine, new_front, tmp_path) -> None:
    front = new_front(engine, knowledge_db=tmp_path / "none.db")
    answer = front.client.get("/ready")
    assert answer.status_code == 503 and "no knowledge base" in answer.json()["checks"]["knowledge"]


def _routes(routes, prefix: str = "") -> list[tuple[str, str]]:
    found = []
    for route in routes:
        if isinstance(route, Mount):
            found += _routes(route.routes or (), prefix + route.path)
        elif isinstance(route, Route) and route.include_in_schema:
            found += [(prefix + route.path, method.lower()) for method in sorted(route.methods or {"GET"})]
    return [(path, method) for path, method in found if method != "head"]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Iterator[Front]:
    """Build a front without starting it, for its list of routes."""
    parts = build(Settings(var_dir=tmp_path_factory.mktemp("built"), operators_key="key"))
    yield parts
    parts.store.close()


def test_every_public_route_is_described(built, front) -> None:
    described = front.client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.")
    routes = _routes(built.public.routes)
    assert ("/webhooks/rest/webhook", "post") in routes
    for path, method in routes:
        operation = described["paths"].get(path.replace(":path", ""), {}).get(method, {})
        assert operation.get("summary") and operation.get("responses"), f"{method} {path} is not described"


def test_every_operators_call_is_in_the_docs(built) -> None:
    page = (PROJECT_ROOT / "docs/front.md").read_text(encoding="utf-8")
    for path, method in _routes(built.operators.routes):
        assert f"`{method.upper()} {path.replace(':int', '')}`" in page, f"{method.upper()} {path}"


def test_metrics_count_what_happened(front, engine, sender) -> None:
    import httpx

    def page() -> str:
        return httpx.get(f"{front.operators_url}/metrics").text

    front.ask("hello", sender)
    assert 'advisor_messages_received_total{channel="rest"}' in page()
    assert 'advisor_messages_answered_total{channel="rest",outcome="answered"}' in page()
    assert 'advisor_ready{part="actions"} 1.0' in page()
    engine.behave(ready=False)
    assert 'advisor_ready{part="actions"} 0.0' in page()
    engine.behave(status=502)
    front.ask("hello", sender)
    engine.behave()
    assert 'advisor_messages_answered_total{channel="rest",outcome="failed"}' in page()
    assert "advisor_engine_seconds_bucket" in page() and sender not in page()


def test_docs_tell_of_each_figure(front) -> None:
    docs = "".join(
        (PROJECT_ROOT / "docs" / page).read_text(encoding="utf-8") for page in ("operations.md", "language-model.md")
    )
    page = front.client.get(f"{front.operators_url}/metrics").text
    figures = re.findall(r"^# HELP (advisor_\w+(?<!_created)) ", page, re.MULTILINE)
    untold = set(figures) - set(re.findall(r"advisor_\w+", docs))
    assert figures and untold == set()


def test_log_holds_no_words(new_engine, new_front) -> None:
    """Through answers, hand-off, failures, a locked database and bad requests, nothing that was written is logged."""
    import contextlib
    import sqlite3

    marker, key, sender = "Xylophone4711", "operators-key-for-tests", "Sender4711"
    engine = new_engine()
    front = new_front(engine, engine_seconds=1, engine_key="EngineSecret4711", alert_webhook="http://127.0.0.1:1/T4711")
    front.ask(f"{marker} buttons", sender)
    front.ask(f"{marker} person", sender)
    front.ask(f"{marker}@example.org", sender)
    conversation = front.conversation_of(sender)
    front.operate("POST", f"conversations/{conversation}/take", person=f"Ada {marker}")
    front.operate("POST", f"conversations/{conversation}/reply", person=f"Ada {marker}", text=marker)
    front.operate("POST", f"conversations/{conversation}/release", person=f"Ada {marker}")
    front.post(content=f'{{"sender": "{marker}", "message": 5, "{marker}": '.encode())
    front.client.get(f"/nowhere/{marker}?token={marker}")
    for behaviour in ({"status": 502}, {"seconds": 2}, {"body": {"messages": [{"text": marker, "buttons": [marker]}]}}):
        engine.behave(**behaviour)
        front.ask(marker, sender)
    engine.behave()
    with contextlib.closing(sqlite3.connect(front.folder / "conversations.db", isolation_level=None)) as other:
        other.execute("DROP TABLE alert")
        assert front.post({"sender": "other", "message": marker}).status_code == 200
        other.execute("ALTER TABLE message RENAME TO gone")
        assert front.post({"sender": "other", "message": marker}).status_code == 503
        until(lambda: "a duty failed" in front.log, "a failing duty")
    for secret in (marker, key, sender, "EngineSecret4711", "T4711"):
        assert secret not in front.log
    assert '"a turn failed"' in front.log and '"the database could not be used"' in front.log, front.log


def test_front_runs_without_rasa() -> None:
    """In the front's environment there is no Rasa, and putting the front together imports none, nor what builds a guide."""
    code = (
        "import importlib.util, sys; import bot.front.app, bot.cli.front_commands, bot.cli.main; "
        "print([m for m in ('rasa', 'rasa_sdk', 'tensorflow') if importlib.util.find_spec(m) or m in sys.modules]"
        " + [m for m in ('sqlite_utils', 'dateutil') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_metrics_tell_what_waits(new_engine, new_front) -> None:
    """A message that the engine does not answer is counted with its age until it does."""
    import httpx

    def figure(name: str) -> float:
        page = httpx.get(f"{front.operators_url}/metrics").text
        return float(next(line for line in page.splitlines() if line.startswith(f"{name} ")).rpartition(" ")[2])

    engine = new_engine()
    front = new_front(engine, engine_seconds=30)
    assert figure('advisor_waiting{what="message"}') == 0 and figure("advisor_database_reachable") == 1
    engine.behave(seconds=4)
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(front.ask, "slowly", "somebody")
        until(lambda: figure('advisor_waiting{what="message"}') == 1, "the message to be counted")
        until(lambda: figure('advisor_waiting_oldest_seconds{what="message"}') > 0, "its age")
        asked.result()
    assert figure('advisor_waiting{what="message"}') == 0
    assert figure('advisor_waiting_oldest_seconds{what="message"}') == 0
    assert figure("process_resident_memory_bytes") > 1e6 and figure("advisor_streams_limit") == 5000
