"""Proposes topics of a guide from passages: title, answer, claim, phrasings; a question that is asked twice is one topic."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.contract.question_forms import STATEMENT
from guide_import.records import LeftOut, Passage, one_line
from knowledge.building.source_schema import CLAIM_WORDS, TITLE_LENGTH
from knowledge.building.text_normalisation import phrasing_form
from knowledge.building.validate import phrasing_problem
from nlu.extraction.question_form import question_form

Encode = Callable[[list[str]], NDArray[Any]]
ANSWER_WORDS = 80  # of an answer; further paragraphs are what "tell me more" adds
SAME_QUESTION, SAME_ANSWER = 0.86, 0.75  # cosines from which two questions, or two answers, say the same
KEY_LENGTH = 48
NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\u201c\"])")
# What a question begins with and a title does without.
OPENING = re.compile(
    r"^(?:(?:what|which|who|where|when|how|why)(?:'s| (?:is|are|was|does|do|did|can|if|happens if|about|to|much|many|long))?"
    r"|is there|are there|do|does|can|may|will|is|are)(?: (?:i|we|you|there|it|the|a|an|my|your|our|get|have|need to))*\s+",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[a-z]{3})[.!?] ")  # "Dr. " and "e.g. " end none
# Words that nothing may end with.
DANGLING = re.compile(
    r"(?: (?:an?|the|of|for|at|in|on|to|by|my|your|our|i|you|we|and|or|with|is|are|do|as|if|that)){1,4}$", re.IGNORECASE
)
MARKUP = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")", "\\": "/"})


@dataclass(frozen=True)
class Proposal:
    """A topic that is proposed; `places` are where it was found, each with its file."""

    section: str
    title: str
    answer: str
    items: tuple[str, ...] = ()
    more: str = ""
    claim: str = ""
    form: str = ""
    phrasings: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass
class Proposed:
    """All that is proposed, and what was left out; `merged` says which passages were taken for the same question."""

    topics: list[Proposal] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)


def propose(passages: Iterable[tuple[str, Passage]], encode: Encode, taken: Sequence[str] = ()) -> Proposed:
    """Return topics for passages, each with its file; `taken` are phrasings that the guide has already."""
    result = Proposed()
    made = [each for file, passage in passages if (each := _proposal(file, passage, result.left))]
    if not made:
        return result
    questions = encode([each.phrasings[0] for each in made])
    answers = encode([each.answer for each in made])
    known = {phrasing_form(text) for text in taken}
    kept: list[int] = []
    for number, each in enumerate(made):
        if phrasing_form(each.phrasings[0]) in known:
            result.left.append(LeftOut(each.phrasings[0], each.places[0], "the guide asks this already"))
            continue
        same = _same(number, kept, questions, answers, made)
        if same is None:
            kept.append(number)
        elif isinstance(same, str):
            result.left.append(LeftOut(each.phrasings[0], each.places[0], same))
        else:
            made[same] = _merged(made[same], each)
            pair = [f"\u201c{one.phrasings[0]}\u201d" for one in (each, made[same])]
            result.merged.append(f"{pair[0]} ({each.places[0]}) with {pair[1]}")
    result.topics = [made[number] for number in kept]
    return result


def _same(
    number: int, kept: list[int], questions: NDArray[Any], answers: NDArray[Any], made: list[Proposal]
) -> int | str | None:
    """Return the number of the earlier topic with the same question and answer, why the passage is left out, or None."""
    if not kept:
        return None
    near = questions[kept] @ questions[number]
    best = kept[int(np.argmax(near))]
    asked_alike = phrasing_form(made[best].phrasings[0]) == phrasing_form(made[number].phrasings[0])
    if float(near.max()) < SAME_QUESTION and not asked_alike:
        return None
    if float(answers[best] @ answers[number]) >= SAME_ANSWER:
        return best
    if asked_alike:
        return f"the same question is answered otherwise at {made[best].places[0]}: decide which is right"
    return None


def _merged(one: Proposal, other: Proposal) -> Proposal:
    """Return one topic of two that say the same: the longer answer, all questions."""
    longer = one if len(one.answer) >= len(other.answer) else other
    asked: dict[str, str] = {}
    for text in (*one.phrasings, *other.phrasings):
        asked.setdefault(phrasing_form(text), text)
    return replace(
        longer,
        section=one.section,
        title=one.title,
        phrasings=tuple(asked.values()),
        places=(*one.places, *other.places),
    )


def _proposal(file: str, passage: Passage, left: list[LeftOut]) -> Proposal | None:
    place = f"{file}, {passage.place}" if passage.place else file
    heading = one_line(passage.heading).translate(MARKUP)
    text = " ".join(passage.paragraphs)
    if problem := phrasing_problem(heading):
        left.append(LeftOut(heading[:80], place, f"its heading {problem[0]}"))
        return None
    if not text.strip() and not passage.items:
        left.append(LeftOut(heading, place, "there is no answer under it"))
        return None
    answer, more = _parted(passage.paragraphs)
    claim, form = _claim(heading, answer)
    return Proposal(
        section=one_line(passage.section),
        title=title_of(heading),
        answer=answer or "This is the list:",
        items=passage.items,
        more=more,
        claim=claim,
        form=form,
        phrasings=(heading,),
        places=(place,),
    )


def _parted(paragraphs: Sequence[str]) -> tuple[str, str]:
    """Return the answer and what more there is: whole paragraphs, of a long first one whole sentences."""
    if not paragraphs:
        return "", ""
    pieces = [sentence for text in paragraphs for sentence in (*SENTENCE.split(text), "\n")]
    words = 0
    first: list[str] = []
    while pieces and (not first or words + len(pieces[0].split()) <= ANSWER_WORDS):
        words += len(pieces[0].split())
        first.append(pieces.pop(0))
    return _whole(first), _whole(pieces)


def _whole(pieces: Sequence[str]) -> str:
    return "\n\n".join(filter(None, (text.strip() for text in " ".join(pieces).split("\n"))))


def _claim(question: str, answer: str) -> tuple[str, str]:
    """Return the sentence that by itself answers the question, and the question's form; ("", "") if it is no question."""
    form = question_form(question) if question.endswith("?") else STATEMENT
    first = SENTENCE.split(answer)[0] if answer else ""
    if form == STATEMENT or not first or len(first.split()) > CLAIM_WORDS or first.endswith(":"):
        return "", ""
    return first, form


def title_of(heading: str) -> str:
    """Return a title of a few words, as many as stand on a button."""
    plain = heading.rstrip("?!.: ")
    if len(plain) > TITLE_LENGTH:
        plain = OPENING.sub("", plain) or plain
    if len(plain) > TITLE_LENGTH:
        begun = plain[: TITLE_LENGTH + 1]
        whole = SENTENCE_END.split(begun)[0]  # of "I cannot come to you. Will you come here", the first
        cut = begun.rpartition(" ")[0] or plain[:TITLE_LENGTH]
        plain = whole if whole != begun else DANGLING.sub("", cut) or cut
    return plain[:1].upper() + plain[1:]


def key_of(text: str, taken: set[str]) -> str:
    """Return a key for a text that is not taken yet, and take it."""
    plain = NOT_IN_KEYS.sub("-", text.lower()).strip("-")
    if len(plain) > KEY_LENGTH:
        plain = plain[: KEY_LENGTH + 1].rpartition("-")[0] or plain[:KEY_LENGTH]
    plain = plain or "topic"
    key, number = plain, 2
    while key in taken:
        key, number = f"{plain}-{number}", number + 1
    taken.add(key)
    return key
