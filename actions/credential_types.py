"""Recommends a kind of credential for a field or a goal."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.replies import credentials as words
from actions.topics import about_topic
from actions.unanswered import declined_without_names
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import CredentialType, Field

CHEAPEST = "price"  # the order of "cheapest"
SURELY = 0.5  # share from which a type's own topic is the answer


def recommend_type(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Return the types that the guide connects with the field, or what each type is for if no field is known.

    Which kind costs least is asked of prices, and no list of what the kinds are for answers it.
    """
    understanding = understanding.instead  # "forget finance, what about design?"
    if CHEAPEST in understanding.of("order"):
        answer = about_topic(knowledge, knowledge.role("prices"))
        return replace(answer, state=replace(answer.state, names=understanding.names))
    field: Field | None = None
    suited: list[CredentialType] = []
    for key in (*understanding.of("field"), *understanding.of("industry"), *state.names.get("field", ())):
        field, suited = _suited(knowledge, key)
        if suited:
            break
    if not suited and _describes_type(knowledge, understanding):
        return about_topic(knowledge, understanding.topics[0].key)  # "which type do technical schools give?"
    reply = (
        words.suited_types(field, suited)
        if field and suited
        else words.all_types(knowledge.types(), field, knowledge.topic(knowledge.role("types")))
    )
    names = {**understanding.names, "type": tuple(kind.key for kind in suited)}
    return Answer(
        reply,
        DialogueState("ask_best_type", reply.topic, names, reply.source_keys).offering("want_person"),
    )


def _describes_type(knowledge: Knowledge, understanding: Understanding) -> bool:
    own = {kind.topic.key for kind in knowledge.types() if kind.topic}
    return bool(understanding.topics) and understanding.topics[0].key in own and understanding.topics[0].share >= SURELY


def _suited(knowledge: Knowledge, key: str) -> tuple[Field | None, list[CredentialType]]:
    """Return the field and its types, or the nearest field that has any and that field's types."""
    try:
        answer = knowledge.field_answer(key)
    except UnknownKey:
        return None, []
    for field in (answer.field, *(near for near, _ in answer.near)):
        suited = list(knowledge.types_for_field(field.key))
        if suited:
            return field, suited
    return answer.field, []


def recommend_or_decline(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Decline what cannot be answered, else recommend a kind of credential."""
    answer = declined_without_names(knowledge, understanding, state)
    return answer or recommend_type(knowledge, understanding, state)
