"""A chance to write something before its time is up: either it is taken or it is given up, never both."""

from __future__ import annotations

import threading

from sqlalchemy.exc import OperationalError


class WriteDeadline:
    """Shared by the thread that writes and the one that waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = self._gone = False

    def require(self) -> None:
        """OperationalError where it was given up: then there is nothing to be done."""
        if self._gone:
            raise too_late()

    def take(self) -> None:
        """All that remains is the commit; OperationalError where it was given up before."""
        with self._lock:
            self.require()
            self._taken = True

    def give_up(self) -> bool:
        """Whether that was still possible: nothing will be written."""
        with self._lock:
            self._gone = not self._taken
            return self._gone


def too_late() -> OperationalError:
    return OperationalError(None, None, TimeoutError("it could not be written in time"))
