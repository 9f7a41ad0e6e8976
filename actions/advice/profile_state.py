"""Carries what a person told from turn to turn, and takes it in with a few words where something else is answered.

A conversation is about one person at a time: the writer, or the one whom they ask for. What was told of the other one is put
aside until it turns to them.
"""

from __future__ import annotations

from dataclasses import replace

from actions.advice.for_field import PUT_RIGHT
from actions.advice.profile import (
    ASIDE,
    NEVER,
    OF_WORK,
    OWN,
    PAST,
    STAFF,
    THIRD,
    WORK,
    first,
    merged,
    named_in,
    place_wanted,
)
from actions.advice.suggestion import UNKNOWN, person_of
from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.replies.advice import suggestion as words
from actions.replies.advice import two_people
from actions.replies.advice.profile import NOTHING_KNOWN, SOMEBODY, WARM, lines, nor_known
from actions.replies.base import ANSWERED, CLARIFY, DECLINED, HANDOFF, Reply, paragraphs
from core.contract.intents import (
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_BEST_TYPE,
    ASK_TOPIC,
    FIND_PROGRAMS,
    NOT_UNDERSTOOD,
    REFINE,
)
from core.contract.question_forms import STATEMENT
from knowledge.knowledge_base import Knowledge

ACKNOWLEDGED = "acknowledged"  # among what advice has said: what was told has been taken in
MOST_MARKS = 40  # of what advice has said and asked
MEANT = "meant"  # a way of referring back (nlu/extraction/references.py)
BEST = (ASK_BEST_DESTINATION, ASK_BEST_TYPE)  # who asks for the best one for a field is interested in it
WISHES = {"mode", "limits", "time", "place", "budget"}  # parts that a correction may be of
TOLD = {"age", "work", "origin", "studied", "level", "situation", "goal", "limits", "budget"}
FOR_SELF, FOR_OTHER = "for-self", "for-other"  # codes of what a message asks
FOR_WHOM = "for_whom"
# What a person is and has, and no wish, so that the other one's profile can have it beside as what the writer is.
OF_A_PERSON = {"origin", "lives", *OF_WORK, "studied", "level", "situation", "limits", "age"}
FIELD, SAID_WARMLY = "field:", "warm:"  # before what was talked about, and what was said warmly


def warmly(understanding: Understanding, before: DialogueState, answer: Answer) -> Answer:
    """Return the answer with a few warm words for what the person finds hard, once in a conversation."""
    own = understanding.about_me.get(OWN, ())  # what is hard for a client is hard for nobody who writes
    theirs = {part for part in understanding.about_me if before.profile.get("for_whom") and part not in (*own, "mood")}
    felt = {part: codes for part, codes in understanding.about_me.items() if part not in theirs}
    said = [mark for mark, _ in _warm_words(felt) if mark not in before.advised]
    if not said or not answer.reply.text or answer.reply.outcome not in (ANSWERED, DECLINED, CLARIFY):
        return answer
    first = next(text for mark, text in _warm_words(understanding.about_me) if mark == said[0])
    advised = (*answer.state.advised, *said)[-MOST_MARKS:]
    reply = replace(answer.reply, text=paragraphs(first, answer.reply.text))
    return Answer(reply, replace(answer.state, advised=advised))


def _warm_words(said: Names) -> list[tuple[str, str]]:
    return [(f"warm:{part}:{code}", text) for (part, code), text in WARM.items() if code in said.get(part, ())]


def kept(knowledge: Knowledge, understanding: Understanding, before: DialogueState, answer: Answer) -> Answer:
    """Return the answer with the profile carried on, and what else isn't known where it declines; no more is said of it.

    `before` is the state with what this message told; an answer that advises has the profile in its state already.
    """
    state = answer.state
    if state.profile or state.advised:
        return answer
    state = replace(state, profile=_with_interest(knowledge, before, understanding, answer), advised=before.advised)
    if before.said and (noted := _put_right(knowledge, understanding, answer)):  # a first message puts nothing right
        return Answer(noted, replace(state, advised=(*state.advised, ACKNOWLEDGED)))
    limits = understanding.about_me.get("limits", ())
    unknown = [text for (part, code), text in UNKNOWN.items() if part == "limits" and code in limits]
    of_somebody = OWN in understanding.about_me or "for_whom" in understanding.about_me
    if not (unknown and of_somebody) or ACKNOWLEDGED in before.advised or answer.reply.outcome != DECLINED:
        return Answer(answer.reply, state)
    # "without my papers, is it free?" asks for both
    reply = replace(answer.reply, text=paragraphs(answer.reply.text, nor_known(unknown)))
    return Answer(reply, replace(state, advised=(*state.advised, ACKNOWLEDGED)))


def _put_right(knowledge: Knowledge, understanding: Understanding, answer: Answer) -> Reply | None:
    """Return the reply after a word on the wish that a message puts right ("no, online I meant. And is it recognised?")."""
    wishes = {part: values for part, values in understanding.about_me.items() if part in WISHES}
    corrects = PUT_RIGHT in understanding.asks or MEANT in understanding.back
    if not wishes or not corrects or answer.reply.outcome not in words.ACKNOWLEDGED_WITH:
        return None
    noted = words.noted(person_of(knowledge, wishes))
    return replace(answer.reply, text=paragraphs(noted, answer.reply.text))


def _with_interest(knowledge: Knowledge, state: DialogueState, understanding: Understanding, answer: Answer) -> Names:
    """Return the profile with the field that is asked about while advice is going on ("what about marketing instead?")."""
    named = tuple(key for key in understanding.of("field") if key not in understanding.left_out.get("field", ()))
    field: tuple[str, ...] = named if len(named) == 1 else ()  # of several, none is surely wanted
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
    told_beside = bool(set(understanding.about_me) & TOLD) and not wished and understanding.intent == ASK_TOPIC
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


