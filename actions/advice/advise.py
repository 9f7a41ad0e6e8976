"""Advises from the profile: what suits this person, what to do next, and the summary."""

from __future__ import annotations

import zlib
from dataclasses import replace
from string import hexdigits

from actions.advice.brief_advice import hired, nothing_more, one_thing
from actions.advice.conditions import conditions_told
from actions.advice.for_field import (
    OF_TWO,
    PUT_RIGHT,
    WHICH_ONE,
    fields_of_late,
    of_own_field,
    places_of_late,
    talked_field,
)
from actions.advice.profile import (
    ASKING,
    field_key,
    merged,
    missing,
    named_in,
    open_question,
    place_wanted,
    told_now,
)
from actions.advice.profile_state import ACKNOWLEDGED, MOST_MARKS
from actions.advice.suggestion import goal_said, person_of, second_field, steps, suggest, suggest_for, unknown
from actions.advice.summary import sum_up
from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.replies.advice import suggestion as words
from actions.replies.advice.profile import Person
from actions.replies.advice.steps import own_steps, steps_text
from actions.replies.advice.suggestion import Suggestion
from actions.replies.base import Reply, first_sentence
from actions.replies.destinations import in_sentence
from core.contract.intents import (
    AFFIRM,
    ANSWERING,
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_BEST_TYPE,
    ASK_RECOGNITION,
    ASK_TOPIC,
    CHOOSE_HELP,
    COMPARE,
    DENY,
    DISTRESS,
    FEEL_LOW,
    FIND_PROGRAMS,
    GIVE_CONTACT,
    NOT_UNDERSTOOD,
    REFINE,
    SUM_UP,
    WANT_PERSON,
)
from core.contract.question_forms import STATEMENT
from knowledge.knowledge_base import Knowledge
from knowledge.models import TopicItem

ADVISES = (ASK_ADVICE, CHOOSE_HELP)
# What a message asks for, whatever it was taken for (nlu/data/about_me.yml), and what it is never asked beside.
SUMMARY, ADVICE, ONE, HIRE, STRAYS, STEPS = "summary", "advice", "one", "hire", "strays", "steps"
NEVER = (DISTRESS, FEEL_LOW, WANT_PERSON, GIVE_CONTACT)
MARK_LENGTH = 8  # letters and digits of the mark of a text that was said
# What these say of the person counts more than what they were taken for; a topic only if it is not sure.
GIVES_WAY, SURE = (REFINE, NOT_UNDERSTOOD, ASK_ABOUT, ASK_TOPIC, AFFIRM, DENY), 0.6
ASKS_WHERE = (ASK_BEST_DESTINATION, ASK_BEST_TYPE, FIND_PROGRAMS, ASK_RECOGNITION)
MOODS = ("complain", "disagree", "abuse", "small_talk", "ask_language")
UNSURE = 0.4  # confidence below which a message that names an institution asks of that
KEEPS_ITS_ANSWER = (WANT_PERSON, GIVE_CONTACT, FIND_PROGRAMS, COMPARE, SUM_UP)
# What a name is not, if it was found to be the first.
NOT_WANTED = {"work": "field", "studied": "field", "origin": "place"}
THINGS = {"institution", "provider", "program"}  # a question that names one asks for facts of it
WHERE_ELSE = {"institutions", "without"}  # attributes of "universities outside Canada" (nlu/data/attributes.yml)
TELLING = {"work", "level", "goal", "age", "budget", "time", "situation", "limits", "for_whom"}  # parts beside a wish
WISHES = {"field", "industry", "destination", "place", "mode"}
STEPS_TOLD, ASKED_AGAIN = "steps", "asked again"
NEW_CAREER = "new-career"  # code of a goal
OTHER = "other"  # the question whether it may be another line of work


