"""How a conversation went: whether it was solved without a person, was left after a decline, or went on on a later day."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, case, func, literal, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from conversations.db import schema
from conversations.db.schema import now
from conversations.local_days import local
from conversations.models import PERSON, VISITOR, WAITING

CONVERSATIONS, MESSAGES, HANDOFFS = schema.conversation, schema.message, schema.handoff
SOLVED, LEFT, BACK = "solved", "left", "back"
WENT = (SOLVED, LEFT, BACK)
BY_PERSON, OPEN = "person", "open"
ANSWERED, DECLINED, FAILED, HANDOFF, SMALLTALK = "answered", "declined", "failed", "handoff", "smalltalk"  # outcomes
FALLBACK = "nlu_fallback"  # the intent of what was not understood
ASKS_NOTHING = ("", SMALLTALK)  # outcomes of messages that ask the advisor nothing: thanks, and what a person answers


class local_day(FunctionElement[str]):  # noqa: N801 (a function of SQL)
    """The day of a stored time as text, by a clock that is some minutes before UTC."""

    type = String()
    inherit_cache = True


@compiles(local_day, "sqlite")
def _of_text(element: local_day, compiler: SQLCompiler, **options: Any) -> str:
    moment, minutes = (compiler.process(part, **options) for part in element.clauses)
    return f"substr(datetime({moment}, {minutes} || ' minutes'), 1, 10)"


@compiles(local_day, "postgresql")
def _of_time(element: local_day, compiler: SQLCompiler, **options: Any) -> str:
    moment, minutes = (compiler.process(part, **options) for part in element.clauses)
    return f"to_char(timezone('UTC', {moment}) + make_interval(mins => {minutes}), 'YYYY-MM-DD')"


def asks(messages: FromClause) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that a message is a visitor's and asks something."""
    return messages.c.author == VISITOR, messages.c.outcome.notin_(ASKS_NOTHING)


def ending(last: FromClause, handed: ColumnElement[bool]) -> ColumnElement[str]:
    """Return how it went if `last` is what was asked last, and `handed` that somebody asked for a person or got one."""
    left = or_(last.c.outcome.in_((DECLINED, FAILED)), last.c.intent == FALLBACK)
    by_person = or_(handed, last.c.outcome == HANDOFF)
    return case((by_person, BY_PERSON), (last.c.outcome == ANSWERED, SOLVED), (left, LEFT), else_=OPEN)


def went(how: str) -> ColumnElement[bool]:
    """Return the condition that a conversation went so; of one that went on for days, by what was asked last of all."""
    if how == BACK:
        minutes = int((local(now()).utcoffset() or now() - now()).total_seconds() // 60)
        later = local_day(MESSAGES.c.at, minutes) > local_day(CONVERSATIONS.c.created_at, minutes)
        again = select(literal(1)).where(MESSAGES.c.conversation_id == CONVERSATIONS.c.id, MESSAGES.c.author == VISITOR)
        return again.where(later).limit(1).correlate(CONVERSATIONS).scalar_subquery().is_not(None)
    asked, last = MESSAGES.alias("asked"), MESSAGES.alias("last")
    newest = select(func.max(asked.c.id)).where(asked.c.conversation_id == CONVERSATIONS.c.id, *asks(asked))
    whose = HANDOFFS.c.conversation_id == CONVERSATIONS.c.id, HANDOFFS.c.after.in_((WAITING, PERSON))
    handed = select(literal(1)).where(*whose).limit(1).correlate(CONVERSATIONS).scalar_subquery().is_not(None)
    of_last = last.c.id == newest.correlate(CONVERSATIONS).scalar_subquery()
    found = select(ending(last, handed)).where(of_last).correlate(CONVERSATIONS).scalar_subquery()
    return found == how
