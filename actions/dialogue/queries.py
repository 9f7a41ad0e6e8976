"""The question that a message became after resolution, as staff are shown it."""

from __future__ import annotations

from typing import Any

from actions.context import Understanding
from core.contract.intents import ASK_TOPIC


def as_query(resolved: Understanding) -> dict[str, Any]:
    """Return intent, topic, names, excluded names, attribute and form of a resolved message, without what is empty."""
    attributes = getattr(resolved, "attributes", ())
    query = {
        "intent": resolved.intent,
        "topic": resolved.topic if resolved.intent == ASK_TOPIC else None,
        "names": {kind: list(keys) for kind, keys in resolved.names.items() if keys},
        "left_out": {kind: list(keys) for kind, keys in resolved.left_out.items() if keys},
        "attribute": getattr(resolved, "attribute", "") or ", ".join(attributes),
        "form": getattr(resolved, "form", ""),
    }
    return {name: value for name, value in query.items() if value}
