"""What staff correct: a visitor's message and what it really means. Collected until `advisor release` has learned it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, delete, exists, func, insert, select, update

from conversations.db import schema
from conversations.models import MEDIA, VISITOR
from conversations.pii import mask
from core.contract.intents import ASK_TOPIC as ASK_TOPIC  # the console takes it from here

CORRECTIONS, JUDGEMENTS, UNANSWERED = schema.correction, schema.judgement, schema.unanswered
MESSAGES, FEEDBACK = schema.message, schema.feedback
COLLECTED, RELEASED = "collected", "released"
RIGHT, DISMISSED = "right", "dismissed"  # the advisor was right; nothing is to be done
DISPUTES = ("disagree",)  # intents of somebody who does not accept the answer
LONGEST_TEXT = 2000
AT_ONCE = 200
NEWEST = 50_000  # messages in which disputes are looked for


class CorrectionError(Exception):
    """What was asked for cannot be corrected; the message says why."""


@dataclass(frozen=True)
class Correction:
    """`text` means `topic` or, without one, `intent`. `why` is the reason why the last release left it aside."""

    message_id: int
    conversation_id: str
    text: str
    topic: str
    intent: str
    by: str
    at: datetime
    state: str
    why: str = ""
    release: str = ""

    @property
    def label(self) -> str:
        return self.topic or self.intent


@dataclass(frozen=True)
class DisputedAnswer:
    """A question whose answer somebody did not like: a thumb down, with its comment, or words of disagreement."""

    message_id: int
    conversation_id: str
    text: str
    intent: str
    topic: str
    confidence: float | None
    at: datetime
    comment: str
    disputed: bool


def correct(connection: Connection, message_id: int, text: str, topic: str, intent: str, who: str) -> None:
    """Note what a visitor's message really means, in place of what was noted before."""
    asked = _asked(connection, message_id)
    text = " ".join(text.split())[:LONGEST_TEXT] or mask(asked.text)
    text = text.removeprefix(f"[{asked.context.get(MEDIA)}]").lstrip()  # words are taught, not what they came with
    if not text.strip():
        raise CorrectionError("An empty message teaches nothing.")
    if not topic and not intent:
        raise CorrectionError("Choose what the message means.")
    undo(connection, [message_id])
    values = {"text": text, "topic": topic, "intent": "" if topic else intent, "by": who}
    of = {"message_id": message_id, "conversation_id": asked.conversation_id}
    connection.execute(insert(CORRECTIONS), {**of, **values})
    connection.execute(delete(UNANSWERED).where(UNANSWERED.c.message_id == message_id))


def dismiss(connection: Connection, message_ids: Iterable[int], what: str, who: str) -> None:
    """Note that nothing is to be done about these messages."""
    if what not in (RIGHT, DISMISSED):
        raise CorrectionError("A message is right, or dismissed.")
    for message_id in message_ids:
        asked = _asked(connection, message_id)
        undo(connection, [message_id])
        of = {"message_id": message_id, "conversation_id": asked.conversation_id}
        connection.execute(insert(JUDGEMENTS), {**of, "what": what, "by": who})
        connection.execute(delete(UNANSWERED).where(UNANSWERED.c.message_id == message_id))


def undo(connection: Connection, message_ids: Iterable[int]) -> None:
    """Take back what was noted about messages."""
    for table in (CORRECTIONS, JUDGEMENTS):
        connection.execute(delete(table).where(table.c.message_id.in_(list(message_ids))))


def find(connection: Connection, message_id: int) -> Correction | None:
    row = connection.execute(select(CORRECTIONS).where(CORRECTIONS.c.message_id == message_id)).first()
    return Correction(**row._mapping) if row else None


def by_message(connection: Connection, conversation_id: str) -> dict[int, Correction]:
    """The corrections of a conversation, by message."""
    rows = connection.execute(select(CORRECTIONS).where(CORRECTIONS.c.conversation_id == conversation_id))
    return {row.message_id: Correction(**row._mapping) for row in rows}


def list_by_state(connection: Connection, state: str, limit: int | None = AT_ONCE) -> list[Correction]:
    """Those in a state: the collected in the order in which they came, the released from the newest."""
    order = CORRECTIONS.c.at if state == COLLECTED else CORRECTIONS.c.at.desc()
    rows = connection.execute(select(CORRECTIONS).where(CORRECTIONS.c.state == state).order_by(order).limit(limit))
    return [Correction(**row._mapping) for row in rows]


