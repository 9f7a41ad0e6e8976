"""Answers a question with the guide's claims, if any is near enough to it."""

from __future__ import annotations

from actions.base import Answer
from actions.claims import Candidate, Named, best_of_topic, choose_claims, fitting
from actions.context import CATALOGUE_KINDS, DialogueState, Understanding
from actions.replies.claims import answer_claims
from core.contract.question_forms import EXAMPLE, HOW_LONG, HOW_MANY, MOST, OR, WHEN, WHERE, WHO, YES_NO
from knowledge.knowledge_base import Knowledge
from knowledge.models import OPEN_SUBJECTS, Claim

SURE = 0.9  # likeness from which a claim alone answers a question
CLEAR_TOPIC = 0.6  # share from which the classifier's topic is what a question is about
THE_SAME = 0.9  # likeness from which a claim answers almost the question itself
IN_A_LIST = 0.45  # likeness from which a claim leads although its topic is a list
LONG_LIST = 4  # items of a topic that is a list ("ten challenges") rather than a statement
ASK_ONE_THING = (YES_NO, WHO, WHERE, WHEN, HOW_LONG, HOW_MANY, EXAMPLE, MOST, OR)
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
    if understanding.attributes[:1] == ALL and understanding.form == YES_NO:
        return None  # "can you tell me in plain words what ...?"
    if _is_about_recognition(knowledge, understanding):
        return None
    candidates = _of_clear_topic(knowledge, understanding, _candidates(knowledge, understanding))
    claims = choose_claims(candidates, _named(knowledge, understanding))
    if not claims:
        return None
    first = (claims[0].topic, claims[0].number)
    likeness = max(one.likeness for one in candidates if (one.claim.topic, one.claim.number) == first)
    return _about(knowledge, claims, understanding.form, likeness >= SURE)


def _is_about_recognition(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a message asks about recognition as such, whose answer has two sides, and no claim tells both."""
    as_such = set(understanding.attributes) <= GENERAL and not _named(knowledge, understanding)
    return understanding.topic == knowledge.roles().get("recognition") and as_such


def _of_clear_topic(knowledge: Knowledge, understanding: Understanding, candidates: list[Candidate]) -> list[Candidate]:
    """Leave out claims of other topics where the topic is clear, and all where it is one that lists what is asked for.

    What is almost the question itself always counts.
    """
    first = understanding.topics[0]
    if first.share < CLEAR_TOPIC:
        return candidates
    lists = len(knowledge.topic(first.key).items) >= LONG_LIST and understanding.form not in ASK_ONE_THING
    return [
        one
        for one in candidates
        if one.likeness >= THE_SAME or one.claim.topic == first.key and (not lists or one.likeness >= IN_A_LIST)
    ]


def claims_of(knowledge: Knowledge, understanding: Understanding, *topics: str) -> dict[str, str]:
    """Return what the claims say that fit a message about several topics, by topic; without those that none fits."""
    candidates, named = _candidates(knowledge, understanding), _named(knowledge, understanding)
    near = [one for one in candidates if one.likeness >= OF_A_THING or not knowledge.described_by(one.claim.topic)]
    best = (best_of_topic(near, topic, named) for topic in topics)
    return {claim.topic: claim.say for claim in best if claim}


def nearest_claim(knowledge: Knowledge, understanding: Understanding, least: float) -> Claim | None:
    """Return the claim that is likest the message, if it is like enough and about nothing else; else None."""
    candidates = fitting(_candidates(knowledge, understanding), frozenset(_named(knowledge, understanding)))
    best = max(candidates, key=lambda one: one.likeness, default=None)
    return best.claim if best and best.likeness >= least else None


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


def _about(knowledge: Knowledge, claims: tuple[Claim, ...], form: str, is_sure: bool) -> Answer:
    topic = knowledge.topic(claims[0].topic)
    reply = answer_claims(topic, claims, form, is_sure)
    state = DialogueState("ask_topic", topic.key, sources=reply.source_keys, brief=True)
    return Answer(reply, state.offering("ask_topic", topic=topic.related[0].key) if topic.related else state)
