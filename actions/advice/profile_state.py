"""Carries what a person told from turn to turn, and takes it in with a few words where something else is answered."""

from __future__ import annotations

from dataclasses import replace

from actions.advice.for_field import PUT_RIGHT
from actions.advice.profile import OWN, PAST, merged, named_in, place_wanted
from actions.advice.suggestion import UNKNOWN, person_of
from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.replies.advice import suggestion as words
from actions.replies.advice.profile import NOTHING_KNOWN, WARM, lines, nor_known
from actions.replies.base import ANSWERED, CLARIFY, DECLINED, HANDOFF, Reply
from core.contract.intents import ASK_ABOUT, ASK_BEST_DESTINATION, ASK_BEST_TYPE, ASK_TOPIC, FIND_PROGRAMS, REFINE
from core.contract.question_forms import STATEMENT
from knowledge.knowledge_base import Knowledge

ACKNOWLEDGED = "acknowledged"  # among what advice has said: what was told has been taken in
MOST_MARKS = 40  # of what advice has said and asked
OF_TELLING = ("for_whom", OWN, PAST)  # parts that tell how the others are told
MEANT = "meant"  # a way of referring back (nlu/extraction/references.py)
BEST = (ASK_BEST_DESTINATION, ASK_BEST_TYPE)  # who asks for the best one for a field is interested in it
WISHES = {"mode", "limits", "time", "place", "budget"}  # parts that a correction may be of
OF_ANYBODY = {"limits", "level"}  # parts that a question may name without meaning the person
ORIGIN = "origin"  # a part of the profile that is worth a word only beside another: an answer hardly goes by it
WORTH_A_WORD = {"age", "work", "origin", "studied", "level", "situation", "goal", "limits", "budget"}


def warmly(understanding: Understanding, before: DialogueState, answer: Answer) -> Answer:
    """Return the answer with a few warm words for what the person finds hard, once in a conversation."""
    said = [mark for mark, _ in _warm_words(understanding.about_me) if mark not in before.advised]
    if not said or not answer.reply.text or answer.reply.outcome not in (ANSWERED, DECLINED, CLARIFY):
        return answer
    first = next(text for mark, text in _warm_words(understanding.about_me) if mark == said[0])
    advised = (*answer.state.advised, *said)[-MOST_MARKS:]
    reply = replace(answer.reply, text=words.paragraphs(first, answer.reply.text))
    return Answer(reply, replace(answer.state, advised=advised))


def _warm_words(said: Names) -> list[tuple[str, str]]:
    return [(f"warm:{part}:{code}", text) for (part, code), text in WARM.items() if code in said.get(part, ())]


def kept(knowledge: Knowledge, understanding: Understanding, before: DialogueState, answer: Answer) -> Answer:
    """Return the answer with the profile carried on, acknowledged once if a question came with it, and not within it.

    `before` is the state with what this message told; an answer that advises has the profile in its state already.
    """
    state = answer.state
    if state.profile or state.advised:
        return answer
    state = replace(state, profile=_with_interest(knowledge, before, understanding, answer), advised=before.advised)
    if before.said and (noted := _put_right(knowledge, understanding, answer)):  # a first message puts nothing right
        return Answer(noted, replace(state, advised=(*state.advised, ACKNOWLEDGED)))
    news = set(understanding.about_me) & WORTH_A_WORD & _of_somebody(understanding.about_me)
    if (
        not news - {ORIGIN}
        or understanding.asks_alone
        or ACKNOWLEDGED in before.advised
        or answer.reply.outcome not in words.ACKNOWLEDGED_WITH
    ):
        return Answer(answer.reply, state)
    limits = understanding.about_me.get("limits", ())
    unknown = [text for (part, code), text in UNKNOWN.items() if part == "limits" and code in limits]
    if unknown and answer.reply.outcome == DECLINED:  # "without my papers, is it free?" asks for both
        said = nor_known(unknown)
    else:
        kept_on = {part: before.profile.get(part, ()) for part in (*news, *OF_TELLING)}
        if ORIGIN in news:  # who only told where they live isn't said to be from there
            kept_on["lives"] = before.profile.get("lives", ())
        said = words.keep_in_mind(person_of(knowledge, kept_on))
    reply = replace(answer.reply, text=words.paragraphs(answer.reply.text, said)) if said else answer.reply
    return Answer(reply, replace(state, advised=(*state.advised, ACKNOWLEDGED)))


