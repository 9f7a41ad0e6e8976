"""Answers a question with the guide's claims, if any is near enough to it."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.claims import ANSWERS, CLEAR, NEAREST, RATHER, Candidate, best_of_topic, choose_claims, fitting
from actions.context import CATALOGUE_KINDS, DialogueState, Understanding
from actions.replies.claims import answer_claims, without_verdict
from core.contract.intents import (
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_BEST_TYPE,
    ASK_HELP,
    ASK_RECOGNITION,
    ASK_TOPIC,
    CHOOSE_HELP,
    NOT_UNDERSTOOD,
    OUT_OF_SCOPE,
)
from core.contract.question_forms import STATEMENT, YES_NO
from knowledge.knowledge_base import Knowledge
from knowledge.models import OPEN_SUBJECTS, Claim
from knowledge.queries.claim_names import Named, with_destinations

OPEN = f"{OPEN_SUBJECTS}/"
LEFT_OPEN = 0.6  # share from which an open subject is what is asked
SURE = 0.6  # fit with which a claim answers even so
# Fit from which a claim answers whatever a message was taken for; the same if it names a thing or may wish for advice.
SURELY, SURELY_OF_THING = 0.6, 0.85
WELL = 0.7  # fit from which a claim needs nothing added by its topic
THINGS = frozenset(CATALOGUE_KINDS) - {"mode"}
# Attributes of a question about recognition as such, which has two sides.
GENERAL = {"recognition", "worth", "counts", "sure", "only", "accreditation", "programs", "other"}
RECOGNITION, GENUINE = "recognition", {"accreditation"}  # "are these things fake?" asks for something else
OF_ALL = {"all", "sure", "only"}  # attributes of a question that asks whether something holds always, or for certain
# Intents of messages whose question a claim may answer, although they were taken for something else.
MAY_ASK_OF_THING = (ASK_TOPIC, ASK_ABOUT, NOT_UNDERSTOOD, OUT_OF_SCOPE)
MAY_ASK = (ASK_TOPIC, ASK_RECOGNITION, ASK_BEST_TYPE, ASK_BEST_DESTINATION, NOT_UNDERSTOOD, OUT_OF_SCOPE, ASK_HELP)
OTHER, DIFFERENCE = "other", "difference"  # attributes (nlu/data/attributes.yml)
ALL = ("all",)  # what a message asks that wants to hear about a thing in general: "what can you tell me on Canada?"


def answer_surely(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return the answer of a claim that surely answers a question by itself, whatever it was taken for; None if none does.

    What refers to what was talked about, leaves something out or asks several things is for others.
    """
    refers = state.names and (understanding.refers or understanding.back)
    several = understanding.second or understanding.further
    if understanding.follows or refers or several or understanding.left_out or not understanding.form:
        return None
    named = bool(THINGS & set(understanding.names))
    if named and RECOGNITION in understanding.attributes:  # how far it is recognised in that place, field or industry
        return None
    if understanding.intent == ASK_ABOUT and OTHER not in understanding.attributes:  # "what is MIT?" is described
        return None
    if understanding.intent not in (MAY_ASK_OF_THING if named else MAY_ASK):
        return None
    best = max((one.fit for one in understanding.claims), default=0.0)
    return answer_with_claims(knowledge, understanding) if best >= (SURELY_OF_THING if named else SURELY) else None


