"""A real engine on free ports, with an action server where that is set, and the means to talk to it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.contract.turns import READY_PATH, TURNS_PATH
from core.http_client import fetch, local_opener
from core.processes import end_group, end_groups, last_line, start_process
from core.served_model import trained_model
from core.services import Service, services
from core.settings import Settings, env_name, process_environment
from tests.harness import free_port

if TYPE_CHECKING:  # scoring needs Rasa, which only the engine's environment has
    from tests.fork_server import ForkedProcess
    from training.evaluation.scoring import Scored

SERVICES = {"The engine": "engine", "The action server": "actions"}
START_SECONDS = 150  # a busy machine may need a minute; an idle one 20 s
OUTCOMES = ("answered", "declined", "clarify", "smalltalk", "handoff", "failed")


@dataclass(frozen=True)
class Reply:
    """What one message was answered with."""

    messages: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """Return all texts and cards as a reader sees them, without markdown."""
        return "\n".join(plain(part) for message in self.messages for part in _parts(message) if part)

    @property
    def first_sentence(self) -> str:
        """Return the first sentence of the text."""
        return re.split(r"(?<=[.!?])\s", self.text, maxsplit=1)[0]

    @property
    def outcome(self) -> str:
        """Return the outcome."""
        return self._said("outcome")

    @property
    def topic(self) -> str | None:
        """Return the topic's key, or None if the reply is about none."""
        return self._said("topic")

    @property
    def sources(self) -> list[dict[str, str]]:
        """Return the sources of all messages."""
        return [source for message in self.messages for source in message["metadata"].get("sources", [])]

    @property
    def buttons(self) -> list[dict[str, str]]:
        """Return the buttons of all messages."""
        return [button for message in self.messages for button in message.get("buttons", [])]

    @property
    def payloads(self) -> list[str]:
        """Return the payloads of the buttons."""
        return [button["payload"] for button in self.buttons]

    def _said(self, key: str) -> Any:
        return next((message["metadata"][key] for message in self.messages if key in message["metadata"]), None)


def _parts(message: dict[str, Any]) -> list[str]:
    cards = message.get("custom", {}).get("cards", [])
    return [
        message["text"],
        *(part for card in cards for part in (card["title"], card.get("text"), *card.get("lines", []))),
    ]


