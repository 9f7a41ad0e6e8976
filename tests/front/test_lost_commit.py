"""The connection to PostgreSQL breaks just after a commit: what was written counts, everybody hears, nothing is done twice.

A proxy on this machine stands between the front and the server, passes the commit on and then cuts before its answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from conversations.db import schema
from conversations.db.store import Store
from conversations.models import Inbound
from conversations.pipeline import inbox
from conversations.pipeline.engine_client import EngineClient
from conversations.pipeline.service import ConversationService
from conversations.pipeline.system_messages import SystemMessages
from tests.front.test_desk import SmallPlatform, eventually
from tests.harness import PATIENCE

COMMIT = b"COMMIT"


class Proxy:
    """A proxy between a client by TCP and the server's socket.

    After `cut_after(text)`, the next commit that follows a statement with this text reaches the server, and its answer nobody.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._text = b""
        self.cuts = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._take, daemon=True).start()

    def cut_after(self, text: bytes) -> None:
        self._text = text

    def close(self) -> None:
        self._listening.close()

    def _take(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            cutting = threading.Event()
            threading.Thread(target=self._to_server, args=(client, server, cutting), daemon=True).start()
            threading.Thread(target=self._to_client, args=(client, server, cutting), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket, cutting: threading.Event) -> None:
        seen = False
        try:
            while data := client.recv(65536):
                seen = seen or bool(self._text) and self._text in data
                if seen and COMMIT in data:
                    self._text, seen = b"", False
                    cutting.set()
                server.sendall(data)
        except OSError:
            pass
        if not cutting.is_set():
            _close(client, server)

    def _to_client(self, client: socket.socket, server: socket.socket, cutting: threading.Event) -> None:
        try:
            while data := server.recv(65536):
                if cutting.is_set():
                    self.cuts += 1
                    break
                client.sendall(data)
        except OSError:
            pass
        _close(client, server)


def _close(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@pytest.fixture
def proxy(postgres_database) -> Iterator[Proxy]:
    folder = parse_qs(urlsplit(postgres_database).query)["host"][0]
    opened = Proxy(f"{folder}/.s.PGSQL.5432")
    yield opened
    opened.close()


class SlowStore(Store):
    """A store in which whoever looks for open messages can be held up between the database's answer and their next step."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.looked, self.may_go_on = asyncio.Event(), asyncio.Event()
        self.may_go_on.set()

    async def read(self, job: Callable[..., Any], *values: Any) -> Any:
        found = await super().read(job, *values)
        if job is inbox.open_messages:
            self.looked.set()
            await self.may_go_on.wait()
        return found


@pytest.fixture
def proxied(proxy) -> Iterator[SlowStore]:
    store = SlowStore(
        f"postgresql+psycopg://postgres@127.0.0.1:{proxy.port}/postgres?sslmode=disable&gssencmode=disable"
    )
    yield store
    store.close()


@pytest.fixture
def with_desk(proxied, engine) -> Callable[..., Any]:
    def run(use, *channels) -> Any:
        async def main() -> Any:
            service = ConversationService(proxied, EngineClient(engine.url), SystemMessages(), channels=channels)
            await service.start()
            duty = asyncio.create_task(_every_moment(service.resume))
            try:
                return await asyncio.wait_for(use(service), PATIENCE)
            finally:
                duty.cancel()
                await service.stop()
                await service.engine.close()

        return asyncio.run(main())

    return run


async def _every_moment(duty) -> None:
    while True:
        await asyncio.sleep(0.5)
        await duty()


@pytest.mark.parametrize("statement", [b"UPDATE message SET", b"INSERT INTO message"])
def test_client_is_answered_after_a_lost_commit(with_desk, proxy, proxied, engine, statement) -> None:
    """The commit of the turn, first its settling, then its reply."""

    async def use(service) -> list[str]:
        accepted = await service.receive(Inbound("rest", "ann", "visa?"))
        proxy.cut_after(statement)
        return [one.text for one in await service.wait_for_replies(accepted)]

    assert with_desk(use) == ["You said: visa?"]
    assert proxy.cuts == 1
    assert len(proxied.run(lambda connection: connection.execute(schema.message.select()).all())) == 2


def test_message_that_comes_in_while_one_looks_is_answered(with_desk, proxy, proxied) -> None:
    """After a lost commit the database is asked what is open; what comes in since is not in its answer."""

    async def use(service) -> list[list[str]]:
        first = await service.receive(Inbound("rest", "ann", "visa?"))
        proxied.may_go_on.clear()
        proxy.cut_after(b"UPDATE message SET")
        await proxied.looked.wait()
        second = await service.receive(Inbound("rest", "ann", "fees?"))
        waiting = [asyncio.create_task(service.wait_for_replies(each)) for each in (first, second)]
        await asyncio.sleep(0)
        proxied.may_go_on.set()
        return [[one.text for one in await each] for each in waiting]

    assert with_desk(use) == [["You said: visa?"], ["You said: fees?"]]
    assert proxy.cuts == 1


def test_delivery_goes_out_after_a_lost_commit(with_desk, proxy) -> None:
    platform = SmallPlatform()

    async def use(service) -> None:
        await service.receive(Inbound("loop", "ann", "visa?"))
        proxy.cut_after(b"INSERT INTO delivery")
        await eventually(lambda: platform.took)

    with_desk(use, platform)
    assert proxy.cuts == 1 and platform.took == [("You said: visa?", False)]


def test_message_of_a_lost_commit_is_answered(with_desk, proxy) -> None:
    """Its sender is told that it was not taken, or sends it again: it is one message."""
    platform = SmallPlatform()

    async def use(service) -> None:
        proxy.cut_after(b"INSERT INTO message")
        with pytest.raises(Exception, match="connection|closed"):
            await service.receive(Inbound("loop", "ann", "visa?", external_id="1"))
        assert (await service.receive(Inbound("loop", "ann", "visa?", external_id="1"))).again
        await eventually(lambda: platform.took)

    with_desk(use, platform)
    assert proxy.cuts == 1 and platform.took == [("You said: visa?", False)]
