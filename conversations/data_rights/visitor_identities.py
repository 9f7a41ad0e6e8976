"""Visitor identities: who is signed in to the page that carries the widget, as the page's server has confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from conversations.db import schema
from conversations.pipeline.inbox import LONGEST_NAME

IDENTITIES, CONVERSATIONS = schema.visitor_identity, schema.conversation


@dataclass(frozen=True)
class VisitorIdentity:
    """Visitor as a site knows them: `subject` is the site's own id, name and e-mail address may be empty."""

    subject: str
    name: str = ""
    email: str = ""


def record_identity(connection: Connection, conversation_id: str, site: str, identity: VisitorIdentity) -> bool:
    """Store who a conversation's visitor is; returns False, changing nothing, if it is somebody else's already."""
    known = identity_of(connection, conversation_id)
    if known is not None and known.subject != identity.subject:
        return False
    if known != identity:
        forget_identity(connection, conversation_id)
        values = {"subject": identity.subject, "name": identity.name, "email": identity.email}
        connection.execute(insert(IDENTITIES).values(conversation_id=conversation_id, site=site, **values))
        named = update(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation_id)
        connection.execute(named.values(person_name=identity.name[:LONGEST_NAME]))
    return True


def identity_of(connection: Connection, conversation_id: str) -> VisitorIdentity | None:
    """Return who a conversation's visitor is, or None if nobody has said so."""
    row = connection.execute(select(IDENTITIES).where(IDENTITIES.c.conversation_id == conversation_id)).first()
    return VisitorIdentity(row.subject, row.name, row.email) if row else None


def forget_identity(connection: Connection, conversation_id: str) -> None:
    """Delete who a conversation's visitor is, if it is stored."""
    connection.execute(delete(IDENTITIES).where(IDENTITIES.c.conversation_id == conversation_id))


def conversations_of_identity(connection: Connection, conversation_id: str) -> list[str]:
    """Return the ids of the conversations of the same visitor of the same site, this one among them."""
    mine = (
        select(IDENTITIES.c.site, IDENTITIES.c.subject)
        .where(IDENTITIES.c.conversation_id == conversation_id)
        .subquery()
    )
    same = (IDENTITIES.c.site == mine.c.site) & (IDENTITIES.c.subject == mine.c.subject)
    return list(connection.execute(select(IDENTITIES.c.conversation_id).join(mine, same)).scalars())


def conversations_identified_by(connection: Connection, sought: str, most: int) -> list[str]:
    """Return the ids of at most `most` conversations whose visitor has this id, name or e-mail address."""
    wanted = [func.lower(IDENTITIES.c[column]) == sought.lower() for column in ("subject", "name", "email")]
    found = select(IDENTITIES.c.conversation_id).where(wanted[0] | wanted[1] | wanted[2]).limit(most)
    return list(connection.execute(found).scalars())
