"""Advises from the profile: what suits this person, what to do next, and the summary."""

from __future__ import annotations

from actions.base import Answer
from actions.context import DialogueState, Understanding
from knowledge.knowledge_base import Knowledge


def advise(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return advice if the message asks for it or tells about the person, or None."""
    return None
