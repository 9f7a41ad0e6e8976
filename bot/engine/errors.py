"""What the engine's parts raise."""

from __future__ import annotations


class TurnFailed(Exception):
    """The turn did not happen; `status` is the HTTP status that says so, the message is for logs and staff."""

    def __init__(self, reason: str, status: int = 502):
        super().__init__(reason)
        self.status = status
