"""How long an inbound message may wait for its answer, and when it is tried again. Held in memory, on the monotonic clock.

If a client waits for the answer to its request, all attempts must be over within seconds. Otherwise the answer may come
minutes later, so that a restart of the engine costs nobody an answer; the visitor is told that it takes longer. After a
restart of the front the time starts anew, since the visitor is not to blame for it.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

# Kinds of failure, by whether another attempt helps.
UNAVAILABLE = "unavailable"  # the engine is starting, busy or unreachable: it will be back
ABORTED = "aborted"  # the engine took the message and then broke off or was too slow: the message may be the cause
FAILED = "failed"  # the engine ran the turn and failed: most likely it will fail again
REJECTED = "rejected"  # the engine does not accept this message from us: it never will

ATTEMPTS = {FAILED: 2, ABORTED: 5, REJECTED: 1}  # for one message; while the engine is unavailable, only time counts
LEAST_SECONDS = 1.0  # for the engine, if a message has waited behind others for its whole time
OVERHEAD_SECONDS = 1.8  # reading and writing besides the engine; with its 8 s, a visitor gets an answer within 10
# Seconds between two attempts: the first and the longest pause; each is twice the one before.
URGENT_PAUSES, PATIENT_PAUSES = (0.2, 1.0), (0.5, 15.0)
# After the engine broke off or was too slow, if nobody waits: the attempts outlast the time in which the supervisor finds that
# an engine hangs and starts another (some 40 s: docs/operations.md), so that no message is given up for what it did not cause.
ABORTED_PAUSES = (3.0, 60.0)


@dataclass(frozen=True)
class TimeLimits:
    """Limits in seconds.

    `attempt` is the engine's time for one attempt, and the total if a client waits; `total` is for a message without a
    waiting client; after `notice` the visitor is told that the answer takes longer.
    """

    attempt: float = 8.0
    total: float = 600.0
    notice: float = 6.0


@dataclass
class PendingAnswer:
    """A message that is not answered yet. `is_patient` if no client waits; `since` is on the monotonic clock."""

    conversation_id: str
    is_patient: bool
    since: float = field(default_factory=time.monotonic)
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def seconds(self) -> float:
        """How long the message has waited."""
        return time.monotonic() - self.since


class RetryPolicy:
    """Tracks the messages that are not answered and decides when each is tried again."""

    def __init__(self, limits: TimeLimits) -> None:
        self._limits = limits
        self._pending: dict[int, PendingAnswer] = {}
        self._without_notice: dict[int, PendingAnswer] = {}  # in the order in which they came in

    def start(
        self, message_id: int, conversation_id: str, is_patient: bool, since: float | None = None
    ) -> PendingAnswer:
        """Track a message from `since` (default: now) on, unless it is tracked already; return its entry."""
        if message_id not in self._pending:
            pending = PendingAnswer(conversation_id, is_patient, time.monotonic() if since is None else since)
            self._pending[message_id] = pending
            if is_patient:
                self._without_notice[message_id] = pending
        return self._pending[message_id]

    def stop(self, message_id: int) -> None:
        """Stop tracking a message, because it is settled or starts anew."""
        self._pending.pop(message_id, None)
        self._without_notice.pop(message_id, None)

    def pending_in(self, conversation_id: str) -> list[int]:
        """Return the ids of the tracked messages of a conversation."""
        return [number for number, pending in self._pending.items() if pending.conversation_id == conversation_id]

    def attempt_seconds(self, pending: PendingAnswer) -> float:
        """Return how long the engine may take for the next attempt; 0 if there is no time left to ask it."""
        if pending.is_patient:
            return self._limits.attempt
        left = self._limits.attempt - pending.seconds
        least = min(LEAST_SECONDS, self._limits.attempt)
        return 0.0 if left < -least else max(left, least)

    def next_pause(self, pending: PendingAnswer, kind: str) -> float | None:
        """Count a failed attempt and return the seconds until the next, or None if the message is to be given up."""
        pending.failures[kind] += 1
        first, longest = PATIENT_PAUSES if pending.is_patient else URGENT_PAUSES
        if kind == ABORTED and pending.is_patient:
            first, longest = ABORTED_PAUSES
        pause = min(first * 2 ** min(pending.failures.total() - 1, 10), longest)
        pause *= random.uniform(0.8, 1.2)  # noqa: S311  # jitter, so that the attempts of many messages spread out
        is_last = kind != UNAVAILABLE and pending.failures[kind] >= ATTEMPTS[kind]
        total = self._limits.total if pending.is_patient else self._limits.attempt
        return None if is_last or pending.seconds + pause >= total else pause

    def reply_seconds(self, message_id: int) -> float:
        """Return how long a client may still wait for its reply, which is a little longer than the engine may take."""
        pending = self._pending.get(message_id)
        return max(self._limits.attempt + OVERHEAD_SECONDS - (pending.seconds if pending else 0.0), LEAST_SECONDS)

    def pop_due_notices(self) -> list[int]:
        """Return the ids of messages whose visitors are to be told now that the answer takes longer, each id once."""
        due = []
        for message_id, pending in self._without_notice.items():
            if pending.seconds < self._limits.notice:
                break
            due.append(message_id)
        for message_id in due:
            del self._without_notice[message_id]
        return due
