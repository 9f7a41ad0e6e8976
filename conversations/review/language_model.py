"""What a language model had to do with a message, read from what is stored with it, for staff."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Connection, Text, cast, select

from conversations.db import schema
from conversations.models import MODEL, REPHRASED, VISITOR
from conversations.stored_values import mappings_of, text_of, texts_of
from core.contract.intents import ASK_TOPIC
from core.contract.queries import UNDERSTOOD

FIGURES = ("result", "taken", "name", "ms", "tokens_in", "tokens_out", "cost")  # which say nothing of anybody's words
MOST_COUNTED = 20_000  # messages, the newest; more are not looked at
REPHRASING_FIGURES = ("result", "model", "ms", "tokens_in", "tokens_out", "cost")


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
    language: str = ""  # of the message, empty for English

    @property
    def confirmable(self) -> str:
        """Return the topic or the act that it read otherwise than the built-in understanding, if staff can teach that.

        Empty for a message of several questions, which has no single label, and for one in another language: the built-in
        understanding reads English, and would learn from it that foreign words mean the topic.
        """
        if self.result != UNDERSTOOD or self.language or len(self.questions) != 1:
            return ""
        read, own = self.questions[0], self.own
        label = read.topic if read.act == ASK_TOPIC else read.act
        return label if label != (own.topic if own.act == ASK_TOPIC else own.act) else ""


@dataclass(frozen=True)
class RephrasingReport:
    """What came of having an answer rephrased, as `Rephrasing` tells it; `plain` is what was to be said, if it was not."""

    result: str
    language: str
    name: str
    ms: float
    tokens_in: int
    tokens_out: int
    cost: float | None
    plain: tuple[str, ...]


def read_report(stored: Any) -> ModelReport | None:
    """Return what is stored of a language model, None if none was asked; what is in another form is left out."""
    if not isinstance(stored, Mapping) or not isinstance(stored.get("result"), str):
        return None
    return ModelReport(
        result=stored["result"],
        taken=stored.get("taken") is True,
        name=text_of(stored.get("name")),
        ms=_number(stored.get("ms")),
        tokens_in=int(_number(stored.get("tokens_in"))),
        tokens_out=int(_number(stored.get("tokens_out"))),
        cost=_cost(stored.get("cost")),
        questions=tuple(_question(each) for each in mappings_of(stored.get("questions"))),
        own=_own(stored.get("own")),
        language=text_of(stored.get("language")),
    )


def read_rephrasing(stored: Any) -> RephrasingReport | None:
    """Return what is stored of an answer that was to be rephrased, None if none was; what is in another form is left out."""
    if not isinstance(stored, Mapping) or not isinstance(stored.get("result"), str):
        return None
    return RephrasingReport(
        result=stored["result"],
        language=text_of(stored.get("language")),
        name=text_of(stored.get("model")),
        ms=_number(stored.get("ms")),
        tokens_in=int(_number(stored.get("tokens_in"))),
        tokens_out=int(_number(stored.get("tokens_out"))),
        cost=_cost(stored.get("cost")),
        plain=tuple(texts_of(stored.get("plain"))),
    )


def figures_of(stored: Any, names: Iterable[str] = FIGURES) -> dict[str, Any]:
    """Return what retention keeps of it: what it cost and whether it was of use, and nothing that anybody wrote."""
    return {name: stored[name] for name in names if name in stored} if isinstance(stored, Mapping) else {}


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


def _cost(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


@dataclass
class Use:
    """How often it was asked, what came of it by result, and what it took; `cost` is None without prices."""

    times: int = 0
    taken: int = 0
    results: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    ms: list[float] = field(default_factory=list)

    @property
    def usual_ms(self) -> float:
        """Return the median of how long it took."""
        return median(self.ms) if self.ms else 0.0

    @property
    def fell_back(self) -> list[tuple[str, int]]:
        """Return why it was of no use, the most frequent reason first."""
        return sorted(self.results.items(), key=lambda each: (-each[1], each[0]))


def use_since(connection: Connection, since: datetime) -> tuple[Use, Use]:
    """Return what came of having messages read, and of having answers rephrased, since a moment."""
    table = schema.message
    stored = cast(table.c.understanding, Text)
    query = (
        select(table.c.understanding)
        .where(table.c.at >= since, table.c.author == VISITOR)
        .where(stored.contains(f'"{MODEL}"') | stored.contains(f'"{REPHRASED}"'))
        .order_by(table.c.id.desc())
        .limit(MOST_COUNTED)
    )
    told = [each for each in connection.execute(query).scalars() if isinstance(each, Mapping)]
    return _read(told), _rephrased(told)


def _read(told: Iterable[Mapping[str, Any]]) -> Use:
    use = Use()
    for report in filter(None, (read_report(each.get(MODEL)) for each in told)):
        _add(use, report, report.taken)
    return use


def _rephrased(told: Iterable[Mapping[str, Any]]) -> Use:
    use = Use()
    for report in filter(None, (read_rephrasing(each.get(REPHRASED)) for each in told)):
        _add(use, report, report.result == REPHRASED)
    return use


def _add(use: Use, report: ModelReport | RephrasingReport, was_of_use: bool) -> None:
    use.times += 1
    use.taken += was_of_use
    if not was_of_use:
        use.results[report.result] += 1
    use.tokens_in += report.tokens_in
    use.tokens_out += report.tokens_out
    if report.cost is not None:
        use.cost = (use.cost or 0.0) + report.cost
    if report.ms:
        use.ms.append(report.ms)
