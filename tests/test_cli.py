"""The command line as people use it, against a stand-in engine where one is needed."""

from __future__ import annotations

import http.server
import json
import os
import re
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import NoReturn

import pytest
from typer.testing import CliRunner

from bench.__main__ import app as bench_app
from bot.cli import chat
from bot.cli.main import app
from bot.ops import doctor
from core import services
from core.settings import PROJECT_ROOT, Settings
from demo.__main__ import app as demo_app
from tests import harness

GROUPS = {
    **{group.name: group.typer_instance for group in app.registered_groups},
    **{"bench": bench_app, "demo": demo_app},  # with command lines of their own
}
COMMANDS = [
    *([name] for each in app.registered_commands if (name := each.name or each.callback.__name__) not in GROUPS),
    *([group, each.name or each.callback.__name__] for group in GROUPS for each in GROUPS[group].registered_commands),
]
PASSED_ON = (["rasa"], ["pytest"], ["front", "pytest"])  # their --help is Rasa's and pytest's own


def _advisor(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli.main", *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def _one_line(done: subprocess.CompletedProcess) -> str:
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


@pytest.fixture
def free_port() -> int:
    return harness.free_port()


class StandInEngine(http.server.BaseHTTPRequestHandler):
    """Says back what it was sent, with two buttons."""

    def do_GET(self) -> None:
        self._answer({"ready": True})

    def do_POST(self) -> None:
        if self.headers.get("Authorization") != "Bearer open":
            self._answer({"error": "a key is needed"}, 401)
            return
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = f"**got** {asked.get('message', asked.get('payload'))}"
        buttons = [{"title": "Visas", "payload": '/ask_topic{"topic": "a"}'}, {"title": "Fees", "payload": "/more"}]
        self._answer([{"recipient_id": asked["sender"], "text": said, "buttons": buttons}])

    def _answer(self, body, status=200) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *words) -> None:
        pass


