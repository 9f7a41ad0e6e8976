"""Cheaper ways through Rasa's own code, each with what it relies on; seams.py lists them and says why.

A shortcut is taken only where the code that it replaces is, letter for letter, the code that it was written against.
Otherwise Rasa goes its own way, slower and right, and the log says so.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import logging
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any

import jsonschema
from rasa.core import processor as processing
from rasa.core.actions.action import RemoteAction
from rasa.core.featurizers import tracker_featurizers
from rasa.core.policies import memoization, rule_policy
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RULES, RULES_NOT_IN_STORIES, RulePolicy
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import USED_ENTITIES_KEY, Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

from bot.engine.action_client import InProcessResult
from bot.engine.patches.graph_runner import DirectRunner
from bot.engine.patches.remembered_predictions import COMMANDS, RememberedPredictions

logger = logging.getLogger(__name__)
REPLACEMENTS = "_advisor_shortcut"  # marks what we have put in place


@dataclass(frozen=True)
class Patch:
    """`relied_on` are the pieces of Rasa's code and the digests of their sources; `fits` looks at the loaded model."""

    name: str
    relied_on: tuple[tuple[Any, str], ...]
    take: Callable[[Any], None]
    fits: Callable[[Any], bool] = lambda processor: True

    def obstacle(self, processor: Any) -> str | None:
        """Why it must not be taken, or None."""
        for code, known in self.relied_on:
            if digest(code) != known:
                return f"{getattr(code, '__qualname__', code.__name__)} is not the code that was looked at"
        return None if self.fits(processor) else "the model has rules, slots or forms that it was not made for"


def apply_patches(processor: Any, shortcuts: Iterable[Patch]) -> list[str]:
    """Take those that are safe for this processor, Rasa's for one loaded model; their names."""
    taken = []
    for shortcut in shortcuts:
        obstacle = shortcut.obstacle(processor)
        if obstacle:
            logger.warning("no shortcut for %s: %s. It works, but slower.", shortcut.name, obstacle)
        else:
            shortcut.take(processor)
            taken.append(shortcut.name)
    return taken


def digest(code: Any) -> str:
    """Of the source of a function, class or module; empty where it cannot be read."""
    code = getattr(code, REPLACEMENTS, code)
    try:
        return hashlib.sha256(inspect.getsource(code).encode()).hexdigest()[:16]
    except (OSError, TypeError):
        return ""


# --- replies of actions -------------------------------------------------------------------------------------------
_reply_shape = jsonschema.Draft7Validator(RemoteAction.action_response_format_spec())


def _check_reply(action: RemoteAction, result: Any) -> bool:
    if not isinstance(result, InProcessResult):
        _reply_shape.validate(result)
    return True


def _take_reply_check(processor: Any) -> None:
    _replace(RemoteAction, "_validate_action_result", _check_reply)


# --- looking up the class of an event -----------------------------------------------------------------------------
_event_classes: dict[str, type[Event]] = {}
_stock_lookup = Event.resolve_by_type


