"""Errors of the engine."""

from __future__ import annotations

CANNOT, NOT_YET = 500, 503


class TurnFailed(Exception):
    """Failure of a turn; `status` is the HTTP status of the answer, the message is for logs and staff.

    503 is "not yet": the engine is starting, or its memory is held by something else, so asking again soon may help. 500 is
    "cannot": the same message would fail in the same way.
    """

    def __init__(self, reason: str, status: int = CANNOT) -> None:
        super().__init__(reason)
        self.status = status

    @property
    def retry(self) -> bool:
        """Tell whether asking again soon may help."""
        return self.status == NOT_YET
