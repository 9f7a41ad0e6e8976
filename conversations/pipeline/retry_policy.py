"""How long a message may wait for its answer, and when it is tried again. Kept in memory, on a clock that nobody sets.

Where a client waits for the answer to its request, all of it must be over within seconds. Elsewhere the answer may come
minutes later, so that an engine that restarts costs nobody theirs; the person is told that it takes longer. After a restart
the time begins anew: what was open then has waited for reasons of ours.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from conversations.pipeline.engine_client import AWAY, BROKE_OFF, REFUSED, WENT_WRONG, EngineError

MOST_TRIES = {WENT_WRONG: 2, BROKE_OFF: 5, REFUSED: 1}  # of one message; where the engine is away, only time counts
LEAST_SECONDS = 1.0  # what the engine gets for a message that has waited its time out behind others
REST_SECONDS = 1.8  # what writing and reading may take beside the engine; with its 8 s, a person hears within 10
HURRIED, CALM = (0.2, 1.0), (0.5, 15.0)  # seconds between two tries, the first and the longest; doubled each time


@dataclass(frozen=True)
class Limits:
    """Seconds: for one try, and in all while a client waits; in all where none does; until a person is told that it lasts."""

    a_try: float = 8.0
    patient: float = 600.0
    until_told: float = 6.0


@dataclass
class PendingAnswer:
    """A message that is not answered yet; `since` on the monotonic clock."""

    conversation_id: str
    is_patient: bool
    since: float = field(default_factory=time.monotonic)
    tries: Counter[str] = field(default_factory=Counter)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.since


class RetryPolicy:
    """Knows of each message that is not answered how long it has waited."""

    def __init__(self, limits: Limits):
        self._limits = limits
        self._waits: dict[int, PendingAnswer] = {}
        self._untold: dict[int, PendingAnswer] = {}  # in the order in which they came

    def begin(
        self, message_id: int, conversation_id: str, is_patient: bool, since: float | None = None
    ) -> PendingAnswer:
        """The wait of a message, from `since` on if it is new here."""
        if message_id not in self._waits:
            wait = PendingAnswer(conversation_id, is_patient, time.monotonic() if since is None else since)
            self._waits[message_id] = wait
            if is_patient:
                self._untold[message_id] = wait
        return self._waits[message_id]

    def of(self, conversation_id: str) -> list[int]:
        """The messages of a conversation that are not answered, as far as is known here."""
        return [message_id for message_id, wait in self._waits.items() if wait.conversation_id == conversation_id]

    def end(self, message_id: int) -> None:
        """It is answered, or tried anew from the beginning."""
        self._waits.pop(message_id, None)
        self._untold.pop(message_id, None)

    def seconds_for(self, wait: PendingAnswer) -> float:
        """How long the engine may take now; 0 where there is no time left to ask it."""
        if wait.is_patient:
            return self._limits.a_try
        left = self._limits.a_try - wait.seconds
        least = min(LEAST_SECONDS, self._limits.a_try)
        return 0.0 if left < -least else max(left, least)

    def next_try(self, wait: PendingAnswer, error: EngineError) -> float | None:
        """Seconds until a message is tried again that was tried in vain; None where it is to be given up."""
        wait.tries[error.kind] += 1
        first, longest = CALM if wait.is_patient else HURRIED
        pause = min(first * 2 ** min(wait.tries.total() - 1, 10), longest)
        pause *= random.uniform(0.8, 1.2)  # noqa: S311  # so that those who wait for the same do not come all at once
        is_last = error.kind != AWAY and wait.tries[error.kind] >= MOST_TRIES[error.kind]
        most = self._limits.patient if wait.is_patient else self._limits.a_try
        if wait.seconds + pause >= most or is_last:
            return None
        return pause

    def left_to_reply(self, message_id: int) -> float:
        """Seconds that a client may still wait for the reply to its request, which is a little more than the engine has."""
        wait = self._waits.get(message_id)
        return max(self._limits.a_try + REST_SECONDS - (wait.seconds if wait else 0.0), LEAST_SECONDS)

    def to_be_told(self) -> list[tuple[int, PendingAnswer]]:
        """The messages whose people are to hear now that it takes longer; each is given once."""
        due = []
        for message_id, wait in self._untold.items():
            if wait.seconds < self._limits.until_told:
                break
            due.append((message_id, wait))
        for message_id, _ in due:
            del self._untold[message_id]
        return due