def answer_instead_of_advice(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return the answer of a claim that surely answers what was taken for a wish for advice; None if none does."""
    of_person = state.profile or understanding.about_me
    if understanding.intent not in (ASK_ADVICE, CHOOSE_HELP) or of_person or understanding.form in ("", STATEMENT):
        return None
    best = max((one.fit for one in understanding.claims), default=0.0)
    return answer_with_claims(knowledge, understanding) if best >= SURELY_OF_THING else None


def answer_with_claims(knowledge: Knowledge, understanding: Understanding, least: float = ANSWERS) -> Answer | None:
    """Return the answer made of claims; None if none answers with that probability, or if the guide leaves open what is asked.

    The conversation goes on about the topic of the first claim, whichever topic the classifier held for the likeliest.
    """
    if understanding.topic is None or understanding.second or not understanding.claims:
        return None
    if understanding.attributes == ALL and knowledge.described_by(understanding.topic):
        return None
    if _is_about_recognition(knowledge, understanding):
        return None
    candidates = _candidates(knowledge, understanding)
    compares = DIFFERENCE in understanding.attributes and understanding.topics[0].share >= CLEAR  # with a degree
    if compares or understanding.follows:  # the claims were ranked for what the message itself says
        candidates = [one for one in candidates if one.claim.topic == understanding.topic]
    claims = choose_claims(candidates, _named(knowledge, understanding), _asks_always(understanding), least)
    if not claims:
        return None
    first = (claims[0].topic, claims[0].number)
    fit = max(one.fit for one in candidates if (one.claim.topic, one.claim.number) == first)
    if fit < SURE and (_is_left_open(understanding) or _wants_all(understanding)):
        return None
    return _about(knowledge, claims, understanding.form, fit >= WELL)


def _wants_all(understanding: Understanding) -> bool:
    """Return whether a message wants to be told of its topic as a whole: "can you tell me in plain words what ...?"."""
    return understanding.attributes[:1] == ALL and understanding.form == YES_NO


def _is_left_open(understanding: Understanding) -> bool:
    best = understanding.topics[0] if understanding.topics else None
    return bool(understanding.unknown) or best is not None and best.key.startswith(OPEN) and best.share >= LEFT_OPEN


def _is_about_recognition(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a message asks about recognition as such, whose answer has two sides, and no claim tells both."""
    asked = set(understanding.attributes)
    only_genuine = asked & GENUINE and RECOGNITION not in asked
    as_such = asked <= GENERAL and not only_genuine and not _named(knowledge, understanding)
    asks = understanding.intent == ASK_RECOGNITION or knowledge.plays(understanding.topic, "recognition")
    return asks and as_such


def _asks_always(understanding: Understanding) -> bool | None:
    """Return whether a message asks if something holds always or for sure; None if it asks for no yes or no."""
    return bool(OF_ALL & set(understanding.attributes)) if understanding.form == YES_NO else None


def claims_of(knowledge: Knowledge, understanding: Understanding, *topics: str) -> dict[str, str]:
    """Return what the claims say that fit a message about several topics, by topic; without those that none fits."""
    candidates = _candidates(knowledge, understanding)
    named = _named(knowledge, understanding)
    best = (
        best_of_topic(candidates, topic, named, SURE if knowledge.described_by(topic) else RATHER) for topic in topics
    )
    return {one.claim.topic: _said_of(one, understanding.form) for one in best if one}


def _said_of(candidate: Candidate, form: str) -> str:
    """Return what a claim says of a part of a question: with its yes or no only if the question asked for that."""
    return candidate.told.say if form == YES_NO else without_verdict(candidate.claim)


def nearest_claim(knowledge: Knowledge, understanding: Understanding) -> Claim | None:
    """Return the claim that comes nearest to a question that none answers; None if none is near."""
    candidates = fitting(_candidates(knowledge, understanding), _named(knowledge, understanding))
    best = candidates[0] if candidates else None
    return replace(best.claim, say=without_verdict(best.claim)) if best and best.fit >= NEAREST else None


def _candidates(knowledge: Knowledge, understanding: Understanding) -> list[Candidate]:
    """Return the claims that were ranked for the message, without those that a rebuilt knowledge base has no more."""
    shares = {ranked.key: ranked.share for ranked in understanding.topics}
    return [
        Candidate(knowledge.claim(one.topic, one.number), one.fit, shares.get(one.topic, 0.0), one.covered)
        for one in understanding.claims
        if knowledge.has_claim(one.topic, one.number)
    ]


def _named(knowledge: Knowledge, understanding: Understanding) -> frozenset[Named]:
    """Return the names of the message, and the destinations that its places lie in."""
    return with_destinations(knowledge, ((kind, key) for kind in CATALOGUE_KINDS for key in understanding.of(kind)))


def _about(knowledge: Knowledge, claims: tuple[Claim, ...], form: str, is_sure: bool) -> Answer:
    topic = knowledge.topic(claims[0].topic)
    reply = answer_claims(topic, claims, form, is_sure)
    state = DialogueState("ask_topic", topic.key, sources=reply.source_keys, brief=True)
    return Answer(reply, state.offering("ask_topic", topic=topic.related[0].key) if topic.related else state)
