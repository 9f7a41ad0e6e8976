"""Tells whether a message asks for advice, or says something of the person that leads to it."""

from __future__ import annotations

from dataclasses import replace

from actions.advice.for_field import PUT_RIGHT, WHICH_ONE
from actions.advice.profile import NEVER, OWN, field_key
from actions.context import COUNTED_SHAPES, DialogueState, Understanding
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
    FIND_PROGRAMS,
    GIVE_CONTACT,
    NOT_UNDERSTOOD,
    OUT_OF_SCOPE,
    REFINE,
    SUM_UP,
    THANK,
    WANT_PERSON,
)
from core.contract.question_forms import STATEMENT
from knowledge.knowledge_base import Knowledge

ADVISES = (ASK_ADVICE, CHOOSE_HELP)
# What a message asks for, whatever it was taken for (nlu/data/about_me.yml), and what it is never asked beside.
SUMMARY, UNANSWERED, ADVICE, ONE, HIRE, STRAYS, STEPS, VERDICT = (
    *("summary", "unanswered", "advice", "one", "hire"),
    *("strays", "steps", "verdict"),
)
COMPLAINS = ("complain", "disagree")
ASIDE = ("small_talk", OUT_OF_SCOPE, THANK)  # what a message may sound like that asks for advice at its end
# What these say of the person counts more than what they were taken for; a topic only if it is not sure.
GIVES_WAY, SURE = (REFINE, NOT_UNDERSTOOD, ASK_ABOUT, ASK_TOPIC, AFFIRM, DENY), 0.6
OF_TOPICS = (ASK_TOPIC, ASK_RECOGNITION)  # what asks of a topic rather than for a recommendation
ASKS_WHERE = (ASK_BEST_DESTINATION, ASK_BEST_TYPE, FIND_PROGRAMS, ASK_RECOGNITION)
MOODS = ("complain", "disagree", "abuse", "small_talk", "ask_language")
GUESS = 0.03  # probability from which a topic may be what was asked
UNSURE = 0.4  # confidence below which a message that names an institution asks of that
KEEPS_ITS_ANSWER = (WANT_PERSON, GIVE_CONTACT, FIND_PROGRAMS, COMPARE, SUM_UP)
THINGS = {"institution", "provider", "program"}  # a question that names one asks for facts of it
WHERE_ELSE = {"institutions", "without"}  # attributes of "universities outside Canada" (nlu/data/attributes.yml)
TELLING = {"work", "level", "goal", "age", "budget", "time", "situation", "limits", "for_whom"}  # parts beside a wish
WISHES = {"field", "industry", "destination", "place", "mode"}
FIRST_STEP = "first-step"  # the same: what to do first, and nothing after it
SUITS = "suits"  # a code of what a message asks
MEANT = "meant"  # a way of referring back (nlu/extraction/references.py)
NEW_CAREER = "new-career"  # code of a goal


