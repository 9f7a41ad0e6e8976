"""Answers a question with the guide's claims, if any is near enough to it."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.claims import LEADS, Candidate, Named, best_of_topic, choose_claims, fitting
from actions.context import CATALOGUE_KINDS, DialogueState, Understanding
from actions.replies.claims import answer_claims, without_verdict
from core.contract.question_forms import (
    EXAMPLE,
    HOW_LONG,
    HOW_MANY,
    MOST,
    OR,
    STATEMENT,
    WHEN,
    WHERE,
    WHO,
    WHY,
    YES_NO,
    agreement,
)
from knowledge.knowledge_base import Knowledge
from knowledge.models import OPEN_SUBJECTS, Claim

OPEN = f"{OPEN_SUBJECTS}/"
LIKELY = 0.3  # share from which an open subject is what a question is about, however near a claim is
SURE = 0.9  # likeness from which a claim alone answers a question
SURE_AND_HELD = 0.7  # the same if it holds what is asked about
CLEAR_TOPIC = 0.6  # share from which the classifier's topic is what a question is about
THE_SAME = 0.9  # likeness from which a claim answers almost the question itself
OF_THE_THING = 0.6  # the same for a claim about a thing that the question names
IN_A_LIST = 0.45  # likeness from which a claim leads although its topic is a list
# Share of a topic that a claim in the question's form gets where the answer would be a long list.
INSTEAD_OF_LIST = 0.25
LONG_LIST = 4  # items of a topic that is a list ("ten challenges") rather than a statement
ASK_ONE_THING = (YES_NO, WHO, WHERE, WHEN, HOW_LONG, HOW_MANY, EXAMPLE, MOST, OR)
OF_A_THING = 0.53  # likeness from which a claim about a thing fits one of two questions; below, the thing is described
# Attributes of a question about recognition as such, which has two sides.
GENERAL = {"recognition", "worth", "counts", "sure", "accreditation", "programs", "other"}
RECOGNITION, GENUINE = "recognition", {"accreditation"}  # "are these things fake?" asks for something else
OF_ALL = {"all", "sure", "only"}  # attributes of a question that asks whether something holds always, or for certain
DIFFERENCE = "difference"  # an attribute (nlu/data/attributes.yml)
ALL = ("all",)  # what a message asks that wants to hear about a thing in general: "what can you tell me on Canada?"


def answer_with_claims(knowledge: Knowledge, understanding: Understanding) -> Answer | None:
    """Return the answer made of claims; None if none fits, or if the likeliest topic is one that the guide leaves open.

    The conversation goes on about the topic of the first claim, whichever topic the classifier held for the likeliest.
    """
    if understanding.topic is None or understanding.topic.startswith(OPEN):
        return None
    if understanding.attributes == ALL and knowledge.described_by(understanding.topic):
        return None
    if understanding.attributes[:1] == ALL and understanding.form == YES_NO:
        return None  # "can you tell me in plain words what ...?"
    if _is_about_recognition(knowledge, understanding):
        return None
    candidates = _of_clear_topic(
        knowledge, understanding, _of_form(_candidates(knowledge, understanding), understanding)
    )
    claims = choose_claims(candidates, _named(knowledge, understanding), _asks_always(understanding))
    if not claims:
        return None
    first = (claims[0].topic, claims[0].number)
    likeness = max(one.likeness for one in candidates if (one.claim.topic, one.claim.number) == first)
    return _about(knowledge, claims, understanding.form, likeness >= SURE)


def asked_of_claim(knowledge: Knowledge, understanding: Understanding) -> Answer | None:
    """Return the answer of a claim that answers almost the question itself, whatever it is taken for; None if none does."""
    best_open = max((one.share for one in understanding.topics if one.key.startswith(OPEN)), default=0.0)
    if understanding.unknown or best_open >= LIKELY:
        return None
    candidates = _of_form(_candidates(knowledge, understanding), understanding)
    near = [
        one
        for one in candidates
        if one.likeness >= (SURE_AND_HELD if one.covered >= LEADS else SURE)
        and agreement(understanding.form, one.claim.form) == 1
    ]
    claims = choose_claims(near, _named(knowledge, understanding), _asks_always(understanding))
    return _about(knowledge, claims, understanding.form, is_sure=True) if claims else None


def _is_about_recognition(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a message asks about recognition as such, whose answer has two sides, and no claim tells both."""
    asked = set(understanding.attributes)
    only_genuine = asked & GENUINE and RECOGNITION not in asked
    as_such = asked <= GENERAL and not only_genuine and not _named(knowledge, understanding)
    return understanding.topic == knowledge.roles().get("recognition") and as_such


