"""What admins set in the console and the front goes by at once: sites, canned replies, tags, limits of time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from conversations.db import schema
from conversations.db.schema import now
from conversations.erasure import record_audit
from conversations.review.annotation import LONGEST_TAG

SITES, CANNED, KNOWN, TAGS, SETTINGS = (
    schema.site,
    schema.canned_reply,
    schema.known_tag,
    schema.tag,
    schema.kept_setting,
)
SHORT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST_CANNED = 4000
OFFICE_SITE = "office_site"  # the setting that names the site whose hours hold on platforms


class SettingsStoreError(Exception):
    """What was to be kept cannot be; the message says why."""


@dataclass(frozen=True)
class CannedReply:
    """A reply that staff give often; `name` is what they type after the slash."""

    name: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Tag:
    name: str
    conversations: int


# --- sites ------------------------------------------------------------------------------------------------------------
def sites(connection: Connection) -> dict[str, dict[str, Any]]:
    """The console's descriptions of sites by name."""
    return {row.name: row.description for row in connection.execute(select(SITES).order_by(SITES.c.name))}


def save_site(connection: Connection, name: str, description: Mapping[str, Any], by: str) -> None:
    _put(connection, SITES, name, by, description=dict(description))
    record_audit(connection, by, "changed a site", name)


def delete_site(connection: Connection, name: str, by: str) -> None:
    if connection.execute(delete(SITES).where(SITES.c.name == name)).rowcount:
        record_audit(connection, by, "removed a site", name)


# --- canned replies ---------------------------------------------------------------------------------------------------
def canned_replies(connection: Connection) -> list[CannedReply]:
    rows = connection.execute(select(CANNED).order_by(CANNED.c.name))
    return [CannedReply(row.name, row.text, row.by, row.at) for row in rows]


def save_canned_reply(connection: Connection, name: str, text: str, by: str) -> None:
    name, text = name.strip().lstrip("/").lower(), text.replace("\r\n", "\n").strip()
    if not SHORT_NAME.fullmatch(name):
        raise SettingsStoreError("The name has small letters, digits and hyphens only, 40 at most: opening-hours.")
    if not text or len(text) > LONGEST_CANNED:
        raise SettingsStoreError(f"The reply has 1 to {LONGEST_CANNED:,} characters.")
    _put(connection, CANNED, name, by, text=text)
    record_audit(connection, by, "changed a canned reply", name)


def delete_canned_reply(connection: Connection, name: str, by: str) -> None:
    if connection.execute(delete(CANNED).where(CANNED.c.name == name)).rowcount:
        record_audit(connection, by, "removed a canned reply", name)


# --- tags -------------------------------------------------------------------------------------------------------------
def tags(connection: Connection) -> list[Tag]:
    """Those that are offered and those that are used, with how many conversations have each."""
    used = connection.execute(select(TAGS.c.name, func.count()).group_by(TAGS.c.name)).all()
    counts = dict.fromkeys(connection.execute(select(KNOWN.c.name)).scalars(), 0) | dict(map(tuple, used))
    return [Tag(name, count) for name, count in sorted(counts.items())]


def add_tag(connection: Connection, name: str, by: str) -> None:
    _put(connection, KNOWN, _tag_name(name), by)
    record_audit(connection, by, "added a tag", _tag_name(name))


def rename_tag(connection: Connection, name: str, new: str, by: str) -> None:
    """Everywhere; where a conversation has both, one remains."""
    new = _tag_name(new)
    if new == name:
        return
    both = select(TAGS.c.conversation_id).where(TAGS.c.name == new)
    connection.execute(delete(TAGS).where(TAGS.c.name == name, TAGS.c.conversation_id.in_(both)))
    connection.execute(update(TAGS).where(TAGS.c.name == name).values(name=new))
    connection.execute(delete(KNOWN).where(KNOWN.c.name == name))
    _put(connection, KNOWN, new, by)
    record_audit(connection, by, f"renamed a tag to {new}", name)


def delete_tag(connection: Connection, name: str, by: str) -> None:
    """From every conversation."""
    for table in (TAGS, KNOWN):
        connection.execute(delete(table).where(table.c.name == name))
    record_audit(connection, by, "removed a tag", name)


# --- settings ---------------------------------------------------------------------------------------------------------
def settings(connection: Connection) -> dict[str, Any]:
    """What the console sets, by name; what it does not set is not there."""
    return {row.name: row.value for row in connection.execute(select(SETTINGS.c.name, SETTINGS.c.value))}


def save_setting(connection: Connection, name: str, value: Any, by: str) -> None:
    """None takes back what was set."""
    if value is None:
        connection.execute(delete(SETTINGS).where(SETTINGS.c.name == name))
    else:
        _put(connection, SETTINGS, name, by, value=value)
    record_audit(connection, by, f"set {name} to {'what the environment says' if value is None else value}"[:60])


def _put(connection: Connection, table: Table, name: str, by: str, **values: Any) -> None:
    """A row in place of the one of this name."""
    changed = connection.execute(update(table).where(table.c.name == name).values(by=by, at=now(), **values))
    if not changed.rowcount:
        connection.execute(insert(table).values(name=name, by=by, **values))


def _tag_name(name: str) -> str:
    name = re.sub(r"\s+", " ", name).strip().lower()
    if not name or len(name) > LONGEST_TAG:
        raise SettingsStoreError(f"A tag has 1 to {LONGEST_TAG} characters.")
    return name
