"""The turn that is in progress: the action client and the tracker store write into it, and it becomes the answer."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from core.contract.messages import Message
from core.contract.turns import TurnAnswer, Understanding, UnderstandingBase

HIDDEN_ACTIONS = {"action_listen", "action_session_start", "action_extract_slots"}
RANKED = 5  # runners-up that an answer reports
LEFT_OUT = "left_out"  # the part of an entity that the message excludes


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
            "understanding": understanding_of(_parsed(tracker)),
            "actions": _actions(tracker),
            "slots": {name: value for name, value in tracker.current_slot_values().items() if value is not None},
        }
        return self.reply


CURRENT_TURN: ContextVar[TurnInProgress | None] = ContextVar("turn", default=None)


def _parsed(tracker: DialogueStateTracker) -> dict[str, Any]:
    event = next((event for event in reversed(tracker.events) if isinstance(event, UserUttered)), None)
    return event.parse_data if event else {}


def understanding_of(parsed: dict[str, Any]) -> Understanding:
    """Return what was understood of a parsed message, as the turn contract tells it."""
    topic = parsed.get("topic") or {}
    intent = parsed.get("intent") or {}
    base: UnderstandingBase = {
        "intent": intent.get("name"),
        "topic": topic.get("key"),
        "confidence": round(intent.get("confidence") or 0, 4),
        "ranking": parsed.get("intent_ranking", [])[:RANKED],
        "topics": topic.get("ranking", [])[:RANKED],
        "entities": _entities(parsed),
    }
    return {**base, **_details(parsed, topic)}  # type: ignore[typeddict-item]  # mypy cannot tell what a dict holds


def _entities(parsed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entities of a message; one that the message excludes says so."""
    return [
        {
            "entity": each["entity"],
            "value": each["value"],
            **({"part": part} if (part := each.get("part") or (LEFT_OUT if each.get("left_out") else "")) else {}),
        }
        for each in parsed.get("entities") or []
    ]


def _details(parsed: dict[str, Any], topic: dict[str, Any]) -> dict[str, Any]:
    """Return what else was understood of a message, without what is empty; a verdict of False counts."""
    claims = topic.get("claims") or parsed.get("claims") or []
    nth = topic.get("nth")
    details = {
        **{name: topic.get(name) or parsed.get(name) for name in ("form", "unknown_names", "adds")},
        "attributes": topic.get("attributes") or [each for each in (topic.get("attribute"),) if each],
        "references": topic.get("references") or [*(topic.get("back") or []), *([nth] if nth else [])],
        "claims": [{name: each.get(name) for name in ("topic", "number", "fit")} for each in claims[:RANKED]],
        "parts": [_part(each) for each in topic.get("parts") or parsed.get("further") or []],
    }
    verdict = {name: topic[name] for name in ("answerable", "is_answerable") if topic.get(name) is not None}
    if "by_model" in parsed:
        verdict["by_model"] = parsed["by_model"]
    if parsed.get("speaks"):
        verdict["speaks"] = parsed["speaks"]
    return {name: value for name, value in details.items() if value} | verdict


def _part(parsed: dict[str, Any]) -> dict[str, Any]:
    """Return a further question of a message, without its words."""
    intent, about = parsed.get("intent") or {}, parsed.get("topic") or {}
    return {
        "intent": intent.get("name") if isinstance(intent, dict) else intent,
        "topic": about.get("key") if isinstance(about, dict) else about,
        "entities": _entities(parsed),
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