def _asks_always(understanding: Understanding) -> bool | None:
    """Return whether a message asks if something holds always or for sure; None if it asks for no yes or no."""
    return bool(OF_ALL & set(understanding.attributes)) if understanding.form == YES_NO else None


def _of_form(candidates: list[Candidate], understanding: Understanding) -> list[Candidate]:
    """Leave out the reasons where nobody asks why: their "Because" answers no other question."""
    if understanding.form in (WHY, STATEMENT):
        return candidates
    return [one for one in candidates if one.claim.form != WHY]


def _of_clear_topic(knowledge: Knowledge, understanding: Understanding, candidates: list[Candidate]) -> list[Candidate]:
    """Leave out claims of other topics where the topic is clear, and all where it is one that lists what is asked for.

    What is almost the question itself always counts.
    """
    first = understanding.topics[0]
    if first.share < CLEAR_TOPIC:
        if len(knowledge.topic(first.key).items) < LONG_LIST:
            return candidates
        return [_rather_than_list(one, understanding.form) for one in candidates]
    named = _named(knowledge, understanding)
    lists = len(knowledge.topic(first.key).items) >= LONG_LIST and understanding.form not in ASK_ONE_THING
    compares = DIFFERENCE in understanding.attributes  # with what is no thing of the catalogue: a degree
    return [
        one
        for one in candidates
        if one.likeness >= THE_SAME
        or one.likeness >= OF_THE_THING
        and one.claim.about & named
        and not compares
        or one.claim.topic == first.key
        and (not lists or one.likeness >= IN_A_LIST)
    ]


def _rather_than_list(candidate: Candidate, form: str) -> Candidate:
    """Return a claim in the question's form as surer than it is: a long list of a topic that isn't clear would answer less."""
    agrees = agreement(form, candidate.claim.form) == 1
    return replace(candidate, share=max(candidate.share, INSTEAD_OF_LIST)) if agrees else candidate


def claims_of(knowledge: Knowledge, understanding: Understanding, *topics: str) -> dict[str, str]:
    """Return what the claims say that fit a message about several topics, by topic; without those that none fits."""
    candidates, named = _candidates(knowledge, understanding), _named(knowledge, understanding)
    near = [one for one in candidates if one.likeness >= OF_A_THING or not knowledge.described_by(one.claim.topic)]
    best = (best_of_topic(_of_form(near, understanding), topic, named) for topic in topics)
    return {one.claim.topic: _said_of(one, understanding.form) for one in best if one}


def _said_of(candidate: Candidate, form: str) -> str:
    """Return what a claim says of a part of a question: with its yes or no only if the question asked for that."""
    return candidate.told.say if form == YES_NO else without_verdict(candidate.claim)


def nearest_claim(knowledge: Knowledge, understanding: Understanding, least: float) -> Claim | None:
    """Return the claim that is likest the message, if it is like enough and about nothing else; else None."""
    candidates = fitting(_candidates(knowledge, understanding), frozenset(_named(knowledge, understanding)))
    best = max(candidates, key=lambda one: one.likeness, default=None)
    return best.claim if best and best.likeness >= least else None


def _candidates(knowledge: Knowledge, understanding: Understanding) -> list[Candidate]:
    """Return the claims that were ranked for the message, without those that a rebuilt knowledge base has no more."""
    shares = {ranked.key: ranked.share for ranked in understanding.topics}
    return [
        Candidate(
            knowledge.claim(one.topic, one.number), one.score, one.likeness, shares.get(one.topic, 0.0), one.covered
        )
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