@pytest.fixture
def engine() -> Iterator[Settings]:
    """Yield settings under which a stand-in engine answers."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), StandInEngine) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Settings(engine_port=server.server_port, front_port=server.server_port, rest_key="open")
        server.shutdown()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_command_has_one_line_of_help(command) -> None:
    group = GROUPS.get(command[0], app) if len(command) == 2 else app
    callback = next(
        each.callback for each in group.registered_commands if (each.name or each.callback.__name__) == command[-1]
    )
    first = callback.__doc__.splitlines()[0]
    assert first.endswith(".") and len(first) < 65
    if command not in PASSED_ON:
        own_app = {"bench": bench_app, "demo": demo_app}.get(command[0])
        arguments = command[1:] if own_app else command
        assert CliRunner().invoke(own_app or app, [*arguments, "--help"]).exit_code == 0


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_command_stands_in_docs(command) -> None:
    page = (PROJECT_ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert f"`./advisor {' '.join(command)}" in page


def test_help_is_quick() -> None:
    """In time of the processor, since other programs may be at work."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert _advisor("--help").returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert used < 3, "heavy imports belong inside the functions"


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, bot.cli.main; print([m for m in ('rasa', 'tensorflow', 'numpy', 'onnxruntime') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_wrong_usage_exits_two() -> None:
    assert _advisor("ask").returncode == 2
    assert _advisor("knowledge", "nonsense").returncode == 2


def test_bad_setting_is_one_line() -> None:
    assert "ADVISOR_ENGINE_PORT" in _one_line(_advisor("settings", ADVISOR_ENGINE_PORT="x"))


def test_missing_knowledge_is_one_line(tmp_path) -> None:
    assert "no knowledge base" in _one_line(_advisor("knowledge", "stats", ADVISOR_VAR_DIR=str(tmp_path)))


def test_ask_without_engine_says_how_to_start(free_port) -> None:
    assert "make run" in _one_line(_advisor("ask", "hello", ADVISOR_FRONT_PORT=str(free_port)))


def test_run_names_busy_port() -> None:
    others = {name: str(harness.free_port()) for name in ("ADVISOR_FRONT_PORT", "ADVISOR_OPERATORS_PORT")}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = _one_line(_advisor("run", ADVISOR_ENGINE_PORT=str(port), **others))
    assert f"Port {port}" in words and "ADVISOR_ENGINE_PORT" in words


def test_ask_prints_the_reply(engine) -> None:
    done = _advisor("ask", "visa?", ADVISOR_FRONT_PORT=str(engine.front_port), ADVISOR_REST_KEY="open")
    assert done.stdout == "got visa?\n  1) Visas\n  2) Fees\n"


def test_refusal_is_one_line(engine) -> None:
    assert "401" in _one_line(_advisor("ask", "visa?", ADVISOR_FRONT_PORT=str(engine.front_port)))


def test_chat_presses_buttons_by_number(engine) -> None:
    said, typed = [], iter(["hello", "2", "7"])

    def read(prompt) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    chat.chat(engine, said.append, read)
    replies = [line.splitlines()[0] for line in said if line.startswith("got")]
    assert replies == ["got hello", "got /more", "got 7"]


def test_chat_uses_running_advisor(engine) -> None:
    with chat.advisor_running(engine):
        pass


def test_engine_listens_on_loopback_only() -> None:
    actions, engine = services.services(Settings(actions="server"))
    assert engine.argv[engine.argv.index("-i") + 1] == "127.0.0.1"
    assert actions.environment["SANIC_HOST"] == "127.0.0.1"


def test_moved_action_server_is_told_to_the_engine(tmp_path) -> None:
    file = services.endpoints_file(Settings(var_dir=tmp_path, actions_port=6055))
    text = file.read_text(encoding="utf-8")
    assert "http://127.0.0.1:6055/webhook" in text and "tracker_store" in text


def test_usual_port_needs_no_copy(tmp_path) -> None:
    assert services.endpoints_file(Settings(var_dir=tmp_path)) == PROJECT_ROOT / "endpoints.yml"


@pytest.fixture
def empty(tmp_path, free_port) -> Settings:
    """Return a project in which nothing has been prepared."""
    return Settings(root=tmp_path, engine_port=free_port)


def test_sentence_model_is_prepared_with_one_line(tmp_path) -> None:
    """A first set-up shows what this says: nothing of the libraries that build the graph."""
    done = _advisor("model-files", ADVISOR_VAR_DIR=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "Preparing the sentence model ...\n", "")


@pytest.mark.parametrize(
    ("check", "remedy"),
    [
        (doctor.packages, "git checkout requirements"),
        (doctor.sentence_model, "make setup"),
        (doctor.sentence_encoder, "make setup"),
        (doctor.knowledge_base, "knowledge build"),
        (doctor.trained, "make train"),
        (doctor.website_widget, "make setup"),
        (doctor.console_scripts, "make setup"),
    ],
)
def test_doctor_names_what_is_missing(empty, check, remedy) -> None:
    finding = check(empty)
    assert not finding.ok and remedy in finding.remedy


def test_doctor_says_whither_messages_go(empty, tmp_path) -> None:
    assert doctor.language_model(empty).state == "none: what visitors write stays here"
    told = {"language_model_url": "https://models.example.org/v1", "language_model_name": "m"}
    there = replace(empty, **told, language_model_consent="models.example.org")
    assert "go to models.example.org" in doctor.language_model(there).state
    key = tmp_path / "model.key"
    keyed = replace(there, language_model_key_file=key)
    assert "its key is missing" in doctor.language_model(keyed).state
    key.write_text("sk-4711")
    key.chmod(0o644)
    assert doctor.language_model(keyed).remedy == f"Run: chmod 600 {key}"
    key.chmod(0o600)
    assert doctor.language_model(keyed).ok


def test_doctor_names_wrong_packages(empty) -> None:
    (empty.root / "requirements").mkdir()
    lock = "typer==0.0.1 \\\n    --hash=sha256:00\nno-such-package==1 \\\n    --hash=sha256:00\n"
    (empty.root / "requirements/engine.lock").write_text(lock)
    finding = doctor.packages(empty)
    assert "typer" in finding.state and "instead of 0.0.1" in finding.state
    assert "no-such-package missing instead of 1" in finding.state


def test_doctor_accepts_this_python(empty) -> None:
    assert doctor.python_version(empty).ok


def test_doctor_accepts_these_packages() -> None:
    assert doctor.packages(Settings()).ok


def test_doctor_tells_running_from_taken(engine, empty) -> None:
    assert "answers" in doctor.engine(engine).state
    assert "is free" in doctor.engine(empty).state
    with socket.create_server(("127.0.0.1", 0)) as taken:
        finding = doctor.action_server(Settings(actions="server", actions_port=taken.getsockname()[1]))
    assert not finding.ok and "ADVISOR_ACTIONS_PORT" in finding.remedy


def test_doctor_knows_its_own_advisor(advisor, tmp_path) -> None:
    own = advisor.settings
    assert doctor.engine(own).ok and "answers" in doctor.engine(own).state
    another = doctor.engine(replace(own, var_dir=tmp_path))
    assert not another.ok and "another advisor" in another.state and "ADVISOR_ENGINE_PORT" in another.remedy


def test_doctor_survives_a_broken_check(empty, monkeypatch) -> None:
    def broken_check(settings) -> NoReturn:
        raise RuntimeError("the disk went away")

    monkeypatch.setattr(doctor, "CHECKS", (broken_check, doctor.python_version))
    first, second = doctor.run_checks(empty)
    assert not first.ok and "the disk went away" in first.state and second.ok


def test_doctor_exits_one_on_trouble(tmp_path) -> None:
    done = _advisor("doctor", ADVISOR_VAR_DIR=str(tmp_path), ADVISOR_MODELS_DIR=str(tmp_path))
    assert done.returncode == 1
    assert re.search(r"BROKEN Trained model.*\n +-> Run: make train", done.stdout)
    assert done.stderr == ""
