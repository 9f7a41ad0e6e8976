"""Chooses for the person: one of two things that are weighed, or another one where one was refused.

What is weighed are kinds of credential and programs. The catalogue and the profile decide; nothing else is known of either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from actions.advice.for_field import FOR_ME, OF_TWO, WHICH_ONE, talked_field
from actions.advice.profile import EXCLUDED, NEVER, excluded_in, field_key, first, merged, of_learner, stays, told_now
from actions.advice.suggestion import GRADUATES, ONLINE, keeps_no_licence, of_role, person_of, suggest, unknown
from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.near_fields import near_fields
from actions.replies.advice import choice as words
from actions.replies.advice.choice import Weighed
from actions.replies.advice.suggestion import Suggestion
from core.contract.intents import (
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_TYPE,
    ASK_TOPIC,
    CHOOSE_HELP,
    COMPARE,
    FIND_PROGRAMS,
    REFINE,
    WANT_PERSON,
)
from core.contract.question_forms import OR, STATEMENT, WHY
from knowledge.knowledge_base import Knowledge
from knowledge.models import CredentialType, Program, ProgramCriteria

# Codes of what a message asks (nlu/data/about_me.yml).
ADVICE, EITHER, ASKED, PUT_RIGHT, OPINION = "advice", "either", "asked", "put-right", "opinion"
NEAREST, WHY_THIS = "nearest", "why-this"
WHAT_ELSE, WHAT_LEFT, BY_NAME, SUMMARY, UNANSWERED = "what-else", "what-left", "by-name", "summary", "unanswered"
WITHOUT, INSTITUTIONS = "without", "institutions"  # attributes
ASKS_WHERE = ("destinations", "institutions")  # the same
OFFERS = {"taught", "exists", "programs"}  # attributes of what there is for a field
BARE_WHY = "why"  # the attribute of a bare "why?" (dialogue/resolution.py)
CHOSEN = "chosen"  # among what advice has said
SUBJECT, WHERE_KINDS = ("field", "industry"), ("destination", "place")
KINDS = ("program", "type")  # what is weighed
OF_PERSON = {"field", "limits", "level", "work", "goal", "time", "budget", "mode"}
# Names that may stand beside the two.
BESIDE = {"field", "industry", "mode", "order", "destination", "place", "provider", "level"}
OWN_FIELD, NEAR_FIELD, NAMED = 3, 2, 1
MANY, MOST_WEIGHED = "many", 3  # a way of referring back, and the things of a choice
WEAK = 2  # what speaks against a thing for the person weighs as much as its being near the field


def choose(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return the choice between two or three things that the message asks for, or None if it asks for none."""
    if understanding.intent in NEVER or understanding.further or understanding.ranked_by:
        return None  # "which is more demanding?" asks for no choice
    of_fields = len(state.profile.get("field", ())) > 1 and not understanding.names and OF_TWO in understanding.asks
    if of_fields and OFFERS & set(understanding.attributes):  # "which of those has more on offer?" of two fields
        return None
    if reason := _reason_asked(knowledge, understanding, state):
        return reason
    things = _weighed(knowledge, understanding, state)
    if not things or not _asks_to_choose(understanding, state, things):
        return None
    profile = _with_field(knowledge, understanding, state)
    weighed = sorted((weigh(knowledge, kind, key, profile) for kind, key in things), key=lambda one: -one.score)
    person = person_of(knowledge, profile)
    field = knowledge.field(key) if (key := field_key(knowledge, profile)) else None
    reply = words.chosen(weighed, person, field)
    best = weighed[0]
    names: Names = {"field": (field.key,)} if field else {}
    after = DialogueState(ASK_ADVICE, None, names, reply.source_keys, choices=_choices(weighed))
    after = replace(after, profile=state.profile, advised=(*state.advised, CHOSEN))
    topic = best.topic
    return Answer(reply, after.offering(ASK_TOPIC, topic=topic.key) if topic else after.offering(WANT_PERSON))


