"""Defines what every answer is: a plain function (knowledge, understanding, state) -> Answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from actions.context import DialogueState, Understanding
from actions.replies.base import Reply
from knowledge.knowledge_base import Knowledge


@dataclass(frozen=True)
class Answer:
    """A reply and the dialogue state after it."""

    reply: Reply
    state: DialogueState


class AnswerFunction(Protocol):
    """A function that answers a message in a dialogue state."""

    def __call__(self, knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        """Return the answer; raises UnknownKey for a key that the knowledge base does not have."""
