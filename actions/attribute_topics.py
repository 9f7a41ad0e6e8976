"""Which topics tell of what is asked of a thing, its price or its length, or leave that open."""

from __future__ import annotations

from knowledge.knowledge_base import Knowledge

# For each attribute, the role of the topic that says something of it in general.
ROLES = {
    "mode": "delivery",
    "length": "length",
    "price": "prices",
    "start": "starts",
    "deadline": "deadlines",
    "workload": "workload",
    "credits": "credits",
    "application": "applying",
    "contact": "links",
    "scholarship": "discounts",
    "entry": "experience",
}


def topic_of_attribute(knowledge: Knowledge, attribute: str) -> str:
    """Return the topic whose role tells of an attribute, or ""."""
    return knowledge.roles().get(ROLES.get(attribute, ""), "")


def own_topics(knowledge: Knowledge, attribute: str) -> set[str]:
    """Return the topics that tell of an attribute, or leave it open."""
    return {topic_of_attribute(knowledge, attribute), knowledge.roles().get(f"open-{attribute}", "")} - {""}
