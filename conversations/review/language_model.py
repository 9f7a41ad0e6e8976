"""What a language model had to do with a message, read from what is stored with it, for staff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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
        name=_text(stored.get("name")),
        ms=_number(stored.get("ms")),
        tokens_in=int(_number(stored.get("tokens_in"))),
        tokens_out=int(_number(stored.get("tokens_out"))),
        cost=float(cost) if isinstance(cost, (int, float)) else None,
        questions=tuple(_question(each) for each in _mappings(stored.get("questions"))),
        own=_own(stored.get("own")),
    )


def figures_of(stored: Any) -> dict[str, Any]:
    """Return what retention keeps of it: what it cost and whether it was of use, and nothing that anybody wrote."""
    return {name: stored[name] for name in FIGURES if name in stored} if isinstance(stored, Mapping) else {}


def _question(told: Mapping[str, Any]) -> ReadQuestion:
    things = (_text(each.get("thing")).partition(":") for each in _mappings(told.get("things")))
    answerable = told.get("answerable")
    return ReadQuestion(
        act=_text(told.get("act")),
        topic=_text(told.get("topic")),
        claims=tuple(_texts(told.get("claims"))),
        things=tuple((kind, key) for kind, _, key in things if key),
        unknown=tuple(_texts(told.get("unknown"))),
        answerable=answerable if isinstance(answerable, bool) else None,
    )


def _own(told: Any) -> ReadQuestion:
    told = told if isinstance(told, Mapping) else {}
    claims = [f"{each.get('topic')}#{each.get('number')}" for each in _mappings(told.get("claims"))]
    answerable, confidence = told.get("is_answerable"), told.get("confidence")
    return ReadQuestion(
        act=_text(told.get("intent")),
        topic=_text(told.get("topic")),
        claims=tuple(claims[:1]),
        answerable=answerable if isinstance(answerable, bool) else None,
        confidence=float(confidence) if isinstance(confidence, (int, float)) else None,
    )


def _mappings(values: Any) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in (values if isinstance(values, list) else ()) if isinstance(each, Mapping))


def _texts(values: Any) -> Iterator[str]:
    yield from (each for each in (values if isinstance(values, list) else ()) if isinstance(each, str) and each)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
