"""Slack's events as Inbound; None for whatever is not for the advisor. Pure.

Ignored are bots (the advisor, too), deletions, joins, topics, pins and all other subtypes; in channels, messages that neither
mention the advisor nor continue a thread in which their author has.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.slack import NAME
from channels.slack.api.payloads import id_at, text_at, ticket_at, ts_at
from conversations.models import Inbound
from conversations.pipeline.turn_dispatcher import ANSWER_WITH

SAID = (None, "file_share", "thread_broadcast", "me_message")  # subtypes of messages that people write
EDITED = "message_changed"
SLACKBOT = "USLACKBOT"  # the one bot whose messages do not say that a bot wrote them
TEXT_ONLY, REALLY_DELETE = "text_only", "really_delete"  # of conversations.pipeline.system_messages
OWN_DATA = "own_data"  # which the channel answers itself
HELP, PERSON = "/ask_help", "/want_person"
BRACKETS = re.compile(r"<(?P<kind>[@#!]?)(?P<what>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")
DIRECT = "dm"  # a person's direct messages are one conversation, whatever the channel's id


@dataclass(frozen=True)
class ChannelAddress:
    """The address of a conversation; it begins with the person, so that all conversations of a person are found.

    `thread` is the ts of the message that began it; in direct messages it is set only if the person writes in a thread.
    """

    team: str
    person: str
    channel: str
    thread: str = ""

    @property
    def is_direct(self) -> bool:
        """Return True for direct messages: their ids begin with D, or a person's own id (U or W) stands for them."""
        return self.channel[:1] in "DUW"

    @property
    def address(self) -> str:
        """Return the channel address."""
        where = DIRECT if self.is_direct else f"{self.channel}/{self.thread}"
        return f"{beginning_of(self.team, self.person)}{where}"

    @property
    def reach(self) -> dict[str, Any]:
        """Return what sending needs."""
        return {"channel": self.channel, "thread": self.thread}


def beginning_of(team: str, person: str) -> str:
    """Return what all addresses of a person begin with."""
    return f"{team}.{person}/"


@dataclass(frozen=True)
class EventMessage:
    """A message as it reads now. `edited` is the ts of its last edit; `before` its text before that, if Slack says it."""

    event: Mapping[str, Any]
    edited: str = ""
    before: str | None = None


def message_in(event: Mapping[str, Any]) -> EventMessage | None:
    """Return the message of an event, new or edited; None for an edit that changed no text, such as an unfolded link."""
    if event.get("subtype") != EDITED:
        return EventMessage(event, _edited(event) if event.get("type") == "app_mention" else "")
    now, then = event.get("message"), event.get("previous_message")
    if not isinstance(now, Mapping) or not _edited(now):
        return None
    before = text_at(then, "text") if isinstance(then, Mapping) else None
    if before is not None and before == text_at(now, "text"):
        return None
    return EventMessage({**now, "type": "message", "channel": event.get("channel")}, _edited(now), before)


def _edited(message: Mapping[str, Any]) -> str:
    edited = message.get("edited")
    return ts_at(edited, "ts") if isinstance(edited, Mapping) else ""


def address_in(team: str, event: Mapping[str, Any]) -> ChannelAddress | None:
    """Return the address of a message; None if the event names no person, channel or ts."""
    person, channel, ts = id_at(event, "user"), id_at(event, "channel"), ts_at(event, "ts")
    if not (person and channel and ts):
        return None
    thread = ts_at(event, "thread_ts")
    return ChannelAddress(team, person, channel, thread if channel.startswith("D") else thread or ts)


def is_from_person(event: Mapping[str, Any], us: str) -> bool:
    """Return True if a person wrote the message, and not a bot."""
    by_bot = event.get("bot_id") or event.get("bot_profile")
    return event.get("subtype") in SAID and not by_bot and id_at(event, "user") not in ("", us, SLACKBOT)


def mentions(event: Mapping[str, Any], us: str) -> bool:
    """Return True if the message mentions the bot with the id `us`."""
    named = bool(us) and re.search(rf"<@{re.escape(us)}[|>]", text_at(event, "text")) is not None
    return event.get("type") == "app_mention" or named


def external_id(place: ChannelAddress, ts: str) -> str:
    """Return the platform id of a message; a mention and the same message in its channel share it, and so are stored once."""
    return f"{place.team}:{place.channel}:{ts}"


def inbound_of(place: ChannelAddress, event: Mapping[str, Any], us: str) -> Inbound | None:
    """Return the message as Inbound; None if it is empty. A mention alone asks for help."""
    text, files, ts = plain_words(text_at(event, "text"), us), event.get("files"), ts_at(event, "ts")
    context: dict[str, Any] = {"ts": ts, "user": place.person}
    if files and not text:
        if not place.is_direct:
            return None
        text, context[ANSWER_WITH] = "[file]", TEXT_ONLY
    if not text and not mentions(event, us):
        return None
    return Inbound(
        NAME,
        place.address,
        text=text or "help",
        payload="" if text else HELP,
        external_id=external_id(place, ts),
        reach=place.reach,
        context=context,
    )


def place_of_command(team: str, body: Mapping[str, Any]) -> ChannelAddress | None:
    """Return the address at which a slash command is answered: direct messages, wherever it was typed."""
    person = id_at(body, "user_id")
    return ChannelAddress(team, person, person) if team and person else None


def inbound_of_command(place: ChannelAddress, body: Mapping[str, Any]) -> Inbound:
    """Return what a slash command asks as Inbound."""
    person, trigger = place.person, ticket_at(body, "trigger_id")
    words = plain_words(text_at(body, "text"), "")
    payload = {"": HELP, "help": HELP, "human": PERSON}.get(words.lower(), "")
    context: dict[str, Any] = {"user": person, "command": True}
    if own := {"delete": REALLY_DELETE, "data": OWN_DATA}.get(words.lower()):
        context[ANSWER_WITH] = own
    return Inbound(
        NAME,
        place.address,
        text=words or "help",
        payload=payload,
        external_id=f"{place.team}:command:{trigger}" if trigger else None,
        reach=place.reach,
        context=context,
        person_name=text_at(body, "user_name"),
    )


def plain_words(text: str, us: str) -> str:
    """Return a text as it was typed: without Slack's brackets, escapes and the bot's own name."""
    plain = BRACKETS.sub(lambda match: _unbracketed(match, us), text)
    return html.unescape(plain).strip() if plain == text else html.unescape(plain).strip(" \t\n,:")


def _unbracketed(match: re.Match[str], us: str) -> str:
    kind, what, label = match["kind"], match["what"], match["label"]
    if kind == "@":
        return "" if us and what == us else f"@{label or what}"
    if kind == "#":
        return f"#{label or what}"
    if kind == "!":
        return label or f"@{what.split('^')[0]}"
    address = what.removeprefix("mailto:").removeprefix("tel:")
    return address if not label or label == address else f"{label} ({address})"
