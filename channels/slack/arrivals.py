"""What an event says to us: pure, from Slack's shapes to ours. Whatever is not for us is None, by design.

Let go by: bots (ourselves too), edits and deletions (what was first written has been answered), joins, topics, pins and all
other subtypes; in channels, whatever neither mentions us nor goes on in a thread in which its writer has done so.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.slack import NAME
from conversations.answering import ANSWER_WITH
from conversations.records import Inbound

SAID = (None, "file_share", "thread_broadcast")  # subtypes of messages that people write
TEXT_ONLY, REALLY_DELETE = "text_only", "really_delete"  # of conversations.words
OWN_DATA = "own_data"  # which the channel answers itself
HELP, PERSON = "/ask_help", "/want_person"
BRACKETS = re.compile(r"<(?P<kind>[@#!]?)(?P<what>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")
DIRECT = "dm"  # a person's direct messages are one conversation, whatever the channel's id


@dataclass(frozen=True)
class Place:
    """Where a person talks to us: one conversation each. The address begins with the person, so that all theirs are found.

    `thread` is the ts of the message that began it; in direct messages only where the person writes in one.
    """

    team: str
    person: str
    channel: str
    thread: str = ""

    @property
    def is_direct(self) -> bool:
        """Ids of direct messages begin with D; a person's own id (U or W) may stand for them when sending."""
        return self.channel[:1] in "DUW"

    @property
    def address(self) -> str:
        where = DIRECT if self.is_direct else f"{self.channel}/{self.thread}"
        return f"{beginning_of(self.team, self.person)}{where}"

    @property
    def reach(self) -> dict[str, Any]:
        return {"channel": self.channel, "thread": self.thread}


def beginning_of(team: str, person: str) -> str:
    """What all addresses of a person begin with."""
    return f"{team}.{person}/"


def team_of(body: Mapping[str, Any]) -> str:
    """The workspace that a call is about; where an organisation has installed the app as a whole, the organisation."""
    for key, within in (("team_id", ""), ("team", "id"), ("enterprise_id", ""), ("enterprise", "id")):
        part = body.get(key)
        found = text_at(part, within) if isinstance(part, Mapping) else text_at(body, key)
        if found:
            return found
    return ""


def us_in(body: Mapping[str, Any]) -> str:
    """Our own id in the workspace of an event; empty where it does not say."""
    for one in body.get("authorizations") or () if isinstance(body.get("authorizations"), list) else ():
        if isinstance(one, Mapping) and one.get("is_bot"):
            return text_at(one, "user_id")
    return ""


def place_of(team: str, event: Mapping[str, Any]) -> Place | None:
    """Where a message was written; None where nobody did, or nowhere."""
    person, channel, ts = (text_at(event, key) for key in ("user", "channel", "ts"))
    if not (person and channel and ts):
        return None
    thread = text_at(event, "thread_ts")
    return Place(team, person, channel, thread if channel.startswith("D") else thread or ts)


def is_from_person(event: Mapping[str, Any]) -> bool:
    return event.get("subtype") in SAID and not event.get("bot_id") and bool(event.get("user"))


def mentions(event: Mapping[str, Any], us: str) -> bool:
    return (
        event.get("type") == "app_mention" or bool(us) and re.search(rf"<@{us}[|>]", text_at(event, "text")) is not None
    )


def inbound_of(place: Place, event: Mapping[str, Any], us: str) -> Inbound | None:
    """The message; a mention and the same message in its channel have one id, and so are one. None where it is empty.

    Our name alone asks for help.
    """
    text, files = words_of(text_at(event, "text"), us), event.get("files")
    context: dict[str, Any] = {"ts": event["ts"], "user": place.person}
    if files and not text:
        if not place.is_direct:
            return None
        text, context[ANSWER_WITH] = "[file]", TEXT_ONLY
    named = mentions(event, us)
    if not text and not named:
        return None
    return Inbound(
        NAME,
        place.address,
        text=text or "help",
        payload="" if text else HELP,
        external_id=f"{place.team}:{place.channel}:{event['ts']}",
        reach=place.reach,
        context=context,
    )


def inbound_of_command(body: Mapping[str, Any]) -> Inbound | None:
    """What somebody asks by the slash command: answered in direct messages, wherever it was typed."""
    team, person, trigger = team_of(body), text_at(body, "user_id"), text_at(body, "trigger_id")
    if not (team and person):
        return None
    place = Place(team, person, person)
    said = words_of(text_at(body, "text"), "")
    payload = {"": HELP, "help": HELP, "human": PERSON}.get(said.lower(), "")
    context: dict[str, Any] = {"user": person, "command": True}
    if own := {"delete": REALLY_DELETE, "data": OWN_DATA}.get(said.lower()):
        context[ANSWER_WITH] = own
    return Inbound(
        NAME,
        place.address,
        text=said or "help",
        payload=payload,
        external_id=f"{team}:command:{trigger}" if trigger else None,
        reach=place.reach,
        context=context,
        person_name=text_at(body, "user_name"),
    )


def words_of(text: str, us: str) -> str:
    """As it was typed: Slack's brackets taken off, its three escapes undone, our own name taken out."""
    plain = BRACKETS.sub(lambda found: _unbracketed(found, us), text)
    return html.unescape(plain).strip() if plain == text else html.unescape(plain).strip(" \t\n,:")


def _unbracketed(found: re.Match, us: str) -> str:
    kind, what, label = found["kind"], found["what"], found["label"]
    if kind == "@":
        return "" if us and what == us else f"@{label or what}"
    if kind == "#":
        return f"#{label or what}"
    if kind == "!":
        return label or f"@{what.split('^')[0]}"
    address = what.removeprefix("mailto:").removeprefix("tel:")
    return address if not label or label == address else f"{label} ({address})"


def text_at(found: Mapping[str, Any], key: str) -> str:
    """A text in what Slack sent; empty where there is none, or something else."""
    value = found.get(key)
    return value if isinstance(value, str) else ""
