"""The class of an event.

Rasa: `Event.resolve_by_type` walks through all subclasses of Event for each event that an action returns or a row holds.
Ours: remembers the class of each type name.
Guard: the digest of the method.
Gain: GAIN_event_class
"""

from __future__ import annotations

from typing import Any

from rasa.shared.core.events import Event

from bot.engine.patches.base import Patch, replace_attribute

_classes: dict[str, type[Event]] = {}
_rasas_lookup = Event.resolve_by_type


def _event_class(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    known = _classes.get(type_name)
    if known is None:
        known = _rasas_lookup(type_name, default)
        if known is not None and known is not default:
            _classes[type_name] = known
    return known


def _apply(processor: Any) -> None:
    replace_attribute(Event, "resolve_by_type", staticmethod(_event_class))


PATCH = Patch("the class of an event", ((Event.resolve_by_type, "b5cf570fa7f286c7"),), _apply)
