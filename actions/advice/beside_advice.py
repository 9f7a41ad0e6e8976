"""Answers what only sounds like a request for advice: a checklist to hand out, a mere worry, and somebody's homework."""

from __future__ import annotations

from dataclasses import replace

from actions.advice.brief_advice import CHALLENGES, what_is_said
from actions.advice.profile import NEVER, merged
from actions.advice.suggestion import steps
from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.replies.advice.brief_advice import to_a_worry
from actions.replies.base import ANSWERED, PERSON, Reply, sources_of
from actions.social import respond
from actions.topics import about_topic
from core.contract.intents import ASK_ADVICE, ASK_TOPIC, CHOOSE_HELP, NOT_UNDERSTOOD, OUT_OF_SCOPE, SUM_UP
from core.contract.question_forms import STATEMENT
from knowledge.knowledge_base import Knowledge

CHECKLIST, DO_MINE = "checklist", "do-mine"  # codes of what a message asks
CHOOSING, EMPLOYERS = "choosing", "employers"  # roles
WORRY, MOOD = "nervous", "mood"
OF_WORRY = {MOOD, "for_whom", "own"}  # what a message may tell that is a worry and nothing more
LISTS = (ASK_ADVICE, CHOOSE_HELP, SUM_UP, ASK_TOPIC, NOT_UNDERSTOOD, OUT_OF_SCOPE)
VAGUE = (ASK_ADVICE, CHOOSE_HELP, NOT_UNDERSTOOD)


def beside_advice(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return the answer to a message that is no request for advice on a field, or None if it may be one."""
    if DO_MINE in understanding.asks and not set(understanding.names) - {"field", "industry"}:
        return respond(knowledge, replace(understanding, intent=OUT_OF_SCOPE), state)
    if CHECKLIST in understanding.asks and understanding.intent in LISTS:
        return _checklist(knowledge, state)
    return _worry(knowledge, understanding, state)


def _checklist(knowledge: Knowledge, state: DialogueState) -> Answer | None:
    """Return what to look at before one chooses, which holds for whoever the list is for."""
    key = knowledge.roles().get(CHOOSING, "")
    if not knowledge.has_topic(key):
        return None
    answer = about_topic(knowledge, key)
    return replace(answer, state=replace(answer.state, profile=state.profile, advised=state.advised))


def _worry(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer a worry that asks nothing with what employers think and what to watch out for, not with a question."""
    told = understanding.about_me
    only = WORRY in told.get(MOOD, ()) and set(told) <= OF_WORRY and understanding.form == STATEMENT
    if not only or understanding.intent in NEVER or understanding.intent not in VAGUE or understanding.further:
        return None
    employers, challenges = (knowledge.roles().get(one, "") for one in (EMPLOYERS, CHALLENGES))
    if not (knowledge.has_topic(employers) and knowledge.has_topic(challenges)):
        return None
    good, risks = knowledge.topic(employers), knowledge.topic(challenges)
    text = to_a_worry(what_is_said(good), risks, steps(knowledge, state.profile))
    reply = Reply(text, ANSWERED, challenges, sources_of(*good.sources, *risks.sources), (PERSON,))
    after = DialogueState(ASK_TOPIC, challenges, state.names, reply.source_keys)
    return Answer(reply, replace(after, profile=merged(state.profile, told), advised=state.advised))
