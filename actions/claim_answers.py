"""Answers a question with the guide's claims, if any is near enough to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.base import Answer
from actions.claims import (
    ANSWERS,
    CLEAR,
    LIKELY,
    NEAREST,
    RATHER,
    VERY_SURE,
    Asking,
    Candidate,
    asks_for_denied,
    best_of_topic,
    choose_claim,
    fitting,
    of_denied,
)
from actions.context import CATALOGUE_KINDS, OPEN, DialogueState, Understanding
from actions.replies.claims.answers import LISTS, answer_claim, with_list
from actions.replies.claims.verdicts import is_limited, without_verdict
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
from core.contract.question_forms import HOW, LIST, MOST, OR, STATEMENT, WHAT, WHICH, WHY, YES_NO
from knowledge.knowledge_base import Knowledge
from knowledge.models import Claim
from knowledge.queries.claim_names import Named, with_destinations

# Part of the content words that a claim holds from which it answers though an open subject is the likeliest topic: it does
# for nine of ten labelled questions.
HOLDS, PLAINLY_OPEN = 0.75, 0.8  # and the share from which that subject is plainly what is asked
OPEN_AT_ALL = 0.1  # share from which an open subject is what is asked
LEFT_OPEN = 0.6  # the same of a statement
SURE = 0.6  # fit with which a claim answers though an open subject is the likeliest topic
SURE_OF_OPEN = (
    0.7  # the same where that subject is plainly what is asked; of 3,000 labelled questions none lies between the two
)
# Fit from which a claim answers whatever a message was taken for; the same if it names a thing or may wish for advice.
SURELY, SURELY_OF_THING = 0.6, 0.85
# The least that a topic lists of which a claim answers only where it is very sure, if the question's form may ask for all.
MANY, ALL_ASKED = 4, (WHAT, LIST, STATEMENT, WHICH, WHY, MOST)
NO_EXCEPTION = 0.8  # fit from which a "not always" answers who asks for no "always"
OF_FORM = 0.5  # fit from which a claim of the question's form is surer than its topic: half of such ones answer
WELL = (
    0.7  # fit from which a claim is surer than the topic that a message is clearly about, though it is of another one
)
HARDLY_A_WISH = 0.4  # confidence below which what was taken for a wish for advice may be none
# What one asks for who wishes for it (nlu/data/about_me.yml).
ASKS_ADVICE = {"advice", "steps", "one", "which-one", "verdict"}
ORDER = "order"  # a kind of names: what the best is chosen by
THINGS = frozenset(CATALOGUE_KINDS) - {"mode"}
# Attributes of a question about recognition as such, which has two sides.
GENERAL = {"recognition", "worth", "counts", "sure", "only", "accreditation", "programs", "other"}
RECOGNITION, GENUINE = "recognition", {"accreditation"}  # "are these things fake?" asks for something else
OF_ALL = {"all", "sure", "only"}  # attributes of a question that asks whether something holds always, or for certain
# Intents of messages whose question a claim may answer, although they were taken for something else.
MAY_ASK_OF_THING = (ASK_TOPIC, ASK_ABOUT, NOT_UNDERSTOOD, OUT_OF_SCOPE)
MAY_ASK = (ASK_TOPIC, ASK_RECOGNITION, ASK_BEST_TYPE, ASK_BEST_DESTINATION, NOT_UNDERSTOOD, OUT_OF_SCOPE, ASK_HELP)
# Attributes (nlu/data/attributes.yml).
OTHER, DIFFERENCE, SURE_ASKED, EACH, PROGRAMS = "other", "difference", "sure", "all", "programs"
ALL = ("all",)  # what a message asks that wants to hear about a thing in general: "what can you tell me on Canada?"
EXISTS, PLAIN = "exists", 0.95  # an attribute; share from which a topic is all that a message is about
PLAINLY = {EXISTS, "other", *ALL}
WITH_DEGREE, ASKS_WHY = "with-degree", "asks-why"  # what a message asks (nlu/data/about_me.yml)
BY_BOTH = {"companies", "institutions"}  # attributes of "recognised by employers and universities"


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
    return _answer_from(SURELY_OF_THING if named else SURELY, knowledge, understanding)


def answer_instead_of_advice(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return the answer of a claim that surely answers what was taken for a wish for advice; None if none does."""
    of_person = state.profile or understanding.about_me
    doubtful = understanding.confidence < HARDLY_A_WISH and not ASKS_ADVICE & set(understanding.asks)
    wishes = understanding.intent in (ASK_ADVICE, CHOOSE_HELP) and (doubtful or not of_person)
    if not wishes or understanding.form in ("", STATEMENT):
        return None
    return _answer_from(SURELY_OF_THING, knowledge, understanding)


