"""How much may be asked in a day: calls and tokens, counted in a file that the fronts of a machine share and restarts keep."""

from __future__ import annotations

import fcntl
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    """The budget of each day; 0 calls or tokens mean no limit.

    Every process that names the same file counts in it: it is read and written under a lock, which takes a fraction of a
    millisecond. Where it cannot be used (a full disk), answers go on and this process counts for itself.
    """

    def __init__(self, file: Path, calls: int, tokens: int, day: Callable[[], str] = today) -> None:
        self._file, self._calls, self._tokens, self._day = file, calls, tokens, day
        self._spent = Spent(day())

    @property
    def spent(self) -> Spent:
        """Return what today has taken."""
        with self._counting() as spent:
            return spent

    def take_call(self) -> bool:
        """Count a call and return True, or return False if today's budget is used up."""
        with self._counting() as spent:
            if self._calls and spent.calls >= self._calls or self._tokens and spent.tokens >= self._tokens:
                return False
            spent.calls += 1
            return True

    def add_tokens(self, tokens: int) -> None:
        """Count the tokens that a call took."""
        with self._counting() as spent:
            spent.tokens += max(tokens, 0)

    @contextmanager
    def _counting(self) -> Iterator[Spent]:
        """Let what today has taken be read and changed while no other process does; it is written if it was changed."""
        try:
            lock = self._file.with_name(f"{self._file.name}.lock").open("a")
        except OSError as error:
            self._cannot("locked", error)
            yield self._today(self._spent)
            return
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # nobody holds it while waiting for anything
            self._spent = self._today(self._read())
            before = asdict(self._spent)
            try:
                yield self._spent
            finally:
                if asdict(self._spent) != before:
                    self._write()

    def _today(self, spent: Spent) -> Spent:
        if spent.day != self._day():
            spent = Spent(self._day())
        self._spent = spent
        return spent

    def _read(self) -> Spent:
        try:
            told = json.loads(self._file.read_text(encoding="utf-8"))
            return Spent(str(told["day"]), int(told["calls"]), int(told["tokens"]))
        except FileNotFoundError:
            return Spent(self._day())
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._cannot("read, so it is counted by this process alone", error)
            return self._spent

    def _write(self) -> None:
        beside = self._file.with_name(f"{self._file.name}.new")
        try:
            beside.write_text(json.dumps(asdict(self._spent)), encoding="utf-8")
            beside.replace(self._file)
        except OSError as error:  # a full disk must not stop answers; the count goes on in memory
            self._cannot("written", error)

    def _cannot(self, what: str, error: Exception) -> None:
        logger.error("what a language model was asked today cannot be %s (%s)", what, type(error).__name__)
