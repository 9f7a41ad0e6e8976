"""Answers in brief from the profile: one thing to begin with, and whether somebody would be hired with it."""

from __future__ import annotations

from dataclasses import replace

from actions.advice.suggestion import person_of, steps, suggest
from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.replies.advice import brief_advice as brief
from actions.replies.advice import suggestion as words
from actions.replies.advice.steps import one_line
from actions.replies.advice.suggestion import Suggestion
from actions.replies.base import ANSWERED, PERSON, Reply, first_sentence, paragraphs
from actions.topics import about_topic, found_topic
from core.contract.intents import ASK_ADVICE, WANT_PERSON
from knowledge.knowledge_base import Knowledge
from knowledge.models import OpenSubject, Topic

AGAINST, CHALLENGES = (
    "against",
    "challenges",
)  # a code of what a message asks, and the role of the topic that answers it
PREFERS_DEGREES = "prefers-degrees"  # how an industry sees credentials
ASKED_OTHER = "asked other fields"  # among what advice has said and asked


def hired(knowledge: Knowledge, found: Suggestion | None, state: DialogueState) -> Answer:
    """Answer whether somebody would be hired with what was advised."""
    roles = knowledge.roles()
    general = what_is_said(found_topic(knowledge, roles["hired"])) if "hired" in roles else ""
    helps = what_is_said(found_topic(knowledge, roles["goal-new-job"])) if "goal-new-job" in roles else ""
    text = brief.hired(words.employers_text(found) if found else "", general, helps)
    topic = roles.get("hired")
    after = DialogueState(ASK_ADVICE, None, {"field": (found.field.field.key,)} if found else state.names)
    reply = Reply(text, ANSWERED, topic, buttons=(PERSON,))
    return Answer(reply, replace(after, profile=state.profile, advised=state.advised).offering(WANT_PERSON))


def verdict(knowledge: Knowledge, state: DialogueState, doubted: bool = False) -> Answer:
    """Answer whether to do it at all, or if `doubted` whether it is of no use: by what employers of the field do."""
    found, roles = suggest(knowledge, state.profile), knowledge.roles()
    limit = what_is_said(found_topic(knowledge, roles["hired"])) if "hired" in roles else ""
    text = brief.verdict(found, person_of(knowledge, state.profile), limit, doubted)
    after = DialogueState(
        ASK_ADVICE, None, {"field": (found.field.field.key,)} if found else state.names, choices=state.choices
    )
    reply = Reply(text, ANSWERED, buttons=(PERSON,))
    return Answer(reply, replace(after, profile=state.profile, advised=state.advised).offering(WANT_PERSON))


def argue_against(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return what speaks against it all, first of the line of work of the person, if a message asks for that; else None."""
    role = knowledge.roles().get(CHALLENGES, "")
    if AGAINST not in understanding.asks or not knowledge.has_topic(role) or understanding.further:
        return None
    found, answer = suggest(knowledge, state.profile), about_topic(knowledge, role)
    own = (
        words.employers_text(found) if found and found.industry and found.industry.acceptance == PREFERS_DEGREES else ""
    )
    return replace(answer, reply=replace(answer.reply, text=paragraphs(own, answer.reply.text)))


def what_is_said(found: Topic | OpenSubject) -> str:
    """Return the first sentence of what the guide says to a subject."""
    return first_sentence(found.say if isinstance(found, OpenSubject) else found.answer)


def one_thing(knowledge: Knowledge, found: Suggestion, state: DialogueState) -> Answer:
    """Advise one thing in one line, for somebody who asks for no more."""
    one = replace(found, programs=found.programs[:1], types=found.types[:1], graduate=None, homes=found.homes[:1])
    plan = words.plan_text(one, replace(person_of(knowledge, state.profile), mode=""), one=True)
    text = one_line(plan, next(iter(steps(knowledge, state.profile)), None))
    after = DialogueState(ASK_ADVICE, None, {"field": (found.field.field.key,)}, choices=words.named_in(one)).offering(
        WANT_PERSON
    )
    return Answer(
        Reply(text, ANSWERED, buttons=(PERSON,)), replace(after, profile=state.profile, advised=state.advised)
    )


def nothing_more(knowledge: Knowledge, found: Suggestion, state: DialogueState) -> Answer | None:
    """Ask whether another field would do, once, where next to nothing is known for the one that was advised; or None."""
    has_some = found.programs or found.types or found.homes
    if has_some or state.act != ASK_ADVICE or ASKED_OTHER in state.advised:
        return None
    others = [one.name for one in knowledge.industries() if one.embraces]
    reply = brief.other_fields(found, others)
    after = DialogueState(ASK_ADVICE, None, {"field": (found.field.field.key,)}).offering(WANT_PERSON)
    return Answer(reply, replace(after, profile=state.profile, advised=(*state.advised, ASKED_OTHER)))