def _answer_from(least: float, knowledge: Knowledge, understanding: Understanding) -> Answer | None:
    """Return the answer made of claims if the best of them fits as well as that."""
    best = max((one.fit for one in understanding.claims), default=0.0)
    return answer_with_claims(knowledge, understanding) if best >= least else None


def answer_with_claims(knowledge: Knowledge, understanding: Understanding, least: float = ANSWERS) -> Answer | None:
    """Return the answer made of a claim; None if none answers with that probability, or if the guide leaves open what is asked.

    The conversation goes on about the topic of the claim, whichever topic the classifier held for the likeliest.
    """
    if understanding.topic is None or understanding.second or not understanding.claims:
        return None
    of_field = understanding.of("field")  # "which exam is there for Greek?"
    if asks_in_general(understanding) and not of_field and knowledge.described_by(understanding.topic):
        return None
    if _is_about_recognition(knowledge, understanding) or _wants_list(knowledge, understanding):
        return None
    of_kinds = _is_of_kinds(understanding)
    candidates = of_denied(_candidates(knowledge, understanding), _asking(understanding))
    if of_kinds:  # what tells two kinds apart need hold no other word
        candidates = [replace(one, covered=1.0) if one.claim.form == OR else one for one in candidates]
    # Of a topic with two sides, only the one is asked for.
    clear = (
        None
        if of_kinds or asks_for_denied(candidates, _asking(understanding))
        else _clear_topic(knowledge, understanding)
    )
    compares = DIFFERENCE in understanding.attributes and bool(clear)  # with a degree
    if compares or understanding.follows:  # the claims were ranked for what the message itself says
        candidates = [one for one in candidates if one.claim.topic == understanding.topic]
    elif clear:  # what holds nothing of the question is nearer to its name or its tone
        candidates = [one for one in candidates if one.claim.topic == clear or one.covered and one.fit >= WELL]
    claim = choose_claim(candidates, _named(knowledge, understanding), _asking(understanding), least)
    if claim is None:
        return None
    lead = max((one for one in candidates if _is_same(one.claim, claim)), key=lambda one: one.fit)
    fit = lead.fit
    if fit < _sure_of(understanding) and (_is_left_open(understanding, lead.covered) or _wants_all(understanding)):
        return None
    if fit < ANSWERS and _is_doubtful_beside(knowledge, understanding, claim):
        return None
    topic = knowledge.topic(claim.topic)
    reasons = (
        understanding.form == WHY == claim.form and _lists_many(knowledge, claim.topic) and WELL <= fit < VERY_SURE
    )
    if claim.topic == clear and not reasons and fit < _surer_than_topic(knowledge, understanding, claim):
        return None  # the topic is surer than any claim, and is told as a whole
    reply = answer_claim(topic, claim, understanding.form, _reason_beside(understanding, claim, candidates))
    if reasons:  # of which the claim is one
        reply = with_list(reply, topic)
    state = DialogueState(ASK_TOPIC, topic.key, sources=reply.source_keys, brief=True)
    return Answer(reply, state.offering(ASK_TOPIC, topic=topic.related[0].key) if topic.related else state)


def asks_in_general(understanding: Understanding) -> bool:
    """Return whether a message asks for all of a thing: what it is, or which ones there are, and for nothing in particular."""
    exist = EXISTS in understanding.attributes and understanding.form in (WHAT, WHICH, LIST)
    plain = understanding.form == WHAT and set(understanding.attributes) <= {PROGRAMS}
    return understanding.attributes[:1] == ALL or exist or plain


def _reason_beside(understanding: Understanding, claim: Claim, candidates: Sequence[Candidate]) -> Claim | None:
    """Return the reason that a message asks for beside something else: "do employers like them, and why?"."""
    if ASKS_WHY not in understanding.asks or WHY in (understanding.form, claim.form):
        return None
    reasons = [one for one in candidates if one.claim.form == WHY and one.claim.topic == claim.topic]
    best = max(reasons, key=lambda one: one.fit, default=None)
    return best.claim if best else None


def _is_same(one: Claim, other: Claim) -> bool:
    return (one.topic, one.number) == (other.topic, other.number)


