"""What a language model may answer instead of the built-in understanding: a query of ids, and what the engine tells before.

A front that has a language model sends `model` with a turn (core/contract/turns.py). Where the engine then wants another
reading, it runs nothing and answers 202 with an UnsureTurn; the front has the model read the message and sends the turn
again with the query in `understood`. No word of a query is said to anybody: ids stand for what the knowledge base says, and
`unknown` are words of the visitor's own message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from core.contract.intents import (
    ANSWERING,
    ASK_ADVICE,
    ASK_HELP,
    CHOOSE_HELP,
    GREET,
    MORE,
    OUT_OF_SCOPE,
    REFINE,
    SUM_UP,
    THANK,
)

UNSURE, ALWAYS, NEVER = "unsure", "always", "never"  # when a language model is asked
# The acts that it may tell. What calls a person, stores contact details, tells of danger or ends something is told by the
# built-in understanding alone: a mistake there costs more than a wrong answer.
ACTS = (*ANSWERING, REFINE, MORE, CHOOSE_HELP, ASK_ADVICE, SUM_UP, ASK_HELP, GREET, THANK, OUT_OF_SCOPE)
MOST_QUESTIONS, MOST_CLAIMS, MOST_THINGS, MOST_ATTRIBUTES, MOST_UNKNOWN = 3, 3, 8, 4, 3
LONGEST_UNKNOWN = 60  # characters of a name that nobody knows


class AskedThing(TypedDict):
    """A thing of the catalogue, as "kind:key", and whether the message leaves it out."""

    thing: str
    left_out: bool


class ModelQuestion(TypedDict):
    """One question of a message.

    `topic` is a topic or an open subject, or None; `claims` are those that by themselves answer it, the best first, as
    "topic#number"; `unknown` are words of the message that name what nobody knows here.
    """

    act: str
    topic: str | None
    claims: list[str]
    things: list[AskedThing]
    form: str
    attributes: list[str]
    unknown: list[str]
    answerable: bool


class ModelQuery(TypedDict):
    """What a message asks, its questions in their order, and the language that it is in (ISO 639-1)."""

    questions: list[ModelQuestion]
    language: str


class TalkedAbout(TypedDict, total=False):
    """What a conversation is about, without words: things by kind, the last question, what was asked back."""

    focus: dict[str, list[str]]
    last: dict[str, Any]
    asked_back: dict[str, Any]


class UnsureTurn(TypedDict):
    """A turn that was not run, since another reading is wanted: the built-in understanding, its claims, and the state.

    `understanding` is as in a TurnAnswer; `language` is that of the message, None if it is English or not certain.
    """

    understanding: dict[str, Any]
    claims: list[str]
    language: str | None
    state: TalkedAbout


UNDERSTOOD = "understood"  # the result of a call whose answer was a query


@dataclass(frozen=True)
class EarlierTurn:
    """Something said before a message, without personal data; `by` is "visitor" or "advisor"."""

    by: str
    words: str


@dataclass(frozen=True)
class MaskedMessage:
    """What a language model gets to see of a conversation: the message and a few turns before it, without personal data."""

    words: str
    earlier: Sequence[EarlierTurn] = ()


@dataclass(frozen=True)
class ModelReading:
    """What a language model made of a message.

    `result` is UNDERSTOOD, or in a word why there is no query ("late", "invalid" ...). `ms` is how long it took, `cost` what it
    costs by the prices in the settings, None without any.
    """

    result: str
    query: ModelQuery | None = None
    model: str = ""
    ms: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None


def claim_id(topic: str, number: int) -> str:
    """Return the id of a claim."""
    return f"{topic}#{number}"


def split_claim(identity: str) -> tuple[str, int]:
    """Return topic and number of a claim's id; raises ValueError if it is none."""
    topic, _, number = identity.rpartition("#")
    if not (number.isascii() and number.isdecimal() and len(number) < 6):
        raise ValueError("no claim's id")
    return topic, int(number)
