"""Tags that staff can put on conversations: adding, renaming and deleting them for all conversations."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from conversations.admin.named_rows import save_row
from conversations.db import schema
from conversations.erasure import record_audit
from conversations.errors import AdminError
from conversations.review.annotation import LONGEST_TAG
from core.translations import gettext as _

KNOWN, TAGS = schema.known_tag, schema.tag


@dataclass(frozen=True)
class Tag:
    """A tag and the number of conversations that have it."""

    name: str
    conversations: int


def list_tags(connection: Connection) -> list[Tag]:
    """Return the tags that are offered to staff or in use, ordered by name."""
    used = connection.execute(select(TAGS.c.name, func.count()).group_by(TAGS.c.name)).all()
    counts = dict.fromkeys(connection.execute(select(KNOWN.c.name)).scalars(), 0)
    counts.update((name, count) for name, count in used)
    return [Tag(name, count) for name, count in sorted(counts.items())]


def add_tag(connection: Connection, name: str, by: str) -> None:
    """Offer a tag to staff. Raises AdminError if the name is empty or too long."""
    save_row(connection, KNOWN, _normalised(name), by)
    record_audit(connection, by, "added a tag", _normalised(name))


def rename_tag(connection: Connection, name: str, new: str, by: str) -> None:
    """Rename a tag in all conversations; if `new` exists already, the two become one.

    Raises AdminError if the new name is empty or too long.
    """
    new = _normalised(new)
    if new == name:
        return
    have_new = select(TAGS.c.conversation_id).where(TAGS.c.name == new)
    connection.execute(delete(TAGS).where(TAGS.c.name == name, TAGS.c.conversation_id.in_(have_new)))
    connection.execute(update(TAGS).where(TAGS.c.name == name).values(name=new))
    connection.execute(delete(KNOWN).where(KNOWN.c.name == name))
    save_row(connection, KNOWN, new, by)
    record_audit(connection, by, f"renamed a tag to {new}", name)


def delete_tag(connection: Connection, name: str, by: str) -> None:
    """Delete a tag from all conversations and from the tags on offer."""
    for table in (TAGS, KNOWN):
        connection.execute(delete(table).where(table.c.name == name))
    record_audit(connection, by, "removed a tag", name)


def _normalised(name: str) -> str:
    name = re.sub(r"\s+", " ", name).strip().lower()
    if not name or len(name) > LONGEST_TAG:
        raise AdminError(_("A tag has 1 to %(longest_tag)s characters.") % {"longest_tag": LONGEST_TAG})
    return name