def _reason_asked(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return what speaks for the one thing that a message asks about amid advice ("bootcamp? why?"), or None."""
    named = [(kind, key) for kind in KINDS for key in understanding.of(kind)]
    asks = understanding.form == WHY or WHY_THIS in understanding.asks
    if asks and understanding.follows and understanding.attribute == BARE_WHY and state.advised[-1:] == (CHOSEN,):
        named = [(kind, keys[0]) for kind, keys in state.choices.items() if kind in KINDS and keys][
            :1
        ]  # "why?" after it
    alone = not set(understanding.names) - {*KINDS, *SUBJECT, "provider"} and not understanding.left_out
    if not asks or len(named) != 1 or not alone or not state.advised:
        return None
    profile = _with_field(knowledge, understanding, state)
    key = field_key(knowledge, profile)
    if not key:
        return None
    weighed = weigh(knowledge, *named[0], profile)
    reply = words.why(
        weighed, knowledge.field(key), refused=WITHOUT in understanding.attributes and not understanding.follows
    )
    after = DialogueState(ASK_ADVICE, None, {"field": (key,)}, reply.source_keys, choices={named[0][0]: (named[0][1],)})
    return Answer(reply, replace(after, profile=state.profile, advised=state.advised).offering(WANT_PERSON))


def _choices(weighed: list[Weighed]) -> Names:
    """Return what was weighed by kind, that which was chosen first."""
    by_kind: dict[str, tuple[str, ...]] = {}
    for one in weighed:
        by_kind[one.kind] = (*by_kind.get(one.kind, ()), one.key)
    return by_kind


def _asks_to_choose(understanding: Understanding, state: DialogueState, things: list[tuple[str, str]]) -> bool:
    """Return whether a message asks which of the things to take: plainly, or once more after they were compared."""
    asks = set(understanding.asks)
    if {WHICH_ONE, OF_TWO} & asks or {ADVICE, OPINION} & asks and understanding.names:
        return True
    named = sum(len(understanding.of(kind)) for kind in KINDS) > 1
    of_provider = bool(understanding.of("provider")) and EITHER in asks and len(things) > 1
    if of_provider and understanding.form == OR and not named:  # "a nanodegree or the Google thing?"
        return True
    if not named or understanding.intent not in (COMPARE, ASK_BEST_TYPE, ASK_ADVICE, CHOOSE_HELP):
        return False
    for_person = FOR_ME in asks or bool(OF_PERSON & set(understanding.about_me))
    compared = [(kind, key) for kind in KINDS for key in state.names.get(kind, ())] if state.act == COMPARE else []
    again = set(things) <= set(compared) and bool({EITHER, ASKED, PUT_RIGHT} & asks)
    return for_person or again or understanding.intent != COMPARE


def _weighed(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> list[tuple[str, str]]:
    """Return the things that are to be chosen from: those that are named, or those that were talked about last."""
    out = understanding.left_out
    named = [(kind, key) for kind in KINDS for key in understanding.of(kind) if key not in out.get(kind, ())]
    if EITHER in understanding.asks and len(named) == 1:  # "something by IBM or a bootcamp, pick"
        named = [*_programs_by(knowledge, understanding), *named]
    if OPINION in understanding.asks and len(named) == 1:  # "she says a bootcamp is better. What do you think?"
        named = [*_in_focus(state, named), *named]
    others = set(understanding.names) - {*KINDS, *BESIDE}
    if others or set(understanding.attributes) & {"price", "length", "start", "destinations"}:
        return []
    if not named and {*WHERE_KINDS, *ASKS_WHERE} & set(understanding.attributes):  # "which country would you pick?"
        return []
    if len(named) > 1:
        return named
    if named or out or {"destination", "place"} & set(understanding.names) and not understanding.follows:
        return []
    for names in (state.names if state.act == COMPARE else {}, state.choices if state.act == ASK_ADVICE else {}):
        programs, kinds = names.get("program", ()), names.get("type", ())
        of_last = [("program", key) for key in programs] + [("type", key) for key in kinds[len(programs) > 0 :]]
        if 1 < len(of_last) <= 3:
            return of_last
    late = _of_late(state)
    if MANY not in understanding.back or late:
        return late
    kind = next((each for each in reversed(state.focus) if each in KINDS), "")  # "which of them would you take?"
    return [(kind, key) for key in state.focus[kind]] if kind and 1 < len(state.focus[kind]) <= MOST_WEIGHED else []


def _in_focus(state: DialogueState, named: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the one thing that was advised or talked about last, beside those that are named."""
    kinds = [kind for kind in reversed(state.focus) if kind in KINDS and state.focus[kind]]
    kinds.sort(key=KINDS.index)  # a program before its kind
    return [one for kind in kinds for one in [(kind, state.focus[kind][0])] if one not in named][:1]


def _programs_by(knowledge: Knowledge, understanding: Understanding) -> list[tuple[str, str]]:
    """Return the program that stands for a provider that is named beside something else to choose from."""
    kept = tuple(key for key in understanding.of("provider") if key not in understanding.left_out.get("provider", ()))
    found = knowledge.programs(ProgramCriteria(providers=kept)) if len(kept) == 1 else []
    return [("program", one.key) for one in found[:1]]


def _of_late(state: DialogueState) -> list[tuple[str, str]]:
    """Return the things of one kind that the last two questions were about, if each was about one."""
    last = state.queries[-2:]
    for kind in KINDS:
        keys = tuple(dict.fromkeys(key for query in last for key in query.names.get(kind, ())))
        if len(last) == 2 and len(keys) == 2 and all(query.names.get(kind) for query in last):
            return [(kind, key) for key in keys]
    return []


def _with_field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Names:
    """Return the profile with the field that the message names, or that was talked about if the person told of none."""
    profile = of_learner(state.profile)
    named = tuple(key for key in understanding.of("field") if knowledge.has_name("field", key))
    if named:
        return merged(profile, {"field": named[:1]})
    talked = talked_field(knowledge, state)
    return profile if field_key(knowledge, profile) or not talked else merged(profile, {"field": (talked,)})


@dataclass(frozen=True)
class _Wanted:
    """What the profile wants of a thing: the field, and what lies near it."""

    field: str
    near: frozenset[str]
    profile: Names


def weigh(knowledge: Knowledge, kind: str, key: str, profile: Names) -> Weighed:
    """Return what speaks for and against a kind of credential or a program for a person."""
    field = field_key(knowledge, profile)
    near = frozenset(one.key for one in near_fields(knowledge, knowledge.field_answer(field))) if field else frozenset()
    wanted = _Wanted(field, near, profile)
    if kind == "program":
        return _weigh_program(knowledge, knowledge.program(key), wanted)
    return _weigh_type(knowledge, knowledge.type(key), wanted)


def _weigh_type(knowledge: Knowledge, kind: CredentialType, wanted: _Wanted) -> Weighed:
    fields = {one.key for one in kind.fields}
    fits, score = _fit(fields, wanted)
    programs = [
        one
        for one in (knowledge.field_answer(wanted.field).programs if wanted.field else ())
        if one.type.key == kind.key
    ]
    against = _against(knowledge, kind.key, wanted.profile)
    score += NAMED * bool(programs) - WEAK * bool(against)
    return Weighed("type", kind.key, kind, None, fits, programs[0] if programs else None, against, score)


def _weigh_program(knowledge: Knowledge, program: Program, wanted: _Wanted) -> Weighed:
    kind = knowledge.type(program.type.key)
    fits, score = _fit({one.key for one in program.fields}, wanted)
    against = _against(knowledge, kind.key, wanted.profile)
    place = program.destination and f"destination/{program.destination.key}" in wanted.profile.get("place", ())
    at_home = first(wanted.profile, "mode") == ONLINE or stays(wanted.profile)
    if program.destination and at_home and not against:
        against = words.FROM_A_PLACE
    score += NAMED * bool(place) - WEAK * bool(against)
    return Weighed("program", program.key, kind, program, fits, None, against, score)


def _fit(fields: set[str], wanted: _Wanted) -> tuple[str, int]:
    """Return how fields fit what is wanted, "own", "near" or "", and what that weighs."""
    if wanted.field in fields:
        return "own", OWN_FIELD
    return ("near", NEAR_FIELD) if fields & wanted.near else ("", 0)


def _against(knowledge: Knowledge, kind: str, profile: Names) -> str:
    """Return what speaks against a kind of credential for a person, as a code of words.AGAINST, or ""."""
    if f"type/{kind}" in profile.get("avoid", ()):
        return words.NOT_WANTED
    roles = {
        role: found.key
        for role in ("for-graduates", "for-skilled", "for-licence")
        if (found := of_role(knowledge, role))
    }
    new = "beginner" in profile.get("limits", ())
    level = first(profile, "level")
    if kind == roles.get("for-graduates") and (new or level and level not in GRADUATES):
        return words.FOR_GRADUATES
    if kind == roles.get("for-skilled") and new:
        return words.FOR_SKILLED
    works = {first(profile, part) for part in ("work_field", "work_industry")} - {""}
    if kind == roles.get("for-licence") and (not works or keeps_no_licence(profile)):
        return words.FOR_LICENCE
    return ""


def offer_others(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return what else there is for the field of the person where they refuse something: "no bootcamps", "besides IBM?".

    What a statement refuses stays refused. None if the message refuses nothing of that kind, or no field is known.
    """
    if understanding.left_out and not understanding.excludes and set(understanding.instead.names) & set(EXCLUDED):
        return None  # "not Microsoft, Google" asks for the other
    refused, asks = _refused(knowledge, understanding, state), set(understanding.asks)
    beyond = {WHAT_LEFT, WHAT_ELSE} & asks and not set(understanding.names) - set(SUBJECT)
    asks_left = bool(beyond) and state.act == ASK_ADVICE
    if not (refused or asks_left) or understanding.intent in NEVER or set(understanding.names) - {*EXCLUDED, *SUBJECT}:
        return None
    if (
        state.act == FIND_PROGRAMS and WHAT_ELSE not in asks or {SUMMARY, UNANSWERED} & asks
    ):  # the search goes on without
        return None
    wanted = _field_wanted(knowledge, understanding, state)
    if not wanted:
        return None
    told = {**understanding.about_me, "avoid": (*understanding.about_me.get("avoid", ()), *refused)}
    profile = merged(state.profile, told)
    found = suggest(knowledge, {**profile, "field": (wanted,)})
    if found is None:
        return None
    if not (found.programs or found.types or found.close):  # what the industry has, which is better than nothing
        found = replace(found, close=tuple(_of_industry(knowledge, found, profile)))
    if beyond and not excluded_in(understanding) and not (found.programs or found.types or found.close or found.near):
        return None  # nothing was known to begin with
    person, unknowns = person_of(knowledge, profile), unknown(knowledge, profile)[:2]
    left = _left(knowledge, refused, state)
    shown = [one for one in refused if one.partition("/")[0] != "program"] if len(refused) > 1 else refused
    beside = WHAT_ELSE in asks and not excluded_in(understanding)  # "what else is there?" refuses nothing
    reply = words.instead(person_of(knowledge, {"avoid": tuple(shown)}), person, found, unknowns, left, beside)
    named: Names = {"type": tuple(kind.key for kind in left)} if left else words.named_in(found)
    after = DialogueState(ASK_ADVICE, None, {"field": (wanted,)}, reply.source_keys, choices=named)
    # "Apart from badges, what else?" refuses none, "not IBM. Is there another?" does.
    only_beside = (WHAT_ELSE in asks or understanding.form != STATEMENT) and not (
        understanding.says_no and excluded_in(understanding)
    )
    kept = merged(state.profile, understanding.about_me) if only_beside else profile
    return Answer(reply, replace(after, profile=kept, advised=(*state.advised, CHOSEN)).offering(WANT_PERSON))


def _of_industry(knowledge: Knowledge, found: Suggestion, profile: Names) -> Iterator[Program]:
    """Yield the programs of the areas of the industry that a field belongs to, without those that are refused."""
    out = {value.partition("/")[2] for value in profile.get("avoid", ())}
    areas = [industry for industry in found.field.industries if industry.embraces]
    for field in knowledge.industry_fields(areas[0].key) if areas else ():
        for program in knowledge.field_answer(field.key).programs:
            if not out & {program.key, program.type.key, program.provider.key if program.provider else ""}:
                yield program


def _refused(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> list[str]:
    """Return the kinds, programs and providers that a message leaves out; those advised last if it only asks what else."""
    refused = excluded_in(understanding)
    beyond = WHAT_ELSE in understanding.asks and not set(understanding.names) - set(SUBJECT)
    if refused or not beyond or state.act not in (ASK_ADVICE, ASK_ABOUT, ASK_TOPIC, FIND_PROGRAMS):
        return refused
    shown = state.choices if state.act == ASK_ADVICE else {"program": state.focus.get("program", ())}
    programs = [key for key in shown.get("program", ()) if knowledge.has_name("program", key)]
    kinds = [*shown.get("type", ()), *(knowledge.program(key).type.key for key in programs)]
    return [*(f"program/{key}" for key in programs), *(f"type/{key}" for key in dict.fromkeys(kinds))]


def _field_wanted(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> str:
    """Return the field that the message names and doesn't exclude, else the person's, else that which was talked about."""
    named = [key for key in understanding.of("field") if key not in understanding.left_out.get("field", ())]
    of_person, talked = field_key(knowledge, state.profile), talked_field(knowledge, state)
    told = bool(state.profile.get("field"))  # and not only their work or studies
    others = (*named, of_person, talked) if told else (*named, talked, of_person)
    return next((key for key in others if key and knowledge.has_name("field", key)), "")


def _left(knowledge: Knowledge, refused: list[str], state: DialogueState) -> list[CredentialType]:
    """Return the kinds that were compared or chosen from last and are not refused, if one of them is."""
    asked = state.queries[-1].names if state.queries else {}
    last = state.names if state.act == COMPARE else state.choices if state.act == ASK_ADVICE else asked
    kinds = last.get("type", ())
    if len(kinds) < 2 or not {f"type/{key}" for key in kinds} & set(refused):
        return []
    return [knowledge.type(key) for key in kinds if f"type/{key}" not in refused]


def name_programs(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return the programs by name for the field that is talked about, if the message asks for a name; None otherwise."""
    others = set(understanding.names) - {*SUBJECT, "provider", *WHERE_KINDS}
    goes_on = understanding.intent == REFINE and understanding.bare and state.advised[-1:] == (BY_NAME,)
    nearest = NEAREST in understanding.asks and not understanding.names  # "what is the closest thing you have?"
    asks = BY_NAME in understanding.asks or nearest or goes_on  # "and for hotel work?"
    of_whom = INSTITUTIONS in understanding.attributes and not understanding.of("field")  # "the names of the colleges"
    if not asks or understanding.intent in NEVER or others or understanding.further or of_whom:
        return None
    wanted = _field_wanted(knowledge, understanding, state)
    if not wanted:
        return None
    known = wanted in state.profile.get("field", ())  # one of two, of which neither is given up
    named = {"field": (wanted,)} if understanding.of("field") and not known else {}
    profile = merged(state.profile, {**understanding.about_me, **named})
    found = suggest(knowledge, {**profile, "field": (wanted,)})
    if found is None:
        return None
    beside = {part: values for part, values in understanding.about_me.items() if part != "field"}
    reply = words.by_name(found, words.told(person_of(knowledge, told_now(state.profile, beside))), nearest)
    after = DialogueState(ASK_ADVICE, None, {"field": (wanted,)}, reply.source_keys, choices=words.named_in(found))
    return Answer(reply, replace(after, profile=profile, advised=(*state.advised, BY_NAME)).offering(WANT_PERSON))


def between_institutions(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say what is known where two institutions are to be chosen from: nothing that tells them apart; None otherwise."""
    keys = [key for key in understanding.of("institution") if knowledge.has_name("institution", key)]
    there = (
        understanding.of("destination") if understanding.follows and INSTITUTIONS in understanding.attributes else ()
    )
    if (
        WHICH_ONE in understanding.asks and len(there) == 1 and not keys
    ):  # "which of these universities would you pick?"
        keys = [one.key for one in knowledge.destination(there[0]).institutions]
    compares = understanding.intent == COMPARE or {WHICH_ONE, OF_TWO, EITHER} & set(understanding.asks)
    if len(keys) < 2 or not compares or set(understanding.names) - {"institution", *SUBJECT, *WHERE_KINDS}:
        return None
    wanted = _field_wanted(knowledge, understanding, state)
    field = knowledge.field_answer(wanted) if wanted else None
    by = "" if understanding.of("field") else understanding.ranked_by  # "which is nearer to nursing?"
    reply = words.institutions([knowledge.institution(key) for key in keys[:3]], field, by)
    names: Names = {"institution": tuple(keys), **({"field": (wanted,)} if wanted else {})}
    after = DialogueState(COMPARE, None, names, reply.source_keys)
    return Answer(reply, replace(after, profile=state.profile, advised=state.advised).offering(WANT_PERSON))
