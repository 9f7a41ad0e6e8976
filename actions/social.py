"""Answers greetings, thanks and other acts that the knowledge base has no part in, with the responses of domain.yml."""

from __future__ import annotations

from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.replies.base import Reply
from knowledge.knowledge_base import Knowledge


def respond(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer with the response that is named after the intent: utter_thank for thank, utter_help for ask_help."""
    return Answer(Reply(response=f"utter_{understanding.intent.removeprefix('ask_')}"), state)
