"""Reads a question about a named thing once more as one about any of its kind, where nothing told of the thing answers it.

"How do I tell a good bootcamp from a bad one?" names a bootcamp and asks for what holds of every course. Beside the name, the
claims about bootcamps are nearest, and none of them answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.contract.intents import ASK_TOPIC
from core.contract.question_forms import HOW, HOW_LONG, STATEMENT, WHEN, WHY, YES_NO
from knowledge.models import OPEN_SUBJECTS
from nlu.extraction.kind_words import without_things
from nlu.message_parts import Reading
from nlu.reader import Reader

THINGS = ("type", "program", "provider")  # kinds whose names give way to the word for any course
# Forms of questions that are asked of all of a kind; "who", "which" and "what" rather ask for the thing itself.
GENERAL = (YES_NO, HOW, WHY, HOW_LONG, WHEN, STATEMENT)
# Chosen on 1,109 labelled questions that name a thing (training/claim_questions/): 12 more of the 642 that have an answer get
# their claim, 9 a wrong one where there was none, and 4 of the others one.
# Fit of a claim about the thing from which it answers; the same if it holds no other word, or has not the form of the question.
OWN_ANSWERS, OWN_SURELY, UNFORMED = 0.45, 0.7, 0.85
# Fit of a general claim, and part of the question's words that it holds, from which it does; the fit if its topic is unlikely.
ANSWERS, HOLDS, SURELY = 0.55, 0.5, 0.8
LIKELY, AMONG = 0.05, 3  # share of its topic, and number of topics among which that is
Claim = Mapping[str, Any]
Claims = Sequence[Claim]


@dataclass(frozen=True)
class Ways:
    """The guide's claims as a general reading needs them: those that fit a text and its reading, and the form of one."""

    rank: Callable[[str, Reading], list[dict[str, Any]]]
    form_of: Callable[[Claim], str]


@dataclass(frozen=True)
class General:
    """A message with the things that it names replaced by any course: how it is read, and the claims that fit that."""

    reading: Reading
    claims: list[dict[str, Any]]

    @property
    def topic(self) -> dict[str, Any]:
        """The part of what a message is about that its ranked topics tell."""
        topics = [{"key": key, "confidence": share} for key, share in self.reading.topics]
        answerable = {"answerable": round(self.reading.answerable, 2), "is_answerable": self.reading.is_answerable}
        return {"key": topics[0]["key"], "ranking": topics, **answerable}


def read_in_general(
    reader: Reader,
    text: str,
    reading: Reading,
    form: str,
    claims: Claims,
    ways: Ways,
) -> General | None:
    """Return how a message is read without the things that it names, if that surely answers it and no claim of theirs does.

    `claims` are those that fit the message itself.
    """
    things = [name for name in reading.names if name.kind in THINGS]
    plain = not reading.further and reading.second is None and reading.intents[0][0] == ASK_TOPIC
    several = len({name.key for name in things}) > 1  # how two things differ holds of no course in general
    if (
        not things
        or several
        or not plain
        or form not in GENERAL
        or any(_answers(one, form, ways.form_of) for one in claims)
    ):
        return None
    general = without_things(text, [(name.start, name.end) for name in things])
    read = reader.read(general)
    if read.further or not read.is_answerable or read.intents[0][0] != ASK_TOPIC:
        return None
    ranked = ways.rank(general, read)
    return General(read, ranked) if ranked and _answers_in_general(ranked[0], read) else None


def _answers(claim: Claim, form: str, form_of: Callable[[Claim], str]) -> bool:
    if form in (HOW, WHY) and form_of(claim) != form:  # what a thing is answers neither
        return bool(claim["fit"] >= UNFORMED)
    return bool(claim["fit"] >= (OWN_ANSWERS if claim["covered"] else OWN_SURELY))


def _answers_in_general(claim: Claim, read: Reading) -> bool:
    topics = dict(read.topics[:AMONG])
    likely = topics.get(claim["topic"], 0.0) >= LIKELY and not read.topics[0][0].startswith(f"{OPEN_SUBJECTS}/")
    least = ANSWERS if likely else SURELY
    return bool(claim["fit"] >= least and claim["covered"] >= HOLDS)
