"""Remembers what a policy predicted for a course of conversation, since the same courses come again and again.

Where only intents and actions steer (no forms, no slots or entities that count), a policy's prediction depends on nothing
but the last steps. Working them out anew, as Rasa does, replays the whole conversation for each policy, twice a turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import DEFAULT_ACTION_MAPPINGS
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_UNLIKELY_INTENT_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

MOST = 5_000  # courses held, about 2 kB each; then it starts anew
COMMANDS = frozenset(DEFAULT_ACTION_MAPPINGS)  # intents of Rasa's own, such as restart
Step = tuple[str | None, str | None, bool]


class RememberedPredictions:
    """Stands for a policy's `predict_action_probabilities`."""

    def __init__(self, stock: Callable[..., PolicyPrediction], steps: int, counts: Callable[[ActionExecuted], bool]):
        self.stock, self._steps, self._counts = stock, steps, counts
        self._known: dict[tuple[Step, ...], PolicyPrediction] = {}

    def __call__(self, policy: Any, tracker: DialogueStateTracker, domain: Domain, **kwargs: Any) -> PolicyPrediction:
        course = last_steps(tracker.applied_events(), self._steps, self._counts)
        if course is None:
            return self.stock(policy, tracker, domain, **kwargs)
        found = self._known.get(course)
        if found is None:
            found = self.stock(policy, tracker, domain, **kwargs)
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[course] = found
        return _own_copy(found)


def last_steps(
    events: Iterable[Event], steps: int, counts: Callable[[ActionExecuted], bool]
) -> tuple[Step, ...] | None:
    """What a policy sees of a conversation: before each action that counts, and now, (the action before it that counts,
    the intent, whether the advisor was just listening); None where there is anything else to see.

    An action that doesn't count is one of a turn that Rasa hides from stories. A step within a turn takes its intent from the
    step before, so the steps begin where the advisor was listening.
    """
    seen: list[Step] = []
    before = counted = intent = None
    by_intent = True  # whether the last message is looked at by its intent alone
    for event in events:
        kind = type(event)
        if kind is ActionExecuted:
            if not by_intent or event.action_name in (None, ACTION_UNLIKELY_INTENT_NAME):
                return None
            if before is None or counts(event):
                seen.append((counted or before, intent, before == ACTION_LISTEN_NAME))
                counted = event.action_name
            before = event.action_name
        elif kind is UserUttered and by_intent and event.intent_name not in COMMANDS:
            intent, by_intent = event.intent_name, False
        elif kind is DefinePrevUserUtteredFeaturization and not event.use_text_for_featurization:
            by_intent = True
        elif kind is not BotUttered and kind is not SlotSet:
            return None
    seen.append((counted or before, intent, before == ACTION_LISTEN_NAME))
    start = max(0, len(seen) - steps)
    while start and not seen[start][2]:
        start -= 1
    return tuple(seen[start:])


def _own_copy(prediction: PolicyPrediction) -> PolicyPrediction:
    """Rasa changes a prediction's lists in place when an action has been rejected."""
    own = copy(prediction)
    own.probabilities, own.events = list(prediction.probabilities), list(prediction.events)
    own.optional_events = list(prediction.optional_events)
    return own
