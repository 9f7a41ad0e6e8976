"""Advises from the profile: what suits this person, what to do next, and the summary."""

from __future__ import annotations

import zlib
from dataclasses import replace
from string import hexdigits

from actions.advice.brief_advice import hired, nothing_more, one_thing, verdict
from actions.advice.conditions import conditions_told
from actions.advice.for_field import (
    EITHER,
    OF_TWO,
    PUT_RIGHT,
    WHICH_ONE,
    fields_of_late,
    of_own_field,
    places_of_late,
    talked_field,
)
from actions.advice.objections import beside_advice
from actions.advice.profile import (
    ASKING,
    NEVER,
    ROLE,
    field_key,
    first,
    merged,
    missing,
    named_in,
    open_question,
    place_wanted,
    seeks_no_work,
    told_now,
)
from actions.advice.profile_state import ACKNOWLEDGED, MOST_MARKS
from actions.advice.requests import (
    ADVICE,
    ADVISES,
    FIRST_STEP,
    HIRE,
    ONE,
    STEPS,
    STRAYS,
    SUMMARY,
    SURE,
    UNANSWERED,
    UNSURE,
    VERDICT,
    WISHES,
    wants_a_sentence,
    wish_for_advice,
)
from actions.advice.suggestion import goal_said, person_of, second_field, steps, suggest, suggest_for, unknown
from actions.advice.summary import sum_up
from actions.base import Answer
from actions.context import COUNTED_SHAPES, SENTENCES, DialogueState, Names, Understanding
from actions.replies.advice import questions
from actions.replies.advice import suggestion as words
from actions.replies.advice.for_field import Where, elsewhere
from actions.replies.advice.profile import Person
from actions.replies.advice.steps import first_step, own_steps, settle_field, steps_text
from actions.replies.advice.suggestion import ACCEPTS, Suggestion
from actions.replies.base import ANSWERED, PERSON, Reply, first_sentence, lower_first
from actions.replies.destinations import in_sentence
from actions.replies.fields import which_field
from core.contract.intents import (
    ASK_ADVICE,
    ASK_TOPIC,
    CHOOSE_HELP,
    SUM_UP,
    WANT_PERSON,
)
from core.contract.question_forms import STATEMENT
from core.contract.question_forms import WHERE as ASKS_WHERE
from knowledge.knowledge_base import Knowledge
from knowledge.models import TopicItem

MARK_LENGTH = 8  # letters and digits of the mark of a text that was said
# What a name is not, if it was found to be the first.
NOT_WANTED = {"work": "field", "studied": "field", "origin": "place"}
NOT_THE_WISH = ("work", "work_field", "studied", "avoid")  # parts of the profile whose field is not the one to learn
STEPS_TOLD, ASKED_AGAIN = "steps", "asked again"
MOST_FIELDS = 2  # that somebody may hesitate between
IN_SHORT = 2  # sentences of advice that is wanted short
LIKE_ME, WHAT_LEFT = "like-me", "what-left"  # codes of what a message asks
OTHER = "other"  # the question whether it may be another line of work