def plain(text: str) -> str:
    """Return a text without the signs of markdown."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"^\s*[-*] ", "", text.replace("**", ""), flags=re.MULTILINE)


@dataclass
class Advisor:
    """An engine, its action server if it has one, and ways to ask it."""

    settings: Settings
    is_forked: bool = False  # whether its engine is, which is quicker; all of the delivered one goes as it is delivered
    _processes: dict[str, subprocess.Popen[bytes] | ForkedProcess] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Return the engine's address."""
        return self.settings.engine_url

    @property
    def database(self) -> Path:
        """Return the path of the engine's working memory."""
        return self.settings.var_dir / "engine.db"

    @property
    def engine_log(self) -> str:
        """Return what the engine has logged."""
        return (self.settings.log_dir / "engine.log").read_text(encoding="utf-8", errors="replace")

    @property
    def actions_log(self) -> str:
        """Return what the action server has logged."""
        return (self.settings.log_dir / "actions.log").read_text(encoding="utf-8", errors="replace")

    def ask(
        self, text: Any = None, payload: str | None = None, sender: str | None = None, message_id: str | None = None
    ) -> Reply:
        """Send a message, or press a button, and return the reply; without a sender, in a conversation of its own.

        A turn that fails is a reply with the outcome `failed` and the engine's reason.
        """
        said = {"text": text, "payload": payload}
        asked = {key: value for key, value in said.items() if value is not None}
        status, answer = self.turn(sender or uuid.uuid4().hex, message_id, **asked)
        if "retry" in answer:
            return Reply([{"text": answer["error"], "metadata": {"outcome": "failed"}}])
        assert status == 200 and answer["messages"], f"{text or payload}: {status} {answer}"
        return Reply(answer["messages"])

    def turn(self, conversation: str, message_id: str | None = None, **said: Any) -> tuple[int, dict[str, Any]]:
        """Ask for a turn as a front does; return (status, answer)."""
        return self.post(
            TURNS_PATH, {"conversation": conversation, "message_id": message_id or uuid.uuid4().hex, **said}
        )

    def forget(self, conversation: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Ask for the erasure of a conversation as a front does; return (status, JSON)."""
        return self._send("DELETE", f"{TURNS_PATH}/{conversation}", None, headers)

    def conversation(self) -> Conversation:
        """Return a new conversation."""
        return Conversation(self)

    def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Return the (status, JSON) of a POST; bytes are sent as they are, anything else as JSON, with the key."""
        return self._send("POST", path, body if isinstance(body, bytes) else json.dumps(body).encode(), headers)

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str] | None) -> tuple[int, Any]:
        secret = self.settings.turns_key
        key = {"Authorization": f"Bearer {secret}"} if secret else {}
        headers = {"Content-Type": "application/json", **(key if headers is None else headers)}
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            with local_opener.open(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def start(self, *names: str) -> None:
        """Start "actions" or "engine", or what the settings ask for, and wait until they are of use."""
        environment = process_environment(
            {env_name(item.name): _shown(getattr(self.settings, item.name)) for item in fields(self.settings)}
        )
        wanted = {SERVICES[service.name]: service for service in services(self.settings)}
        for name in names or wanted:
            service = replace(wanted[name], environment={**wanted[name].environment, **environment})
            self._processes[name] = self._started(name, service)
        for name in names or wanted:
            self._wait_for(name, wanted[name].ready_url, wanted[name].log)

    def _started(self, name: str, service: Service) -> subprocess.Popen[bytes] | ForkedProcess:
        if self.is_forked and name == "engine":
            from tests.engine_fork_server import start_engine

            return start_engine(service.argv[service.argv.index("run") :], service.log, service.environment)
        return start_process(service.argv, service.log, service.environment, service.folder)

    def _wait_for(self, name: str, url: str, log: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while fetch(url)[0] != 200:
            if self._processes[name].poll() is not None or time.monotonic() > deadline:
                self.stop()
                pytest.fail(f"the {name} did not start: {last_line(log)}", pytrace=False)
            time.sleep(0.1)

    def kill(self, name: str) -> None:
        """End one of them at once, as a crash would."""
        end_group(self._processes.pop(name), seconds=0)

    @property
    def running(self) -> set[str]:
        """Return which of "actions" and "engine" were started and not ended."""
        return set(self._processes)

    def signal(self, name: str, number: int) -> None:
        """Send a signal to one of them and what it started."""
        os.killpg(self._processes[name].pid, number)

    def stop(self) -> None:
        """End both."""
        end_groups(list(self._processes.values()), seconds=5)
        self._processes.clear()

    def ready(self) -> tuple[int, dict[str, Any]]:
        """Return the (status, JSON) of the engine's readiness."""
        status, body = fetch(self.url + READY_PATH)
        return status, json.loads(body)


@dataclass
class Conversation:
    """One person's messages, in order."""

    advisor: Advisor
    sender: str = field(default_factory=lambda: uuid.uuid4().hex)

    def say(self, text: str) -> Reply:
        """Send a message and return the reply."""
        return self.advisor.ask(text, sender=self.sender)

    def press(self, payload: str) -> Reply:
        """Press a button and return the reply."""
        return self.advisor.ask(payload=payload, sender=self.sender)


def check_last_reply(advisor: Advisor, turns: Iterable[str], says: Iterable[str], never: Iterable[str]) -> None:
    """Say some turns in a conversation, and hold the last reply against what it says and what it does not.

    Each of `says` may be several words, split by "|", of which one must stand in it.
    """
    talk = advisor.conversation()
    reply = [talk.say(text) for text in turns][-1].text
    assert [one for one in says if not any(each in reply for each in one.split("|"))] == [], reply
    assert [one for one in never if one in reply] == [], reply


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _require_what_is_built(settings: Settings) -> None:
    if trained_model(settings) is None:
        pytest.fail(f"no trained model in {settings.models_dir}: run make train", pytrace=False)
    for path in (settings.encoder_dir, settings.knowledge_db):
        if not path.exists():
            pytest.fail(f"{path} is missing: run make train", pytrace=False)


@pytest.fixture(scope="session")
def start_advisor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Advisor]]:
    """Return a function that starts an advisor with settings of its own (`rest_key="secret"`), to be ended at the end."""
    started: list[Advisor] = []

    def start(is_forked: bool = True, **settings: Any) -> Advisor:
        built = Settings()
        ours = {
            "var_dir": tmp_path_factory.mktemp("advisor"),
            "knowledge_db": built.knowledge_db,
            "encoder_dir": built.encoder_dir,
            "engine_port": free_port(),
            "actions_port": free_port(),
        }
        advisor = Advisor(Settings(**{**ours, **settings}), is_forked)
        _require_what_is_built(advisor.settings)
        started.append(advisor)
        advisor.start()
        return advisor

    yield start
    for advisor in started:
        advisor.stop()


@pytest.fixture(scope="session")
def advisor(start_advisor: Callable[..., Advisor]) -> Advisor:
    """Start the advisor as it is delivered; shared, so nothing may be broken in it."""
    return start_advisor(is_forked=False)


@pytest.fixture(scope="session")
def breakable(start_advisor: Callable[..., Advisor], tmp_path_factory: pytest.TempPathFactory) -> Advisor:
    """Start an advisor with keys and a knowledge base of its own, for what must go wrong; a test mends what it breaks."""
    return start_advisor(**_own_knowledge(tmp_path_factory), rest_key="open-sesame", engine_key="between us")


@pytest.fixture(scope="session")
def served(start_advisor: Callable[..., Advisor], tmp_path_factory: pytest.TempPathFactory) -> Advisor:
    """Start an advisor like `breakable` with its actions on a server of their own."""
    return start_advisor(**_own_knowledge(tmp_path_factory), actions="server", action_timeout_seconds=6.0)


def _own_knowledge(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    _require_what_is_built(Settings())
    return {"knowledge_db": Path(shutil.copy(Settings().knowledge_db, tmp_path_factory.mktemp("knowledge")))}


@pytest.fixture(scope="session")
def understood() -> list[Scored]:
    """Return the test phrasings with what the trained model takes each for; some seconds, so once for all tests."""
    from training.evaluation.scoring import phrasings, score, trained_reader

    return score(trained_reader(), phrasings())
