"""A log line for events that strangers can cause as often as they like."""

from __future__ import annotations

import logging
import time


class ThrottledLog:
    """Writes a line for the first event, then at most one in `seconds`, with the number of events since the last."""

    def __init__(self, logger: logging.Logger, line: str, seconds: float = 60.0) -> None:
        self._logger, self._line, self._seconds = logger, line, seconds
        self._count, self._next = 0, 0.0

    def note(self) -> None:
        """Count an event, and write the line if it is time."""
        self._count += 1
        now = time.monotonic()
        if now >= self._next:
            self._logger.warning(self._line, extra={"calls": self._count})
            self._count, self._next = 0, now + self._seconds
