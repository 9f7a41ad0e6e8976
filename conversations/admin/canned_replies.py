"""Canned replies: texts that staff send often, inserted by a short name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from conversations.admin.named_rows import save_row
from conversations.db import schema
from conversations.erasure import record_audit
from conversations.errors import AdminError
from core.translations import gettext as _

CANNED = schema.canned_reply
SHORT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST_CANNED = 4000  # characters


@dataclass(frozen=True)
class CannedReply:
    """A canned reply; `name` is what staff type after the slash, `by` who changed it last."""

    name: str
    text: str
    by: str
    at: datetime


def list_canned_replies(connection: Connection) -> list[CannedReply]:
    """Return all canned replies, ordered by name."""
    rows = connection.execute(select(CANNED).order_by(CANNED.c.name))
    return [CannedReply(row.name, row.text, row.by, row.at) for row in rows]


def save_canned_reply(connection: Connection, name: str, text: str, by: str) -> None:
    """Store a canned reply, in place of the one that has this name.

    Raises AdminError if the name or the text is not allowed.
    """
    name, text = name.strip().lstrip("/").lower(), text.replace("\r\n", "\n").strip()
    if not SHORT_NAME.fullmatch(name):
        raise AdminError(_("The name has small letters, digits and hyphens only, 40 at most: opening-hours."))
    if not text or len(text) > LONGEST_CANNED:
        raise AdminError(
            _("The reply has 1 to %(longest_canned)s characters.") % {"longest_canned": f"{LONGEST_CANNED:,}"}
        )
    save_row(connection, CANNED, name, by, text=text)
    record_audit(connection, by, "changed a canned reply", name)


def delete_canned_reply(connection: Connection, name: str, by: str) -> None:
    """Delete the canned reply of this name, if there is one."""
    if connection.execute(delete(CANNED).where(CANNED.c.name == name)).rowcount:
        record_audit(connection, by, "removed a canned reply", name)
