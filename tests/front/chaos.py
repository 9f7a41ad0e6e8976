"""Several fronts on one PostgreSQL database, people who write to any of them, and somebody who breaks things at random.

People over REST send a message again, with its id, to whichever front, until it is answered; a platform does so until it is
acknowledged. Meanwhile fronts, engines and processes of the database server are killed with SIGKILL and started again, and
connections to the database are cut or delayed by a proxy. What must be true in the end is checked by `Outcome`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
from sqlalchemy import make_url, select

from conversations.db import schema
from conversations.db.store import Store
from tests.front.processes import RunningFront, StandInEngine
from tests.front.test_kills import Launcher, Platform

ASKED_AGAIN = 0.05  # seconds until a client that got no answer asks another front
LONGEST_WAIT = 120.0  # seconds for one message after all is well again, after which its client says that it is lost


class DatabaseProxy:
    """A TCP address of the database whose connections can be cut and delayed."""

    def __init__(self, url: str) -> None:
        self._socket_file = f"{make_url(url).query['host']}/.s.PGSQL.5432"
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.seconds = 0.0  # that each packet is delayed

    async def start(self, port: int) -> None:
        """Listen on a port of this machine."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)

    def cut(self) -> int:
        """Break all connections; return how many."""
        for writer in self._open:
            writer.transport.abort()
        return len(self._open) // 2

    async def stop(self) -> None:
        """Listen no more and break all connections."""
        assert self._server
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            to_server = await asyncio.open_unix_connection(self._socket_file)
            self._open |= {writer, to_server[1]}
            await asyncio.gather(self._copy(reader, to_server[1]), self._copy(to_server[0], writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                if self.seconds:
                    await asyncio.sleep(self.seconds)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.transport.abort()
            self._open.discard(writer)


@dataclass
class Plan:
    """How many people write how much, and how long things are broken, in seconds."""

    conversations: int = 12
    messages: int = 10
    chats: int = 4
    seconds: float = 12.0
    pause: float = 0.8  # between two things that break


@dataclass
class Outcome:
    """What was written and what became of it, with the counts that are printed."""

    answered: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # over REST, by sender
    acknowledged: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # by chat of the platform
    counts: Counter[str] = field(default_factory=Counter)

    def check(self, store: Store, engine: StandInEngine, platform: Platform) -> None:
        """Assert that what was acknowledged is answered once and in order, or got an apology that staff see, or is marked."""
        written = {**self.answered, **self.acknowledged}
        failed = self._check_stored(store, written)
        self._check_engine(store, engine, written, failed)
        self._check_platform(store, platform)

    def _check_stored(self, store: Store, written: dict[str, list[str]]) -> set[str]:
        """Check the messages and their replies; return the texts of those that failed."""
        message, addresses = schema.message.c, _addresses(store)
        rows = _rows(
            store, message.id, message.conversation_id, message.author, message.text, message.answers, message.state
        )
        inbound = {row.id: row for row in rows if row.author == "visitor"}
        replies = [row for row in rows if row.answers is not None]
        assert _texts(addresses, inbound.values()) == written, "each message once, in the order written"
        assert [row.answers for row in sorted(replies, key=lambda row: row.answers)] == sorted(inbound), (
            "one reply each"
        )
        for conversation_id in addresses:
            answered = [row.answers for row in replies if row.conversation_id == conversation_id]
            assert answered == sorted(answered), "in order"
        failed = {row.text for row in inbound.values() if row.state == "failed"}
        for row in replies:
            asked = inbound[row.answers]
            assert asked.state in ("answered", "failed")
            assert (row.text == f"You said: {asked.text}") == (asked.state == "answered"), row.text
        self.counts.update(acknowledged=len(inbound), answered=len(inbound) - len(failed), apologies=len(failed))
        return failed

    def _check_engine(
        self, store: Store, engine: StandInEngine, written: dict[str, list[str]], failed: set[str]
    ) -> None:
        addresses, ran = _addresses(store), defaultdict(list)
        for turn in engine.ran:
            ran[addresses[turn["conversation"]]].append(turn["text"])
        for sender, texts in written.items():
            ended = [text for text in texts if text not in failed or text in ran[sender]]
            assert ran[sender] == ended, "no turn ran twice, or before the one that was written before it"

    def _check_platform(self, store: Store, platform: Platform) -> None:
        """Check that the platform got each reply in order, and again only those that are marked."""
        message, delivery, addresses = schema.message.c, schema.delivery.c, _addresses(store)
        said = {row.id: row for row in _rows(store, message.id, message.conversation_id, message.text)}
        replies: dict[str, list[str]] = defaultdict(list)
        marked: set[tuple[str, str]] = set()
        for row in _rows(store, delivery.message_id, delivery.maybe_twice):
            chat, text = addresses[said[row.message_id].conversation_id], said[row.message_id].text
            replies[chat].append(text)
            if row.maybe_twice:
                marked.add((chat, text))
        for chat in self.acknowledged:
            due = iter(replies[chat])
            expected = next(due, None)
            for text in platform.accepted[chat]:
                if text == expected:
                    expected = next(due, None)
                else:
                    assert (chat, text) in marked, f"{text} went out twice, or not in order, and is not marked"
                    self.counts["sent twice"] += 1
            assert expected is None, "every reply"
        self.counts["marked"] = len(marked)


class Chaos:
    """The fronts with their launchers and proxies, the engines behind them, and the people."""

    def __init__(
        self,
        fronts: list[RunningFront],
        engines: list[StandInEngine],
        database_url: str,
        platform: Platform,
        plan: Plan,
        seed: int,
    ) -> None:
        self._fronts, self._engines, self._platform, self._plan = fronts, engines, platform, plan
        self._database_url = database_url
        self._launchers = [Launcher() for _ in fronts]
        self._proxies = [DatabaseProxy(database_url) for _ in fronts]
        self._busy = [asyncio.Lock() for _ in fronts]  # held while a launcher is told something
        self._random = random.Random(seed)
        self._is_over = self._is_ending = False
        self._taken = 0  # requests that were answered
        self._watching: asyncio.Task[None] | None = None
        self.outcome = Outcome()

    async def run(self, ports: list[int]) -> Outcome:
        """Start everything, break things while people write, and return what became of it."""
        for proxy, port in zip(self._proxies, ports, strict=True):
            await proxy.start(port)
        await asyncio.gather(*(self._start(number) for number in range(len(self._fronts))))
        timeout = aiohttp.ClientTimeout(total=20, connect=5)
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            breaking, self._watching = (
                asyncio.create_task(self._break_things()),
                asyncio.create_task(self._start_again()),
            )
            people = [self._ask(session, f"visitor {number}") for number in range(self._plan.conversations)]
            chats = [self._write(session, f"chat {number}") for number in range(self._plan.chats)]
            try:
                await asyncio.gather(*people, *chats)
            finally:
                self._is_over = True
                await breaking
        return self.outcome

    async def end(self) -> None:
        """End all processes."""
        self._is_ending = True
        if self._watching:
            await self._watching  # it may be starting a front
        for launcher in self._launchers:
            await asyncio.to_thread(launcher.end)
        for proxy in self._proxies:
            await proxy.stop()

    async def _start(self, number: int) -> None:
        await asyncio.to_thread(self._launchers[number].start, self._fronts[number], self._platform)

    async def _start_again(self) -> None:
        """Start a front that has ended by itself, as a service manager does: its database was away when it began, say."""
        while not self._is_ending:
            await asyncio.sleep(0.5)
            for number, launcher in enumerate(self._launchers):
                if not self._busy[number].locked() and _has_ended(launcher.pid):
                    async with self._busy[number]:
                        await asyncio.to_thread(launcher.wait)
                        await self._start(number)
                        self.outcome.counts["ended by itself"] += 1

    async def _break_things(self) -> None:
        """Break something at random, each time at one place, until the time is up."""
        ends = time.monotonic() + self._plan.seconds
        # In turn, so that a short run has each of them, too.
        things = itertools.cycle(("kill", "cut", "engine", "kill", "delay", "database"))
        while time.monotonic() < ends and not self._is_over:
            taken = self._taken
            await asyncio.sleep(self._plan.pause * self._random.uniform(0.5, 1.5))
            while self._taken == taken and not self._is_over:
                await asyncio.sleep(
                    0.05
                )  # on a busy machine a front may need longer to start than until it is killed again
            what = next(things)
            self.outcome.counts[what] += 1
            await self._break(what, self._random.randrange(len(self._fronts)))

    async def _break(self, what: str, number: int) -> None:
        if what == "kill":
            async with self._busy[number]:
                await asyncio.to_thread(self._launchers[number].kill)
                await self._start(number)
        elif what == "cut":
            self._proxies[number].cut()
        elif what == "engine":
            engine = self._engines[number % len(self._engines)]
            await asyncio.to_thread(engine.kill)
            await asyncio.to_thread(engine.start)
        elif what == "database":
            await asyncio.to_thread(_crash, self._database_url)
        else:
            self._proxies[number].seconds = self._random.uniform(0.01, 0.1)
            await asyncio.sleep(self._plan.pause)
            self._proxies[number].seconds = 0.0

    async def _ask(self, session: aiohttp.ClientSession, sender: str) -> None:
        """Write one message after the other over REST, each once the one before is answered."""
        for number in range(self._plan.messages):
            text = f"{sender}, {number}"
            body = {"sender": sender, "message": text, "message_id": text}
            reply = await self._until_taken(session, "/webhooks/rest/webhook", body)
            assert len(reply) == 1 and (reply[0]["text"] == f"You said: {text}" or _is_apology(reply[0])), reply
            self.outcome.answered[sender].append(text)
            await asyncio.sleep(self._spread())

    async def _write(self, session: aiohttp.ClientSession, chat: str) -> None:
        """Write one message after the other on the platform, each once the one before is acknowledged."""
        for number in range(self._plan.messages):
            text = f"{chat}, {number}"
            await self._until_taken(session, "/webhooks/loop", {"chat": chat, "text": text, "id": text})
            self.outcome.acknowledged[chat].append(text)
            await asyncio.sleep(self._spread())

    def _spread(self) -> float:
        return self._plan.seconds / self._plan.messages * self._random.uniform(0.2, 1.2)

    async def _until_taken(self, session: aiohttp.ClientSession, path: str, body: dict[str, Any]) -> Any:
        ends = time.monotonic() + self._plan.seconds + LONGEST_WAIT
        while time.monotonic() < ends:
            front = self._random.choice(self._fronts)
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                async with session.post(front.url + path, json=body) as answer:
                    if answer.status == 200:
                        self._taken += 1
                        return await answer.json()
                    self.outcome.counts[f"status {answer.status}"] += 1
            self.outcome.counts["asked again"] += 1
            await asyncio.sleep(ASKED_AGAIN)
        raise AssertionError(f"no front took {body}")


def _crash(database_url: str) -> None:
    """Kill a process of the server, upon which all others end, too, and the server recovers from its log."""
    with psycopg.connect(database_url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)


def _has_ended(pid: int) -> bool:
    """Return True if a process is a zombie: it has ended and nobody has asked how."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0] == "Z"
        )
    except OSError:
        return False


def _is_apology(reply: dict[str, Any]) -> bool:
    return reply["metadata"].get("outcome") == "failed"


def _rows(store: Store, *columns: Any) -> list[Any]:
    return store.run(lambda connection: connection.execute(select(*columns).order_by(columns[0])).all())


def _addresses(store: Store) -> dict[str, str]:
    return dict(_rows(store, schema.conversation.c.id, schema.conversation.c.address))


def _texts(addresses: dict[str, str], rows: Iterable[Any]) -> dict[str, list[str]]:
    found = defaultdict(list)
    for row in rows:
        found[addresses[row.conversation_id]].append(row.text)
    return dict(found)