def advise(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return advice if the message asks for it or tells about the person, or None."""
    asks = set() if understanding.intent in NEVER else set(understanding.asks)
    if beside := beside_advice(knowledge, understanding, state):
        return beside
    several = state.act != ASK_ADVICE and (len(places_of_late(state)) > 1 or len(fields_of_late(state)) > 1)
    named = set(understanding.names) - ({"destination", "place"} if understanding.follows else set())
    if {WHICH_ONE, OF_TWO} & asks and several and not named:
        return None  # "which one do you recommend?" after two countries or fields
    if FIRST_STEP in asks and _asked_again(knowledge, understanding, state) and (step := _first_step(knowledge, state)):
        return step
    points = bool(understanding.nth) and not {SUMMARY, UNANSWERED} & asks  # "the first thing you said"
    if (
        understanding.intent == SUM_UP
        and understanding.confidence >= UNSURE
        and not points
        and WHAT_LEFT not in asks
        or {SUMMARY, UNANSWERED} & asks
    ):
        return sum_up(knowledge, understanding, state)
    wanted, seeks = understanding.wanted, ADVICE in asks or understanding.intent == ASK_ADVICE
    of_length = seeks and (wanted.short or wanted.shape in COUNTED_SHAPES and wanted.limit > 1)
    if of_length and not set(understanding.names) - WISHES and suggest(knowledge, state.profile):
        brief = replace(wanted, shape=SENTENCES, limit=IN_SHORT) if wanted.short else wanted
        return sum_up(knowledge, replace(understanding, wanted=brief), state)  # "in two sentences: what would you do?"
    if understanding.of("institution") and understanding.intent == CHOOSE_HELP and understanding.confidence < UNSURE:
        return None  # "I'm a nurse, does Humber teach this?" asks of the catalogue
    asks_where = understanding.form == ASKS_WHERE  # "where would I go for that?"
    if (
        VERDICT in asks
        and not asks_where
        and (understanding.follows or set(understanding.names) <= {"field", "industry", "type"})
    ):
        return verdict(knowledge, _taken_in(knowledge, understanding, state, asked=True), understanding.doubts)
    if HIRE in asks and (understanding.follows or set(understanding.names) <= {"destination", "place", "any"}):
        return hired(knowledge, suggest(knowledge, state.profile), state)
    of_place = understanding.follows and understanding.of("destination") and understanding.left_out
    if of_place:  # "not agribusiness. What is left?" asks of the place that is talked about
        return None
    if wish := wish_for_advice(knowledge, understanding, state):
        return give_advice(knowledge, wish, state)
    return of_own_field(knowledge, understanding, state)


def _asked_again(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> bool:
    """Return whether what to do first is wanted by itself: asked once more, in short, or before anything can be advised."""
    again = SUMMARY in understanding.asks or understanding.wanted.short or STEPS_TOLD in state.advised
    bare = not (understanding.names or understanding.about_me or understanding.further) and state.profile
    return again or bool(bare and (understanding.confidence < UNSURE or suggest(knowledge, state.profile) is None))


def _first_step(knowledge: Knowledge, state: DialogueState) -> Answer | None:
    """Return the first of the next steps by itself, which is to settle on a field if none is known; None without steps."""
    found, person = suggest(knowledge, state.profile), person_of(knowledge, state.profile)
    unknowns = unknown(knowledge, state.profile) if found and (found.programs or found.types) else []
    items = _checks(knowledge, state)
    text = first_step(own_steps(found, person, unknowns, items) if found else steps_text(items))
    if not found and state.profile and "asked:field" in state.advised:
        text = settle_field([lower_first(one.name) for one in knowledge.industries() if one.embraces])
    if not text:
        return None
    after = replace(state, act=ASK_ADVICE, offer=None).offering(WANT_PERSON)
    return Answer(Reply(text, ANSWERED, buttons=(PERSON,)), after)


def _is_mark(told: str) -> bool:
    return len(told) == MARK_LENGTH and all(character in hexdigits for character in told)


def answers_whole(answer: Answer, understanding: Understanding) -> bool:
    """Return whether advice or a summary has answered all questions of a message together."""
    return answer.state.act in (ASK_ADVICE, SUM_UP) and bool({ADVICE, SUMMARY} & set(understanding.asks))


def give_advice(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Advise from the profile and what the message adds to it; ask for the field if none is known."""
    asked, said = _asks_for_oneself(understanding), _said_now(knowledge, understanding, state)
    state = _taken_in(knowledge, understanding, state, asked)
    found = suggest(knowledge, state.profile)
    if found is None:
        return _ask_field(knowledge, understanding, state)
    if ONE in understanding.asks or wants_a_sentence(understanding):
        return one_thing(knowledge, found, state)
    said_before = _mark(words.suggestion_text(Person(), found)) in state.advised
    if said_before and (asked or understanding.form != STATEMENT) and (other := nothing_more(knowledge, found, state)):
        return other
    anew = STRAYS in understanding.asks or PUT_RIGHT in understanding.asks and not said
    anew = anew and state.act in (ASK_ADVICE, SUM_UP)
    if anew:  # it went wrong, though nothing else was named: all of it once more
        state = replace(state, advised=tuple(one for one in state.advised if not _is_mark(one)))
    question = _question(found, state, knowledge.roles())
    wants_steps = STEPS_TOLD not in state.advised and asked or STEPS in understanding.asks
    person = person_of(knowledge, state.profile)
    unknowns = unknown(knowledge, state.profile) if found.programs or found.types else []
    conditions = [one for one in conditions_told(knowledge, state.profile) if _mark(one) not in state.advised]
    parts = {
        "anew": words.again_text(Person(field=person.field, mode=person.mode, place=person.place)) if anew else "",
        "suggestion": words.suggestion_text(person, found),
        "where": words.where_text(found) if _wants_place(found, state) else "",
        "conditions": " ".join(conditions),
        "second": _second(knowledge, state, found),
        "goal": first_sentence(goal_said(knowledge, state.profile)),
        "steps": own_steps(found, person, unknowns, _checks(knowledge, state)) if wants_steps else "",
    }
    if others := _other_places(knowledge, state, found):
        parts["where"] = " ".join(filter(None, (others, words.employers_text(found))))
    if wants_steps:
        unknowns = []  # the steps say to ask for them
    asks_at_all = understanding.form != STATEMENT and not understanding.tells
    only_asks = ADVICE in understanding.asks or understanding.intent in ADVISES and (not said or asks_at_all)
    noted = "" if set(said) == {"mood"} else words.noted(person_of(knowledge, told_now(state.profile, said)))
    if state.act in (ASK_ADVICE, SUM_UP) and not only_asks:  # it goes on: only what is new
        parts = {name: text for name, text in parts.items() if _mark(text) not in state.advised}
        unknowns = [one for one in unknowns if _mark(one) not in state.advised]
        if said_before:
            parts = {"noted": noted, **{name: text for name, text in parts.items() if name != "suggestion"}}
    elif said_before and not anew:
        goal = parts["goal"] if _mark(parts["goal"]) not in state.advised else ""
        known = found.programs or found.types or found.homes or found.close or only_asks
        # Who asks for steps has it in the first of them.
        plan = words.plan_text(found, person) if known and STEPS not in understanding.asks else ""
        kept = {name: parts[name] for name in ("conditions", "steps")}
        chooses = {WHICH_ONE, ADVICE} & set(understanding.asks) and STEPS not in understanding.asks
        reason = words.reason_text(found) if chooses else ""
        parts = {"noted": noted if said and not only_asks else "", "plan": plan, "reason": reason, "goal": goal, **kept}
        unknowns = [one for one in unknowns if _mark(one) not in state.advised]
    limits = words.limits_text(unknowns)
    shown = [text for name, text in parts.items() if text and name != "steps"]
    reply = words.suggestion(person, found, [*shown, limits, parts.get("steps", "")], question)
    told = (words.suggestion_text(Person(), found), *shown, *conditions, parts.get("steps", ""), *unknowns)
    marks = [_mark(text) for text in told if text]
    advised = _advised(state, question, *marks, ACKNOWLEDGED, *([STEPS_TOLD] if wants_steps else []))
    return Answer(reply, _after(found, reply, state, advised))


def _wants_place(found: Suggestion, state: DialogueState) -> bool:
    """Return whether to tell of places: of those of the field itself, to who would go away, or where nothing else is known."""
    goes = state.profile.get("place") or first(state.profile, "goal") in ("job-abroad", "migrate")
    return bool(goes or found.homes) or not (found.programs or found.types)


def _after(found: Suggestion, reply: Reply, state: DialogueState, advised: tuple[str, ...]) -> DialogueState:
    """Return the state after advice, in which one can point at what was advised."""
    after = DialogueState(
        ASK_ADVICE, None, {"field": (found.field.field.key,)}, reply.source_keys, choices=words.named_in(found)
    )
    topic = words.topic_of(found)
    after = after.offering(ASK_TOPIC, topic=topic.key) if topic else after.offering(WANT_PERSON)
    return replace(after, profile=state.profile, advised=advised)


def _said_now(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Names:
    """Return what the message says of the person; the field of "which would you pick, for a bank?" is the one talked about."""
    said = _said(understanding, state)
    other = WHICH_ONE in understanding.asks and "field" not in understanding.about_me and talked_field(knowledge, state)
    return {part: values for part, values in said.items() if part != "field"} if other else said


def _taken_in(knowledge: Knowledge, understanding: Understanding, state: DialogueState, asked: bool) -> DialogueState:
    """Return the state with the profile after a message; who asks without a field means the one that was talked about."""
    said = {**_named_field(knowledge, understanding, state), **_said_now(knowledge, understanding, state)}
    profile, talked = merged(state.profile, said), talked_field(knowledge, state)
    told = set(said) & {"work", "lives", "origin", "level", "limits", "time", "budget", "mode", "place", "goal"}
    # Whose work is told of for whom it is: its field is not the one that was talked about.
    of_other = "for_whom" in said and {"work", "studied"} & set(said)
    # What is talked about counts more than their work or studies.
    chosen = asked and not profile.get("field") and not of_other
    if talked and (chosen or told and not field_key(knowledge, profile)):
        profile = merged(profile, {"field": (talked,)})
    return replace(state, profile=profile)


def _named_field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Names:
    """Return the one field that a message names and says nothing else of ("my boss wants me to learn data stuff")."""
    of_person = {one.rpartition("/")[2] for part in NOT_THE_WISH for one in understanding.about_me.get(part, ())}
    named = [
        key for key in understanding.of("field") if key not in of_person | set(understanding.left_out.get("field", ()))
    ]
    several = EITHER in understanding.asks and len(named) == MOST_FIELDS and not state.profile.get("field")
    return {"field": tuple(named)} if several or len(named) == 1 and not field_key(knowledge, state.profile) else {}


def _checks(knowledge: Knowledge, state: DialogueState) -> list[TopicItem]:
    """Return what to check beside asking for the price, which is a step of its own."""
    return steps(knowledge, {part: values for part, values in state.profile.items() if part != "budget"})


def _second(knowledge: Knowledge, state: DialogueState, found: Suggestion) -> str:
    """Return what there is for the other field that is wished for, unless it is the same."""
    others = [suggest_for(knowledge, state.profile, key) for key in second_field(state.profile)]
    new = [one for one in others if one and not (one.programs and set(one.programs) <= set(found.programs))]
    return words.second_wish(new)


def _other_places(knowledge: Knowledge, state: DialogueState, found: Suggestion) -> str:
    """Return what the other places have that somebody has in mind who names several, where one of them has the field."""
    keys = [value.partition("/")[2] for value in state.profile.get("place", ()) if value.startswith("destination/")]
    homes = {one.key for one in found.homes}
    if len(keys) < 2 or not homes & set(keys) or found.programs or found.types:
        return ""
    others = (knowledge.destination(key) for key in keys if key not in homes)
    return elsewhere(found.field, [Where(one.short, one) for one in others])


def _asks_for_oneself(understanding: Understanding) -> bool:
    """Return whether the message asks for advice, and doesn't only tell something."""
    return ADVICE in understanding.asks or understanding.intent == ASK_ADVICE and not understanding.tells


def _question(found: Suggestion, state: DialogueState, roles: dict[str, str]) -> str:
    """Return what to ask next: whether it may be another line of work if nothing is known for theirs, else what is missing."""
    nothing = not (found.programs or found.types or found.homes or found.near or found.field.strengths)
    if nothing and not state.profile.get("field") and f"asked:{OTHER}" not in state.advised:
        return OTHER
    if nothing and not found.close:  # where to learn it is no question then
        return ""
    delivery = f"topic:{roles.get('delivery', '')}"  # who asked for it wants to study online
    known = (*state.advised, "asked:where") if delivery in state.talked else state.advised
    return missing(state.profile, known, has_field=True)


def _mark(text: str) -> str:
    """Return a short mark of what was said, so that it isn't said again without being asked for."""
    return f"{zlib.crc32(text.encode()):08x}"


def _said(understanding: Understanding, state: DialogueState) -> Names:
    """Return what a message says of the person, with the wishes that it only names ("the UK" after a question)."""
    about_me = understanding.about_me
    if STRAYS in understanding.asks:
        return about_me
    goes_on = state.act in (ASK_ADVICE, SUM_UP) and understanding.brief or PUT_RIGHT in understanding.asks
    # "My mum wants me to do law lol" asks for nothing, and another wish is known.
    hardly = understanding.form == STATEMENT and understanding.confidence < SURE and bool(state.profile.get("field"))
    asks = understanding.intent in ADVISES and not hardly or ADVICE in understanding.asks
    if not goes_on and not asks and "avoid" not in about_me:
        return about_me
    taken = {NOT_WANTED[part] for part in about_me if part in NOT_WANTED}  # "I'm a nurse" names no field that is wanted
    long = not understanding.brief and "avoid" not in about_me and PUT_RIGHT not in understanding.asks
    if long and (
        EITHER not in understanding.asks or len(understanding.of("destination")) < 2
    ):  # "in Oslo or in Bergen"
        taken.add("place")  # in a long message, where one was or studied
    avoided = {value.rpartition("/")[2] for value in about_me.get("avoid", ())}
    if state.profile.get("field"):  # the own work that is named once more is no wish
        avoided |= {value for part in ("work_field", "work_industry") for value in state.profile.get(part, ())}
    avoided |= {value.rpartition("/")[2] for part in ("origin", "lives") for value in state.profile.get(part, ())}
    wishes = {
        part: kept
        for part, values in named_in(understanding).items()
        if part not in taken and (kept := tuple(one for one in values if one.rpartition("/")[2] not in avoided))
    }
    return {**wishes, **about_me}


def _advised(state: DialogueState, question: str, *more: str) -> tuple[str, ...]:
    """Return what advice has said and asked so far, with the question that is open now."""
    before = (one for one in state.advised if not one.startswith(ASKING))
    asked = (f"asked:{question}", f"{ASKING}{question}") if question else ()
    return tuple(dict.fromkeys((*before, *more, *asked)))[-MOST_MARKS:]


def _ask_field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
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
        advised = _advised(state, "field", ACKNOWLEDGED)
        return Answer(reply, DialogueState(ASK_ADVICE, profile=state.profile, advised=advised))
    if {"destinations", "place"} & set(understanding.attributes) and understanding.form != STATEMENT:  # "which place?"
        reply = which_field(knowledge.destinations())
        homes = tuple(one.key for one in knowledge.destinations())
        advised = _advised(state, "field", ACKNOWLEDGED)
        asked = DialogueState(ASK_ADVICE, profile=state.profile, advised=advised, choices={"destination": homes})
        return Answer(reply, asked)
    lost = again and ASKED_AGAIN in state.advised
    popular = [in_sentence(field) for one in knowledge.destinations() for field in one.fields] if lost else []
    asks = understanding.intent == ASK_ADVICE or ADVICE in understanding.asks
    wants_steps = asks and STEPS_TOLD not in state.advised and bool(state.profile) and (lost or not again)
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
    advised = _advised(
        state, "field", ACKNOWLEDGED, *([STEPS_TOLD] if wants_steps else []), *([ASKED_AGAIN] if again else [])
    )
    return Answer(reply, DialogueState(ASK_ADVICE, profile=state.profile, advised=advised))
