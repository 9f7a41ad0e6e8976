"""The turn that is in progress: the action client and the tracker store write into it, and it becomes the answer."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from core.contract.messages import Message
from core.contract.turns import TurnAnswer, Understanding

HIDDEN_ACTIONS = {"action_listen", "action_session_start", "action_extract_slots"}
RANKED = 5  # runners-up that an answer reports


@dataclass
class TurnInProgress:
    """One turn while it runs. A turn with failures is not stored and becomes no answer."""

    conversation: str
    message_id: str | None
    messages: list[Message] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    passing: bool = False  # whether what failed may go well when it is tried again
    reply: TurnAnswer | None = None

    def finish(self, tracker: DialogueStateTracker) -> TurnAnswer:
        """Return the answer of the turn contract; the tracker store calls this and stores it with the state."""
        self.reply = {
            "messages": self.messages,
            "understanding": _understanding(tracker),
            "actions": _actions(tracker),
            "slots": {name: value for name, value in tracker.current_slot_values().items() if value is not None},
        }
        return self.reply


CURRENT_TURN: ContextVar[TurnInProgress | None] = ContextVar("turn", default=None)


def _understanding(tracker: DialogueStateTracker) -> Understanding:
    event = next((event for event in reversed(tracker.events) if isinstance(event, UserUttered)), None)
    parsed: dict[str, Any] = event.parse_data if event else {}
    topic = parsed.get("topic") or {}
    intent = parsed.get("intent") or {}
    return {
        "intent": intent.get("name"),
        "topic": topic.get("key"),
        "confidence": round(intent.get("confidence") or 0, 4),
        "ranking": parsed.get("intent_ranking", [])[:RANKED],
        "topics": topic.get("ranking", [])[:RANKED],
        "entities": [{"entity": each["entity"], "value": each["value"]} for each in parsed.get("entities", [])],
    }


def _actions(tracker: DialogueStateTracker) -> list[str]:
    """Return the names of the actions since the last message of the person, in order."""
    names: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name not in HIDDEN_ACTIONS:
            names.append(event.action_name)
    return names[::-1]
