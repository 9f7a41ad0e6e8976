"""Lessons: phrasings with what they mean. Reads them, and sorts out those that cannot be learned."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz import fuzz, process, utils

from core.contract.intents import ASK_TOPIC
from knowledge.building.text_normalisation import phrasing_form
from knowledge.building.validate import phrasing_problem
from knowledge.errors import LessonsRefused, Problem

LONGEST = 200  # characters; a longer message teaches about everything that is in it
TOO_CLOSE = 92  # of 100: the same words but for a few letters, in any order
WORDS = 4  # shorter texts have too few words to be told from near copies
# Lessons end up in files that are kept and shared: an address or a number may be somebody's. In brackets: what the console
# masked.
PERSONAL = re.compile(
    r"\S@\S|(?:\d[\s()/.-]?){6,}|https?://|www\.|\[(?:e-mail|phone|card|IBAN|passport|date of birth)\]"
)


@dataclass(frozen=True)
class Lesson:
    """A text that means `topic` (an entry of the knowledge base) or, without one, `intent`. `id` is the sender's own."""

    text: str
    intent: str = ASK_TOPIC
    topic: str = ""
    id: str = ""

    @property
    def label(self) -> str:
        """The topic or, without one, the intent."""
        return self.topic or self.intent


@dataclass(frozen=True)
class Taught:
    """Everything that is taught already: phrasing forms with their labels, the keys of all entries, the intents with examples.

    `held_out` are the phrasings of the evaluation, which must not be taught.
    """

    forms: Mapping[str, str]
    entries: Mapping[str, str]
    intents: frozenset[str]
    held_out: frozenset[str] = frozenset()


@dataclass
class Sorted:
    """Lessons that can be learned, and those that are left, each with the reason."""

    learned: list[Lesson] = field(default_factory=list)
    left: list[tuple[Lesson, str]] = field(default_factory=list)


def read_lessons(path: Path) -> list[Lesson]:
    """Return the lessons of a JSON Lines file, one {"text", "topic" or "intent", "id"?} a line.

    Raises LessonsRefused, naming every line that is no lesson.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LessonsRefused([Problem(str(path), 1, f"cannot be read ({error})", "Give a JSON Lines file.")]) from None
    lessons, problems = [], []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                lessons.append(_lesson(line))
            except ValueError as error:
                remedy = 'Write {"text": "...", "topic": "..."} or {"text": "...", "intent": "..."}.'
                problems.append(Problem(path.name, number, str(error), remedy))
    if problems:
        raise LessonsRefused(problems)
    return lessons


def sort_lessons(lessons: Iterable[Lesson], taught: Taught) -> Sorted:
    """Sort lessons into those that teach something new and contradict nothing, and the others with the reason."""
    known, result = dict(taught.forms), Sorted()
    for lesson in lessons:
        lesson = Lesson(
            " ".join(lesson.text.split()), lesson.intent, taught.entries.get(lesson.topic, lesson.topic), lesson.id
        )
        why = _why_not(lesson, taught, known)
        if why:
            result.left.append((lesson, why))
        else:
            known[phrasing_form(lesson.text)] = lesson.label
            result.learned.append(lesson)
    return result


def _why_not(lesson: Lesson, taught: Taught, known: Mapping[str, str]) -> str:
    """Return why a lesson cannot be learned, or ""."""
    if lesson.topic and lesson.topic not in taught.entries.values():
        return f"there is no entry '{lesson.topic}'"
    if not lesson.topic and lesson.intent not in taught.intents:
        return f"there is no intent '{lesson.intent}' with examples of its own"
    if len(lesson.text) > LONGEST:
        return f"is longer than {LONGEST} characters; teach the question in it"
    if PERSONAL.search(lesson.text):
        return "holds what may be somebody's address or number; teach it without"
    trouble = phrasing_problem(lesson.text)
    if trouble:
        return trouble[0]
    before = known.get(phrasing_form(lesson.text))
    if before == lesson.label:
        return "is taught already"
    if before:
        return f"is taught as '{before}'; take it out there first"
    return "is one of the test phrasings, or nearly" if _is_held_out(lesson.text, taught.held_out) else ""


def _is_held_out(text: str, held_out: frozenset[str]) -> bool:
    """Tell whether a text, or nearly the same text, is a phrasing of the evaluation, which would be worth nothing then."""
    plain = utils.default_process(text)
    tested = {utils.default_process(phrasing) for phrasing in held_out}
    if plain in tested:
        return True
    long = [phrasing for phrasing in tested if len(phrasing.split()) >= WORDS]
    near = len(plain.split()) >= WORDS and process.extractOne(
        plain, long, scorer=fuzz.token_sort_ratio, score_cutoff=TOO_CLOSE
    )
    return bool(near)


def _lesson(line: str) -> Lesson:
    fields = json.loads(line)
    if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
        raise ValueError("is no JSON object of texts")
    unknown = set(fields) - {"text", "topic", "intent", "id"}
    if unknown:
        raise ValueError(f"has the unknown key '{sorted(unknown)[0]}'")
    if not fields.get("text", "").strip() or not (fields.get("topic") or fields.get("intent")):
        raise ValueError("lacks a text, or what it means")
    return Lesson(fields["text"], fields.get("intent") or ASK_TOPIC, fields.get("topic", ""), fields.get("id", ""))
