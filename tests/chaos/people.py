"""Those who write: a program over REST, a widget in a browser, somebody on Telegram and somebody on Slack.

Each says one thing after the other, and says it again, with its id, until it is acknowledged, at whichever front nginx chooses.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from channels.slack import WEBHOOK_PATH as SLACK_PATH
from channels.telegram import WEBHOOK_PATH as TELEGRAM_PATH
from demo.stand_ins.slack.world import signed
from tests.chaos.installation import KEY, Installation
from tests.front.telegram_fixtures import HEADERS
from tests.front.test_deploy import NAME

# Seconds until somebody who got no answer asks again; each pause is twice the one before.
AGAIN_SECONDS, LONGEST_PAUSE = 0.3, 5.0
LONGEST_WAIT = 900.0  # seconds for one message, after which whoever wrote it gives up
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)
STREAM_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=5, sock_read=30)  # a ping comes every 20 seconds


class NotTaken(Exception):
    """The front did not acknowledge; the message says how."""


@dataclass
class Plan:
    """What people write: the messages of each conversation, spread over these seconds."""

    conversations: int
    messages: int
    seconds: float
    questions: tuple[str, ...]


@dataclass
class Person:
    """Somebody in one conversation; `acknowledged` is what was taken, in the order in which it was written."""

    number: int
    site_port: int
    tls: ssl.SSLContext
    installation: Installation
    channel = ""
    has_written = False
    given_up = ""  # the message that nobody took
    acknowledged: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)  # by what was answered
    reopened = 0  # streams, after the first one

    async def live(self, plan: Plan, dice: random.Random, over: asyncio.Event) -> None:
        """Write everything, each message once the one before is acknowledged, then listen until it is over."""
        connector = aiohttp.TCPConnector(limit=0, local_addr=self._address, ssl=self.tls)
        site = aiohttp.ClientSession(f"https://127.0.0.1:{self.site_port}", connector=connector)
        async with site as session, self._listening(session):
            for number in range(plan.messages):
                await asyncio.sleep(plan.seconds / plan.messages * dice.uniform(0.2, 1.4))
                question = plan.questions[(self.number + number) % len(plan.questions)]
                text = f"{question} ({self.channel} {self.number}, {number})"
                if not await self._is_taken(session, text):
                    self.given_up = text
                    break
                self.acknowledged.append(text)
            self.has_written = True
            await over.wait()

    @property
    def _address(self) -> tuple[str, int]:
        """Return an address of their own, as visitors have.

        By it nginx counts streams, those of its workers that were killed, too.
        """
        return f"127.1.{self.number // 200}.{self.number % 200 + 1}", 0

    @contextlib.asynccontextmanager
    async def _listening(self, session: aiohttp.ClientSession) -> AsyncIterator[None]:
        """Hear what is said, where that is not sent to a platform."""
        yield

    async def say(self, session: aiohttp.ClientSession, text: str) -> None:
        """Send a message once; raises NotTaken unless it is acknowledged."""
        raise NotImplementedError

    async def _is_taken(self, session: aiohttp.ClientSession, text: str) -> bool:
        """Send a message again and again; return False if nobody acknowledges it at last."""
        ends, pause = time.monotonic() + LONGEST_WAIT, AGAIN_SECONDS
        while time.monotonic() < ends:
            try:
                await self.say(session, text)
                return True
            except NotTaken as refusal:
                self.refused[str(refusal)] += 1
            except (aiohttp.ClientError, TimeoutError, OSError):
                self.refused["no answer"] += 1
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        return False

    async def post(
        self, session: aiohttp.ClientSession, path: str, headers: dict[str, str], **body: Any
    ) -> tuple[int, Any]:
        """Call the site; return the status and the body of an answer that says yes. Raises NotTaken if it says no."""
        named = {"Host": NAME, **headers}
        async with session.post(path, headers=named, timeout=TIMEOUT, server_hostname=NAME, **body) as answer:
            if answer.status >= 300:
                raise NotTaken(f"status {answer.status}")
            is_json = "json" in answer.headers.get("Content-Type", "")
            return answer.status, await answer.json() if is_json else await answer.read()


@dataclass
class Program(Person):
    """A program over REST, whose message is acknowledged with its answer."""

    channel = "rest"
    replies: dict[str, list[str]] = field(default_factory=dict)  # by what was said

    async def say(self, session: aiohttp.ClientSession, text: str) -> None:
        """Send a message and wait for its reply."""
        body = {"sender": f"program {self.number}", "message": text, "message_id": text}
        headers = {"Authorization": f"Bearer {KEY}"}
        _, said = await self.post(session, "/webhooks/rest/webhook", headers, json=body)
        self.replies[text] = [each.get("text", "") for each in said]


@dataclass
class Visitor(Person):
    """A visitor of a website, whose widget follows the conversation."""

    channel = "web"
    token: str = ""
    heard: list[int] = field(default_factory=list)  # the ids of what others said, each when it first came

    async def say(self, session: aiohttp.ClientSession, text: str) -> None:
        """Send a message; the answer comes on the stream."""
        await self.post(session, "/web/demo/messages", self._headers, json={"id": text[-40:], "text": text})

    @property
    def _headers(self) -> dict[str, str]:
        return {"Origin": f"https://{NAME}", **({"Authorization": f"Bearer {self.token}"} if self.token else {})}

    @contextlib.asynccontextmanager
    async def _listening(self, session: aiohttp.ClientSession) -> AsyncIterator[None]:
        while not self.token:
            with contextlib.suppress(NotTaken, aiohttp.ClientError, TimeoutError, OSError):
                _, begun = await self.post(session, "/web/demo/session", self._headers, json={"consent": "first"})
                self.token = begun["token"]
        own = aiohttp.TCPConnector(local_addr=self._address, ssl=self.tls, force_close=True)
        async with aiohttp.ClientSession(f"https://127.0.0.1:{self.site_port}", connector=own) as streams:
            streaming = asyncio.create_task(self._stream(streams))
            try:
                yield
            finally:
                streaming.cancel()
                await asyncio.gather(streaming, return_exceptions=True)

    async def _stream(self, session: aiohttp.ClientSession) -> None:
        """Follow the conversation, with a new stream after each that ended."""
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                async with session.post(
                    "/web/demo/stream",
                    headers={"Host": NAME, **self._headers},
                    json={"after": max(self.heard, default=0)},
                    timeout=STREAM_TIMEOUT,
                    server_hostname=NAME,
                ) as answer:
                    async for line in answer.content:
                        if answer.status == 200 and line.startswith(b"data: "):
                            self._hear(json.loads(line[6:]))
            self.reopened += 1
            await asyncio.sleep(AGAIN_SECONDS)

    def _hear(self, event: dict[str, Any]) -> None:
        """Note a message; those that are known are dropped, as the widget does."""
        if event.get("author") not in (None, "visitor") and event["id"] not in self.heard:
            self.heard.append(event["id"])


@dataclass
class Texter(Person):
    """Somebody in a private chat with the bot on Telegram, whose updates Telegram brings until they are taken."""

    channel = "telegram"

    def __post_init__(self) -> None:
        self.chat = 10_000 + self.number
        self._update: dict[str, Any] = {}

    async def say(self, session: aiohttp.ClientSession, text: str) -> None:
        """Bring the update of a message."""
        if self._update.get("message", {}).get("text") != text:
            self._update = self.installation.messenger.write(self.chat, self.chat, text)
        await self.post(session, TELEGRAM_PATH, HEADERS, json=self._update)


@dataclass
class Colleague(Person):
    """Somebody who writes the app direct messages on Slack, whose events Slack brings until they are taken."""

    channel = "slack"

    def __post_init__(self) -> None:
        self.chat = f"D{10_000 + self.number}"
        self._said, self._calls = "", []

    async def say(self, session: aiohttp.ClientSession, text: str) -> None:
        """Bring the event of a message, signed anew each time."""
        world = self.installation.workspace
        if self._said != text:
            self._said, self._calls = text, world.write(self.chat, "U" + self.chat[1:], text)
        for call in self._calls:
            body, kind = call.request()
            await self.post(session, SLACK_PATH, {"Content-Type": kind, **signed(world.secret, body)}, data=body)


KINDS = (Program, Visitor, Texter, Colleague)


def people(installation: Installation, plan: Plan) -> list[Person]:
    """Return those who write, a quarter of them on each channel."""
    site = installation.site
    return [
        KINDS[number % len(KINDS)](number, site.port, site.tls, installation) for number in range(plan.conversations)
    ]
