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
from conversations.integrations import webhooks
from core.fingerprint import content_fingerprint
from core.translations import gettext as _

PUBLICATIONS, DRAFTS = schema.publication, schema.entry_draft
# CHECKED waits for somebody to publish it.
CHECKING, CHECKED, PUBLISHING, PUBLISHED = "checking", "checked", "publishing", "published"
GOING_BACK, WENT_BACK = "going-back", "went-back"
FAILED, DROPPED = "failed", "dropped"
IN_WORK = (CHECKING, PUBLISHING, GOING_BACK)
_IN_WORK = select(PUBLICATIONS).where(PUBLICATIONS.c.state.in_(IN_WORK))  # put together once: a front asks every second
MOST_LISTED = 30
ON_SERVER = "the server"  # who made a release with ./advisor release


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
    pack: str = ""

    @property
    def titles(self) -> list[str]:
        """Return the titles of its entries."""
        return [str(entry["title"]) for entry in self.entries]

    @property
    def is_release(self) -> bool:
        """Return whether it is a release that was made on the server, where alone it can be taken back."""
        return bool(self.report.get("release"))


def start(
    connection: Connection,
    drafts: Mapping[int, tuple[EntryDraft, dict[str, Any] | None]],
    training: bool,
    why: str,
    who: str,
    corrections: bool = False,
    pack: str = "",
) -> Publication:
    """Note that drafts of a guide pack are to be published together: at once or, with `training`, after a check.

    `drafts` are drafts by id, each with what is published of its entry.
    With `corrections`, what is collected of these is learned as well. Raises EditError if another publication is in work.
    """
    busy = connection.execute(select(PUBLICATIONS).where(PUBLICATIONS.c.state.in_(IN_WORK))).first()
    if busy:
        raise EditError(
            _("%(by)s is checking or publishing at the moment. Wait until that has ended.") % {"by": busy.by}
        )
    drop_checked(connection, pack)
    at = now()
    entries = [
        {"draft": each.id, "version": each.version, "kind": each.kind, "key": each.key, "title": each.title}
        | {"content": each.content, "base": each.base, "before": before}
        for each, before in drafts.values()
    ]
    state = CHECKING if training else PUBLISHING
    values: dict[str, Any] = {"name": f"{at:%Y-%m-%d_%H%M%S_%f}", "state": state, "training": int(training)}
    values |= {"entries": entries, "pack": pack}
    report = {"corrections": True} if corrections else {}
    connection.execute(insert(PUBLICATIONS).values(**values, why=why, by=who, at=at, log=[], report=report))
    return _required(connection, str(values["name"]))


def drop_checked(connection: Connection, pack: str = "") -> None:
    """Give up what of a guide pack was checked and not published: what it was compared with may have changed."""
    wanted = PUBLICATIONS.c.state == CHECKED, PUBLICATIONS.c.pack == pack
    connection.execute(update(PUBLICATIONS).where(*wanted).values(state=DROPPED))


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
    if found.state == PUBLISHED:
        return
    for entry in found.entries:
        kind, key, content = entry["kind"], entry["key"], entry["content"]
        entry_history.record_publication(connection, kind, key, content, found.by, found.why, name, found.pack)
        draft = entry_drafts.find(connection, entry["draft"])
        if draft is None:
            continue
        if draft.version == entry["version"]:
            entry_drafts.remove(connection, draft.id)
        else:  # somebody has gone on writing: their draft is now a change of what was published
            entry_drafts.set_base(connection, draft.id, content_fingerprint(content))
    set_state(connection, name, PUBLISHED)
    webhooks.record_event(connection, webhooks.PUBLISHED, publication=name, changes=len(found.entries), by=found.by)
    record_audit(connection, found.by, f"published {len(found.entries)} changes of the knowledge", name)


def undo(connection: Connection, name: str) -> None:
    """Note that a publication was taken back: its changes are drafts again, as far as nobody has begun others."""
    found = _required(connection, name)
    for entry in found.entries:
        begun = (entry["kind"], entry["key"], entry["content"], entry["base"])
        entry_drafts.begin(connection, *begun, found.by, found.why, found.pack)
    set_state(connection, name, WENT_BACK)


def record_release(connection: Connection, name: str, learned: int, report: Mapping[str, Any], pack: str = "") -> None:
    """Note a release of a guide pack that was made on the server, so that it has its page and stands in the audit log."""
    values = {"name": name, "state": PUBLISHED, "training": 1, "entries": [], "log": [], "by": ON_SERVER, "pack": pack}
    connection.execute(insert(PUBLICATIONS).values(**values, why="", at=now(), report={**report, "release": True}))
    record_audit(connection, ON_SERVER, f"released a new model; corrections learned: {learned}", name)


def record_release_back(connection: Connection, name: str) -> None:
    """Note that a release was taken back on the server; one that was not noted here is left alone."""
    found = find(connection, name)
    if found and found.is_release:
        set_state(connection, name, WENT_BACK)
        record_audit(connection, ON_SERVER, "went back from a release", name)


def lessons_of(connection: Connection, names: Iterable[str]) -> dict[int, dict[str, str]]:
    """Return what came of each lesson of releases and publications, by the message that taught it.

    Each says what the message should mean (`wanted`), and what it was taken for `before` and `after`.
    """
    query = select(PUBLICATIONS.c.report).where(PUBLICATIONS.c.name.in_(list(names)))
    lessons = [each for report in connection.execute(query).scalars() for each in report.get("lessons", [])]
    return {int(each["id"]): each for each in lessons if each["id"].isdecimal()}


def find(connection: Connection, name: str) -> Publication | None:
    """Return a publication, or None."""
    row = connection.execute(select(PUBLICATIONS).where(PUBLICATIONS.c.name == name)).first()
    return _publication(row) if row else None


def list_newest(connection: Connection, pack: str = "") -> list[Publication]:
    """Return the newest publications of a guide pack."""
    query = (
        select(PUBLICATIONS).where(PUBLICATIONS.c.pack == pack).order_by(PUBLICATIONS.c.name.desc()).limit(MOST_LISTED)
    )
    return [_publication(row) for row in connection.execute(query)]


def list_in_work(connection: Connection) -> list[Publication]:
    """Return the publications that are being checked or published."""
    return [_publication(row) for row in connection.execute(_IN_WORK)]


def _required(connection: Connection, name: str) -> Publication:
    found = find(connection, name)
    if found is None:
        raise EditError(_("There is no such publication."))
    return found


def _publication(row: AnyRow) -> Publication:
    values = {name: row._mapping[name] for name in PUBLICATIONS.c.keys()}  # noqa: SIM118
    return Publication(**{**values, "training": bool(row.training)})
