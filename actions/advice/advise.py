"""Advises from the profile: what suits this person, what to do next, and the summary."""

from __future__ import annotations

from dataclasses import replace

from actions.advice.profile import ASKING, field_key, merged, missing, named_in, open_question
from actions.advice.suggesting import goal_said, person_of, steps, suggest, unknown
from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.credential_types import recommend_type
from actions.destinations import recommend_destination
from actions.replies import advice as words
from actions.replies.profile import lines
from core.contract.intents import (
    AFFIRM,
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_BEST_TYPE,
    ASK_TOPIC,
    CHOOSE_HELP,
    COMPARE,
    DENY,
    FIND_PROGRAMS,
    GIVE_CONTACT,
    NOT_UNDERSTOOD,
    REFINE,
    SUM_UP,
    WANT_PERSON,
)
from knowledge.knowledge_base import Knowledge

ADVISES = (ASK_ADVICE, CHOOSE_HELP)
# What these say of the person counts more than what they were taken for; a topic only if it is not sure.
GIVES_WAY, SURE = (REFINE, NOT_UNDERSTOOD, ASK_ABOUT, ASK_TOPIC, AFFIRM, DENY), 0.6
KEEPS_ITS_ANSWER = (WANT_PERSON, GIVE_CONTACT, FIND_PROGRAMS, COMPARE, SUM_UP)
WISHES = {"field", "industry", "destination", "place", "mode"}
ACKNOWLEDGED, STEPS_TOLD = "acknowledged", "steps"
WORTH_A_WORD = {"work", "origin", "studied", "level", "situation", "goal", "limits", "for_whom", "budget"}


