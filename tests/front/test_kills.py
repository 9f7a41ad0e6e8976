"""The front is killed at every point of a message's way, many times, while people write: what is acknowledged is kept.

Real processes, SIGKILL, a database on disk or PostgreSQL's, an engine and a platform on sockets. A platform does what platforms
do: it sends a message again until it is acknowledged, and its people write the next one after that.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import groupby

import httpx
import pytest
from sqlalchemy import select

from conversations.db import schema
from conversations.db.store import Store
from core.settings import PROJECT_ROOT
from tests.front.kill_launcher import POINTS
from tests.front.processes import RunningFront, until
from tests.harness import PATIENCE

KILLS = int(os.environ.get("KILLS", "3"))  # at each point's first, second and third passing in turn; make test-all: 20
CHATS = ("ann", "bob", "cy")
A_ROUND = 2  # messages that each person writes between two kills


class Platform:
    """Accepts what it is sent, as often as it is sent, and remembers it."""

    def __init__(self) -> None:
        self.accepted: dict[str, list[str]] = defaultdict(list)
        platform = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                platform.accepted[said["chat"]].append(said["text"])
                answer = json.dumps({"id": str(len(platform.accepted[said["chat"]]))}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.server.handle_error = lambda request, address: (
            None
        )  # those that send to it are killed: no words about that
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class People:
    """Who write on the platform, each on their own; `acknowledged` is what the front has answered with 200."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=5, trust_env=False)
        self.acknowledged: dict[str, list[str]] = defaultdict(list)
        self._written = dict.fromkeys(CHATS, 0)
        self._more = threading.Condition()
        self._ending = False
        self._threads = [threading.Thread(target=self._write, args=(chat,), daemon=True) for chat in CHATS]
        for thread in self._threads:
            thread.start()

    def write_more(self) -> None:
        with self._more:
            for chat in CHATS:
                self._written[chat] += A_ROUND
            self._more.notify_all()

    @property
    def written(self) -> dict[str, list[str]]:
        return {chat: [f"{chat} {number}" for number in range(many)] for chat, many in self._written.items()}

    def end(self) -> None:
        with self._more:
            self._ending = True
            self._more.notify_all()
        for thread in self._threads:
            thread.join(timeout=5)

    def _write(self, chat: str) -> None:
        done = self.acknowledged[chat]
        while True:
            with self._more:
                self._more.wait_for(lambda: self._ending or len(done) < self._written[chat])
                if self._ending:
                    return
            text = f"{chat} {len(done)}"
            until(lambda text=text: self._taken(chat, text) or self._ending, f"an acknowledgement of '{text}'")
            done.append(text)

    def _taken(self, chat: str, text: str) -> bool:
        try:
            answer = self._client.post("/webhooks/loop", json={"chat": chat, "text": text, "id": text})
        except httpx.HTTPError:
            return False
        return answer.status_code == 200