def advise(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return advice if the message asks for it or tells about the person, or None."""
    asks = set() if understanding.intent in NEVER else set(understanding.asks)
    several = len(places_of_late(state)) > 1 or len(fields_of_late(state)) > 1
    named = set(understanding.names) - ({"destination", "place"} if understanding.follows else set())
    if {WHICH_ONE, OF_TWO} & asks and several and not named:
        return None  # "which one do you recommend?" after two countries or fields
    if understanding.intent == SUM_UP and understanding.confidence >= UNSURE or SUMMARY in asks:
        return sum_up(knowledge, understanding, state)
    if understanding.of("institution") and understanding.intent == CHOOSE_HELP and understanding.confidence < UNSURE:
        return None  # "I'm a nurse, does Humber teach this?" asks of the catalogue
    if HIRE in asks and (understanding.follows or not understanding.names):
        return hired(knowledge, suggest(knowledge, state.profile), state)
    asks_of_thing = THINGS & set(understanding.names) and understanding.attributes and not understanding.tells
    if understanding.intent in ADVISES and not asks_of_thing or ONE in asks and understanding.intent == SUM_UP:
        return give_advice(knowledge, understanding, state)
    if _wishes_two(understanding, state) or _changes_career(understanding, state):
        return give_advice(knowledge, understanding, state)
    if _goes_on(understanding, state) or _tells(understanding, state):
        return give_advice(knowledge, understanding, state)
    if _wishes_for_what_none_has(knowledge, understanding, state):
        return give_advice(knowledge, understanding, state)
    open_to_all = not set(understanding.names) - WISHES and bool(state.profile or state.talked)
    chosen = set(understanding.names) <= {*WISHES, *THINGS, "type"} and bool(state.profile or state.talked)
    if STEPS in asks and chosen:  # "fine, I'll do the Google one. What next?"
        return give_advice(knowledge, replace(understanding, intent=ASK_ADVICE), state)
    if WHICH_ONE in asks and open_to_all and state.advised and not understanding.follows:
        return give_advice(knowledge, replace(understanding, intent=ASK_ADVICE, tells=False), state)
    if ADVICE in asks and _leaves_open(understanding, state):
        return give_advice(knowledge, understanding, state)
    says_again = (
        understanding.form == STATEMENT or understanding.intent not in ANSWERING
    )  # "I said nights, so when?" asks
    if {PUT_RIGHT, STRAYS} & asks and says_again and _puts_right(understanding, state):
        return give_advice(knowledge, understanding, state)
    return of_own_field(knowledge, understanding, state)


def _wishes_for_what_none_has(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> bool:
    """Return whether the message only tells a wish for a field that a search would find no program in."""
    searches = understanding.intent == FIND_PROGRAMS and state.act != FIND_PROGRAMS and not understanding.left_out
    if not searches or not understanding.tells:
        return False
    key = field_key(knowledge, understanding.about_me) if "field" in understanding.about_me else ""
    return bool(key) and not knowledge.field_answer(key).programs


def _changes_career(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether the message tells which line of work is left for which field: "from retail into cybersecurity"."""
    said, asked = understanding.about_me, {*understanding.attributes} & {"price", "start", "duration", "institutions"}
    told = bool(said.get("field")) and NEW_CAREER in said.get("goal", ()) and not asked
    compares = understanding.intent in (*NEVER, COMPARE) or {"type", "destination"} & set(understanding.names)
    return told and not compares and not understanding.further and state.act != FIND_PROGRAMS


def _wishes_two(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether the message tells of two fields and nothing else: "maybe AI or data science"."""
    several = len(understanding.about_me.get("field", ())) > 1
    return several and understanding.tells and set(understanding.names) <= WISHES and state.act != FIND_PROGRAMS


def _leaves_open(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether a request for advice names nothing else that it is about ("where do I even start?")."""
    sure = _share(understanding) >= SURE and understanding.intent == ASK_TOPIC
    compares = any(len(keys) > 1 for kind, keys in understanding.names.items() if kind in ("type", "destination"))
    about_person = bool(understanding.about_me or state.profile or WHICH_ONE in understanding.asks and state.talked)
    if understanding.attribute in ("destination", "place") and understanding.of("field"):  # "what country for AI?"
        return False
    pointed = {"program", "type"} if understanding.follows and WHICH_ONE in understanding.asks else set()
    return not compares and (about_person or not sure) and set(understanding.names) <= {*WISHES, "order", *pointed}


def _puts_right(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether the message says a wish again or corrects it ("I told you: AI", "half of it isn't data")."""
    named = set(understanding.names) | set(understanding.left_out)
    advising = state.act in (ASK_ADVICE, SUM_UP)
    again = advising or state.act == COMPARE or understanding.intent not in ANSWERING and bool(state.advised)
    return again and named <= WISHES and bool(named or understanding.about_me or advising and state.profile)


def _is_mark(told: str) -> bool:
    return len(told) == MARK_LENGTH and all(character in hexdigits for character in told)


def _share(understanding: Understanding) -> float:
    return understanding.confidence * understanding.topics[0].share if understanding.topics else 0.0


def answers_whole(answer: Answer, understanding: Understanding) -> bool:
    """Return whether advice or a summary has answered all questions of a message together."""
    return answer.state.act in (ASK_ADVICE, SUM_UP) and bool({ADVICE, SUMMARY} & set(understanding.asks))


def _goes_on(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether a brief message goes on with advice: an answer to its question, or a correction of what was told."""
    if state.act not in (ASK_ADVICE, SUM_UP) or not understanding.brief or understanding.intent in KEEPS_ITS_ANSWER:
        return False
    named = set(understanding.names) | set(understanding.left_out)
    return bool(named or understanding.about_me) and named <= WISHES


def _tells(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether the message only tells about the person, and what it was taken for can give way to that."""
    told = {"work", "for_whom", "situation", "age"} & set(understanding.about_me)
    if told and understanding.tells and understanding.intent in ASKS_WHERE and not state.queries:
        # "Electrician in Manila, I want to go abroad": who they are, before where to go.
        return not understanding.left_out
    if _opens(understanding, state):
        return True
    limits = {"limits", "level", "time", "budget"} & set(understanding.about_me)
    if limits and understanding.tells and understanding.brief and understanding.intent in MOODS:
        return True  # "English is bad" is no complaint
    narrows = understanding.intent == REFINE and state.act == FIND_PROGRAMS  # "online" goes on with the search
    if not understanding.tells or understanding.intent not in GIVES_WAY or narrows:
        return False
    elsewhere = {"destination", "place"} & set(understanding.left_out) and understanding.of("field")
    if not state.advised and (elsewhere or set(understanding.attributes) >= WHERE_ELSE):
        return False  # "public health, but not in the UK" asks where else
    sure = understanding.intent == ASK_TOPIC and _share(understanding) >= SURE
    return not sure or bool(state.advised)


def _opens(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether a conversation begins with who somebody is and what they wish to learn, whatever it was taken for."""
    said = set(understanding.about_me)
    told = "field" in said and bool(said & TELLING)
    asks = understanding.further or understanding.form != STATEMENT or understanding.intent in (*NEVER, COMPARE)
    return told and understanding.tells and not asks and not state.queries


def give_advice(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Advise from the profile and what the message adds to it; ask for the field if none is known."""
    asked, said = _asks_for_oneself(understanding), _said_now(knowledge, understanding, state)
    state = _with_profile(knowledge, state, said, asked)
    found = suggest(knowledge, state.profile)
    if found is None:
        return _ask_field(knowledge, understanding, state)
    if ONE in understanding.asks:
        return one_thing(knowledge, found, state)
    said_before = _mark(words.suggestion_text(Person(), found)) in state.advised
    if said_before and (asked or understanding.form != STATEMENT) and (other := nothing_more(knowledge, found, state)):
        return other
    anew = STRAYS in understanding.asks or PUT_RIGHT in understanding.asks and not said
    anew = anew and state.act in (ASK_ADVICE, SUM_UP)
    if anew:  # it went wrong, though nothing else was named: all of it once more
        state = replace(state, advised=tuple(one for one in state.advised if not _is_mark(one)))
    question = _question(found, state)
    wants_steps = STEPS_TOLD not in state.advised and asked or STEPS in understanding.asks
    person = person_of(knowledge, state.profile)
    unknowns = unknown(knowledge, state.profile) if found.programs or found.types else []
    conditions = [one for one in conditions_told(knowledge, state.profile) if _mark(one) not in state.advised]
    parts = {
        "anew": words.again_text(Person(field=person.field, mode=person.mode, place=person.place)) if anew else "",
        "suggestion": words.suggestion_text(person, found),
        "where": words.where_text(found),
        "conditions": " ".join(conditions),
        "second": _second(knowledge, state, found),
        "goal": first_sentence(goal_said(knowledge, state.profile)),
        "steps": own_steps(found, person, unknowns, _checks(knowledge, state)) if wants_steps else "",
    }
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
        plan = words.plan_text(found, person) if STEPS not in understanding.asks else ""  # the first step says so
        kept = {name: parts[name] for name in ("conditions", "steps")}
        parts = {"noted": noted if said and not only_asks else "", "plan": plan, "goal": goal, **kept}
        unknowns = [one for one in unknowns if _mark(one) not in state.advised]
    limits = words.limits_text(unknowns)
    shown = [text for name, text in parts.items() if text and name != "steps"]
    reply = words.suggestion(person, found, [*shown, limits, parts.get("steps", "")], question)
    told = (words.suggestion_text(Person(), found), *shown, *conditions, parts.get("steps", ""), *unknowns)
    marks = [_mark(text) for text in told if text]
    advised = _advised(state, question, *marks, ACKNOWLEDGED, *([STEPS_TOLD] if wants_steps else []))
    return Answer(reply, _after(found, reply, state, advised))


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


def _with_profile(knowledge: Knowledge, state: DialogueState, said: Names, asked: bool) -> DialogueState:
    """Return the state with the profile after a message; who asks without a field means the one that was talked about."""
    profile, talked = merged(state.profile, said), talked_field(knowledge, state)
    if talked and asked and not field_key(knowledge, profile):
        profile = merged(profile, {"field": (talked,)})
    return replace(state, profile=profile)


def _checks(knowledge: Knowledge, state: DialogueState) -> list[TopicItem]:
    """Return what to check beside asking for the price, which is a step of its own."""
    return steps(knowledge, {part: values for part, values in state.profile.items() if part != "budget"})


def _second(knowledge: Knowledge, state: DialogueState, found: Suggestion) -> str:
    """Return what there is for the other field that is wished for, unless it is the same."""
    others = [suggest_for(knowledge, state.profile, key) for key in second_field(state.profile)]
    new = [one for one in others if one and not (one.programs and set(one.programs) <= set(found.programs))]
    return words.second_wish(new)


def _asks_for_oneself(understanding: Understanding) -> bool:
    """Return whether the message asks for advice, and doesn't only tell something."""
    return ADVICE in understanding.asks or understanding.intent == ASK_ADVICE and not understanding.tells


def _question(found: Suggestion, state: DialogueState) -> str:
    """Return what to ask next: whether it may be another line of work if nothing is known for theirs, else what is missing."""
    nothing = not (found.programs or found.types or found.homes or found.near or found.field.strengths)
    if nothing and not state.profile.get("field") and f"asked:{OTHER}" not in state.advised:
        return OTHER
    return missing(state.profile, state.advised, has_field=True)


def _mark(text: str) -> str:
    """Return a short mark of what was said, so that it isn't said again without being asked for."""
    return f"{zlib.crc32(text.encode()):08x}"


def _said(understanding: Understanding, state: DialogueState) -> Names:
    """Return what a message says of the person, with the wishes that it only names ("the UK" after a question)."""
    about_me = understanding.about_me
    if STRAYS in understanding.asks:
        return about_me
    goes_on = state.act in (ASK_ADVICE, SUM_UP) and understanding.brief or PUT_RIGHT in understanding.asks
    asks = understanding.intent in ADVISES or ADVICE in understanding.asks
    if not goes_on and not asks and "avoid" not in about_me:
        return about_me
    taken = {NOT_WANTED[part] for part in about_me if part in NOT_WANTED}  # "I'm a nurse" names no field that is wanted
    if not understanding.brief and "avoid" not in about_me and PUT_RIGHT not in understanding.asks:
        taken.add("place")  # in a long message, where one was or studied
    avoided = {value.rpartition("/")[2] for value in about_me.get("avoid", ())}
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
    roles = knowledge.roles()
    place, destination = place_wanted(knowledge, state.profile)
    told_now_where = "place" in understanding.about_me or bool({"destination", "place"} & set(understanding.names))
    if destination and destination.fields and told_now_where and not set(understanding.about_me) - {"place", "mood"}:
        reply = words.which_field_there(destination)
        advised = _advised(state, "field", ACKNOWLEDGED)
        return Answer(reply, DialogueState(ASK_ADVICE, profile=state.profile, advised=advised))
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
    new = understanding.about_me or (state.profile if "asked:field" not in state.advised else {})
    reply = words.ask_field(
        person_of(knowledge, told_now(state.profile, new)),
        [one for one in knowledge.industries() if one.embraces],
        again,
        more,
        popular,
        knowledge.topic(roles["choosing"]) if "choosing" in roles else None,
        asked_before="asked:field" in state.advised,
    )
    advised = _advised(
        state, "field", ACKNOWLEDGED, *([STEPS_TOLD] if wants_steps else []), *([ASKED_AGAIN] if again else [])
    )
    return Answer(reply, DialogueState(ASK_ADVICE, profile=state.profile, advised=advised))
