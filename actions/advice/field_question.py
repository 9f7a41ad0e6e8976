"""Asks for the field to learn, with what else belongs to an answer that cannot advise yet."""

from __future__ import annotations

from actions.advice.profile import ASKING, ROLE, first, open_question, place_wanted, seeks_no_work, told_now
from actions.advice.profile_state import ACKNOWLEDGED, MOST_MARKS
from actions.advice.requests import ADVICE
from actions.advice.suggestion import goal_said, person_of, steps
from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.replies.advice import questions
from actions.replies.advice import suggestion as words
from actions.replies.advice.steps import steps_text
from actions.replies.advice.suggestion import ACCEPTS
from actions.replies.base import first_sentence
from actions.replies.destinations import in_sentence
from actions.replies.fields import which_field
from core.contract.intents import ASK_ADVICE
from core.contract.question_forms import STATEMENT
from knowledge.knowledge_base import Knowledge

STEPS_TOLD, ASKED_AGAIN = "steps", "asked again"
LIKE_ME = "like-me"  # a code of what a message asks


def advised_so_far(state: DialogueState, question: str, *more: str) -> tuple[str, ...]:
    """Return what advice has said and asked so far, with the question that is open now."""
    before = (one for one in state.advised if not one.startswith(ASKING))
    asked = (f"asked:{question}", f"{ASKING}{question}") if question else ()
    return tuple(dict.fromkeys((*before, *more, *asked)))[-MOST_MARKS:]


def ask_field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Take in what was told and ask for the field, in other words if it was asked just before."""
    again = open_question(state) == "field" and state.act == ASK_ADVICE and not set(understanding.about_me) - {"mood"}
    roles, role = knowledge.roles(), first(state.profile, ROLE)
    if role in questions.OF_ROLE and not first(state.profile, "for_whom") and f"{ROLE}:{role}" not in state.advised:
        after = DialogueState(ASK_ADVICE, profile=state.profile, advised=(*state.advised, f"{ROLE}:{role}"))
        return Answer(questions.offer_by_role(role), after)
    place, destination = place_wanted(knowledge, state.profile)
    told_now_where = "place" in understanding.about_me or bool({"destination", "place"} & set(understanding.names))
    if destination and destination.fields and told_now_where and not set(understanding.about_me) - {"place", "mood"}:
        reply = questions.which_field_there(destination)
        advised = advised_so_far(state, "field", ACKNOWLEDGED)
        return Answer(reply, DialogueState(ASK_ADVICE, profile=state.profile, advised=advised))
    if {"destinations", "place"} & set(understanding.attributes) and understanding.form != STATEMENT:  # "which place?"
        reply = which_field(knowledge.destinations())
        homes = tuple(one.key for one in knowledge.destinations())
        advised = advised_so_far(state, "field", ACKNOWLEDGED)
        asked = DialogueState(ASK_ADVICE, profile=state.profile, advised=advised, choices={"destination": homes})
        return Answer(reply, asked)
    popular = (
        [in_sentence(field) for one in knowledge.destinations() for field in one.fields]
        if again and ASKED_AGAIN in state.advised
        else []
    )
    wants_steps = (
        (understanding.intent == ASK_ADVICE or ADVICE in understanding.asks)
        and STEPS_TOLD not in state.advised
        and bool(state.profile)
        and (not again or ASKED_AGAIN in state.advised)
    )
    more = [words.nothing_on(place) if place and destination is None and "place" in understanding.about_me else ""]
    more += [first_sentence(goal_said(knowledge, state.profile)) if "goal" in understanding.about_me else ""]
    more += [steps_text(steps(knowledge, state.profile))] if wants_steps and not understanding.about_me else []
    asks_again = ADVICE in understanding.asks or LIKE_ME in understanding.asks
    new = understanding.about_me or (state.profile if "asked:field" not in state.advised else {})
    reply = questions.ask_field(
        person_of(knowledge, told_now(state.profile, new)),
        [one for one in knowledge.industries() if one.embraces],
        again,
        more,
        popular,
        knowledge.topic(roles["choosing"]) if "choosing" in roles else None,
        asked_before="asked:field" in state.advised,
        for_work=not seeks_no_work(state.profile),
        accepting=[one.name for one in knowledge.industries() if one.acceptance == ACCEPTS] if asks_again else (),
    )
    advised = advised_so_far(
        state, "field", ACKNOWLEDGED, *([STEPS_TOLD] if wants_steps else []), *([ASKED_AGAIN] if again else [])
    )
    return Answer(reply, DialogueState(ASK_ADVICE, profile=state.profile, advised=advised))
