"""The copy of a conversation that an action is given.

Rasa: `DialogueStateTracker.copy` replays the whole conversation into a new tracker for each action.
Ours: copies the state as it stands, which is what the replay would come to. Trackers of other classes are copied by Rasa.
Guard: the digest of the whole class, and the tracker's class and slots at each call.
Gain: 0.1 to 0.3 ms of CPU a turn (of 9.9), 0.2 in conversations of 24 turns.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.patches.base import Patch, replace_attribute

_rasas_copy = DialogueStateTracker.copy


def _copy(tracker: DialogueStateTracker) -> DialogueStateTracker:
    if type(tracker) is not DialogueStateTracker or type(tracker.slots) is not dict:
        return _rasas_copy(tracker)
    own = copy(tracker)
    own.events = tracker.events.copy()
    own.slots = {name: copy(slot) for name, slot in tracker.slots.items()}
    own.latest_action, own.active_loop = copy(tracker.latest_action), copy(tracker.active_loop)
    own.sender_source = own.model_id = own.assistant_id = None  # as Rasa leaves them: a copy's events are not marked
    return own


def _apply(processor: Any) -> None:
    replace_attribute(DialogueStateTracker, "copy", _copy)


PATCH = Patch("the copy of a conversation", ((DialogueStateTracker, "187ee2be2d5e793e"),), _apply)
