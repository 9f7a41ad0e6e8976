"""A line of the log for what strangers may cause as often as they like."""

from __future__ import annotations

import logging
import time


class ThrottledLog:
    """Writes one line when it happens, and then at most one in so many seconds, with how often it was meanwhile."""

    def __init__(self, logger: logging.Logger, line: str, seconds: float = 60.0):
        self._logger, self._line, self._seconds = logger, line, seconds
        self._count, self._next = 0, 0.0

    def note(self) -> None:
        """It happened once more."""
        self._count += 1
        now = time.monotonic()
        if now >= self._next:
            self._logger.warning(self._line, extra={"calls": self._count})
            self._count, self._next = 0, now + self._seconds
