"""Answers questions about recognition by an industry, employer or country, or of a provider or type; always with both sides."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from actions.base import Answer
from actions.claim_answers import answer_with_claims, claim_of_type
from actions.context import OPEN, DialogueState, Understanding
from actions.destinations import destinations_of
from actions.replies import credentials as words
from actions.replies.base import Reply, first_sentence, listed, lower_first, topic_button
from actions.replies.destinations import with_article
from actions.topics import about_topic, with_second
from actions.unanswered import about_open_subject, anything_else, declined_without_names
from core.contract.question_forms import YES_NO
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import CredentialType

SURELY = 0.8  # share from which what the guide leaves open is asked
MOST_NAMED = 2
PLATFORM = "platform"  # role of a provider
RECOGNITION, OTHER = "recognition", "other"  # attributes (nlu/data/attributes.yml)
# Codes of what a message asks; the last is followed by an aim.
WHERE_NOT, APPLIES, WORTH_FOR = "where-not", "applies", "worth-for-"


def answer_recognition(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer for the most specific name in the message, or about recognition in general."""
    understanding = understanding.instead
    told = state.topic is not None and state.topic == knowledge.roles().get("by-industry")
    in_industry = partial(_in_industry, told=told)
    for answer in (in_industry, _by_employer, _of_credential, _in_destination, _in_place):
        reply = answer(knowledge, understanding)
        if reply is not None:
            return Answer(
                reply,
                DialogueState("ask_recognition", reply.topic, understanding.names, reply.source_keys).offering(
                    "want_person"
                ),
            )
    return answer_with_claims(knowledge, understanding) or about_topic(knowledge, knowledge.role("recognition"))


