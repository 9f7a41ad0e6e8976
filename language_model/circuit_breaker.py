"""Stops calls to an endpoint that keeps failing, for a while, so that nobody waits for what does not come."""

from __future__ import annotations

import time
from collections.abc import Callable

FAILURES = 5  # in a row, after which it opens
PAUSE_SECONDS = 60.0


class CircuitBreaker:
    """Opens after some failures in a row; after a pause one call is let through, whose success closes it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._failed, self._closed_from = clock, 0, 0.0

    def lets_through(self) -> bool:
        """Return whether a call may be made now; the one after a pause keeps others from being made beside it."""
        if self._failed < FAILURES:
            return True
        if self._clock() < self._closed_from:
            return False
        self._closed_from = self._clock() + PAUSE_SECONDS
        return True

    def note(self, went_well: bool) -> None:
        """Note how a call went."""
        self._failed = 0 if went_well else self._failed + 1
        if self._failed >= FAILURES:
            self._closed_from = self._clock() + PAUSE_SECONDS
