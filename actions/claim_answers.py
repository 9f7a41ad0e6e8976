"""Answers a question with the guide's claims, if any is near enough to it."""

from __future__ import annotations

from actions.base import Answer
from actions.claims import Candidate, Named, best_of_topic, choose_claims
from actions.context import CATALOGUE_KINDS, DialogueState, Understanding
from actions.replies.claims import answer_claims
from knowledge.knowledge_base import Knowledge
from knowledge.models import OPEN_SUBJECTS, Claim

CERTAIN = 0.95  # share from which a topic is certain: no claim of another one leads
OF_A_THING = 0.53  # likeness from which a claim about a thing fits one of two questions; below, the thing is described
GENERAL = {
    "recognition",
    "accreditation",
    "programs",
    "other",
}  # what asks for recognition as such, which has two sides
ALL = ("all",)  # what a message asks that wants to hear about a thing in general: "what can you tell me on Canada?"


def answer_with_claims(knowledge: Knowledge, understanding: Understanding) -> Answer | None:
    """Return the answer made of claims; None if none fits, or if the likeliest topic is one that the guide leaves open.

    The conversation goes on about the topic of the first claim, whichever topic the classifier held for the likeliest.
    """
    if understanding.topic is None or understanding.topic.startswith(f"{OPEN_SUBJECTS}/"):
        return None
    if understanding.attributes == ALL and knowledge.described_by(understanding.topic):
        return None
    if (
        understanding.attributes[:1] == ALL and understanding.form == "yes_no"
    ):  # "can you tell me in plain words what ...?"
        return None
    candidates, named = _candidates(knowledge, understanding), _named(knowledge, understanding)
    if (
        understanding.topic == knowledge.roles().get("recognition")
        and set(understanding.attributes) <= GENERAL
        and not named
    ):
        return None
    claims = choose_claims(candidates, named)
    if claims and claims[0].topic != understanding.topic and understanding.topics[0].share >= CERTAIN:
        claims = choose_claims([one for one in candidates if one.claim.topic == understanding.topic], named)
    return _about(knowledge, claims, understanding.form) if claims else None


def claims_of(knowledge: Knowledge, understanding: Understanding, *topics: str) -> dict[str, str]:
    """Return what the claims say that fit a message about several topics, by topic; without those that none fits."""
    candidates, named = _candidates(knowledge, understanding), _named(knowledge, understanding)
    near = [one for one in candidates if one.likeness >= OF_A_THING or not knowledge.described_by(one.claim.topic)]
    best = (best_of_topic(near, topic, named) for topic in topics)
    return {claim.topic: claim.say for claim in best if claim}


def _candidates(knowledge: Knowledge, understanding: Understanding) -> list[Candidate]:
    """Return the claims that were ranked for the message, without those that a rebuilt knowledge base has no more."""
    shares = {ranked.key: ranked.share for ranked in understanding.topics}
    return [
        Candidate(knowledge.claim(one.topic, one.number), one.score, one.likeness, shares.get(one.topic, 0.0))
        for one in understanding.claims
        if knowledge.has_claim(one.topic, one.number)
    ]


def _named(knowledge: Knowledge, understanding: Understanding) -> set[Named]:
    """Return the names of the message, and the destinations that its places lie in."""
    named = {(kind, key) for kind in CATALOGUE_KINDS for key in understanding.of(kind)}
    within = (knowledge.place(key).destination for key in understanding.of("place"))
    return named | {("destination", each.key) for each in within if each}


def _about(knowledge: Knowledge, claims: tuple[Claim, ...], form: str) -> Answer:
    topic = knowledge.topic(claims[0].topic)
    reply = answer_claims(topic, claims, form)
    state = DialogueState("ask_topic", topic.key, sources=reply.source_keys, brief=True)
    return Answer(reply, state.offering("ask_topic", topic=topic.related[0].key) if topic.related else state)
