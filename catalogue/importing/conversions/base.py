"""What all conversions share: how a value is refused or left out, and the readings of a whole column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def shown(value: Any, limit: int = 60) -> str:
    """Return a value as it is shown in messages: one line, not too long."""
    text = " ".join(str(value).split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


class Unreadable(Exception):
    """A value that would be wrong or useless if it were taken; `remedy` says what to do."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason, self.remedy = reason, remedy


class Unknown(Exception):
    """A value of which nothing is made, so that it is left out and said: why, an example, and what may be done."""

    def __init__(self, reason: str, example: Any = "", remedy: str = "") -> None:
        super().__init__(reason)
        self.reason, self.example, self.remedy = reason, shown(example), remedy


@dataclass(frozen=True)
class Also:
    """A value that states other fields as well: {"eqf": 7} beside a level. `note` says what was not made of it."""

    value: Any
    fields: dict[str, Any] = field(default_factory=dict)
    note: Unknown | None = None


@dataclass(frozen=True)
class Reading:
    """How the numbers and dates of a column are read: `decimal` is "." or ",", `day_first` is None if it never matters."""

    decimal: str = "."
    day_first: bool | None = None


@dataclass(frozen=True)
class Finding:
    """What a column's values say of how it is to be read.

    `answer` is empty if nothing depends on it. `question` is set where it cannot be known: both readings, in words.
    """

    answer: str = ""
    example: str = ""
    question: str = ""
