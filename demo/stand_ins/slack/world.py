"""Slack's side as it is now: people, channels with what was said in them, and the calls that the app is still to take."""

from __future__ import annotations

import asyncio
import hmac
import itertools
import json
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from demo.stand_ins.slack.limits import Refusal
from demo.stand_ins.telegram.faults import Faults

EVENT, PRESS, COMMAND = "events_api", "interactive", "slash_commands"  # as Socket Mode names them


@dataclass(frozen=True)
class Call:
    """One call to the app: its kind, and what it carries."""

    kind: str
    payload: dict[str, Any]
    channel: str = ""

    def request(self) -> tuple[bytes, str]:
        """Return the (body, content type) of the call over HTTP."""
        if self.kind == EVENT:
            return json.dumps(self.payload).encode(), "application/json"
        form = self.payload if self.kind == COMMAND else {"payload": json.dumps(self.payload)}
        return urlencode(form, errors="replace").encode(), "application/x-www-form-urlencoded"


def signed(secret: str, body: bytes, at: float | None = None) -> dict[str, str]:
    """Return the headers that prove that a call is Slack's; `at` is another time than now."""
    moment = str(int(at if at is not None else time.time()))
    signature = hmac.new(secret.encode(), b"v0:" + moment.encode() + b":" + body, "sha256").hexdigest()
    return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={signature}"}


@dataclass
class Rates:
    """About one message a second and channel, with short bursts (Slack's page on rate limits)."""

    burst: int = 10
    on: bool = True
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def require(self, channel: str) -> None:
        """Count a message; raise a Refusal (429) if its channel had too many."""
        now = time.monotonic()
        left, then = self._left.get(channel, (float(self.burst), now))
        left = min(float(self.burst), left + now - then)
        if self.on and left < 1:
            raise too_many(1)
        self._left[channel] = (left - 1, now)


def too_many(seconds: int) -> Refusal:
    """Return the refusal of a call that came too soon, with the seconds to wait."""
    return Refusal("ratelimited", 429, retry_after=seconds)


