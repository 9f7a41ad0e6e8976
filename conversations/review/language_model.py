"""What a language model had to do with a message, read from what is stored with it, for staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.review.stored_values import mappings_of, text_of, texts_of

FIGURES = ("result", "taken", "name", "ms", "tokens_in", "tokens_out", "cost")  # which say nothing of anybody's words


@dataclass(frozen=True)
class ReadQuestion:
    """One question of a message as one of the two read it: ids alone; `unknown` are words of the message."""

    act: str = ""
    topic: str = ""
    claims: tuple[str, ...] = ()
    things: tuple[tuple[str, str], ...] = ()  # kind and key
    unknown: tuple[str, ...] = ()
    answerable: bool | None = None
    confidence: float | None = None  # of the built-in understanding


@dataclass(frozen=True)
class ModelReport:
    """What came of asking a language model.

    `taken` tells whether its query counted; `own` is the built-in reading beside it. Times are in ms, `cost` is by the prices
    in the settings, None without any.
    """

    result: str
    taken: bool
    name: str
    ms: float
    tokens_in: int
    tokens_out: int
    cost: float | None
    questions: tuple[ReadQuestion, ...]
    own: ReadQuestion


def read_report(stored: Any) -> ModelReport | None:
    """Return what is stored of a language model, None if none was asked; what is in another form is left out."""
    if not isinstance(stored, Mapping) or not isinstance(stored.get("result"), str):
        return None
    cost = stored.get("cost")
    return ModelReport(
        result=stored["result"],
        taken=stored.get("taken") is True,
        name=text_of(stored.get("name")),
        ms=_number(stored.get("ms")),
        tokens_in=int(_number(stored.get("tokens_in"))),
        tokens_out=int(_number(stored.get("tokens_out"))),
        cost=float(cost) if isinstance(cost, (int, float)) else None,
        questions=tuple(_question(each) for each in mappings_of(stored.get("questions"))),
        own=_own(stored.get("own")),
    )


def figures_of(stored: Any) -> dict[str, Any]:
    """Return what retention keeps of it: what it cost and whether it was of use, and nothing that anybody wrote."""
    return {name: stored[name] for name in FIGURES if name in stored} if isinstance(stored, Mapping) else {}


def _question(told: Mapping[str, Any]) -> ReadQuestion:
    things = (text_of(each.get("thing")).partition(":") for each in mappings_of(told.get("things")))
    answerable = told.get("answerable")
    return ReadQuestion(
        act=text_of(told.get("act")),
        topic=text_of(told.get("topic")),
        claims=tuple(texts_of(told.get("claims"))),
        things=tuple((kind, key) for kind, _, key in things if key),
        unknown=tuple(texts_of(told.get("unknown"))),
        answerable=answerable if isinstance(answerable, bool) else None,
    )


def _own(told: Any) -> ReadQuestion:
    told = told if isinstance(told, Mapping) else {}
    claims = [f"{each.get('topic')}#{each.get('number')}" for each in mappings_of(told.get("claims"))]
    answerable, confidence = told.get("is_answerable"), told.get("confidence")
    return ReadQuestion(
        act=text_of(told.get("intent")),
        topic=text_of(told.get("topic")),
        claims=tuple(claims[:1]),
        answerable=answerable if isinstance(answerable, bool) else None,
        confidence=float(confidence) if isinstance(confidence, (int, float)) else None,
    )


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