def wish_for_advice(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Return the message as a request for advice if it asks for that or tells about the person, else None."""
    asks = set() if understanding.intent in NEVER else set(understanding.asks)
    asks_of_thing = THINGS & set(understanding.names) and understanding.attributes and not understanding.tells
    if understanding.further and understanding.intent == ASK_TOPIC and _share(understanding) >= SURE:
        return None  # "Please advise: 1) which kinds are there 2) is it online": each question has its own answer
    one = ONE in asks or wants_a_sentence(understanding)
    if understanding.intent in ADVISES and not asks_of_thing or one and understanding.intent == SUM_UP:
        hint = _hinted_field(understanding)
        return replace(understanding, about_me={**understanding.about_me, "field": hint}) if hint else understanding
    if asks_of_its_own(understanding):
        return None  # "retired teacher, I'd like to go to Oslo. Am I too old?": the age is what is asked
    if len(understanding.of("destination")) > 1 and {ADVICE, WHICH_ONE} & asks and not understanding.tells:
        return None  # "Oslo or Bergen, which would you pick?" is answered for the places
    of_country = understanding.intent == ASK_BEST_DESTINATION and "destinations" in understanding.attributes
    if of_country and WHICH_ONE in asks and not understanding.tells:
        return None  # "which country would you pick?" asks for no kind of credential
    if understanding.intent in COMPLAINS and WHICH_ONE in asks and not understanding.names:
        return replace(understanding, intent=ASK_ADVICE)  # "that's not what I asked. Which one?"
    aside = (
        understanding.intent in ASIDE
        and (one or {ADVICE, STEPS} & asks)
        or understanding.intent == NOT_UNDERSTOOD
        and one
    )
    if aside and set(understanding.names) <= WISHES and (state.profile or state.talked):
        return replace(understanding, intent=ASK_ADVICE)  # "it rains again. So what is the one thing to do?"
    if SUITS in asks and len(understanding.of("field")) == 1 and set(understanding.names) <= {"field", "industry"}:
        field = understanding.of("field")  # "is educational leadership something for me?"
        return replace(understanding, intent=ASK_ADVICE, about_me={**understanding.about_me, "field": field})
    if hint := _hinted_field(understanding) or _other_field(understanding, state):
        return replace(understanding, about_me={**understanding.about_me, "field": hint})
    if _wishes_two(understanding, state) or _changes_career(understanding, state):
        return understanding
    puts_place_right = _puts_place_right(understanding, state)
    if not puts_place_right and (_goes_on(understanding, state) or _tells(understanding, state)):
        return understanding
    if _wishes_for_what_none_has(knowledge, understanding, state):
        field = understanding.about_me.get("field") or understanding.of("field")[:1]
        return replace(understanding, about_me={**understanding.about_me, "field": field})
    if _seeks_something(understanding):  # "for my sister, she likes accounting. Is there something online?"
        return understanding
    if _wishes_beside(understanding, state):  # "online only. Is there any such course?"
        return understanding
    open_to_all = not set(understanding.names) - WISHES and bool(state.profile or state.talked)
    chosen = set(understanding.names) <= {*WISHES, *THINGS, "type"} and bool(state.profile or state.talked)
    if STEPS in asks and chosen:  # "fine, I'll do the Google one. What next?"
        return replace(understanding, intent=ASK_ADVICE)
    pointed = {"type", "program"} if understanding.follows else set()
    of_wishes = not set(understanding.names) - WISHES - pointed
    if WHICH_ONE in asks and of_wishes and state.advised and (open_to_all or understanding.about_me):
        return replace(understanding, intent=ASK_ADVICE, tells=False)
    of_whom = "institutions" in understanding.attributes and {"destination", "place"} & set(understanding.names)
    if ADVICE in asks and not of_whom and _leaves_open(understanding, state):
        return understanding
    says_again = (
        understanding.form == STATEMENT or understanding.intent not in ANSWERING
    )  # "I said nights, so when?" asks
    puts_right = {PUT_RIGHT, STRAYS} & asks and says_again and _puts_right(understanding, state)
    return understanding if puts_right else None


def _hinted_field(understanding: Understanding) -> tuple[str, ...]:
    """Return the field that one who tells of their work hints at and asks nothing about: "I teach maths. Maybe AI?"."""
    said = understanding.about_me
    own = {key for part in ("work_field", "work_industry", "studied") for key in said.get(part, ())}
    named = understanding.of("field")
    others = tuple(key for key in named if key not in own)
    guess = understanding.intent == ASK_TOPIC and not understanding.is_answerable and _share(understanding) < UNSURE
    guess = guess or understanding.intent in ADVISES and understanding.confidence < UNSURE
    only_tells = understanding.form == STATEMENT and not understanding.further and set(understanding.names) <= WISHES
    hints = guess and only_tells and "work" in said and "field" not in said and len(others) == 1
    return others if hints and named[-1:] == others and not understanding.left_out else ()


def _other_field(understanding: Understanding, state: DialogueState) -> tuple[str, ...]:
    """Return the field that a message amid advice asks for instead, and nothing else: "and what about design?"."""
    bare = understanding.bare and understanding.intent == REFINE and not understanding.left_out
    amid = state.act in (ASK_ADVICE, SUM_UP) and not understanding.brief
    return understanding.of("field") if bare and amid and set(understanding.names) <= {"field", "industry"} else ()


def wants_a_sentence(understanding: Understanding) -> bool:
    """Return whether the advice is wanted in one sentence."""
    return understanding.wanted.shape in COUNTED_SHAPES and understanding.wanted.limit == 1


def asks_of_its_own(understanding: Understanding) -> bool:
    """Return whether a message asks something that surely has an answer of its own, whatever it tells of the person."""
    asks_advice = {ADVICE, STEPS, ONE, WHICH_ONE, VERDICT, HIRE} & set(understanding.asks)
    if understanding.form in ("", STATEMENT) or understanding.intent not in OF_TOPICS or asks_advice:
        return False
    best = max((one.fit for one in understanding.claims), default=0.0)
    return _share(understanding) >= UNSURE or best >= SURE


def _wishes_for_what_none_has(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> bool:
    """Return whether the message only tells a wish for a field that a search would find no program in."""
    searches = understanding.intent == FIND_PROGRAMS and state.act != FIND_PROGRAMS and not understanding.left_out
    named = understanding.of("field")
    if (
        searches
        and len(named) == 1
        and "work" in understanding.about_me
        and set(understanding.names) <= {"field", "industry"}
    ):
        return not knowledge.field_answer(named[0]).programs  # "mechanic, 20. What can I learn in automation?"
    if not searches or not understanding.tells:
        return False
    key = field_key(knowledge, understanding.about_me) if "field" in understanding.about_me else ""
    return bool(key) and not knowledge.field_answer(key).programs


def _changes_career(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether the message tells which line of work is left for which field: "from retail into cybersecurity"."""
    said, asked = understanding.about_me, {*understanding.attributes} & {"price", "start", "length", "institutions"}
    told = bool(said.get("field")) and NEW_CAREER in said.get("goal", ()) and not asked
    compares = understanding.intent in (*NEVER, COMPARE) or {"type", "destination"} & set(understanding.names)
    return told and not compares and not understanding.further and state.act != FIND_PROGRAMS


def _seeks_something(understanding: Understanding) -> bool:
    """Return whether a message tells a wish and whose it is, and asks no more than whether there is something for it."""
    said, asked = set(understanding.about_me), set(understanding.attributes)
    told = "field" in said and bool(said & {"for_whom", "work", "goal", "level", "age"})
    exists = "exists" in asked and asked <= {"exists", "taught", "mode", "other"}
    return told and exists and understanding.intent in GIVES_WAY and set(understanding.names) <= WISHES


def _wishes_beside(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether a message amid advice tells a condition and asks no more than whether there is something like that."""
    told = {"mode", "limits", "time", "budget"} & set(understanding.about_me)
    asked = set(understanding.attributes) <= {"exists", "programs", "only", "taught", "mode", "other"}
    vague = understanding.intent in GIVES_WAY and _share(understanding) < UNSURE
    return (
        bool(told and state.advised)
        and asked
        and vague
        and set(understanding.names) <= {"mode"}
        and not understanding.further
    )


def _puts_place_right(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether a message only names another place for the last question ("no, not abroad. In the UK")."""
    last = state.queries[-1] if state.queries else None
    asked_where = last is not None and last.intent == ASK_BEST_DESTINATION and state.act == ASK_BEST_DESTINATION
    places = set(understanding.names) <= {"destination", "place"} and bool(understanding.names)
    return asked_where and places and MEANT in understanding.back


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
    if state.act == ASK_TOPIC and understanding.left_out and not understanding.about_me:
        return False  # "not for the nurses, I mean for the clinic" asks the last question of somebody else
    if understanding.intent == COMPARE and any(len(keys) > 1 for keys in understanding.names.values()):
        return False  # "no, I meant the difference between Oslo and Bergen"
    if (
        not named
        and not understanding.about_me
        and understanding.intent == ASK_TOPIC
        and _share(understanding) >= GUESS
    ):
        return False  # "easier, I said, not more": of a question, and not of what was told
    again = advising or state.act == COMPARE or understanding.intent not in ANSWERING and bool(state.advised)
    return again and named <= WISHES and bool(named or understanding.about_me or advising and state.profile)


def _share(understanding: Understanding) -> float:
    return understanding.confidence * understanding.topics[0].share if understanding.topics else 0.0


def _goes_on(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether a brief message goes on with advice: an answer to its question, or a correction of what was told."""
    if state.act not in (ASK_ADVICE, SUM_UP) or not understanding.brief or understanding.intent in KEEPS_ITS_ANSWER:
        return False
    if understanding.follows and understanding.intent in ASKS_WHERE:  # "ok and in which country?"
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
    no_field = not (understanding.of("field") or state.profile.get("field") or "field" in understanding.about_me)
    if understanding.intent == ASK_TOPIC and understanding.of("type") and no_field:
        return False  # "we are a care home, looking for bootcamps": of the kind there is something to tell
    elsewhere = {"destination", "place"} & set(understanding.left_out) and understanding.of("field")
    if not state.advised and (elsewhere or set(understanding.attributes) >= WHERE_ELSE):
        return False  # "public health, but not in the UK" asks where else
    if limits and understanding.form == STATEMENT and state.profile:
        return True  # "they are no beginners" asks nothing of beginners
    sure = understanding.intent == ASK_TOPIC and _share(understanding) >= SURE
    if sure and set(understanding.about_me) <= {"goal", OWN}:
        return False  # "I'd rather do a degree. Convince me": what is asked says the aim
    return not sure or bool(state.advised)


def _opens(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether a conversation begins with who somebody is and what they wish to learn, whatever it was taken for."""
    said = set(understanding.about_me)
    told = "field" in said and bool(said & TELLING)
    asks = understanding.further or understanding.form != STATEMENT or understanding.intent in (*NEVER, COMPARE)
    return told and understanding.tells and not asks and not state.queries