def count_collected(connection: Connection) -> int:
    return connection.execute(
        select(func.count()).select_from(CORRECTIONS).where(CORRECTIONS.c.state == COLLECTED)
    ).scalar_one()


def mark_released(connection: Connection, release: str, learned: Iterable[int], left: Mapping[int, str]) -> None:
    """A release learned these messages' corrections, and left others aside for a reason."""
    connection.execute(
        update(CORRECTIONS)
        .where(CORRECTIONS.c.message_id.in_(list(learned)))
        .values(state=RELEASED, release=release, why="")
    )
    for message_id, why in left.items():
        connection.execute(update(CORRECTIONS).where(CORRECTIONS.c.message_id == message_id).values(why=why))


def reopen_released(connection: Connection, release: str) -> int:
    """A release was gone back from: what it learned is collected again; how many."""
    wanted = update(CORRECTIONS).where(CORRECTIONS.c.release == release, CORRECTIONS.c.state == RELEASED)
    return connection.execute(wanted.values(state=COLLECTED, release="")).rowcount


def disputed_answers(connection: Connection, limit: int = 100) -> list[DisputedAnswer]:
    """Questions behind the newest thumbs down and disputes about which nobody has decided, the newest first."""
    found = {**_disputed(connection, limit), **_thumbs_down(connection, limit)}
    return sorted(found.values(), key=lambda one: one.at, reverse=True)[:limit]


def _thumbs_down(connection: Connection, limit: int) -> dict[int, DisputedAnswer]:
    reply, question = MESSAGES.alias("reply"), MESSAGES.alias("question")
    wanted = (
        select(question, FEEDBACK.c.comment, FEEDBACK.c.at.label("since"))
        .join(reply, reply.c.id == FEEDBACK.c.message_id)
        .join(question, question.c.id == reply.c.answers)
        .where(FEEDBACK.c.value < 0, *_open(question))
        .order_by(FEEDBACK.c.message_id.desc())
        .limit(limit)
    )
    return {row.id: _doubt(row, row.comment, disputed=False) for row in connection.execute(wanted)}


def _disputed(connection: Connection, limit: int) -> dict[int, DisputedAnswer]:
    """The question before each dispute in its conversation."""
    dispute, question, earlier = MESSAGES.alias("dispute"), MESSAGES.alias("question"), MESSAGES.alias("earlier")
    before = (
        select(func.max(earlier.c.id))
        .where(
            earlier.c.conversation_id == dispute.c.conversation_id,
            earlier.c.author == VISITOR,
            earlier.c.id < dispute.c.id,
            earlier.c.intent.not_in(DISPUTES),
        )
        .scalar_subquery()
    )
    newest = select(func.max(MESSAGES.c.id) - NEWEST).scalar_subquery()
    latest = (
        select(MESSAGES.c.id)
        .where(MESSAGES.c.intent.in_(DISPUTES), MESSAGES.c.intent != schema.EMPTY, MESSAGES.c.id > newest)
        .order_by(MESSAGES.c.id.desc())
        .limit(limit)
        .scalar_subquery()
    )
    wanted = (
        select(question, dispute.c.at.label("since"))
        .select_from(dispute)
        .join(question, question.c.id == before)
        .where(dispute.c.id.in_(latest), *_open(question))
    )
    return {row.id: _doubt(row, "", disputed=True) for row in connection.execute(wanted)}


def _open(question) -> tuple[ColumnElement[bool], ...]:
    """Nobody has decided about the question."""
    return tuple(~exists(_of(table, question)) for table in (CORRECTIONS, JUDGEMENTS))


def _of(table, question) -> Select:
    return select(table.c.message_id).where(table.c.message_id == question.c.id)


def _doubt(row, comment: str, disputed: bool) -> DisputedAnswer:
    facts = {name: getattr(row, name) for name in ("conversation_id", "text", "intent", "topic", "confidence")}
    return DisputedAnswer(message_id=row.id, at=row.since, comment=comment, disputed=disputed, **facts)


def _asked(connection: Connection, message_id: int):
    row = connection.execute(select(MESSAGES).where(MESSAGES.c.id == message_id, MESSAGES.c.author == VISITOR)).first()
    if row is None:
        raise CorrectionError("There is no such message of a visitor. It may have been deleted.")
    return row
