"""Remembered predictions of a policy, which the patches of the rules and of the stories share.

Rasa replays the whole conversation for each policy, twice a turn, to learn the states that it predicts from. If only intents
and actions steer (no forms, no slots or entities that count), a prediction depends on nothing but the last steps, and the
same courses of steps come again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

from rasa.core.featurizers import tracker_featurizers
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.core.policies.rule_policy import DEFAULT_ACTION_MAPPINGS
from rasa.engine.graph import GraphNode
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_UNLIKELY_INTENT_NAME
from rasa.shared.core.domain import USED_ENTITIES_KEY, Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.patches.graph_runner import NODES

MOST = 5_000  # courses held, about 2 kB each; then it starts anew
COMMANDS = frozenset(DEFAULT_ACTION_MAPPINGS)  # intents of Rasa's own, such as restart
Step = tuple[str | None, str | None, bool]
# What a policy makes of a conversation before it predicts, and what becomes of its prediction.
PREDICTING = (
    (Policy._prediction_states, "ed9b82bed2f26ad7"),
    (tracker_featurizers, "5a05b97df5070de8"),
    (Domain.states_for_tracker_history, "035111ce73ac90ba"),
    (Domain.get_active_state, "5a4a505743120441"),
    (Domain._get_user_sub_state, "d7c9322b9abf1427"),
    (UserUttered.as_sub_state, "a9dc5d5c4cd002b7"),
    (DialogueStateTracker.generate_all_prior_trackers, "a1f6954347b52649"),
    (DefaultPolicyPredictionEnsemble, "616c43a89021097f"),
    *NODES,
)


class RememberedPredictions:
    """Replaces a policy's `predict_action_probabilities`, and asks `stock`, Rasa's, for what is not remembered yet.

    `steps` is how far the policy looks back; `counts` tells whether it sees an action at all.
    """

    def __init__(
        self, stock: Callable[..., PolicyPrediction], steps: int, counts: Callable[[ActionExecuted], bool]
    ) -> None:
        self.stock, self._steps, self._counts = stock, steps, counts
        self._known: dict[tuple[Step, ...], PolicyPrediction] = {}

    def __call__(self, policy: Any, tracker: DialogueStateTracker, domain: Domain, **kwargs: Any) -> PolicyPrediction:
        """Return the prediction that is remembered for what the policy sees; else ask Rasa's and remember it."""
        course = last_steps(tracker.applied_events(), self._steps, self._counts)
        if course is None:
            return self.stock(policy, tracker, domain, **kwargs)
        prediction = self._known.get(course)
        if prediction is None:
            prediction = self.stock(policy, tracker, domain, **kwargs)
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[course] = prediction
        return _own_copy(prediction)


def last_steps(
    events: Iterable[Event], steps: int, counts: Callable[[ActionExecuted], bool]
) -> tuple[Step, ...] | None:
    """Return what a policy sees of a conversation, or None if it sees anything else than intents and actions.

    There is a step before each action that counts, and one for now: the action before it that counts, the intent, and whether
    the advisor was just listening. An action that doesn't count belongs to a turn that Rasa hides from stories. A step within
    a turn takes its intent from the step before, so the steps returned begin with one at which the advisor was listening.
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


def remember(node: GraphNode, steps: int, counts: Callable[[ActionExecuted], bool]) -> None:
    """Remember the predictions of a policy's node from now on."""
    if not isinstance(node._fn, RememberedPredictions):
        node._fn = RememberedPredictions(node._fn, steps, counts)


def only_turns_steer(processor: Any, policies: list[MemoizationPolicy]) -> bool:
    """Tell whether nothing but intents and actions steers the policies.

    There are no forms, no slots that count, no entities except with Rasa's own commands, and no confidences that weigh.
    """
    domain = processor.domain
    entities = [intent for intent, what in domain.intent_properties.items() if what.get(USED_ENTITIES_KEY)]
    return (
        not domain.form_names
        and not any(slot.has_features() for slot in domain.slots)
        and set(entities) <= COMMANDS
        and not any(policy.config["use_nlu_confidence_as_score"] for policy in policies)
    )


def _own_copy(prediction: PolicyPrediction) -> PolicyPrediction:
    # Rasa changes a prediction's lists in place when an action has been rejected.
    own = copy(prediction)
    own.probabilities, own.events = list(prediction.probabilities), list(prediction.events)
    own.optional_events = list(prediction.optional_events)
    return own
