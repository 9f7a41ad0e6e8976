"""Files of questions with what a good reply holds, and the verdict on a reply.

A line is a question, {id, text, kind, must, must_not, outcome?}, or a conversation, {id, turns: [{user, must, must_not}]}.
`must` and `must_not` are patterns, sought in the reply's words without regard to case and across lines; `outcome` lists what
the advisor may state.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONVERSATION = "conversation"
HOW = re.IGNORECASE | re.DOTALL
MARKS = re.compile(r"</?[a-zA-Z][^>]*>|[*_`]")


class NoQuestions(Exception):
    """A file that cannot be read as questions; the message says where."""


@dataclass(frozen=True)
class Asked:
    """One turn: the text, and the patterns that a good reply matches."""

    text: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A conversation of one turn or more; `outcomes` is empty if any will do."""

    id: str
    kind: str
    turns: tuple[Asked, ...]
    outcomes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Heard:
    """The reply to a turn: its text as it arrived, and the outcomes stated."""

    words: str
    outcomes: frozenset[str]


def questions_in(files: Iterable[Path]) -> list[Question]:
    """Return the questions of files, one a line; lines with nothing on them are left out."""
    return [_question(line, f"{file}:{number}") for file in files for number, line in _lines(file) if line.strip()]


def is_good(asked: Asked, outcomes: frozenset[str], heard: Heard) -> bool:
    """Tell whether a reply says what it must, nothing that it must not, and has no other outcome than these."""
    words = MARKS.sub("", heard.words)
    return (
        all(re.search(pattern, words, HOW) for pattern in asked.must)
        and not any(re.search(pattern, words, HOW) for pattern in asked.must_not)
        and (not outcomes or bool(heard.outcomes) and heard.outcomes <= outcomes)
    )


def words_of(message: Mapping[str, Any]) -> str:
    """Return the words of a message in REST's shape: its text and its cards, without buttons."""
    cards = (message.get("custom") or {}).get("cards") or []
    parts = [message.get("text"), *(part for card in cards for part in (card.get("title"), card.get("text")))]
    parts += [line for card in cards for line in card.get("lines") or []]
    return "\n".join(part for part in parts if part)


def _lines(file: Path) -> Iterable[tuple[int, str]]:
    try:
        return enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
    except OSError as error:
        raise NoQuestions(f"{file} cannot be read: {error.strerror}") from None


def _question(line: str, where: str) -> Question:
    try:
        entry = json.loads(line)
        turns = entry.get("turns") or [{**entry, "user": entry["text"]}]
        asked = tuple(Asked(turn["user"], tuple(turn["must"]), tuple(turn["must_not"])) for turn in turns)
        return Question(entry["id"], entry.get("kind", CONVERSATION), asked, frozenset(entry.get("outcome") or ()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoQuestions(
            f"{where}: no question with text, must and must_not ({type(error).__name__}: {error})"
        ) from None
