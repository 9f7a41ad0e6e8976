"""Lessons: phrasings with what they mean, names, and checks. Reads them, and sorts out those that cannot be learned."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rapidfuzz import fuzz, process, utils

from knowledge.building.text_normalisation import name_form, phrasing_form
from knowledge.building.validate import phrasing_problem
from knowledge.errors import LessonsRefused, Problem

LONGEST = 200  # characters; a longer message teaches about everything that is in it
LONGEST_NAME, SHORTEST_NAME = 60, 2  # characters; of the shortest, letters and digits alone
MEANINGS = ("topic", "intent", "name_of", "thing", "form")
TOO_CLOSE = 92  # of 100: the same words but for a few letters, in any order
WORDS = 4  # shorter texts have too few words to be told from near copies
# Lessons end up in files that are kept and shared: an address or a number may be somebody's. In brackets: what the console
# masked.
PERSONAL = re.compile(
    r"\S@\S|(?:\d[\s()/.-]?){6,}|https?://|www\.|\[(?:e-mail|phone|card|IBAN|passport|date of birth)\]"
)


@dataclass(frozen=True)
class Lesson:
    """A text with one of three things to learn about it; `id` is the sender's own.

    A phrasing means `topic` (an entry of the knowledge base) or, without one, `intent`. A name stands for `name_of`, an entry
    of the catalogue ("institution/rmit-university"). A check is a message in which `thing` must be found, or that must be
    read in the question form `form`; it teaches nothing and is asked in every evaluation.
    """

    text: str
    intent: str = ""
    topic: str = ""
    id: str = ""
    name_of: str = ""
    thing: str = ""
    form: str = ""

    @property
    def label(self) -> str:
        """The meaning of the text: the entry that it names, the topic, the intent, or the thing and form that are checked."""
        return self.name_of or self.topic or self.intent or " ".join(filter(None, (self.thing, self.form)))

    @property
    def is_check(self) -> bool:
        """Tell if the lesson teaches nothing and is a check."""
        return bool(self.thing or self.form)

    @property
    def form_of_text(self) -> str:
        """The text in the form in which it may be taught once; names and checks do not stand in the way of phrasings."""
        if self.is_check:
            return f"check {phrasing_form(self.text)}"
        return f"name {name_form(self.text)}" if self.name_of else phrasing_form(self.text)

    def as_json(self) -> dict[str, str]:
        """Return the lesson as an object of a file of lessons."""
        meaning = {"topic": self.topic} if self.topic else {"intent": self.intent}
        meaning |= {name: getattr(self, name) for name in ("name_of", "thing", "form")}
        return {"text": self.text, **{name: each for name, each in meaning.items() if each}, "id": self.id}


@dataclass(frozen=True)
class Taught:
    """Everything that is taught already: phrasing forms with their labels, the keys of all entries, the intents with examples.

    `held_out` are the phrasings of the evaluation, which must not be taught. `names` are those of the catalogue with the
    entries that they stand for, `things` all entries that can get another name, `common` the words of many phrasings.
    """

    forms: Mapping[str, str]
    entries: Mapping[str, str]
    intents: frozenset[str]
    held_out: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    things: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()


@dataclass
class Sorted:
    """Lessons that can be learned, and those that are left, each with the reason."""

    learned: list[Lesson] = field(default_factory=list)
    left: list[tuple[Lesson, str]] = field(default_factory=list)


def read_lessons(path: Path) -> list[Lesson]:
    """Return the lessons of a JSON Lines file, one {"text", its meaning, "id"?} a line.

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
                remedy = (
                    'Write {"text": "...", "topic": "..."}; or "intent", "name_of", "thing" or "form" in its place.'
                )
                problems.append(Problem(path.name, number, str(error), remedy))
    if problems:
        raise LessonsRefused(problems)
    return lessons


def sort_lessons(lessons: Iterable[Lesson], taught: Taught) -> Sorted:
    """Sort lessons into those that teach something new and contradict nothing, and the others with the reason."""
    names = {f"name {form}": entry for form, entry in taught.names.items()}
    known, result = {**taught.forms, **names}, Sorted()
    for lesson in lessons:
        topic = taught.entries.get(lesson.topic, lesson.topic)
        lesson = replace(lesson, text=" ".join(lesson.text.split()), topic=topic)
        why = _why_not(lesson, taught, known)
        if why:
            result.left.append((lesson, why))
        else:
            known[lesson.form_of_text] = lesson.label
            result.learned.append(lesson)
    return result


def _why_not(lesson: Lesson, taught: Taught, known: Mapping[str, str]) -> str:
    """Return why a lesson cannot be learned, or ""."""
    if why := _unknown_meaning(lesson, taught):
        return why
    if len(lesson.text) > LONGEST:
        return f"is longer than {LONGEST} characters; teach the question in it"
    if PERSONAL.search(lesson.text):
        return "holds what may be somebody's address or number; teach it without"
    trouble = phrasing_problem(lesson.text)
    if trouble:
        return trouble[0]
    before = known.get(lesson.form_of_text)
    if before == lesson.label:
        return "is taught already"
    if before:
        return f"is taught as '{before}'; take it out there first"
    if lesson.name_of:
        return _why_no_name(lesson.text, taught)
    is_tested = not lesson.is_check and _is_held_out(lesson.text, taught.held_out)
    return "is one of the test phrasings, or nearly" if is_tested else ""


def _unknown_meaning(lesson: Lesson, taught: Taught) -> str:
    """Return why nothing is known of what a lesson's text is to mean, or ""."""
    thing = lesson.name_of or lesson.thing
    if thing and thing not in taught.things:
        return f"there is no '{thing}' in the catalogue that can get names"
    if thing or lesson.form:
        return ""
    if lesson.topic and lesson.topic not in taught.entries.values():
        return f"there is no entry '{lesson.topic}'"
    if not lesson.topic and lesson.intent not in taught.intents:
        return f"there is no intent '{lesson.intent}' with examples of its own"
    return ""


def _why_no_name(words: str, taught: Taught) -> str:
    """Return why words can be nobody's name, or ""; a word of many questions would be found wherever it stands."""
    if len(words) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} characters; give the name alone"
    if len(phrasing_form(words)) < SHORTEST_NAME:
        return "is too short for a name"
    return "is a word of many questions, and no name" if name_form(words) in taught.common else ""


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
    unknown = set(fields) - {"text", "id", *MEANINGS}
    if unknown:
        raise ValueError(f"has the unknown key '{sorted(unknown)[0]}'")
    if not fields.get("text", "").strip() or not any(fields.get(name) for name in MEANINGS):
        raise ValueError("lacks a text, or what it means")
    if fields.get("name_of") and any(fields.get(name) for name in MEANINGS if name != "name_of"):
        raise ValueError("is a name, and something else beside")
    return Lesson(**fields)
