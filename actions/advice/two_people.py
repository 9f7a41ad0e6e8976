"""Keeps the profiles of two people apart: of who writes, and of the one whom they ask for.

A conversation is about one of them at a time, and what was told of the other is put aside until it turns to them.
"""

from __future__ import annotations

from dataclasses import replace

from actions.advice.profile import ASIDE, OF_WORK, OWN, PAST, STAFF, THIRD, WORK, first
from actions.advice.suggestion import person_of
from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.replies.advice import two_people as words
from actions.replies.advice.profile import SOMEBODY
from core.contract.intents import ASK_ADVICE, NOT_UNDERSTOOD, REFINE
from core.contract.question_forms import STATEMENT
from knowledge.knowledge_base import Knowledge

FOR_SELF, FOR_OTHER = "for-self", "for-other"  # codes of what a message asks
FOR_WHOM = "for_whom"
# What a person is and has, and no wish, so that the other one's profile can have it beside as what the writer is.
OF_A_PERSON = {"origin", "lives", *OF_WORK, "studied", "level", "situation", "limits", "age"}
FIELD, WARM = "field:", "warm:"  # before what was talked about, and what was said warmly


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
    advised = tuple(one for one in state.advised if one.startswith(WARM))
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
    if told != {ASIDE} or understanding.form != STATEMENT or understanding.further:
        return None
    aside = person_of(knowledge, _parsed(understanding.about_me[ASIDE]))
    learner = person_of(knowledge, state.profile)
    reply = words.noted_of_writer(aside, learner) if learner.of_other else words.noted_of_other(aside)
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
