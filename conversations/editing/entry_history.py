"""What an entry was before: each publication of it for good, and what was saved of a draft until it is published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from conversations.db import schema
from conversations.db.schema import AnyRow, now

VERSIONS = schema.entry_version
TOGETHER = timedelta(minutes=5)  # saves of one person within it are one version
MOST_SHOWN = 50


@dataclass(frozen=True)
class EntryVersion:
    """What an entry, or a draft of it, was; `publication` is empty for what was only saved."""

    id: int
    kind: str
    key: str
    draft: int | None
    content: dict[str, Any] | None
    by: str
    at: datetime
    why: str
    publication: str
    pack: str = ""


def record_save(
    connection: Connection,
    draft_id: int,
    kind: str,
    key: str,
    before: dict[str, Any] | None,
    content: dict[str, Any] | None,
    by: str,
    who: str,
    pack: str = "",
) -> None:
    """Note what a draft has become; saves of one person in a short time are one version."""
    own = (VERSIONS.c.draft == draft_id, VERSIONS.c.publication == "")
    last = connection.execute(select(VERSIONS).where(*own).order_by(VERSIONS.c.id.desc()).limit(1)).first()
    values = {"draft": draft_id, "kind": kind, "key": key, "pack": pack}
    if last is None:  # what it began with, to which one can go back
        connection.execute(insert(VERSIONS).values(**values, content=before, by=by, why="as it began"))
    elif last.by == who and last.why == "" and now() - last.at < TOGETHER:
        changed = {"content": content, "at": now(), "key": key}
        connection.execute(update(VERSIONS).where(VERSIONS.c.id == last.id).values(changed))
        return
    connection.execute(insert(VERSIONS).values(**values, content=content, by=who))


def record_publication(
    connection: Connection,
    kind: str,
    key: str,
    content: dict[str, Any] | None,
    who: str,
    why: str,
    publication: str,
    pack: str = "",
) -> None:
    """Note what was published of an entry of a guide pack."""
    values = {"kind": kind, "key": key, "content": content, "by": who, "why": why, "publication": publication}
    connection.execute(insert(VERSIONS).values(**values, pack=pack))


def drop_saves(connection: Connection, draft_ids: Iterable[int]) -> None:
    """Delete what was saved of drafts on the way."""
    connection.execute(delete(VERSIONS).where(VERSIONS.c.draft.in_(list(draft_ids)), VERSIONS.c.publication == ""))


def of_entry(
    connection: Connection, kind: str, key: str, draft_id: int | None = None, pack: str = ""
) -> list[EntryVersion]:
    """Return the versions of an entry of a guide pack and of its draft, the newest first."""
    is_entry = (VERSIONS.c.kind == kind) & (VERSIONS.c.key == key) & (VERSIONS.c.pack == pack)
    wanted: ColumnElement[bool] = is_entry & (VERSIONS.c.publication != "")
    if draft_id is not None:
        wanted = or_(wanted, (VERSIONS.c.draft == draft_id) & (VERSIONS.c.publication == ""))
    rows = connection.execute(select(VERSIONS).where(wanted).order_by(VERSIONS.c.id.desc()).limit(MOST_SHOWN))
    return [_version(row) for row in rows]


def find(connection: Connection, version_id: int) -> EntryVersion | None:
    """Return a version, or None."""
    row = connection.execute(select(VERSIONS).where(VERSIONS.c.id == version_id)).first()
    return _version(row) if row else None


def _version(row: AnyRow) -> EntryVersion:
    return EntryVersion(**{name: row._mapping[name] for name in VERSIONS.c.keys()})  # noqa: SIM118
