"""Deadline of a write: either the writer commits or the caller gives up, never both."""

from __future__ import annotations

import threading

from sqlalchemy.exc import OperationalError


class WriteDeadline:
    """Agreement between the thread that writes and the task that waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = self._given_up = False

    def require(self) -> None:
        """Raise OperationalError if the caller has given up."""
        if self._given_up:
            raise too_late()

    def take(self) -> None:
        """Claim the commit; raises OperationalError if the caller has given up."""
        with self._lock:
            self.require()
            self._taken = True

    def give_up(self) -> bool:
        """Give up and return True, after which nothing is written; False if the commit has been claimed."""
        with self._lock:
            self._given_up = not self._taken
            return self._given_up


def too_late() -> OperationalError:
    """Return the error of a write that missed its deadline."""
    return OperationalError(None, None, TimeoutError("it could not be written in time"))
