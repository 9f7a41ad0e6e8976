"""Publications: drafts that are checked and published together, how far that is, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from conversations.db import schema
from conversations.db.schema import AnyRow, now
from conversations.editing import entry_drafts, entry_history
from conversations.editing.entry_drafts import EntryDraft
from conversations.erasure import record_audit
from conversations.errors import EditError

PUBLICATIONS, DRAFTS = schema.publication, schema.entry_draft
# In work: checking (and training), publishing. CHECKED waits for somebody to publish it.
CHECKING, CHECKED, PUBLISHING, PUBLISHED = "checking", "checked", "publishing", "published"
FAILED, DROPPED, WENT_BACK = "failed", "dropped", "back"
IN_WORK = (CHECKING, PUBLISHING)
MOST_LISTED = 30


@dataclass(frozen=True)
class Publication:
    """Drafts that go together; `entries` hold what each was when it was taken, `training` whether the model must learn."""

    name: str
    state: str
    training: bool
    entries: list[dict[str, Any]]
    log: list[str]
    report: dict[str, Any]
    why: str
    by: str
    at: datetime

    @property
    def titles(self) -> list[str]:
        """Return the titles of its entries."""
        return [str(entry["title"]) for entry in self.entries]


def start(connection: Connection, drafts: Iterable[EntryDraft], training: bool, why: str, who: str) -> Publication:
    """Note that drafts are being checked together. Raises EditError if others are: one at a time."""
    busy = connection.execute(select(PUBLICATIONS).where(PUBLICATIONS.c.state.in_(IN_WORK))).first()
    if busy:
        raise EditError(f"{busy.by} is checking or publishing at the moment. Wait until that has ended.")
    drop_checked(connection)
    at = now()
    entries = [
        {"draft": each.id, "version": each.version, "kind": each.kind, "key": each.key, "title": each.title}
        | {"content": each.content, "base": each.base}
        for each in drafts
    ]
    values = {"name": f"{at:%Y-%m-%d_%H%M%S_%f}", "state": CHECKING, "training": int(training), "entries": entries}
    connection.execute(insert(PUBLICATIONS).values(**values, why=why, by=who, at=at, log=[], report={}))
    return _required(connection, str(values["name"]))


def drop_checked(connection: Connection) -> None:
    """Give up what was checked and not published: what it was compared with may have changed."""
    connection.execute(update(PUBLICATIONS).where(PUBLICATIONS.c.state == CHECKED).values(state=DROPPED))


def set_state(connection: Connection, name: str, state: str, report: Mapping[str, Any] | None = None) -> None:
    """Note how far a publication is."""
    values: dict[str, Any] = {"state": state} | ({} if report is None else {"report": dict(report)})
    connection.execute(update(PUBLICATIONS).where(PUBLICATIONS.c.name == name).values(values))


def take(connection: Connection, name: str, before: str, after: str) -> bool:
    """Move a publication from one state to another; False if it was not in the first, as when two people press at once."""
    wanted = (PUBLICATIONS.c.name == name, PUBLICATIONS.c.state == before)
    return bool(connection.execute(update(PUBLICATIONS).where(*wanted).values(state=after)).rowcount)


def set_log(connection: Connection, name: str, lines: list[str]) -> None:
    """Replace the lines that say what is being done."""
    connection.execute(update(PUBLICATIONS).where(PUBLICATIONS.c.name == name).values(log=lines))


def finish(connection: Connection, name: str) -> None:
    """Note that a publication is live: its entries get a version, drafts that were not changed since are done with."""
    found = _required(connection, name)
    for entry in found.entries:
        kind, key, content = entry["kind"], entry["key"], entry["content"]
        entry_history.record_publication(connection, kind, key, content, found.by, found.why, name)
        draft = entry_drafts.find(connection, entry["draft"])
        if draft is None:
            continue
        if draft.version == entry["version"]:
            entry_drafts.remove(connection, draft.id)
        else:  # somebody has gone on writing: their draft is now a change of what was published
            base = entry.get("published", "")
            connection.execute(update(DRAFTS).where(DRAFTS.c.id == draft.id).values(base=base))
    set_state(connection, name, PUBLISHED)
    record_audit(connection, found.by, f"published {len(found.entries)} changes of the knowledge", name)


def find(connection: Connection, name: str) -> Publication | None:
    """Return a publication, or None."""
    row = connection.execute(select(PUBLICATIONS).where(PUBLICATIONS.c.name == name)).first()
    return _publication(row) if row else None


def list_newest(connection: Connection) -> list[Publication]:
    """Return the newest publications."""
    query = select(PUBLICATIONS).order_by(PUBLICATIONS.c.name.desc()).limit(MOST_LISTED)
    return [_publication(row) for row in connection.execute(query)]


def list_in_work(connection: Connection) -> list[Publication]:
    """Return the publications that are being checked or published."""
    query = select(PUBLICATIONS).where(PUBLICATIONS.c.state.in_(IN_WORK))
    return [_publication(row) for row in connection.execute(query)]


def _required(connection: Connection, name: str) -> Publication:
    found = find(connection, name)
    if found is None:
        raise EditError("There is no such publication.")
    return found


def _publication(row: AnyRow) -> Publication:
    values = {name: row._mapping[name] for name in PUBLICATIONS.c.keys()}  # noqa: SIM118
    return Publication(**{**values, "training": bool(row.training)})