def _surer_than_topic(knowledge: Knowledge, understanding: Understanding, claim: Claim) -> float:
    """Return the fit from which a claim is surer to answer than the whole of its topic, which a message is clearly about."""
    if claim.number == 0 and understanding.form == WHAT == claim.form and knowledge.described_by(claim.topic):
        return 1.0  # what the thing is begins its claims, and is asked in general
    lists = _lists_many(knowledge, claim.topic) and understanding.form in ALL_ASKED
    lists = lists and not understanding.of(ORDER)  # no list tells which is the cheapest
    of_all = bool(OF_ALL & set(understanding.attributes)) or understanding.doubts or understanding.denies
    one_side = (
        understanding.form == YES_NO and is_limited(claim.say) and not of_all
    )  # "no, not always", which nobody asked
    if lists or one_side:
        return VERY_SURE if lists else NO_EXCEPTION
    if understanding.form == STATEMENT:  # "the cons" chooses between no two things
        return VERY_SURE if claim.form == OR else WELL
    return OF_FORM if understanding.form == claim.form else SURE


def _lists_many(knowledge: Knowledge, key: str) -> bool:
    """Return whether a topic is a list of more things than one claim is about."""
    topic = knowledge.topic(key)
    return topic.answer.endswith(LISTS) and len(topic.items) >= MANY


def _is_doubtful_beside(knowledge: Knowledge, understanding: Understanding, claim: Claim) -> bool:
    """Return whether the likeliest topic tells what is asked more surely than an unlikely claim does."""
    best = understanding.topics[0]
    return claim.topic == best.key or best.share >= LIKELY and knowledge.has_topic(best.key)


def _clear_topic(knowledge: Knowledge, understanding: Understanding) -> str | None:
    """Return the topic of the guide that a message is clearly about, or None."""
    best = understanding.topics[0]
    return best.key if best.share >= CLEAR and knowledge.has_topic(best.key) else None


def is_with_degree(understanding: Understanding) -> bool:
    """Return whether a message compares a kind of credential, or a program of that kind, with a degree."""
    return WITH_DEGREE in understanding.asks and bool(understanding.of("type") or understanding.of("program"))


def _is_of_kinds(understanding: Understanding) -> bool:
    """Return whether a message asks what makes a kind that it names different, and not from a degree."""
    return (
        DIFFERENCE in understanding.attributes and bool(understanding.of("type")) and not is_with_degree(understanding)
    )