def _event_class(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    found = _event_classes.get(type_name)
    if found is None:
        found = _stock_lookup(type_name, default)
        if found is not None and found is not default:
            _event_classes[type_name] = found
    return found


def _take_event_lookup(processor: Any) -> None:
    _replace(Event, "resolve_by_type", staticmethod(_event_class))


# --- which events of a conversation count ---------------------------------------------------------------------------
_PLAIN = {ActionExecuted, ActionExecutionRejected, BotUttered, DefinePrevUserUtteredFeaturization, SlotSet, UserUttered}
_stock_applied_events = DialogueStateTracker.applied_events


def _applied_events(tracker: DialogueStateTracker) -> list[Event]:
    """Without forms and reverted events: all since the session began."""
    events = list(tracker.events)
    start = next((place for place in reversed(range(len(events))) if type(events[place]) is SessionStarted), -1)
    since = events[start + 1 :]
    if set(map(type, since)) <= _PLAIN and set(map(type, events[: start + 1])) <= {*_PLAIN, SessionStarted}:
        return since
    return _stock_applied_events(tracker)


def _take_applied_events(processor: Any) -> None:
    _replace(DialogueStateTracker, "applied_events", _applied_events)


# --- the copy of a conversation that an action is given ---------------------------------------------------------------
_stock_copy = DialogueStateTracker.copy


def _copy_of(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """With the state as it stands, which is what replaying the events would come to."""
    if type(tracker) is not DialogueStateTracker or type(tracker.slots) is not dict:
        return _stock_copy(tracker)
    own = copy(tracker)
    own.events = tracker.events.copy()
    own.slots = {name: copy(slot) for name, slot in tracker.slots.items()}
    own.latest_action, own.active_loop = copy(tracker.latest_action), copy(tracker.active_loop)
    own.sender_source = own.model_id = own.assistant_id = None  # as Rasa leaves them: a copy's events are not marked
    return own


def _take_copy(processor: Any) -> None:
    _replace(DialogueStateTracker, "copy", _copy_of)


# --- copies for debug lines ---------------------------------------------------------------------------------------
class _NoCopies:
    """Stands in for the module `copy` where it is only used to log."""

    @staticmethod
    def deepcopy(value: Any) -> Any:
        return value


def _take_debug_copies(processor: Any) -> None:
    for module in (processing, memoization, rule_policy):
        module.copy = _NoCopies


def _nobody_reads_debug(processor: Any) -> bool:
    return not logging.getLogger("rasa").isEnabledFor(logging.DEBUG)


# --- the graph ----------------------------------------------------------------------------------------------------
def _take_graph_runner(processor: Any) -> None:
    if isinstance(processor.graph_runner, DaskGraphRunner):
        processor.graph_runner = DirectRunner(processor.graph_runner)


# --- intents and entities that the domain doesn't know --------------------------------------------------------------
def _take_unseen_check(processor: Any) -> None:
    stock, domain = processor._check_for_unseen_features, processor.domain
    intents, entities = set(domain.intents), set(domain.entities)

    def check(parse_data: dict[str, Any]) -> None:
        named = {entity["entity"] for entity in parse_data["entities"] or []}
        if parse_data["intent"]["name"] not in intents or not named <= entities:
            stock(parse_data)

    processor._check_for_unseen_features = check


# --- what the policies predict ------------------------------------------------------------------------------------
def _take_rules(processor: Any) -> None:
    for node in _nodes_of(processor, RulePolicy):
        # One more than it compares, since it also looks whether the conversation began just there.
        _remember(node, max(map(len, _rules(node._component)), default=0) + 1, lambda step: True)


def _take_stories(processor: Any) -> None:
    for node in _nodes_of(processor, MemoizationPolicy):
        _remember(node, node._component.featurizer.max_history, lambda step: not step.hide_rule_turn)


def _remember(node: GraphNode, steps: int, counts: Callable[[ActionExecuted], bool]) -> None:
    if not isinstance(node._fn, RememberedPredictions):
        node._fn = RememberedPredictions(node._fn, steps, counts)


def _rules_are_simple(processor: Any) -> bool:
    """Each rule goes on from an action and, after a message, asks for an intent."""
    policies = [node._component for node in _nodes_of(processor, RulePolicy)]
    rules = [states for policy in policies for states in _rules(policy)]
    return _only_turns_steer(processor, policies) and all(map(_asks_for_intent, rules))


def _asks_for_intent(states: list[dict[str, Any]]) -> bool:
    last = states[-1]
    heard = last.get(PREVIOUS_ACTION, {}).get(ACTION_NAME) == ACTION_LISTEN_NAME
    return (not heard or INTENT in last.get(USER, {})) and all(state.get(PREVIOUS_ACTION) for state in states)


def _stories_are_short(processor: Any) -> bool:
    policies = [node._component for node in _nodes_of(processor, MemoizationPolicy)]
    return _only_turns_steer(processor, policies) and all(policy.featurizer.max_history for policy in policies)


def _only_turns_steer(processor: Any, policies: list[MemoizationPolicy]) -> bool:
    """No forms, no slots that count, no entities but with Rasa's own commands, and no weighing of how sure an intent is."""
    domain = processor.domain
    entities = [intent for intent, what in domain.intent_properties.items() if what.get(USED_ENTITIES_KEY)]
    return (
        not domain.form_names
        and not any(slot.has_features() for slot in domain.slots)
        and set(entities) <= COMMANDS
        and not any(policy.config["use_nlu_confidence_as_score"] for policy in policies)
    )


def _rules(policy: RulePolicy) -> list[list[dict[str, Any]]]:
    """The states of each rule, and of what it knows not to be in stories."""
    keys = [*policy.lookup[RULES], *policy.lookup.get(RULES_NOT_IN_STORIES, [])]
    return [json.loads(key) for key in keys if key.startswith("[")]  # else the name of one of Rasa's commands


def _nodes_of(processor: Any, kind: type) -> list[GraphNode]:
    """The loaded model's nodes with a component of just this class."""
    runner = processor.graph_runner
    nodes = runner.nodes if isinstance(runner, DirectRunner) else runner._instantiated_nodes
    return [node for node in nodes.values() if type(node._component) is kind]


def _replace(owner: type, name: str, ours: Any) -> None:
    """Put ours in place of Rasa's, once, and keep Rasa's where `digest` finds it."""
    stock = getattr(owner, name)
    function = getattr(ours, "__func__", ours)
    if not hasattr(stock, REPLACEMENTS):
        setattr(function, REPLACEMENTS, stock)
        setattr(owner, name, ours)


# Where the nodes of a loaded model are found and called.
_NODES = ((DaskGraphRunner, "78a7d146c5c06d4c"), (GraphNode, "d7c4d5f37f514cc5"))
# What a policy makes of a conversation before it predicts, and what becomes of its prediction.
_PREDICTING = (
    (Policy._prediction_states, "ed9b82bed2f26ad7"),
    (tracker_featurizers, "5a05b97df5070de8"),
    (Domain.states_for_tracker_history, "035111ce73ac90ba"),
    (Domain.get_active_state, "5a4a505743120441"),
    (Domain._get_user_sub_state, "d7c9322b9abf1427"),
    (UserUttered.as_sub_state, "a9dc5d5c4cd002b7"),
    (DialogueStateTracker.generate_all_prior_trackers, "a1f6954347b52649"),
    (DefaultPolicyPredictionEnsemble, "616c43a89021097f"),
)
PATCHES = (
    Patch(
        "the check of an action's reply",
        ((RemoteAction._validate_action_result, "f8cdb4be68123961"),),
        _take_reply_check,
    ),
    Patch("the class of an event", ((Event.resolve_by_type, "b5cf570fa7f286c7"),), _take_event_lookup),
    Patch("the events that count", ((DialogueStateTracker.applied_events, "764d5065ea9997d6"),), _take_applied_events),
    Patch("the copy of a conversation", ((DialogueStateTracker, "187ee2be2d5e793e"),), _take_copy),
    Patch(
        "copies for debug lines",
        ((processing, "f42dfbf26e2ffcb6"), (memoization, "e4519f1a04ecdcce"), (rule_policy, "952d1a13906511ac")),
        _take_debug_copies,
        _nobody_reads_debug,
    ),
    Patch(
        "unknown intents",
        ((processing.MessageProcessor._check_for_unseen_features, "286ab49de966bc0e"),),
        _take_unseen_check,
    ),
    Patch(
        "rules",
        ((rule_policy, "952d1a13906511ac"), *_PREDICTING, *_NODES),
        _take_rules,
        _rules_are_simple,
    ),
    Patch(
        "stories",
        ((memoization, "e4519f1a04ecdcce"), *_PREDICTING, *_NODES),
        _take_stories,
        _stories_are_short,
    ),
    Patch(
        "the graph",
        _NODES,
        _take_graph_runner,
    ),
)
