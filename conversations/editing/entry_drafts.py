"""Drafts of the guide's entries: what is to become of an entry, until it is published.

Each save says which version it is a change of, so that nobody overwrites what somebody else has saved meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from conversations.db import schema
from conversations.db.schema import AnyRow, now
from conversations.editing import entry_history
from conversations.errors import EditError
from core.translations import gettext as _
from core.translations import marked

DRAFTS = schema.entry_draft
LONGEST_KEY, LONGEST_WHY, LONGEST_CONTENT = 120, 500, 100_000  # characters; of a content, as JSON
GONE = marked("There is no such draft. Somebody may have published or removed it.")


@dataclass(frozen=True)
class EntryDraft:
    """A draft of an entry.

    Attributes:
        key: The entry's key in the sources; empty as long as a new entry has no place.
        content: The entry's fields; None if the entry is to be removed.
        base: Fingerprint of the published entry that the draft began from; empty for a new entry.
        version: Goes up with each save.
        by: Who saved it last.
        why: What the change is for, or where it comes from.
        assigned: Who is asked to look at it; empty for nobody.
        pack: The guide pack that the entry is of; empty for the first.
    """

    id: int
    kind: str
    key: str
    content: dict[str, Any] | None
    base: str
    version: int
    by: str
    at: datetime
    why: str
    assigned: str
    pack: str = ""

    @property
    def title(self) -> str:
        """Return the title or the name of the entry, or its key."""
        content = self.content or {}
        return str(content.get("title") or content.get("name") or self.key or _("A new entry"))

    @property
    def is_new(self) -> bool:
        """Return whether the draft is of an entry that was not published when it began."""
        return not self.base


class DraftConflict(Exception):
    """Raised when a draft was saved by somebody else meanwhile; `theirs` is what it is now."""

    def __init__(self, theirs: EntryDraft) -> None:
        super().__init__(_("%(by)s has changed this meanwhile.") % {"by": theirs.by})
        self.theirs = theirs


def begin(
    connection: Connection,
    kind: str,
    key: str,
    content: dict[str, Any] | None,
    base: str,
    who: str,
    why: str = "",
    pack: str = "",
) -> int:
    """Return the id of the draft of an entry of a guide pack, begun now if there was no draft of it."""
    if key and (found := find_by_key(connection, kind, key, pack)):
        return found.id
    values = {"kind": kind, "key": _stored(key, pack), "content": content, "base": base, "by": who, "pack": pack}
    values["why"] = why[:LONGEST_WHY]
    draft_id: int = connection.execute(insert(DRAFTS).returning(DRAFTS.c.id), values).scalar_one()
    return draft_id


def save(
    connection: Connection,
    draft_id: int,
    version: int,
    key: str,
    content: dict[str, Any] | None,
    who: str,
    why: str | None = None,
) -> EntryDraft:
    """Replace the content of a draft that is still at a version, and return it; `why` stays as it is without one.

    Raises DraftConflict if somebody else has saved it since, EditError if it is gone, too long, or if its key is taken.
    """
    before = _required(connection, draft_id)
    if before.version != version:
        raise DraftConflict(before)
    if before.content == content and before.key == key and why in (None, before.why):
        return before
    _require_bounds(_stored(key, before.pack), content, why or "")
    values: dict[str, Any] = {
        "key": _stored(key, before.pack),
        "content": content,
        "by": who,
        "at": now(),
        "version": version + 1,
    }
    if why is not None:
        values["why"] = why.strip()
    try:
        with connection.begin_nested():
            wanted = (DRAFTS.c.id == draft_id, DRAFTS.c.version == version)
            connection.execute(update(DRAFTS).where(*wanted).values(values))
    except IntegrityError:
        raise EditError(
            _("There is another draft of '%(key)s' already. Change that one, or choose another key.") % {"key": key}
        ) from None
    after = _required(connection, draft_id)
    entry_history.record_save(
        connection, draft_id, after.kind, key, before.content, content, before.by, who, before.pack
    )
    return after


def remove(connection: Connection, draft_id: int) -> None:
    """Delete a draft, if it exists, with what was saved of it on the way."""
    connection.execute(delete(DRAFTS).where(DRAFTS.c.id == draft_id))
    entry_history.drop_saves(connection, [draft_id])


def assign(connection: Connection, draft_id: int, to: str) -> None:
    """Ask somebody to look at a draft, or nobody. Raises EditError if the draft or the member is unknown."""
    if to and connection.execute(select(schema.staff.c.id).where(schema.staff.c.name == to)).first() is None:
        raise EditError(_("There is no account %(to)s. Choose one from the list.") % {"to": to})
    if not connection.execute(update(DRAFTS).where(DRAFTS.c.id == draft_id).values(assigned=to)).rowcount:
        raise EditError(_(GONE))


def set_base(connection: Connection, draft_id: int, base: str) -> None:
    """Let a draft count as a change of the published entry of this fingerprint; raises EditError if it is gone."""
    if not connection.execute(update(DRAFTS).where(DRAFTS.c.id == draft_id).values(base=base)).rowcount:
        raise EditError(_(GONE))


def list_all(connection: Connection, pack: str = "") -> list[EntryDraft]:
    """Return all drafts of a guide pack, the last changed first."""
    query = select(DRAFTS).where(DRAFTS.c.pack == pack).order_by(DRAFTS.c.at.desc(), DRAFTS.c.id.desc())
    return [_draft(row) for row in connection.execute(query)]


def list_of(connection: Connection, kind: str, pack: str = "") -> list[EntryDraft]:
    """Return the drafts of a kind in a guide pack, in the order of their ids."""
    query = select(DRAFTS).where(DRAFTS.c.kind == kind, DRAFTS.c.pack == pack).order_by(DRAFTS.c.id)
    return [_draft(row) for row in connection.execute(query)]


def find(connection: Connection, draft_id: int) -> EntryDraft | None:
    """Return a draft, or None."""
    row = connection.execute(select(DRAFTS).where(DRAFTS.c.id == draft_id)).first()
    return _draft(row) if row else None


def find_by_key(connection: Connection, kind: str, key: str, pack: str = "") -> EntryDraft | None:
    """Return the draft of an entry of a guide pack, or None."""
    row = connection.execute(select(DRAFTS).where(DRAFTS.c.kind == kind, DRAFTS.c.key == _stored(key, pack))).first()
    return _draft(row) if row else None


def find_several(connection: Connection, ids: Iterable[int], pack: str = "") -> list[EntryDraft]:
    """Return the drafts of these ids that there are in a guide pack, in the order of their ids."""
    query = select(DRAFTS).where(DRAFTS.c.id.in_(list(ids)), DRAFTS.c.pack == pack).order_by(DRAFTS.c.id)
    return [_draft(row) for row in connection.execute(query)]


def list_assigned(connection: Connection, who: str) -> list[EntryDraft]:
    """Return the drafts that somebody is asked to look at, the one that has waited longest first."""
    query = select(DRAFTS).where(DRAFTS.c.assigned == who).order_by(DRAFTS.c.at, DRAFTS.c.id)
    return [_draft(row) for row in connection.execute(query)]


def _require_bounds(key: str, content: dict[str, Any] | None, why: str) -> None:
    if len(key) > LONGEST_KEY or len(why) > LONGEST_WHY or len(repr(content)) > LONGEST_CONTENT:
        raise EditError(
            _(
                "A key has %(longest_key)s characters at most, a reason %(longest_why)s, and an entry %(longest_content)s "
                "altogether. Shorten it; nothing was saved."
            )
            % {"longest_key": LONGEST_KEY, "longest_why": LONGEST_WHY, "longest_content": f"{LONGEST_CONTENT:,}"}
        )


def _required(connection: Connection, draft_id: int) -> EntryDraft:
    found = find(connection, draft_id)
    if found is None:
        raise EditError(_(GONE))
    return found


def _stored(key: str, pack: str) -> str:
    """Return a key as it is stored: those of further packs begin with the pack's name, since two packs may have the same key.

    The index of keys is older than packs, and fronts of the release before rely on it.
    """
    return f"{pack}:{key}" if pack and key else key


def _draft(row: AnyRow) -> EntryDraft:
    values = {name: row._mapping[name] for name in DRAFTS.c.keys()}  # noqa: SIM118
    return EntryDraft(**{**values, "key": row.key.removeprefix(f"{row.pack}:") if row.pack else row.key})
