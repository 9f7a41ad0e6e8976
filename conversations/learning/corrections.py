"""Corrections of labels by staff, disputed answers, and messages that staff have dismissed.

Corrections are collected until `advisor release` has learned them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Text, cast, delete, exists, func, insert, select, update

from conversations.db import schema
from conversations.db.schema import AnyRow, now
from conversations.integrations import webhooks
from conversations.learning import unanswered
from conversations.learning.pack_filters import of_conversations
from conversations.models import MEDIA, MODEL, VISITOR
from conversations.pii import mask
from core.contract.intents import ASK_TOPIC as ASK_TOPIC  # the console takes it from here
from core.translations import gettext as _

CORRECTIONS, JUDGEMENTS, UNANSWERED = schema.correction, schema.judgement, schema.unanswered
MESSAGES, FEEDBACK = schema.message, schema.feedback
FACTS = ("conversation_id", "text", "intent", "topic", "confidence")  # of a disputed answer's question
COLLECTED, RELEASED = "collected", "released"
# Decisions about a message without a correction: the advisor was right, nothing is to be done, or the answer is wrong.
RIGHT, DISMISSED, WRONG = "right", "dismissed", "wrong"
DISPUTES = ("disagree",)  # intents of visitors who contradict an answer
LONGEST_TEXT = 2000
AT_ONCE = 200  # corrections listed at once
NEWEST = 50_000  # messages that are searched for disputes
NEWEST_READ, MOST_READ = 5_000, 60  # messages that are searched for what a language model read; messages listed at once
MOST_DISPUTED = 100  # disputed answers listed at once; more are neither listed nor counted


class CorrectionError(Exception):
    """Raised when a correction is refused; the message says why."""


@dataclass(frozen=True)
class Correction:
    """What a visitor's message really meant.

    Attributes:
        text: The masked message, or the wording that staff chose to be learned.
        topic: What the text asks about; empty if `intent` is given instead, or if neither was wrong.
        thing: Kind and key ("institution/rmit-university") of the thing that was meant, if another one or none was found.
        words: The words of the message that mean the thing.
        form: The question form in which the text asks, if it was read in another one.
        state: COLLECTED or RELEASED.
        why: Why the last release did not learn the correction.
        release: The release that learned it.
    """

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
    thing: str = ""
    words: str = ""
    form: str = ""

    @property
    def label(self) -> str:
        """Return the topic or, without one, the intent."""
        return self.topic or self.intent


@dataclass(frozen=True)
class Meaning:
    """What a correction says that a message means; what was read rightly is empty.

    `topic` goes before `intent`. `thing`, `words` and `form` are those of `Correction`.
    """

    topic: str = ""
    intent: str = ""
    thing: str = ""
    words: str = ""
    form: str = ""


@dataclass(frozen=True)
class DisputedAnswer:
    """Question whose answer got a thumb down (with `comment`) or was contradicted by the visitor (`disputed`)."""

    message_id: int
    conversation_id: str
    text: str
    intent: str
    topic: str
    confidence: float | None
    at: datetime
    comment: str
    disputed: bool


def correct(
    connection: Connection, message_id: int, text: str, meaning: Meaning, who: str, at: datetime | None = None
) -> None:
    """Store what a visitor's message really meant, in place of an earlier decision about it.

    Args:
        text: What is to be learned; if empty, the masked message.
        who: The name of the staff member.
        at: When it was decided, if several messages were decided about at once; otherwise now.

    Raises:
        CorrectionError: The message does not exist or is empty, it gets no meaning, or the words for the thing do not stand
            in it.
    """
    question = _find_question(connection, message_id)
    text = " ".join(text.split())[:LONGEST_TEXT] or mask(question.text)
    text = text.removeprefix(f"[{question.context.get(MEDIA)}]").lstrip()  # the note of an attachment is not learned
    if not text.strip():
        raise CorrectionError(_("An empty message teaches nothing."))
    meaning = _checked(meaning, text)
    _forget(connection, [message_id])
    values = {"text": text, **vars(meaning), "by": who, "at": at or now()}
    keys = {"message_id": message_id, "conversation_id": question.conversation_id}
    connection.execute(insert(CORRECTIONS), {**keys, **values})
    connection.execute(delete(UNANSWERED).where(UNANSWERED.c.message_id == message_id))
    facts = {"conversation": question.conversation_id, "message": message_id, "topic": meaning.topic, "by": who}
    webhooks.record_event(connection, webhooks.CORRECTED, **facts, intent=meaning.intent)


def _checked(meaning: Meaning, text: str) -> Meaning:
    """Return the meaning as it is stored; raises CorrectionError if it says nothing, or its words stand elsewhere."""
    if not (meaning.topic or meaning.intent or meaning.thing or meaning.form):
        raise CorrectionError(_("Choose what the message means."))
    words = " ".join(meaning.words.split()) if meaning.thing else ""
    if words.casefold() not in text.casefold():
        raise CorrectionError(
            _("The words for the thing must stand in what is to be learned, as the visitor wrote them.")
        )
    return replace(meaning, intent="" if meaning.topic else meaning.intent, words=words)


def dismiss(
    connection: Connection, message_ids: Iterable[int], what: str, who: str, at: datetime | None = None
) -> None:
    """Store that nothing is to be done about messages; `what` is RIGHT or DISMISSED, `at` is as for `correct`.

    Raises:
        CorrectionError: A message does not exist, or `what` is something else.
    """
    if what not in (RIGHT, DISMISSED):
        raise CorrectionError(_("A message is right, or dismissed."))
    _judge(connection, message_ids, what, who, at or now())


def mark_wrong(connection: Connection, message_id: int, who: str) -> None:
    """Store that a message was understood, but its answer is wrong; raises CorrectionError if it does not exist."""
    _judge(connection, [message_id], WRONG, who, now())


def _judge(connection: Connection, message_ids: Iterable[int], what: str, who: str, at: datetime) -> None:
    for message_id in message_ids:
        question = _find_question(connection, message_id)
        _forget(connection, [message_id])
        keys = {"message_id": message_id, "conversation_id": question.conversation_id}
        connection.execute(insert(JUDGEMENTS), {**keys, "what": what, "by": who, "at": at})
        connection.execute(delete(UNANSWERED).where(UNANSWERED.c.message_id == message_id))


def undo(connection: Connection, message_ids: Iterable[int]) -> None:
    """Delete the corrections of messages and the decisions to dismiss them; unanswered ones are listed as such again."""
    message_ids = list(message_ids)
    _forget(connection, message_ids)
    unanswered.list_again(connection, message_ids)


def _forget(connection: Connection, message_ids: list[int]) -> None:
    for table in (CORRECTIONS, JUDGEMENTS):
        connection.execute(delete(table).where(table.c.message_id.in_(message_ids)))


def find(connection: Connection, message_id: int) -> Correction | None:
    """Return the correction of a message, or None."""
    row = connection.execute(select(CORRECTIONS).where(CORRECTIONS.c.message_id == message_id)).first()
    return Correction(**row._mapping) if row else None


def by_message(connection: Connection, conversation_id: str) -> dict[int, Correction]:
    """Return the corrections of a conversation by message id."""
    rows = connection.execute(select(CORRECTIONS).where(CORRECTIONS.c.conversation_id == conversation_id))
    return {row.message_id: Correction(**row._mapping) for row in rows}


def list_by_state(
    connection: Connection, state: str, limit: int | None = AT_ONCE, pack: str | None = None
) -> list[Correction]:
    """Return the corrections in a state (of a guide pack): collected ones oldest first, released ones newest first."""
    order = CORRECTIONS.c.at if state == COLLECTED else CORRECTIONS.c.at.desc()
    wanted = CORRECTIONS.c.state == state, *of_conversations(CORRECTIONS.c.conversation_id, pack)
    rows = connection.execute(select(CORRECTIONS).where(*wanted).order_by(order).limit(limit))
    return [Correction(**row._mapping) for row in rows]


def count_collected(connection: Connection, pack: str | None = None) -> int:
    """Return the number of corrections (of a guide pack) that no release has learned yet."""
    wanted = CORRECTIONS.c.state == COLLECTED, *of_conversations(CORRECTIONS.c.conversation_id, pack)
    query = select(func.count()).select_from(CORRECTIONS).where(*wanted)
    return connection.execute(query).scalar_one()


def mark_released(connection: Connection, release: str, learned: Iterable[int], left: Mapping[int, str]) -> None:
    """Record which corrections a release learned, and why it left others aside (`left`: reason by message id)."""
    learned_rows = update(CORRECTIONS).where(CORRECTIONS.c.message_id.in_(list(learned)))
    connection.execute(learned_rows.values(state=RELEASED, release=release, why=""))
    for message_id, why in left.items():
        connection.execute(update(CORRECTIONS).where(CORRECTIONS.c.message_id == message_id).values(why=why))


def reopen_released(connection: Connection, release: str) -> int:
    """Collect the corrections of a rolled-back release again and return their number."""
    rows = update(CORRECTIONS).where(CORRECTIONS.c.release == release, CORRECTIONS.c.state == RELEASED)
    return connection.execute(rows.values(state=COLLECTED, release="")).rowcount


def disputed_answers(
    connection: Connection, limit: int = MOST_DISPUTED, pack: str | None = None
) -> list[DisputedAnswer]:
    """Return the questions of the newest disputed answers (of a guide pack) that staff have not decided about, newest first."""
    answers = {**_contradicted(connection, limit, pack), **_thumbs_down(connection, limit, pack)}
    return sorted(answers.values(), key=lambda answer: answer.at, reverse=True)[:limit]


def _thumbs_down(connection: Connection, limit: int, pack: str | None) -> dict[int, DisputedAnswer]:
    reply, question = MESSAGES.alias("reply"), MESSAGES.alias("question")
    query = (
        select(*_facts(question), FEEDBACK.c.comment, FEEDBACK.c.at.label("since"))
        .join(reply, reply.c.id == FEEDBACK.c.message_id)
        .join(question, question.c.id == reply.c.answers)
        .where(FEEDBACK.c.value < 0, *_undecided(question), *of_conversations(question.c.conversation_id, pack))
        .order_by(FEEDBACK.c.message_id.desc())
        .limit(limit)
    )
    return {row.id: _disputed_answer(row, row.comment, disputed=False) for row in connection.execute(query)}


def _contradicted(connection: Connection, limit: int, pack: str | None) -> dict[int, DisputedAnswer]:
    """Return the question before each contradiction of the same conversation, by message id."""
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
        # The sum keeps SQLite from reading all of the newest messages by their ids, instead of the few by their intent.
        .where(MESSAGES.c.intent.in_(DISPUTES), MESSAGES.c.intent != schema.EMPTY, MESSAGES.c.id + 0 > newest)
        .order_by(MESSAGES.c.id.desc())
        .limit(limit)
        .scalar_subquery()
    )
    query = (
        select(*_facts(question), dispute.c.at.label("since"))
        .select_from(dispute)
        .join(question, question.c.id == before)
        .where(dispute.c.id.in_(latest), *_undecided(question), *of_conversations(question.c.conversation_id, pack))
    )
    return {row.id: _disputed_answer(row, "", disputed=True) for row in connection.execute(query)}


def read_by_model(connection: Connection, limit: int = MOST_READ, pack: str | None = None) -> list[int]:
    """Return the newest messages (of a guide pack) that a language model read and nobody has decided about, newest first."""
    newest = select(func.max(MESSAGES.c.id) - NEWEST_READ).scalar_subquery()
    was_read = cast(MESSAGES.c.understanding, Text).contains(f'"{MODEL}"')
    query = select(MESSAGES.c.id).where(
        MESSAGES.c.id > func.coalesce(newest, 0),
        MESSAGES.c.author == VISITOR,
        was_read,
        *_undecided(MESSAGES),
        *of_conversations(MESSAGES.c.conversation_id, pack),
    )
    return list(connection.execute(query.order_by(MESSAGES.c.id.desc()).limit(limit)).scalars())


def _undecided(question: FromClause) -> list[ColumnElement[bool]]:
    return [
        ~exists(select(table.c.message_id).where(table.c.message_id == question.c.id))
        for table in (CORRECTIONS, JUDGEMENTS)
    ]


def _facts(question: FromClause) -> list[ColumnElement[Any]]:
    return [question.c.id, *(question.c[name] for name in FACTS)]


def _disputed_answer(row: AnyRow, comment: str, disputed: bool) -> DisputedAnswer:
    facts = {name: getattr(row, name) for name in FACTS}
    return DisputedAnswer(message_id=row.id, at=row.since, comment=comment, disputed=disputed, **facts)


def _find_question(connection: Connection, message_id: int) -> AnyRow:
    row = connection.execute(select(MESSAGES).where(MESSAGES.c.id == message_id, MESSAGES.c.author == VISITOR)).first()
    if row is None:
        raise CorrectionError(_("There is no such message of a visitor. It may have been deleted."))
    return row
