"""Tells the other fronts on the database what happened here, and hears what happened there, by LISTEN and NOTIFY.

Notices may be lost: while a connection is broken, and with a front that dies between a commit and its notice. So whoever
subscribes also looks into the database, when the connection is there again (`on_connected`) and now and then.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from conversations.sharing.front_session import CHANNEL, RECONNECT_SECONDS, FrontSession, connect

logger = logging.getLogger(__name__)
LISTEN_SECONDS = 0.5  # between two looks whether to end
Handler = Callable[[list[Any]], None]


class Relay:
    """Sends notices by the session of this front, and hands those of the others to who subscribed to their topic."""

    def __init__(self, session: FrontSession, engine: Engine) -> None:
        self._session, self._engine = session, engine
        self._handlers: dict[str, Handler] = {}
        self._when_connected: list[Callable[[], None]] = []
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()

    @property
    def sender(self) -> str:
        """The name of this front, as others hear it."""
        return self._session.id

    def subscribe(self, topic: str, handler: Handler) -> None:
        """Have `handler` called, in the event loop, with each notice of another front about a topic."""
        self._handlers[topic] = handler

    def on_connected(self, callback: Callable[[], None]) -> None:
        """Have `callback` called, in the event loop, whenever listening begins: before that notices may have been lost."""
        self._when_connected.append(callback)

    def send(self, topic: str, *values: Any) -> None:
        """Tell the other fronts; `values` are what JSON can hold."""
        self._session.notify([topic, *values])

    def start(self) -> None:
        """Begin to listen."""
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._listen, args=(loop,), name="front-listener", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Listen no more."""
        self._ending.set()
        if self._thread:
            await asyncio.to_thread(self._thread.join)

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed, so nobody hears
            while not self._ending.is_set():
                try:
                    self._listen_once(loop)
                except (psycopg.Error, SQLAlchemyError) as error:
                    logger.warning("what other fronts tell is not heard", extra={"reason": type(error).__name__})
                    self._ending.wait(RECONNECT_SECONDS)

    def _listen_once(self, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.closing(connect(self._engine)) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            loop.call_soon_threadsafe(self._connected)
            while not self._ending.is_set():
                for notice in connection.notifies(timeout=LISTEN_SECONDS):
                    loop.call_soon_threadsafe(self._heard, notice.payload)

    def _connected(self) -> None:
        for callback in self._when_connected:
            callback()

    def _heard(self, payload: str) -> None:
        try:
            told = json.loads(payload)
            if told["from"] == self._session.id:
                return
            items = [(self._handlers.get(topic), values) for topic, *values in told["items"]]
        except (ValueError, TypeError, KeyError):  # of a release whose notices are others
            logger.warning("a notice of another front cannot be read")
            return
        for handler, values in items:
            if handler:
                handler(values)