def advise(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return advice if the message asks for it or tells about the person, or None."""
    if understanding.intent == SUM_UP:
        return sum_up(knowledge, understanding, state)
    if understanding.intent in ADVISES or _goes_on(understanding, state) or _tells(understanding, state):
        return give_advice(knowledge, understanding, state)
    return _of_own_field(knowledge, understanding, state)


def _goes_on(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether a brief message goes on with advice: an answer to its question, or a correction of what was told."""
    if state.act not in (ASK_ADVICE, SUM_UP) or not understanding.brief or understanding.intent in KEEPS_ITS_ANSWER:
        return False
    named = set(understanding.names) | set(understanding.left_out)
    return bool(named or understanding.about_me) and named <= WISHES


def _tells(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether the message only tells about the person, and what it was taken for can give way to that."""
    if not understanding.tells or understanding.intent not in GIVES_WAY:
        return False
    sure = (
        understanding.intent == ASK_TOPIC
        and understanding.topics
        and understanding.confidence * understanding.topics[0].share >= SURE
    )
    return not sure or state.act in (ASK_ADVICE, SUM_UP)


def _of_own_field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer "which country is best for me?" and "which type?" for the field that the person told of before."""
    asks = understanding.intent in (ASK_BEST_DESTINATION, ASK_BEST_TYPE)
    if not asks or set(understanding.names) - {"mode"} or understanding.left_out or state.names.get("field"):
        return None
    field = field_key(knowledge, state.profile)
    if not field:
        return None
    recommend = recommend_destination if understanding.intent == ASK_BEST_DESTINATION else recommend_type
    return recommend(knowledge, replace(understanding, names={"field": (field,)}), DialogueState())


def give_advice(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Advise from the profile and what the message adds to it; ask for the field if none is known."""
    wishes = named_in(understanding) if _names_wishes(understanding, state) else {}
    # What a name is to the person counts: "I'm a nurse" names no field that is wanted.
    said = {**{part: values for part, values in wishes.items() if not understanding.about_me}, **understanding.about_me}
    profile = merged(state.profile, said)
    state = replace(state, profile=profile)
    found = suggest(knowledge, profile)
    if found is None:
        return _ask_field(knowledge, understanding, state)
    goes_on = state.act in (ASK_ADVICE, SUM_UP)
    fingerprint = _fingerprint(found)
    told = fingerprint in state.advised
    question = missing(profile, state.advised, has_field=True)
    wants_steps = understanding.intent == ASK_ADVICE and (told or not question) or not question
    person = person_of(knowledge, profile)
    shown = person_of(knowledge, merged({}, said)) if goes_on and said else person
    shown = replace(shown, whom=person.whom)
    goal = words.goal_text(goal_said(knowledge, profile)) if "goal" in said or not goes_on else ""
    parts = [
        "" if told and goes_on and said else words.suggestion_text(shown, found),
        words.noted(shown) if told and goes_on and said else "",
        goal,
        "" if told and not wants_steps else words.limits_text(unknown(knowledge, profile)),
        words.steps_text(steps(knowledge, profile))
        if wants_steps and (STEPS_TOLD not in state.advised or understanding.intent == ASK_ADVICE)
        else "",
    ]
    reply = words.suggestion(
        person, found, parts, question, closing="Shall I tell you more about any of it?" if wants_steps else ""
    )
    advised = _advised(state, question, fingerprint, ACKNOWLEDGED, *([STEPS_TOLD] if wants_steps else []))
    after = DialogueState(
        ASK_ADVICE, None, {"field": (found.field.field.key,)}, reply.source_keys, profile=profile, advised=advised
    )
    topic = next((kind.topic.key for kind in found.types if kind.topic), None)
    return Answer(reply, after.offering(ASK_TOPIC, topic=topic) if topic else after.offering(WANT_PERSON))


def _names_wishes(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether the names of a message are the person's wishes, because it asks for advice or answers its question."""
    return understanding.intent in ADVISES or state.act in (ASK_ADVICE, SUM_UP) and understanding.brief


def _fingerprint(found: words.Suggestion) -> str:
    """Return what makes a suggestion the same as one before."""
    return f"gave:{found.field.field.key}/{found.place}/{int(found.away)}/{len(found.homes)}"


def _advised(state: DialogueState, question: str, *more: str) -> tuple[str, ...]:
    """Return what advice has said and asked so far, with the question that is open now."""
    before = (one for one in state.advised if not one.startswith(ASKING))
    asked = (f"asked:{question}", f"{ASKING}{question}") if question else ()
    return tuple(dict.fromkeys((*before, *more, *asked)))[-16:]


def _ask_field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Take in what was told and ask for the field, in other words if it was asked just before."""
    again = open_question(state) == "field" and state.act == ASK_ADVICE and not understanding.about_me
    roles = knowledge.roles()
    wants_steps = (
        understanding.intent == ASK_ADVICE and STEPS_TOLD not in state.advised and bool(state.profile) and not again
    )
    more = [words.goal_text(goal_said(knowledge, state.profile)) if "goal" in understanding.about_me else ""]
    more += [words.steps_text(steps(knowledge, state.profile))] if wants_steps and not understanding.about_me else []
    reply = words.ask_field(
        person_of(knowledge, state.profile),
        [one for one in knowledge.industries() if one.embraces],
        again,
        more,
        knowledge.topic(roles["choosing"]) if "choosing" in roles else None,
    )
    advised = _advised(state, "field", ACKNOWLEDGED, *([STEPS_TOLD] if wants_steps else []))
    return Answer(reply, DialogueState(ASK_ADVICE, profile=state.profile, advised=advised))


def sum_up(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Tell what the person told and what follows from it, in a few lines."""
    profile = state.profile
    found = suggest(knowledge, profile)
    topic = knowledge.topic(state.topic) if state.topic and knowledge.has_topic(state.topic) else None
    person = person_of(knowledge, profile)
    plan = words.plan_text(found) if found else ""
    reply = words.summary(person, plan, steps(knowledge, profile)[:3] if found else [], topic)
    names: Names = {"field": (found.field.field.key,)} if found else state.names
    after = DialogueState(
        SUM_UP, state.topic, names, reply.source_keys, choices=state.choices, profile=profile, advised=state.advised
    )
    return Answer(reply, after.offering(ASK_ADVICE))


def kept(knowledge: Knowledge, understanding: Understanding, before: DialogueState, answer: Answer) -> Answer:
    """Return the answer with the profile carried on, acknowledged once if a question came with it.

    `before` is the state with what this message told; an answer that advises has the profile in its state already.
    """
    state = answer.state
    if state.profile or state.advised:
        return answer
    state = replace(state, profile=before.profile, advised=before.advised)
    news = set(understanding.about_me) & WORTH_A_WORD
    if not news or ACKNOWLEDGED in before.advised or answer.reply.outcome not in words.ACKNOWLEDGED_WITH:
        return Answer(answer.reply, state)
    said = words.keep_in_mind(person_of(knowledge, {part: before.profile.get(part, ()) for part in news}))
    reply = replace(answer.reply, text=words.paragraphs(answer.reply.text, said)) if said else answer.reply
    return Answer(reply, replace(state, advised=(*state.advised, ACKNOWLEDGED)))


def profile_lines(knowledge: Knowledge, profile: Names) -> list[dict[str, str]]:
    """Return a profile as pairs of label and value, for whoever takes over."""
    return lines(person_of(knowledge, profile))
