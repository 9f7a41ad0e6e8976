"""Has answers said in other words or in another language, and lets only what passes every check go out.

English is checked against the plain answer, sentence by sentence. Another language is checked as far as it can be seen there;
then the same endpoint translates it back, without having the plain answer before it, and what comes back is checked as English.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jsonschema import Draft7Validator, ValidationError

from core.contract.rephrasings import ENGLISH, REPHRASED, Rephrasing
from language_model.endpoint.calls import Calls
from language_model.prompt import back_prompt, rephrasing_prompt
from language_model.query_schema import InvalidQuery, read_json
from language_model.rephrasing_checks import (
    wrong_content,
    wrong_label,
    wrong_rephrasing,
    wrong_translation,
)
from language_model.reply_sentences import ReplySentences
from language_model.sentence_meaning import SAME, SentenceMeaning

MOST_SENTENCES, MOST_LETTERS = 40, 4000  # of the texts of a turn; more are left as they are
TOKENS_A_LETTER, LEAST_TOKENS = 1.2, 200  # that an answer may have
LATE, TOO_LONG, NO_SENTENCE_MODEL, INVALID, MEANING = "late", "too_long", "no_sentence_model", "invalid", "meaning"
BACK = "back_"  # before what is wrong with a translation that was translated back


class NotTaken(Exception):
    """A rephrasing that does not go out; `reason` says why, in a word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class _Spent:
    """What the calls for one answer took so far."""

    tokens_in: int = 0
    tokens_out: int = 0


class Rephraser:
    """Rephrases answers with a language model, in `tone` if that is given."""

    def __init__(self, calls: Calls, meaning: SentenceMeaning, tone: str) -> None:
        self._calls, self._meaning, self._tone = calls, meaning, tone

    async def rephrase(
        self, texts: Sequence[str], language: str, seconds: float, labels: Sequence[str] = ()
    ) -> Rephrasing:
        """Return the texts as the model says them in a language (ISO 639-1), or why they stay as they are; does not raise.

        `labels` are titles of buttons and the like, asked for with the texts; each that does not pass stays as it is.
        """
        began, spent = time.monotonic(), _Spent()
        told = Rephrasing(INVALID, language)
        try:
            said, short = await self._said(ReplySentences(texts), labels, language, began + seconds, spent)
            told = replace(told, result=REPHRASED, texts=said, labels=short)
        except NotTaken as error:
            told = replace(told, result=error.reason)
        return replace(
            told,
            ms=round((time.monotonic() - began) * 1000, 1),
            tokens_in=spent.tokens_in,
            tokens_out=spent.tokens_out,
            cost=self._calls.cost(spent.tokens_in, spent.tokens_out),
        )

    async def _said(
        self, plain: ReplySentences, labels: Sequence[str], language: str, until: float, spent: _Spent
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        sentences = plain.sentences
        if not sentences or len(sentences) > MOST_SENTENCES or sum(map(len, sentences)) > MOST_LETTERS:
            raise NotTaken(TOO_LONG)
        if not await asyncio.to_thread(self._meaning.is_there):
            raise NotTaken(NO_SENTENCE_MODEL)
        parts = [*sentences, *(_fitting(labels, sentences) if language != ENGLISH else ())]
        titles = len(parts) > len(sentences)
        said = await self._asked(rephrasing_prompt(parts, language, self._tone, titles), parts, until, spent)
        texts, short = said[: len(sentences)], said[len(sentences) :]
        if language == ENGLISH:
            await self._check(sentences, texts)
            return plain.with_others(texts), tuple(labels)
        for own, other in zip(sentences, texts, strict=True):
            if wrong := wrong_translation(own, other):
                raise NotTaken(wrong)
        asked = {own: other for own, other in zip(labels, short, strict=False) if not wrong_label(own, other)}
        there = [*texts, *asked.values()]
        back = await self._asked(back_prompt(there, language, titles), there, until, spent)
        await self._check(sentences, back[: len(sentences)], BACK)
        passed = await self._passed(asked, back[len(sentences) :])
        return plain.with_others(texts), tuple(passed.get(label, label) for label in labels)

    async def _passed(self, labels: Mapping[str, str], back: Sequence[str]) -> dict[str, str]:
        """Return those labels, with what was said for each, that mean the same when they come back."""
        wrong = await asyncio.to_thread(self._wrong, list(labels), back)
        return {own: other for (own, other), reason in zip(labels.items(), wrong, strict=True) if not reason}

    async def _asked(
        self, messages: list[dict[str, str]], sentences: Sequence[str], until: float, spent: _Spent
    ) -> list[str]:
        """Return one sentence for each that was sent."""
        seconds = until - time.monotonic()
        if seconds <= 0:
            raise NotTaken(LATE)
        schema = sentences_schema(len(sentences))
        most = LEAST_TOKENS + round(TOKENS_A_LETTER * sum(map(len, sentences)))
        called = await self._calls.ask(messages, schema, seconds, most)
        spent.tokens_in += called.tokens_in
        spent.tokens_out += called.tokens_out
        if called.answer is None:
            raise NotTaken(called.failure)
        return read_sentences(called.answer.text, schema)

    async def _check(self, plain: Sequence[str], said: Sequence[str], back: str = "") -> None:
        wrong = await asyncio.to_thread(self._wrong, plain, said)
        if reason := next(filter(None, wrong), ""):
            raise NotTaken(back + reason)

    def _wrong(self, plain: Sequence[str], said: Sequence[str]) -> list[str]:
        """Return what is wrong with each English sentence in the place of another, or empty texts."""
        pairs = list(zip(plain, said, strict=True))
        found = [wrong_rephrasing(own, other, self._meaning.is_word) for own, other in pairs]
        left = [pair for pair, wrong in zip(pairs, found, strict=True) if not wrong]
        near = iter(self._meaning.nearness([own for own, _ in left], [other for _, other in left]) if left else ())
        return [
            wrong or (MEANING if next(near) < SAME else "") or wrong_content(own, other, self._meaning.word_nearness)
            for (own, other), wrong in zip(pairs, found, strict=True)
        ]


def _fitting(labels: Sequence[str], sentences: Sequence[str]) -> list[str]:
    """Return the first labels that one request can hold beside the sentences."""
    letters, fitting = sum(map(len, sentences)), []
    for label in labels[: MOST_SENTENCES - len(sentences)]:
        letters += len(label)
        if letters > MOST_LETTERS:
            break
        fitting.append(label)
    return fitting


def sentences_schema(number: int) -> dict[str, Any]:
    """Return the schema of an answer with a number of sentences."""
    sentences = {"type": "array", "items": {"type": "string"}, "minItems": number, "maxItems": number}
    return {
        "type": "object",
        "properties": {"sentences": sentences},
        "required": ["sentences"],
        "additionalProperties": False,
    }


def read_sentences(answer: str, schema: dict[str, Any]) -> list[str]:
    """Return the sentences of an answer that is JSON of this schema, and nothing beside; raises NotTaken."""
    try:
        told = read_json(answer)
        Draft7Validator(schema).validate(told)
        json.dumps(told, ensure_ascii=False).encode()  # half a character is none
    except (InvalidQuery, ValidationError, UnicodeEncodeError):
        raise NotTaken(INVALID) from None
    return [sentence.strip() for sentence in told["sentences"]]
