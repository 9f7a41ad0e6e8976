"""Reading of the audit log; `conversations.erasure.record_audit` writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from conversations.db import schema
from core.translations import StoredTexts, marked

AUDIT = schema.audit
# What is said of what was done, wherever it is recorded.
DONE = StoredTexts(
    marked("revealed personal data"),
    marked("revealed a contact"),
    marked("exported a conversation"),
    marked("exported %(rows)s as %(form)s, personal data shown"),
    marked("exported %(rows)s as %(form)s"),
    marked("deleted a conversation"),
    marked("handed on to %(colleague)s"),
    marked("mentioned in a note: %(colleague)s"),
    marked("wrote an e-mail to a contact"),
    marked("took a correction back"),
    marked("set %(setting)s to what the environment says"),
    marked("set %(setting)s to %(value)s"),
    marked("changed a site"),
    marked("removed a site"),
    marked("added a tag"),
    marked("renamed a tag to %(new)s"),
    marked("removed a tag"),
    marked("changed a canned reply"),
    marked("removed a canned reply"),
    marked("added an API token"),
    marked("removed an API token"),
    marked("added a webhook"),
    marked("removed a webhook"),
    marked("published %(number)s changes of the knowledge"),
    marked("released a new model; corrections learned: %(number)s"),
    marked("went back from a release"),
    marked("went back from a publication"),
    marked("began to check changes of the knowledge"),
    marked("began to publish changes of the knowledge"),
    marked("published what was checked"),
    marked("gave up what was checked"),
    marked("dropped a draft of a new topic"),
    marked("dropped a draft of %(entry)s"),
    marked("took a copy of the guide"),
    marked("brought %(number)s changed entries of the guide"),
    marked("brought %(files)s files with %(number)s proposals for the guide"),
    marked("made %(number)s drafts of what was brought"),
    marked("brought %(number)s programs"),
    marked("added a program"),
    marked("changed a program"),
    marked("removed a program"),
    marked("put a program back"),
    marked("added an account as %(role)s"),
    marked("changed a role to %(role)s"),
    marked("changed a name for visitors"),
    marked("made an invitation"),
    marked("removed an account"),
    marked("reset a password"),
    marked("changed a password"),
    marked("was locked out after wrong passwords"),
    marked("was locked out after wrong codes"),
    marked("turned the second factor on"),
    marked("turned the second factor off"),
    marked("signed in with a recovery code"),
    marked("was linked to the identity provider"),
)


@dataclass(frozen=True)
class AuditEntry:
    """Entry of the audit log: who did what, with whose data, and when."""

    id: int
    at: datetime
    who: str
    what: str  # in English; `told` has it in the language in use
    about: str

    @property
    def told(self) -> str:
        """Return what was done, in the language in use."""
        return DONE.told(self.what)


def entries(connection: Connection, limit: int, before: int | None = None) -> list[AuditEntry]:
    """Return up to `limit` entries, newest first; with `before`, only those older than the entry of that id."""
    query = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AUDIT.c.id < min(before, 2**63 - 1))  # the largest id that a database accepts
    return [AuditEntry(row.id, row.at, row.who, row.what, row.about) for row in connection.execute(query)]
