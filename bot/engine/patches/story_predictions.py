"""What the stories predict.

Rasa: `MemoizationPolicy` replays the whole conversation into states for each prediction, twice a turn, to look them up.
Ours: a prediction is remembered by the last `max_history` steps of the conversation (remembered_predictions.py).
Guard: the digests of the policy and of all that makes its states, and that nothing but intents and actions counts in the
model.
Gain: 0.8 ms of CPU a turn (docs/engine.md).
"""

from __future__ import annotations

from typing import Any

from rasa.core.policies import memoization
from rasa.core.policies.memoization import MemoizationPolicy

from bot.engine.patches.base import Patch
from bot.engine.patches.graph_runner import nodes_of
from bot.engine.patches.remembered_predictions import PREDICTING, only_turns_steer, remember


def _apply(processor: Any) -> None:
    for node in nodes_of(processor, MemoizationPolicy):
        remember(node, node._component.featurizer.max_history, lambda step: not step.hide_rule_turn)


def _fits(processor: Any) -> bool:
    policies = [node._component for node in nodes_of(processor, MemoizationPolicy)]
    return only_turns_steer(processor, policies) and all(policy.featurizer.max_history for policy in policies)


PATCH = Patch("stories", ((memoization, "e4519f1a04ecdcce"), *PREDICTING), _apply, _fits)
