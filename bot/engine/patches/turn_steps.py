"""Steps of Rasa's processor that come to nothing in most turns.

Rasa: for each message, builds the domain's dictionary and that of an empty one to learn that its own is not empty; for each
action, makes all twelve default actions to find one, and copies events deeply for debug lines that nobody reads; for each
event that it reads, looks through all classes; asks several times of each event of the conversation, by way of the abstract
base class, whether it takes others back; and replays the conversation for each action that may change it.
Ours: looks whether the message has an intent or an entity that the domain lacks, and only then does what Rasa does; keeps the
default actions and the classes of events; copies nothing for a debug line, which is written before it returns; asks the
class of an event once, copies the state that the conversation has come to, and leaves to Rasa a conversation with any event
that takes others back or sets the next action.
Guard: the digests of the processor's module, of the events' and of each function.
Gain: 0.7 ms of CPU a turn (docs/engine.md).
"""

from __future__ import annotations

import copy
import logging
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from rasa.core import processor as processor_module
from rasa.core.actions import action as action_module
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from bot.engine.patches.base import REPLACED, Patch, replace_attribute

_logger = logging.getLogger(processor_module.__name__)
_KEPT = frozenset({ActionExecuted, BotUttered, DefinePrevUserUtteredFeaturization, SlotSet, UserUttered})
_AFRESH = frozenset({Restarted, SessionStarted})
_PLAIN = _KEPT | _AFRESH
_defaults: list[tuple[Any, list[Any]]] = []  # the endpoint of the model in use, and the default actions with it


def _applied_events(tracker: DialogueStateTracker) -> list[Event]:
    applied: list[Event] = []
    for event in tracker.events:
        kind = type(event)
        if kind in _KEPT:
            applied.append(event)
        elif kind in _AFRESH:
            applied = []
        else:
            return getattr(_applied_events, REPLACED)(tracker)  # type: ignore[no-any-return]
    return applied


def _copy(tracker: DialogueStateTracker) -> DialogueStateTracker:
    if type(tracker) is not DialogueStateTracker or not _PLAIN.issuperset(map(type, tracker.events)):
        return getattr(_copy, REPLACED)(tracker)
    made = DialogueStateTracker.__new__(DialogueStateTracker)
    made.__dict__.update(tracker.__dict__)
    made.events = tracker.events.copy()
    made.slots = {name: copy.copy(slot) for name, slot in tracker.slots.items()}
    return made


def _default_actions(action_endpoint: Any = None) -> list[Any]:
    for endpoint, actions in _defaults:
        if endpoint is action_endpoint:
            return list(actions)
    actions = getattr(_default_actions, REPLACED)(action_endpoint)
    _defaults[:] = [(action_endpoint, actions)]
    return list(actions)


@lru_cache(maxsize=128)  # Rasa has thirty; an unknown one raises, and so is not kept
def _class_of_event(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    return getattr(_class_of_event, REPLACED)(type_name, default)  # type: ignore[no-any-return]


def _log_slots(tracker: DialogueStateTracker) -> None:
    if _logger.isEnabledFor(logging.DEBUG):
        getattr(_log_slots, REPLACED)(tracker)


def _check_names(processor: Any) -> None:
    """Have a processor warn of intents and entities that its domain lacks, as Rasa's does, where there are any."""
    domain, stock = processor.domain, processor._check_for_unseen_features
    intents, entities = frozenset(domain.intents), frozenset(domain.entities)

    def check(parsed: dict[str, Any]) -> None:
        intent = parsed["intent"]["name"]
        known = not intent or intent in intents
        if (
            processor.domain is not domain
            or not known
            or any(each["entity"] not in entities for each in parsed["entities"] or ())
        ):
            stock(parsed)

    processor._check_for_unseen_features = check


def _apply(processor: Any) -> None:
    replace_attribute(DialogueStateTracker, "applied_events", _applied_events)
    replace_attribute(DialogueStateTracker, "copy", _copy)
    replace_attribute(Event, "resolve_by_type", staticmethod(_class_of_event))
    replace_attribute(MessageProcessor, "_log_slots", staticmethod(_log_slots))
    replace_attribute(action_module, "default_actions", _default_actions)  # type: ignore[arg-type]
    processor_module.copy = SimpleNamespace(deepcopy=lambda logged: logged)  # type: ignore[attr-defined]
    _check_names(processor)


PATCH = Patch(
    "steps of a turn",
    (
        (processor_module, "f42dfbf26e2ffcb6"),
        (DialogueStateTracker.applied_events, "764d5065ea9997d6"),
        (DialogueStateTracker.__init__, "8f39eb22462aa62b"),
        (DialogueStateTracker.copy, "dfa48dca9f355ad1"),
        (DialogueStateTracker.travel_back_in_time, "09d16f28f007492f"),
        (DialogueStateTracker._reset, "190858eaf560a0c0"),
        (Event.resolve_by_type, "b5cf570fa7f286c7"),
        (all_subclasses, "28c2e6df9c15daea"),
        (action_module.default_actions, "6fa4896f3667a20e"),
        (action_module.action_for_name_or_text, "a63fb2d066efa0bc"),
        (Domain.is_empty, "884be90ef485f1d2"),
    ),
    _apply,
)
