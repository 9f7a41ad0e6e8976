"""What the rules predict.

Rasa: `RulePolicy` replays the whole conversation into states for each prediction, twice a turn, and compares them with each
rule.
Ours: a prediction is remembered by the last steps of the conversation (remembered_predictions.py), as many as the longest
rule has.
Guard: the digests of the policy and of all that makes its states, and that the model's rules look at nothing but intents
and actions.
Gain: 1.3 to 1.5 ms of CPU a turn (docs/engine.md).
"""

from __future__ import annotations

import json
from typing import Any

from rasa.core.policies import rule_policy
from rasa.core.policies.rule_policy import RULES, RULES_NOT_IN_STORIES, RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

from bot.engine.patches.base import Patch
from bot.engine.patches.graph_runner import nodes_of
from bot.engine.patches.remembered_predictions import PREDICTING, only_turns_steer, remember


def _apply(processor: Any) -> None:
    for node in nodes_of(processor, RulePolicy):
        # One more than it compares, since it also looks whether the conversation began just there.
        remember(node, max(map(len, _rules(node._component)), default=0) + 1, lambda step: True)


def _fits(processor: Any) -> bool:
    policies = [node._component for node in nodes_of(processor, RulePolicy)]
    rules = [states for policy in policies for states in _rules(policy)]
    return only_turns_steer(processor, policies) and all(map(_asks_for_intent, rules))


def _asks_for_intent(states: list[dict[str, Any]]) -> bool:
    """Tell whether a rule goes on from an action and, after a message, asks for an intent."""
    last = states[-1]
    heard = last.get(PREVIOUS_ACTION, {}).get(ACTION_NAME) == ACTION_LISTEN_NAME
    return (not heard or INTENT in last.get(USER, {})) and all(state.get(PREVIOUS_ACTION) for state in states)


def _rules(policy: RulePolicy) -> list[list[dict[str, Any]]]:
    """Return the states of each rule, and of what the policy knows not to be in stories."""
    keys = [*policy.lookup[RULES], *policy.lookup.get(RULES_NOT_IN_STORIES, [])]
    return [json.loads(key) for key in keys if key.startswith("[")]  # else the name of one of Rasa's commands


PATCH = Patch("rules", ((rule_policy, "952d1a13906511ac"), *PREDICTING), _apply, _fits)