@dataclass
class World:
    """A person's id begins with U; their direct messages are the channel D with the same rest; C are channels."""

    team: str = "T0STANDIN"
    bot_user: str = "U0ADVISOR"
    bot_token: str = "xoxb-stand-in"
    app_token: str = "xapp-stand-in"
    secret: str = "the-stand-ins-secret"
    socket_url: str = ""
    faults: Faults = field(default_factory=lambda: Faults(methods=("chat.postMessage",)))
    rates: Rates = field(default_factory=Rates)
    messages: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    notices: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))  # by person
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    not_in: set[str] = field(default_factory=set)  # channels that the app was never invited to
    archived: set[str] = field(default_factory=set)
    revoked: bool = False
    calls: Counter[str] = field(default_factory=Counter)  # by method
    refused: list[str] = field(default_factory=list)  # why calls were refused
    waiting: list[Call] = field(default_factory=list)  # in the order in which they are to be taken
    envelopes: dict[str, int] = field(default_factory=dict)  # sent over a socket: which call
    delivered: list[tuple[str, int]] = field(default_factory=list)  # (kind, the webhook's status)
    events: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def ts(self) -> str:
        """Return the timestamp of a new message, which is its id."""
        return f"1764000000.{next(self._numbers):06d}"

    def said(self, channel: str, thread: str = "") -> list[dict[str, Any]]:
        """Return the messages of a channel, or of a thread of it, the oldest first."""
        messages = self.messages[channel].values()
        return [each for each in messages if not thread or thread in (each.get("thread_ts"), each["ts"])]

    def by_bot(self, channel: str, thread: str = "") -> list[dict[str, Any]]:
        """Return the app's messages of a channel, or of a thread of it, the oldest first."""
        return [message for message in self.said(channel, thread) if message["user"] == self.bot_user]

    # --- what people do -------------------------------------------------------------------------------------------
    def write(self, channel: str, person: str, text: str, thread: str = "", **more: Any) -> list[Call]:
        """Store what a person writes; return the calls that tell the app: in a channel, a mention comes twice."""
        message = {"type": "message", "user": person, "text": text, "ts": self.ts(), "team": self.team, **more}
        if thread:
            message["thread_ts"] = thread
        self.messages[channel][message["ts"]] = message
        kind = "im" if channel.startswith("D") else "channel"
        event = {**message, "channel": channel, "channel_type": kind, "event_ts": message["ts"]}
        calls = [self.event(event)]
        if kind == "channel" and f"<@{self.bot_user}>" in text:
            mention = {key: value for key, value in event.items() if key not in ("channel_type", "subtype")}
            calls.append(self.event({**mention, "type": "app_mention"}))
        return calls

    def event(self, event: dict[str, Any]) -> Call:
        """Return the call that tells of an event, in the wrapper that Slack puts around it."""
        payload = {
            "token": "unused",
            "team_id": self.team,
            "api_app_id": "A0STANDIN",
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{uuid.uuid4().hex[:9].upper()}",
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self.team,
                    "user_id": self.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": "4-unused",
        }
        return Call(EVENT, payload, str(event.get("channel") or ""))

    def press(self, channel: str, person: str, ts: str, action_id: str) -> Call:
        """Return the call of a person who presses a button."""
        message = self.messages[channel][ts]
        [(block, action)] = [
            (block, element)
            for block in message.get("blocks", [])
            for element in block.get("elements", [])
            if element.get("action_id") == action_id
        ]
        pressed = {**action, "block_id": block["block_id"], "action_ts": self.ts()}
        container = {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False}
        payload: dict[str, Any] = {
            "type": "block_actions",
            "user": {"id": person, "username": person.lower(), "name": person.lower(), "team_id": self.team},
            "api_app_id": "A0STANDIN",
            "token": "unused",
            "container": container,
            "trigger_id": f"1.{uuid.uuid4().hex}",
            "team": {"id": self.team, "domain": "stand-in"},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": channel, "name": "directmessage" if channel.startswith("D") else "general"},
            "message": message,
            "state": {"values": {}},
            "response_url": "http://127.0.0.1:9/unused",
            "actions": [pressed],
        }
        return Call(PRESS, payload, channel)

    def command(self, channel: str, person: str, text: str) -> Call:
        """Return the call of a person who types /advisor with a text."""
        self.messages["D" + person[1:]]  # noqa: B018  # the conversation with the app is there once somebody uses it
        payload = {
            "token": "unused",
            "team_id": self.team,
            "team_domain": "stand-in",
            "channel_id": channel,
            "channel_name": "directmessage" if channel.startswith("D") else "general",
            "user_id": person,
            "user_name": person.lower(),
            "command": "/advisor",
            "text": text,
            "api_app_id": "A0STANDIN",
            "is_enterprise_install": "false",
            "response_url": "http://127.0.0.1:9/unused",
            "trigger_id": f"1.{uuid.uuid4().hex}",
        }
        return Call(COMMAND, payload, channel)

    def home_opened(self, person: str) -> Call:
        """Return the call of a person who opens the App Home."""
        channel = "D" + person[1:]
        event = {"type": "app_home_opened", "user": person, "channel": channel, "tab": "home", "event_ts": self.ts()}
        return self.event(event)

    def send(self, *calls: Call) -> None:
        """Put calls on their way."""
        self.waiting += calls
        self.events.set()

    # --- what the app may reach -----------------------------------------------------------------------------------
    def reached(self, channel: str) -> str:
        """Return the id of a channel in which the app may write, a person's standing for their direct messages.

        Raises a Refusal if it may not.
        """
        if channel.startswith("U"):
            channel = "D" + channel[1:]
        if channel not in self.messages:
            raise Refusal("channel_not_found")
        if channel in self.archived:
            raise Refusal("is_archived")
        if channel in self.not_in:
            raise Refusal("not_in_channel")
        return channel