def turned_to(understanding: Understanding, state: DialogueState) -> tuple[Understanding, DialogueState]:
    """Return a message and the state with the profile of whom it turns to: the writer, or once more the other one.

    "And for him?" asks for advice then; what was talked about with the one is nothing that the other one wishes.
    """
    profile, said = state.profile, understanding.about_me
    whom, aside = first(profile, FOR_WHOM), _parsed(profile.get(ASIDE, ()))
    returns = FOR_OTHER in understanding.asks or said.get(FOR_WHOM) == aside.get(FOR_WHOM)
    if whom and whom != STAFF and FOR_SELF in understanding.asks and FOR_WHOM not in said:
        turned = _of_writer(profile)
    elif not whom and aside.get(FOR_WHOM) and returns:
        turned = _of_other(profile, aside)
    else:
        return understanding, state
    if understanding.intent in (NOT_UNDERSTOOD, REFINE) and not understanding.names:
        understanding = replace(understanding, intent=ASK_ADVICE, back=())
    advised = tuple(one for one in state.advised if one.startswith(SAID_WARMLY))
    talked = tuple(one for one in state.talked if not one.startswith(FIELD))
    fresh = replace(state, names={}, choices={}, focus={}, queries=(), advised=advised, talked=talked)
    return understanding, replace(fresh, profile=turned)


def with_aside(profile: Names, said: Names) -> tuple[Names, Names]:
    """Return the profile and what is said without what the writer tells of themselves and is known of the other one.

    "I'm 25, by the way" after a brother of 14 changes nothing of him, and is put aside until the talk turns to the writer.
    """
    if FOR_WHOM in said or first(profile, FOR_WHOM) == STAFF:
        return profile, said
    if not first(profile, FOR_WHOM):
        return _of_third(profile, said)
    own = set(said.get(OWN, ()))
    parts = own | ({*OF_WORK} if WORK in own else set())
    clash = any(part in profile and part not in profile.get(OWN, ()) for part in parts)
    if not clash:
        return profile, said
    mine = {**_parsed(profile.get(ASIDE, ())), **{part: said[part] for part in parts if part in said}}
    kept = {part: values for part, values in said.items() if part not in parts and part != OWN}
    return {**profile, ASIDE: _written(mine)}, kept


def _of_third(profile: Names, said: Names) -> tuple[Names, Names]:
    """Return both without the work of somebody else, whom nobody asks for yet: "he's a plumber, by the way"."""
    if f"{THIRD}{WORK}" not in said.get(OWN, ()) or WORK not in profile.get(OWN, ()):
        return profile, said
    theirs = {part: values for part, values in said.items() if part in OF_WORK}
    kept = {part: values for part, values in said.items() if part not in (*OF_WORK, PAST, OWN)}
    return {**profile, ASIDE: _written({FOR_WHOM: (SOMEBODY,), **theirs})}, kept


def note_aside(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Take in what the writer only tells of themselves while the talk is of somebody else; None otherwise."""
    told = set(understanding.about_me)
    if told != {ASIDE} or understanding.intent in NEVER or understanding.form != STATEMENT or understanding.further:
        return None
    aside = person_of(knowledge, _parsed(understanding.about_me[ASIDE]))
    learner = person_of(knowledge, state.profile)
    reply = two_people.noted_of_writer(aside, learner) if learner.of_other else two_people.noted_of_other(aside)
    return Answer(reply, replace(state, offer=None))


def both_profiles(profile: Names) -> tuple[Names, Names] | None:
    """Return the profile of the writer and that of the one whom they ask for, or None if nothing is known of one of them."""
    aside = _parsed(profile.get(ASIDE, ()))
    if aside.get(FOR_WHOM):
        return {part: values for part, values in profile.items() if part != ASIDE}, aside
    if first(profile, FOR_WHOM) in ("", STAFF) or not (profile.get(OWN) or aside):
        return None
    mine = _of_writer(profile)
    return {part: values for part, values in mine.items() if part != ASIDE}, profile


def _of_writer(profile: Names) -> Names:
    own = set(profile.get(OWN, ()))
    own |= {*OF_WORK} if WORK in own else set()
    mine = {part: values for part, values in profile.items() if part in own}
    theirs = {part: values for part, values in profile.items() if part not in own and part not in (OWN, ASIDE)}
    return {**mine, **_parsed(profile.get(ASIDE, ())), ASIDE: _written(theirs)}


def _of_other(profile: Names, aside: Names) -> Names:
    """Return the profile of the one who was put aside, with what the writer is beside it."""
    theirs = {*aside, *(OF_WORK if WORK in aside else ())}  # a plumber works in no clinic, though the writer does
    mine = {part: values for part, values in profile.items() if part in OF_A_PERSON and part not in theirs}
    clash = {part: values for part, values in profile.items() if part not in mine and part not in (ASIDE, OWN)}
    return {**mine, **aside, OWN: tuple(sorted(mine)), **({ASIDE: _written(clash)} if clash else {})}


def _written(parts: Names) -> tuple[str, ...]:
    return tuple(f"{part}={value}" for part, values in parts.items() for value in values)


def _parsed(aside: tuple[str, ...]) -> Names:
    parts: dict[str, tuple[str, ...]] = {}
    for one in aside:
        part, _, value = one.partition("=")
        parts[part] = (*parts.get(part, ()), value)
    return parts
