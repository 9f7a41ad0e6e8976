"""How much may be asked in a day: calls and tokens, counted in a file, so that a restart gives no second budget."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path

logger = logging.getLogger(__name__)


@dataclass
class Spent:
    """What a day (UTC, ISO 8601) has taken so far."""

    day: str
    calls: int = 0
    tokens: int = 0


def today() -> str:
    """Return the day in UTC."""
    return datetime.now(timezone.utc).date().isoformat()


class Budget:
    """The budget of each day; 0 calls or tokens mean no limit."""

    def __init__(self, file: Path, calls: int, tokens: int, day: Callable[[], str] = today) -> None:
        self._file, self._calls, self._tokens, self._day = file, calls, tokens, day
        self._spent = self._read()

    @property
    def spent(self) -> Spent:
        """Return what today has taken."""
        if self._spent.day != self._day():
            self._spent = Spent(self._day())
        return self._spent

    def take_call(self) -> bool:
        """Count a call and return True, or return False if today's budget is used up."""
        spent = self.spent
        if self._calls and spent.calls >= self._calls or self._tokens and spent.tokens >= self._tokens:
            return False
        spent.calls += 1
        self._write()
        return True

    def add_tokens(self, tokens: int) -> None:
        """Count the tokens that a call took."""
        self.spent.tokens += max(tokens, 0)
        self._write()

    def _read(self) -> Spent:
        try:
            told = json.loads(self._file.read_text(encoding="utf-8"))
            return Spent(str(told["day"]), int(told["calls"]), int(told["tokens"]))
        except FileNotFoundError:
            return Spent(self._day())
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.error(
                "what a language model was asked today cannot be read and is counted anew (%s)", type(error).__name__
            )
            return Spent(self._day())

    def _write(self) -> None:
        beside = self._file.with_name(f"{self._file.name}.new")
        try:
            beside.write_text(json.dumps(asdict(self._spent)), encoding="utf-8")
            beside.replace(self._file)
        except OSError as error:  # a full disk must not stop answers; the count goes on in memory
            logger.error("what a language model was asked today cannot be written (%s)", type(error).__name__)
