"""Decides which question about relations or sets of the catalogue a message asks, and answers it."""

from __future__ import annotations

from actions.base import Answer
from actions.context import DialogueState, Understanding
from knowledge.knowledge_base import Knowledge


def answer_from_facts(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return the answer to a question about the catalogue in the question's form, or None if it is none."""
    return None