def where_and_where_not(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Tell both sides, by industry, if a message asks where credentials count and where they don't; None otherwise."""
    if WHERE_NOT not in understanding.asks or set(understanding.names) - {"any", "type"}:
        return None
    key = knowledge.roles().get("by-industry", "")
    return about_topic(knowledge, key) if knowledge.has_topic(key) else None


def sides(knowledge: Knowledge) -> words.Sides:
    """Return the industries that accept what the guide tells of and those that prefer degrees."""
    industries = knowledge.industries()
    return words.Sides(
        [industry for industry in industries if industry.acceptance == "accepts"],
        [one for one in industries if one.acceptance == "prefers-degrees"],
    )


def _in_industry(knowledge: Knowledge, understanding: Understanding, told: bool = False) -> Reply | None:
    by_industry, general = (
        knowledge.topic(knowledge.role("by-industry")),
        knowledge.topic(knowledge.role("recognition")),
    )
    for key in understanding.of("industry"):
        try:
            industry, yes = knowledge.industry(key), APPLIES not in understanding.asks
            return words.in_industry(industry, sides(knowledge), by_industry, _for_licence(knowledge), yes, told)
        except UnknownKey:
            return words.in_unnamed(knowledge.other_name("industry", key).name, sides(knowledge), by_industry, general)
    for key in understanding.of("field"):
        if not any(understanding.of(kind) for kind in ("type", "program", "destination")):
            return words.in_unnamed(knowledge.field(key).name, sides(knowledge), by_industry, general)
    return None


def _for_licence(knowledge: Knowledge) -> CredentialType | None:
    """Return the type with which professionals keep their licence, if the guide has one."""
    topic = knowledge.roles().get("for-licence", "")
    described = knowledge.described_by(topic) if topic else None
    return knowledge.type(described[1]) if described else None


def answer_worth(knowledge: Knowledge, understanding: Understanding) -> Answer:
    """Answer whether a named type, provider or program is worth its price, by the topic that has the role "worth"."""
    kinds = [knowledge.type(key) for key in understanding.of("type")]
    programs = [knowledge.program(key) for key in understanding.of("program")]
    providers = [] if kinds or programs else [knowledge.provider(key) for key in understanding.of("provider")]
    names = [*(lower_first(kind.plural) for kind in kinds), *(program.name for program in programs)]
    names += [f"a course by {listed((provider.name for provider in providers), 'or')}"] if providers else []
    buttons = [topic_button(kind.topic) for kind in kinds[:1] if kind.topic]
    of_type = "" if programs else claim_of_type(knowledge, understanding)
    gains = [first_sentence(knowledge.topic(topic).answer) for topic in topics_of_aim(knowledge, understanding)]
    reply = words.of_worth(
        names, knowledge.topic(knowledge.roles()["worth"]), buttons, of_type or next(iter(gains), "")
    )
    return Answer(reply, DialogueState("ask_topic", reply.topic, understanding.names, reply.source_keys))


def topics_of_aim(knowledge: Knowledge, understanding: Understanding) -> list[str]:
    """Return the topics of the aims for which the worth of something is asked ("worth it for a promotion?")."""
    aims = (one.removeprefix(WORTH_FOR) for one in understanding.asks if one.startswith(WORTH_FOR))
    topics = (knowledge.roles().get(f"goal-{aim}", "") for aim in aims)
    return [topic for topic in topics if knowledge.has_topic(topic)]


def _by_employer(knowledge: Knowledge, understanding: Understanding) -> Reply | None:
    general = knowledge.topic(knowledge.role("recognition"))
    named = [(kind, key) for kind in ("provider", "institution") for key in understanding.of(kind)]
    unknown = next((one for one in named if not knowledge.has_name(*one)), None)
    if unknown and unknown == named[0]:
        return words.by_employer(knowledge.other_name(*unknown).name, general)
    offers = [_offered(knowledge, understanding, *one) for one in named if knowledge.has_name(*one)]
    if not offers:
        return None
    name = "** or **".join(f"{what} {by} {names}" for (what, by), names in _by_what(offers).items())
    return words.of_credential(name, general, _places(knowledge, understanding), understanding.form == YES_NO)


def _offered(knowledge: Knowledge, understanding: Understanding, kind: str, key: str) -> tuple[str, str, str]:
    """Return what of a provider or an institution is asked about, as "a course", "on", "Coursera"."""
    found = knowledge.provider(key) if kind == "provider" else knowledge.institution(key)
    of_types = [lower_first(knowledge.type(each).plural) for each in understanding.of("type")[:1]]
    offered = {one.key for one in knowledge.provider(key).types} if kind == "provider" else set()
    own = of_types if not offered or set(understanding.of("type")[:1]) & offered else []
    return (own or ["a course"])[0], "on" if getattr(found, "role", "") == PLATFORM else "by", found.name


def _by_what(offers: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """Return the names of those that offer the same, by what they offer: several stand in one remark."""
    same: dict[tuple[str, str], list[str]] = {}
    for what, by, name in offers:
        same.setdefault((what, by), []).append(name)
    return {offer: listed(names[:MOST_NAMED], "or") for offer, names in same.items()}


def _of_credential(knowledge: Knowledge, understanding: Understanding) -> Reply | None:
    general = knowledge.topic(knowledge.role("recognition"))
    programs = [knowledge.program(key).name for key in understanding.of("program")]
    for names in (programs, [lower_first(knowledge.type(key).plural) for key in understanding.of("type")]):
        if understanding.ranked_by and len(names) > 1:  # "which is more recognised, a badge or a certificate?"
            return words.of_credentials(names, general, understanding.ranked_by)
    if programs:
        name = "** or **".join(programs[:MOST_NAMED])
        return words.of_credential(name, general, _places(knowledge, understanding), understanding.form == YES_NO)
    for key in understanding.of("type"):
        kind = knowledge.type(key)
        plural = lower_first(kind.plural)
        return words.of_credential(plural, general, _places(knowledge, understanding), understanding.form == YES_NO)
    return None


def _places(knowledge: Knowledge, understanding: Understanding) -> list[str]:
    """Return the names of the places that the message asks about, as they stand in a sentence."""
    destinations = [knowledge.destination(key).short for key in understanding.of("destination")]
    return destinations + [with_article(knowledge.place(key).name) for key in understanding.of("place")]


def _in_destination(knowledge: Knowledge, understanding: Understanding) -> Reply | None:
    found = destinations_of(knowledge, understanding.names)
    if not found:
        return None
    return words.in_destination(
        found[0], knowledge.topic(knowledge.role("official")), knowledge.topic(knowledge.role("recognition"))
    )


def _in_place(knowledge: Knowledge, understanding: Understanding) -> Reply | None:
    for key in understanding.of("place"):
        return words.in_place(knowledge.place(key).name, knowledge.topic(knowledge.role("recognition")))
    return None


def recognition_and_second(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer whether something is recognised, and the second topic that the message asks about."""
    answer = declined_without_names(knowledge, understanding, state) or _left_open(knowledge, understanding, state)
    answer = answer or answer_recognition(knowledge, understanding, state)
    return with_second(knowledge, understanding, answer)


def _left_open(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer what only sounds like a question about recognition and surely asks for what is left open ("valid for life?")."""
    best = understanding.topics[0] if understanding.topics else None
    open_one = best and best.key.startswith(OPEN) and best.share >= SURELY and best.key != anything_else(knowledge)
    if not best or not open_one or RECOGNITION not in understanding.attributes or OTHER not in understanding.attributes:
        return None
    return about_open_subject(knowledge, understanding, state, knowledge.open_subject(best.key))
