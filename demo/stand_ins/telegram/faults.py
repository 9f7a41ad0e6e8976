"""Failures on command, and the published rates."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from demo.stand_ins.telegram.limits import Refusal

# "502" is a page of somebody's proxy; at the last one the message is out, and its sender is not told.
KINDS = ("429", "500", "502", "timeout", "reset", "taken then reset")
SENDS = ("sendMessage",)


@dataclass
class Faults:
    """`next` are used up one call each; then every `every`th call fails (0: none), in each of the kinds by turns."""

    next: deque[str] = field(default_factory=deque)
    every: int = 0
    kinds: tuple[str, ...] = KINDS
    methods: tuple[str, ...] = SENDS
    hold: float = 30.0  # seconds that a call hangs which is to time out
    calls: int = 0
    met: int = 0

    def of(self, method: str) -> str:
        """Return how this call of a method is to fail, or "" if it is not."""
        if self.methods and method not in self.methods:
            return ""
        self.calls += 1
        if self.next:
            self.met += 1
            return self.next.popleft()
        if self.every and self.calls % self.every == 0:
            self.met += 1
            return self.kinds[self.met % len(self.kinds)]
        return ""


@dataclass
class Rates:
    """As Telegram's FAQ has them: 30 messages a second in all, 20 a minute in a group, one a second to a person with bursts."""

    in_all: int = 30
    in_group: int = 20
    burst: int = 10
    on: bool = True
    _all: deque[float] = field(default_factory=deque)
    _group: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _person: dict[int, tuple[float, float]] = field(default_factory=dict)

    def require(self, chat: int) -> None:
        """Count a message; raise a Refusal (429) if its chat had too many."""
        if not self.on:
            return
        now = time.monotonic()
        _within(self._all, self.in_all, 1.0, now)
        if chat < 0:
            _within(self._group[chat], self.in_group, 60.0, now)
        else:
            self._within_burst(chat, now)

    def _within_burst(self, chat: int, now: float) -> None:
        left, then = self._person.get(chat, (float(self.burst), now))
        left = min(float(self.burst), left + now - then)
        if left < 1:
            raise too_many(1)
        self._person[chat] = (left - 1, now)


def too_many(seconds: int) -> Refusal:
    """Return the refusal of a call that came too soon, with the seconds to wait."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def _within(seen: deque[float], most: int, seconds: float, now: float) -> None:
    while seen and seen[0] <= now - seconds:
        seen.popleft()
    if len(seen) >= most:
        raise too_many(max(1, round(seen[0] + seconds - now)))
    seen.append(now)
