"""Has a language model say an answer in the visitor's language or in another tone, where that is wanted and is checked.

What is about danger, low spirits, contact details or a person, and any reply that hands over, stays as it is; so does what
holds personal data. What does not pass goes out as the engine said it, in English with the line that says so.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from conversations.db import schema
from conversations.db.store import Store
from conversations.models import REPHRASED, VISITOR, Message, Reply, Turn
from conversations.pipeline.by_model.labels import TITLES, labels_of, titles_in, with_labels
from conversations.pipeline.by_model.masked_messages import STAY_HERE, context_of, mask, told_of
from conversations.pipeline.by_model.told_persons import Told
from conversations.pipeline.metrics import Metrics
from conversations.pipeline.ports import LanguageModel
from core.contract.intents import ASK_LANGUAGE
from core.contract.messages import ANSWERED, CLARIFY, DECLINED
from core.contract.rephrasings import ENGLISH, Rephrasing
from core.contract.rephrasings import REPHRASED as DONE
from core.traces import spans

MAY_CHANGE = (ANSWERED, DECLINED, CLARIFY)  # outcomes of replies that are rephrased
LEFT_SECONDS = 0.3  # of the turn, for storing it
PRIVATE = "private"  # nothing was asked, since the answer holds personal data


@dataclass(frozen=True)
class _Spoken:
    """The language of a conversation (ISO 639-1), and the line that says in it that an answer is in English."""

    language: str = ENGLISH
    line: str = ""


class RephrasedTurns:
    """Puts rephrased answers in the place of plain ones."""

    def __init__(self, store: Store, metrics: Metrics, model: LanguageModel) -> None:
        self._store, self._metrics, self._model = store, metrics, model

    async def rephrased(self, message: Message, turn: Turn, site: str, until: float) -> Turn:
        """Return a turn with its replies as they go out; it must be over by `until` (monotonic)."""
        if any(intent in (*STAY_HERE, ASK_LANGUAGE) for intent in _intents(turn)):
            return turn
        pressed = bool(message.payload)
        spoken = await self._store.read(_spoken_before, message) if pressed else _spoken_in(turn)
        places = [at for at, reply in enumerate(turn.replies) if reply.outcome in MAY_CHANGE and reply.text.strip()]
        if not places or not self._model.rephrases(site, spoken.language):
            return turn
        plain = [_without_line(turn.replies[at]) for at in places]
        context = await self._store.read(context_of, message)
        told = told_of(message, replace(context, ordinary=self._model.ordinary_words(context.pack)))
        labels = [label for label in labels_of(turn.replies) if mask(label, told) == label]
        said = await self._said(plain, labels, told, spoken.language, until - time.monotonic() - LEFT_SECONDS)
        self._metrics.count_rephrasing(said.result, said.ms, said.tokens_in, said.tokens_out, said.cost)
        texts = said.texts if said.result == DONE else [_with_line(text, spoken.line) for text in plain]
        others = dict(zip(labels, said.labels, strict=True)) if said.result == DONE else {}
        replies = [with_labels(reply, others) for reply in turn.replies]
        for at, text in zip(places, texts, strict=True):
            replies[at] = replace(replies[at], text=text)
        kept = {**_figures(said), "line": spoken.line, "plain": plain if said.result == DONE else []}
        if titles := titles_in(turn.replies, replies):
            kept[TITLES] = titles
        return replace(turn, replies=tuple(replies), understanding={**turn.understanding, REPHRASED: kept})

    async def _said(
        self, plain: Sequence[str], labels: Sequence[str], told: Told, language: str, seconds: float
    ) -> Rephrasing:
        if any(mask(text, told) != text for text in plain):
            return Rephrasing(PRIVATE, language)
        with spans.span("ask to rephrase", kind=spans.CLIENT) as span:
            said = await self._model.rephrase(plain, language, max(seconds, 0.0), labels)
            span.set(result=said.result)
        return said


def _intents(turn: Turn) -> Iterator[str | None]:
    """Yield what a message does, with its further questions."""
    yield turn.understanding.get("intent")
    for part in turn.understanding.get("parts") or ():
        yield part.get("intent")


def _spoken_in(turn: Turn) -> _Spoken:
    """Return the language of a message, English if nothing is told: what was not understood is answered in English."""
    line = next((reply.in_english for reply in turn.replies if reply.in_english), "")
    return _Spoken(str(turn.understanding.get("speaks") or ENGLISH), line)


def _spoken_before(connection: Connection, message: Message) -> _Spoken:
    """Return the language of the last message that the visitor typed before a button."""
    table = schema.message
    typed = table.c.conversation_id == message.conversation_id, table.c.author == VISITOR, table.c.payload == ""
    query = select(table.c.understanding).where(*typed, table.c.id < message.id).order_by(table.c.id.desc()).limit(1)
    understanding = connection.execute(query).scalar()
    told = understanding.get(REPHRASED) if isinstance(understanding, Mapping) else None
    return (
        _Spoken(str(told["language"]), str(told["line"])) if isinstance(told, Mapping) and "line" in told else _Spoken()
    )


def _without_line(reply: Reply) -> str:
    return reply.text.removeprefix(reply.in_english).lstrip() if reply.in_english else reply.text


def _with_line(text: str, line: str) -> str:
    return f"{line}\n\n{text}" if line else text


def _figures(said: Rephrasing) -> dict[str, Any]:
    names = ("result", "language", "model", "ms", "tokens_in", "tokens_out", "cost")
    return {name: getattr(said, name) for name in names}
