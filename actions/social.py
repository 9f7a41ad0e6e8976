"""Answers greetings, thanks and other acts that the knowledge base has no part in, with the responses of domain.yml."""

from __future__ import annotations

from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.replies.base import Reply
from core.contract.intents import GREET
from knowledge.knowledge_base import Knowledge


def respond(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer with the response that is named after the intent."""
    response = response_to(understanding.intent)
    if understanding.intent == GREET and state.said:  # the long greeting opens a conversation, and nothing else
        response = f"{response}_again"
    return Answer(Reply(response=response), state)


def response_to(intent: str) -> str:
    """Return the name of the response in domain.yml to an intent: utter_thank to thank, utter_help to ask_help."""
    return f"utter_{intent.removeprefix('ask_')}"