def _of_somebody(said: Names) -> set[str]:
    """Return the parts that the person has, or whom they ask for: "is it good for a beginner?" says nothing of either."""
    own = set(said.get(OWN, ())) if "for_whom" not in said else set(said)
    return {part for part in said if part in own or part not in OF_ANYBODY}


def _put_right(knowledge: Knowledge, understanding: Understanding, answer: Answer) -> Reply | None:
    """Return the reply after a word on the wish that a message puts right ("no, online I meant. And is it recognised?")."""
    wishes = {part: values for part, values in understanding.about_me.items() if part in WISHES}
    corrects = PUT_RIGHT in understanding.asks or MEANT in understanding.back
    if not wishes or not corrects or answer.reply.outcome not in words.ACKNOWLEDGED_WITH:
        return None
    noted = words.noted(person_of(knowledge, wishes))
    return replace(answer.reply, text=words.paragraphs(noted, answer.reply.text))


def _with_interest(knowledge: Knowledge, state: DialogueState, understanding: Understanding, answer: Answer) -> Names:
    """Return the profile with the field that is asked about while advice is going on ("what about marketing instead?")."""
    named = tuple(key for key in understanding.of("field") if key not in understanding.left_out.get("field", ()))
    field = named if len(named) == 1 else ()  # of several, none is surely wanted
    corrects = MEANT in understanding.back or PUT_RIGHT in understanding.asks
    if len(named) > 1 and corrects and answer.state is not state:  # "no, not that one, I mean social media and design"
        field = answer.state.names.get("field", ())[:1]
    if understanding.brief and len(understanding.about_me.get("field", ())) > 1:
        field = ()  # two fields that are wished for, which the profile has already
    asks = understanding.intent in (REFINE, FIND_PROGRAMS, ASK_BEST_DESTINATION, ASK_BEST_TYPE)
    wished = state.profile.get("field", ())
    dropped = set(understanding.left_out.get("field", ())) & set(
        wished
    )  # "forget nursing, accounting is more my thing"
    weighed = len(wished) > 1 and set(field) <= set(wished)  # one of two that are wished for is asked about
    if weighed and understanding.intent in (ASK_ABOUT, REFINE):  # "so design then": the one that comes first now
        state = replace(
            state, profile={**state.profile, "field": (*field, *(one for one in wished if one not in field))}
        )
    told_beside = bool(set(understanding.about_me) & WORTH_A_WORD) and not wished and understanding.intent == ASK_TOPIC
    chosen = (
        field
        and (asks or told_beside or corrects and bool(understanding.left_out.get("field")))
        and not weighed
        and (state.advised or state.profile and (corrects or told_beside or dropped or understanding.intent in BEST))
    )
    profile = merged(state.profile, {"field": field}) if chosen else _without(state.profile, dropped, understanding)
    places = tuple(
        one for one in named_in(understanding).get("place", ()) if place_wanted(knowledge, {"place": (one,)})[1]
    )
    homes = {home.key for one in places if (home := place_wanted(knowledge, {"place": (one,)})[1])}
    one_place = len(homes) == 1
    at_home = {*profile.get("origin", ()), *profile.get("lives", ())}
    tells = understanding.form == STATEMENT and not understanding.brief  # "Germany was years ago" is no wish
    asks_there = not tells and (asks or understanding.intent == ASK_ABOUT or PUT_RIGHT in understanding.asks)
    if one_place and not at_home & set(places) and profile.get("field") and asks_there:
        return merged(profile, {"place": places[-1:]})
    return profile


def _without(profile: Names, dropped: set[str], understanding: Understanding) -> Names:
    """Return the profile without the fields that a message gives up; one that asks for something else keeps them."""
    if not dropped or understanding.form != STATEMENT:
        return profile
    return {**profile, "field": tuple(key for key in profile["field"] if key not in dropped)}


def passed_on(knowledge: Knowledge, before: DialogueState, answer: Answer) -> Answer:
    """Return the answer with the profile in words for staff, if this turn changed it or a person is to take over."""
    profile = answer.state.profile
    if profile == before.profile and (not profile or answer.reply.outcome != HANDOFF):
        return answer
    told = lines(person_of(knowledge, profile)) or [NOTHING_KNOWN]
    return replace(answer, reply=replace(answer.reply, profile=tuple(told)))
