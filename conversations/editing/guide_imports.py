"""What was found in files that staff brought for the guide: proposals that wait until somebody decides about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from conversations.db import schema
from conversations.db.schema import AnyRow, now
from conversations.errors import EditError
from core.translations import gettext as _
from core.translations import marked

IMPORTS = schema.guide_import
OPEN, DRAFTED, LEFT = "open", "drafted", "left"  # what was decided about a proposal
MOST_LISTED = 20
KEPT = timedelta(days=90)  # for which an import is kept once all of it is decided
GONE = marked("There is no such import. Somebody may have removed it.")
CHANGED = marked("A colleague has decided about some of these meanwhile. Load the page again; nothing was changed.")


@dataclass(frozen=True)
class GuideImport:
    """An import. Each of `proposals` holds the fields of a topic, where it was found, its `state`, and the id of its `draft`.

    `left` are what nothing was made of, in sentences. `version` goes up with each decision.
    """

    id: int
    files: list[str]
    proposals: list[dict[str, Any]]
    left: list[str]
    by: str
    at: datetime
    version: int
    pack: str = ""

    @property
    def waiting(self) -> int:
        """Return how many proposals nobody has decided about."""
        return sum(each["state"] == OPEN for each in self.proposals)


def keep(
    connection: Connection,
    files: list[str],
    proposals: list[dict[str, Any]],
    left: list[str],
    who: str,
    pack: str = "",
) -> int:
    """Keep what was found in files for a guide pack, and return the import's id."""
    waiting = [{**each, "state": OPEN, "draft": None} for each in proposals]
    values = {"files": files, "proposals": waiting, "left": left, "by": who, "pack": pack}
    import_id: int = connection.execute(insert(IMPORTS).returning(IMPORTS.c.id), values).scalar_one()
    return import_id


def find(connection: Connection, import_id: int) -> GuideImport:
    """Return an import; raises EditError if it is gone."""
    row = connection.execute(select(IMPORTS).where(IMPORTS.c.id == import_id)).first()
    if row is None:
        raise EditError(_(GONE))
    return _import(row)


def list_newest(connection: Connection, pack: str = "") -> list[GuideImport]:
    """Return the newest imports for a guide pack."""
    query = select(IMPORTS).where(IMPORTS.c.pack == pack).order_by(IMPORTS.c.id.desc()).limit(MOST_LISTED)
    return [_import(row) for row in connection.execute(query)]


def decide(connection: Connection, one: GuideImport, drafts: Mapping[int, int | None]) -> None:
    """Note what was decided about proposals, by their numbers: the id of the draft that each became, None if it is left out.

    Raises EditError if a colleague has decided meanwhile.
    """
    proposals = [
        {**each, "state": LEFT if drafts[number] is None else DRAFTED, "draft": drafts[number]}
        if number in drafts
        else each
        for number, each in enumerate(one.proposals)
    ]
    wanted = (IMPORTS.c.id == one.id, IMPORTS.c.version == one.version)
    values = {"proposals": proposals, "version": one.version + 1}
    if not connection.execute(update(IMPORTS).where(*wanted).values(values)).rowcount:
        raise EditError(_(CHANGED))


def remove(connection: Connection, import_id: int) -> None:
    """Delete an import; drafts that were made of it stay."""
    connection.execute(delete(IMPORTS).where(IMPORTS.c.id == import_id))


def delete_decided(connection: Connection) -> None:
    """Delete imports that are older than KEPT and of which nothing waits; drafts that were made of them stay."""
    old = [_import(row) for row in connection.execute(select(IMPORTS).where(IMPORTS.c.at < now() - KEPT))]
    decided = [each.id for each in old if not each.waiting]
    connection.execute(delete(IMPORTS).where(IMPORTS.c.id.in_(decided)))


def _import(row: AnyRow) -> GuideImport:
    return GuideImport(**{name: row._mapping[name] for name in IMPORTS.c.keys()})  # noqa: SIM118