def _wants_list(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a message plainly asks for a topic that is a list ("are there any drawbacks?"), whatever a claim says."""
    best, form = understanding.topics[0], understanding.form
    plain = set(understanding.attributes) <= PLAINLY and not understanding.names and not understanding.follows
    if not plain or best.share < PLAIN or not knowledge.has_topic(best.key) or not _lists_many(knowledge, best.key):
        return False
    first = max(understanding.claims, key=lambda one: one.fit)
    if first.fit >= VERY_SURE:
        return False
    asked = form == YES_NO and EXISTS in understanding.attributes
    known = knowledge.has_claim(first.topic, first.number)
    of_other_form = known and knowledge.claim(first.topic, first.number).form not in (WHAT, LIST, STATEMENT, HOW)
    return asked or form in (WHAT, LIST) and (of_other_form or first.fit < WELL)


def _wants_all(understanding: Understanding) -> bool:
    """Return whether a message wants to be told of its topic as a whole: "can you tell me in plain words what ...?"."""
    return (
        understanding.attributes[:1] == ALL
        and set(understanding.attributes) <= {*ALL, OTHER}
        and understanding.form == YES_NO
    )


def _sure_of(understanding: Understanding) -> float:
    """Return the fit with which a claim answers, whatever open subject a message may ask about."""
    best = understanding.topics[0] if understanding.topics else None
    plainly = best is not None and best.key.startswith(OPEN) and best.share >= PLAINLY_OPEN
    return SURE_OF_OPEN if plainly else SURE


def _is_left_open(understanding: Understanding, covered: float) -> bool:
    """Return whether a message may ask for what is left open, although a claim holds that part of its content words."""
    best = understanding.topics[0] if understanding.topics else None
    # Words that all ask for an attribute ("does Peru pay for it?") are no content that a claim could hold.
    tells = OTHER in understanding.attributes or not understanding.attributes
    if best and not understanding.unknown and tells and covered >= HOLDS and best.share < PLAINLY_OPEN:
        return False
    least = LEFT_OPEN if understanding.form == STATEMENT else OPEN_AT_ALL  # which hardly ever asks for what is unknown
    return bool(understanding.unknown) or best is not None and best.key.startswith(OPEN) and best.share >= least


def _is_about_recognition(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a message asks about recognition as such, whose answer has two sides, and no claim tells both."""
    asked = set(understanding.attributes)
    only_genuine = asked & GENUINE and RECOGNITION not in asked
    as_such = (asked <= GENERAL or asked >= BY_BOTH) and not only_genuine and not _named(knowledge, understanding)
    asks = understanding.intent == ASK_RECOGNITION or knowledge.plays(understanding.topic, "recognition")
    return asks and as_such and not (_has_reason(knowledge, understanding) or _is_of_its_own(knowledge, understanding))


def _is_of_its_own(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a claim very surely answers that is of another topic: "will states accept it?"."""
    topic, claim = understanding.topics[0], max(understanding.claims, key=lambda one: one.fit)
    other = topic.share >= LIKELY and not knowledge.plays(topic.key, RECOGNITION)
    return other and claim.topic == topic.key and claim.fit >= VERY_SURE


def _has_reason(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a message asks why, and a claim surely gives the reason."""
    best = max(understanding.claims, key=lambda one: one.fit)
    known = understanding.form == WHY and best.fit >= SURE and knowledge.has_claim(best.topic, best.number)
    return known and knowledge.claim(best.topic, best.number).form == WHY


def _asking(understanding: Understanding) -> Asking:
    """Return how a message asks for a yes or no."""
    always = bool(OF_ALL & set(understanding.attributes)) if understanding.form == YES_NO else None
    of_all = always is not None and SURE_ASKED in understanding.attributes
    tone = (understanding.denies, understanding.doubts, understanding.seeks_any, understanding.obliges)
    return Asking(
        always, of_all, *tone, of_each=bool(always) and EACH in understanding.attributes, says_no=understanding.says_no
    )


def claims_of(knowledge: Knowledge, understanding: Understanding, *topics: str) -> dict[str, str]:
    """Return what the claims say that fit a message about several topics, by topic; without those that none fits."""
    candidates = _candidates(knowledge, understanding)
    named = _named(knowledge, understanding)
    best = (best_of_topic(candidates, topic, named, _least_of(knowledge, topic)) for topic in topics)
    return {one.claim.topic: _said_of(one, understanding) for one in best if one}


def _least_of(knowledge: Knowledge, topic: str) -> float:
    """Return the fit from which a claim stands for one of several topics: for a list of things, it must surely be meant."""
    if knowledge.has_topic(topic) and _lists_many(knowledge, topic):
        return VERY_SURE
    return SURE if knowledge.described_by(topic) else RATHER


def _said_of(candidate: Candidate, understanding: Understanding) -> str:
    """Return what a claim says of a part of a question: with its yes or no only if the question asked for that."""
    yes_no = understanding.form == YES_NO
    return candidate.told(understanding.denies).say if yes_no else without_verdict(candidate.claim)


def claim_of_type(knowledge: Knowledge, understanding: Understanding) -> str:
    """Return what a claim of the likely type says to a question about that type or a provider of it, or "" if none is near."""
    described = ((one.key, knowledge.described_by(one.key)) for one in understanding.topics if one.share >= LIKELY)
    kinds = [key for key, of in described if of and of[0] == "type"]
    candidates, named = _candidates(knowledge, understanding), _named(knowledge, understanding)
    best = next((one for key in kinds if (one := best_of_topic(candidates, key, named, NEAREST))), None)
    return without_verdict(best.claim) if best else ""


def told_of_all(knowledge: Knowledge, understanding: Understanding, kind: str) -> bool:
    """Return whether the claim that fits a message best speaks of all things of a kind that the message names."""
    best = max(_candidates(knowledge, understanding), key=lambda one: one.fit, default=None)
    spoken = {key for of, key in (best.claim.about | best.claim.mentions) if of == kind} if best else set()
    return set(understanding.of(kind)) <= spoken


def nearest_claim(knowledge: Knowledge, understanding: Understanding, least: float = NEAREST) -> Claim | None:
    """Return the claim that comes nearest to a question that none answers; None if none fits as well as `least`."""
    candidates = fitting(_candidates(knowledge, understanding), _named(knowledge, understanding))
    best = next((one for one in candidates if one.covered), None)
    return replace(best.claim, say=without_verdict(best.claim)) if best and best.fit >= least else None


def _candidates(knowledge: Knowledge, understanding: Understanding) -> list[Candidate]:
    """Return the claims that were ranked for the message, without those that a rebuilt knowledge base has no more."""
    shares = {ranked.key: ranked.share for ranked in understanding.topics}
    return [
        Candidate(knowledge.claim(one.topic, one.number), one.fit, shares.get(one.topic, 0.0), one.covered, one.turned)
        for one in understanding.claims
        if knowledge.has_claim(one.topic, one.number)
    ]


def _named(knowledge: Knowledge, understanding: Understanding) -> frozenset[Named]:
    """Return the names of the message, and the destinations that its places lie in."""
    return with_destinations(knowledge, ((kind, key) for kind in CATALOGUE_KINDS for key in understanding.of(kind)))