class Launcher:
    """Starts fronts that die at a point, and waits for them."""

    def __init__(self) -> None:
        argv, pipe = [sys.executable, "-m", "tests.front.kill_launcher"], subprocess.PIPE
        self._process = subprocess.Popen(argv, cwd=PROJECT_ROOT, stdin=pipe, stdout=pipe, text=True)
        self.pid = 0

    def start(self, front: RunningFront, platform: Platform, point: str = "", nth: int = 0) -> None:
        told = {"settings": front.environment, "platform": platform.url, "log": str(front.log_file)}
        self.pid = self._tell({**told, "point": point, "nth": nth})["pid"]

    def wait(self) -> int:
        """How the front ended, as waitpid says."""
        status, self.pid = self._tell({})["status"], 0
        return status

    def kill(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()

    def end(self) -> None:
        self.kill()
        self._process.stdin.close()
        self._process.wait(PATIENCE)

    def _tell(self, what: dict) -> dict:
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    started = Launcher()
    yield started
    started.end()


@pytest.fixture
def platform() -> Iterator[Platform]:
    opened = Platform()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()


def _rows(opened: Store, *columns) -> list:
    return opened.run(lambda connection: connection.execute(select(*columns).order_by(columns[0])).all())


@pytest.fixture
def opened(database_url) -> Iterator[Store]:
    """Open the database, as the test looks into it."""
    store = Store(database_url)
    yield store
    store.close()


@pytest.mark.parametrize("point", POINTS)
def test_nothing_is_lost_when_killed(
    point, new_engine, new_front, launcher, platform, opened, database_url, capsys
) -> None:
    engine = new_engine()
    front = new_front(engine, started=False, database_url=database_url)
    people = People(front.url)
    try:
        for number in range(KILLS):
            people.write_more()
            launcher.start(front, platform, point, nth=number % 3 + 1)
            assert launcher.wait() == signal.SIGKILL, front.log
        launcher.start(front, platform)
        until(lambda: _all_delivered(opened, people), f"the end of all work; log: {front.log[-2000:]}")
        os.kill(launcher.pid, signal.SIGTERM)
        assert launcher.wait() == 0, front.log
    finally:
        people.end()
        launcher.kill()

    repeats = _check(opened, people, platform, engine)
    if point == "after the platform accepted":
        assert repeats >= KILLS, "each of these kills lies in the one window, for one conversation or more"
    with capsys.disabled():
        kept = sum(map(len, people.acknowledged.values()))
        where = f"{point}, {opened.engine.dialect.name}"
        print(f"\n{KILLS} kills {where}: {kept} acknowledged, 0 lost, 0 out of order, {repeats} sent twice, all marked")


def _all_delivered(opened: Store, people: People) -> bool:
    wanted = sum(map(len, people.written.values()))
    states = _rows(opened, schema.delivery.c.state)
    return len(states) == wanted and all(row.state == "delivered" for row in states)


def _check(opened: Store, people: People, platform: Platform, engine) -> int:
    """Assert that all is there once and in order, everywhere; return how many messages went out twice."""
    assert people.acknowledged == people.written
    message, delivery = schema.message.c, schema.delivery.c
    chat_of = dict(_rows(opened, schema.conversation.c.id, schema.conversation.c.address))
    assert sorted(chat_of.values()) == sorted(CHATS)

    stored = _rows(
        opened, message.id, message.conversation_id, message.author, message.text, message.answers, message.state
    )
    inbound = {row.id: row for row in stored if row.author == "visitor"}
    replies = [row for row in stored if row.author != "visitor"]
    assert {row.state for row in inbound.values()} == {"answered"}
    assert _by_chat(chat_of, inbound.values()) == people.written, "each message once, in the order written"
    assert _by_chat(chat_of, replies) == {
        chat: [f"You said: {text}" for text in texts] for chat, texts in people.written.items()
    }, "one reply each, in order"
    assert all(row.text == f"You said: {inbound[row.answers].text}" for row in replies)

    ran = defaultdict(list)
    for turn in engine.ran:
        ran[chat_of[turn["conversation"]]].append(turn["text"])
    assert ran == people.written, "no turn ran twice"

    said = {row.id: (chat_of[row.conversation_id], row.text) for row in replies}
    sent = _rows(opened, delivery.id, delivery.message_id, delivery.maybe_twice)
    marked = {said[row.message_id] for row in sent if row.maybe_twice}
    twice = Counter()
    for chat, texts in platform.accepted.items():
        runs = [(text, len(list(run))) for text, run in groupby(texts)]
        assert [text for text, _ in runs] == [f"You said: {text}" for text in people.written[chat]], "in order"
        twice.update({(chat, text): times - 1 for text, times in runs if times > 1})
    assert set(twice) <= marked, "only what is marked went out twice"
    return sum(twice.values())


def _by_chat(chat_of: dict[str, str], rows) -> dict[str, list[str]]:
    found = defaultdict(list)
    for row in rows:
        found[chat_of[row.conversation_id]].append(row.text)
    return dict(found)
