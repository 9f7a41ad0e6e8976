"""Resolves references to earlier questions: "and X?", "no, I meant X", "why?", a reply to a question back."""

from __future__ import annotations

from dataclasses import replace

from actions.advice.profile import open_question
from actions.context import CATALOGUE_KINDS, OPEN, DialogueState, Names, Query, Ranked, Understanding, group_of
from actions.dialogue.kept_state import START_OVER, THINGS
from actions.dialogue.resolution import (
    AND,
    ASK_SOURCE,
    CREDENTIAL,
    HOW_SURE,
    MANY,
    MEANT,
    ONE,
    ORGANISATION,
    PUT_RIGHT,
    SUBJECT,
    SURELY,
    WHERE,
    WHY,
    last_query,
)
from actions.facts.attributes import PLAIN
from actions.programs.criteria import (
    Change,
)
from core.contract.intents import (
    AFFIRM,
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
    NOT_UNDERSTOOD,
    OUT_OF_SCOPE,
    REFINE,
    WANT_PERSON,
)
from core.contract.question_forms import HOW_LONG, HOW_MUCH, STATEMENT, WHAT, YES_NO
from core.contract.question_forms import WHY as ASKS_WHY
from knowledge.knowledge_base import Knowledge

FIELD, OFFERED_BY, TAUGHT = "field", "providers", "taught"
OF_WHERE = ("institutions", "fields")  # attributes of what a place has, asked once more of another place
FACTS = set(PLAIN)  # attributes that are asked once more of what takes the place of a thing
BEGIN, NO_COMPARISON = "start-over", "no-compare"  # codes of what a message asks (nlu/data/about_me.yml)
FOR_ME, OF_TWO, ASKS_WHY_AMID = "for-me", "of-two", "asks-why"
SMALL_TALK, KNOW_ABOUT, WHAT_ELSE = "small_talk", "know-about", "what-else"
# The roles of the topics that tell of a fact in general, and the forms in which it is asked for.
ROLE_OF_FACT = {"price": "prices", "length": "length", "workload": "workload", "recognition": "recognition"}
ASKS_FACT = (YES_NO, HOW_MUCH, HOW_LONG, WHAT)
ACCEPTED = ("recognition", "by-industry", "employers")  # roles of topics about who accepts a credential
VAGUE = 0.3  # confidence below which a question about a topic is a guess
MAY_BE = 0.1  # share from which a topic may be meant
MISREAD_AS_BEGINNING = (START_OVER, DENY, REFINE, NOT_UNDERSTOOD, AFFIRM, "take_back")
# Kinds by which the last search goes on, whatever was asked in between: "not IBM".
SEARCHED_BY = {*CREDENTIAL, *ORGANISATION, "mode"}


def about_named(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "I'm a cook, and I'd like to know about badges" as the question about the kind that it names."""
    kinds = {kind: keys for kind, keys in understanding.names.items() if kind in CREDENTIAL}
    taken_for = understanding.intent in (FIND_PROGRAMS, ASK_ADVICE, CHOOSE_HELP, NOT_UNDERSTOOD)
    if KNOW_ABOUT not in understanding.asks or not taken_for or not kinds or understanding.left_out:
        return None
    return replace(understanding, intent=ASK_ABOUT, names=kinds, tells=False)


def only_other(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "I said no bootcamps! What about nanodegrees?" as the question about the one that isn't left out."""
    out = understanding.left_out
    kept = {kind: tuple(key for key in understanding.of(kind) if key not in out.get(kind, ())) for kind in CREDENTIAL}
    kept = {kind: keys for kind, keys in kept.items() if keys}
    leaves_out = set(out) & set(CREDENTIAL)
    taken_for = understanding.intent == COMPARE or understanding.intent == REFINE and PUT_RIGHT in understanding.asks
    if not taken_for or not leaves_out or sum(map(len, kept.values())) != 1:
        return None
    return replace(understanding, intent=ASK_ABOUT, names=kept, left_out={}, manner="", asks=())


def reply_to_question(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take a bare name, or a word that may be one, as the answer to the question that was put back."""
    asked = state.asked
    names = understanding.names if understanding.bare else understanding.maybe
    if asked is None and FIELD in understanding.maybe and open_question(state) == FIELD:  # advice asked for it
        return replace(understanding, intent=REFINE, names={FIELD: understanding.maybe[FIELD]}, maybe={})
    if asked is None or not names or understanding.left_out:
        return None
    if asked.intent in (ASK_BEST_DESTINATION, ASK_ADVICE) and not set(names) & set(SUBJECT):
        return None
    if asked.intent == FIND_PROGRAMS or state.act == asked.intent and understanding.bare:  # it goes on by itself
        return replace(understanding, intent=REFINE, names=names) if understanding.maybe else None
    return replace(understanding, intent=asked.intent, names={**asked.names, **names}, maybe={})


def word_that_may_be_name(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState
) -> Understanding | None:
    """Take "and it?", or "no, I meant it", for the name that the question before has one of, or that is talked of."""
    last = last_query(state)
    corrects = MEANT in understanding.back or PUT_RIGHT in understanding.asks
    if not understanding.maybe or understanding.nth or not (AND in understanding.back or corrects) or last is None:
        return None
    if corrects and set(understanding.maybe) <= set(SUBJECT) and (set(last.names) & set(WHERE) or state.profile):
        return replace(understanding, intent=REFINE, names=understanding.maybe, maybe={}, bare=True)
    fitting = {kind: keys for kind, keys in understanding.maybe.items() if set(group_of(kind)) & set(last.names)}
    return replace(understanding, intent=REFINE, names=fitting, maybe={}, bare=True) if fitting else None


def fact_in_general(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "will it be expensive for a teacher?", which is like no question that is known, as the question for its price."""
    roles = knowledge.roles()
    code = next((one for one in understanding.attributes if one in ROLE_OF_FACT), "")
    role = roles.get(ROLE_OF_FACT.get(code, ""))
    refers = understanding.intent == REFINE and not understanding.names and {MANY, ONE} & set(understanding.back)
    unclear = understanding.intent == NOT_UNDERSTOOD or bool(refers)
    lost = unclear or understanding.topic == roles.get("anything-else") and understanding.intent == ASK_TOPIC
    if not role or not lost or understanding.form not in ASKS_FACT or understanding.further or understanding.unknown:
        return None
    topics = (Ranked(role, 1.0), *understanding.topics[1:])
    return replace(understanding, intent=ASK_TOPIC, topics=topics, attributes=(code,), claims=(), second=None)


def asks_why(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take a bare "why?" as the question for the reasons of the last answer."""
    if (
        WHY not in understanding.back
        and not _why_that(understanding, state)
        or WHY in understanding.back
        and understanding.names
    ):
        return None
    understanding = replace(understanding, names={})
    topics = (Ranked(state.topic, 1.0),) if state.topic else ()
    return replace(understanding, intent=ASK_SOURCE, topics=topics, attribute=WHY)


def asks_how_sure(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "how sure are you of what you said on Canada?" as the question for the source of that, and not as one on Canada."""
    clear = understanding.intent == ASK_TOPIC and understanding.confidence >= SURELY
    if HOW_SURE not in understanding.asks or clear or understanding.further:
        return None
    return replace(understanding, intent=ASK_SOURCE, attribute="")


def _why_that(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether a message asks why the answer was what it names ("why only Oslo?"), and nothing beside."""
    named = {kind: set(keys) for kind, keys in understanding.names.items()}
    if understanding.intent == AFFIRM and understanding.form == ASKS_WHY:  # "y"
        return not _waits_for_yes(state)
    guessed = understanding.intent == ASK_ABOUT and understanding.confidence < VAGUE  # "why do you pick Oslo?"
    lost = guessed or understanding.intent in (REFINE, NOT_UNDERSTOOD)
    amid = ASKS_WHY_AMID in understanding.asks and lost  # "ok. y Oslo tho"
    plain = understanding.form == ASKS_WHY and set(understanding.attributes) <= {"only"} and bool(named)
    return (plain or amid and bool(named)) and all(
        keys <= set(state.focus.get(kind, ())) for kind, keys in named.items()
    )


def _waits_for_yes(state: DialogueState) -> bool:
    """Return whether something was asked or offered; a person is offered beside any answer, and counts where there was none."""
    offered = (state.offer or {}).get("intent", WANT_PERSON) != WANT_PERSON or (state.topic or "").startswith(OPEN)
    return offered or state.asked is not None or state.act == ASK_ADVICE and bool(open_question(state))


def takes_back(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "start over" within a search as the end of all its criteria, and else as the end of all that was told."""
    named = set(understanding.names) - {"any"}
    if (
        BEGIN in understanding.asks
        and understanding.intent in MISREAD_AS_BEGINNING
        and not named
        and not understanding.about_me
    ):
        understanding = replace(understanding, intent=START_OVER)
        if state.act != FIND_PROGRAMS:
            return understanding
    if understanding.intent == START_OVER and state.act == FIND_PROGRAMS:
        return replace(understanding, intent=REFINE, names={"any": ("all",)})
    return None


def compares_nothing(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "no, not compare, just tell me what Canada has" as the question about what it names."""
    if NO_COMPARISON not in understanding.asks or understanding.intent != COMPARE:
        return None
    names = {kind: keys for kind, keys in understanding.names.items() if kind in THINGS}
    if names:
        return replace(understanding, intent=ASK_ABOUT, names=names, left_out={}, manner="", asks=())
    last = last_query(state)
    if last is None:
        return None
    topics = (Ranked(last.topic, 1.0),) if last.topic else understanding.topics
    intent = last.intent if last.intent != COMPARE else ASK_ABOUT
    return replace(understanding, intent=intent, names=last.names, topics=topics, left_out={}, manner="")


def avoids_place(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "Canada is rather far" as the question where else the field in focus is popular."""
    avoided = {value.partition("/")[2] for value in understanding.about_me.get("avoid", ())}
    homes = {value for part in ("lives", "origin") for value in understanding.about_me.get(part, ())}
    named = {
        kind: tuple(key for key in keys if f"{kind}/{key}" not in homes)
        for kind, keys in understanding.names.items()
        if kind in CATALOGUE_KINDS  # and no dates: "I hated the winter there"
    }
    named = {kind: keys for kind, keys in named.items() if keys}  # "... Anything closer? I live in Spain"
    places = {kind: keys for kind, keys in named.items() if kind in WHERE}
    only_avoided = bool(places) and named == places and all(set(keys) <= avoided for keys in places.values())
    fields = (*state.focus.get("field", ()), *state.profile.get("field", ()))
    field = tuple(one for one in fields if f"field/{one}" not in state.profile.get("avoid", ()))
    plain = understanding.tells or set(understanding.attributes) <= {"other", "exists"}  # "too far. Closer?"
    sure = understanding.intent == ASK_TOPIC and understanding.confidence >= SURELY and not understanding.tells
    only_avoided = only_avoided and plain and not sure and not understanding.left_out
    all_out = understanding.left_out == places and understanding.form == STATEMENT
    excludes = bool(places) and named == places and (understanding.excludes or all_out)  # "and if not Germany?"
    known = set(state.choices.get("destination", ())) | set(state.focus.get("destination", ()))
    of_it = TAUGHT in understanding.attributes and understanding.form == WHAT  # "what else does Oslo have?"
    further = (
        WHAT_ELSE in understanding.asks
        and not of_it
        and named == places
        and set(places.get("destination", ())) <= known
    )
    excludes = excludes or further and bool(places)  # "Oslo? That is far. Anything closer?"
    if not (only_avoided or excludes) or not field or "/" in field[0] or state.act == FIND_PROGRAMS:
        return None
    return replace(understanding, intent=ASK_BEST_DESTINATION, names={"field": field[:1], **places}, left_out=places)


def weighs(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "haha. But maybe a bootcamp is better for me?" as a question about what it names, and not as chat or nothing."""
    kinds, unclear = set(understanding.names), understanding.intent in (NOT_UNDERSTOOD, OUT_OF_SCOPE, SMALL_TALK)
    vague = understanding.intent == ASK_TOPIC and understanding.confidence < VAGUE
    between_fields = OF_TWO in understanding.asks and len(understanding.of(FIELD)) > 1  # answered for both
    if (
        between_fields
        or not (unclear or vague)
        or FOR_ME not in understanding.asks
        or not kinds
        or not kinds <= {*CREDENTIAL, *SUBJECT}
    ):
        return None
    return replace(understanding, intent=COMPARE if kinds & set(CREDENTIAL) else ASK_ADVICE)


def hard_to_get(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "is it difficult?" about a visa as a question about visas, and not about courses."""
    roles = knowledge.roles()
    visas = {roles[role] for role in ("visa", "visa-rules") if role in roles}
    difficult, of_places = roles.get("difficulty"), "destinations" in understanding.attributes
    likely = [one.key for one in understanding.topics[:3] if one.share >= MAY_BE]
    if difficult not in likely or state.topic not in visas or understanding.names or understanding.topic in visas:
        return None
    return replace(
        understanding,
        intent=ASK_TOPIC,
        topics=(Ranked(roles["visa-rules" if of_places and "visa-rules" in roles else "visa"], 1.0),),
        second=None,
        is_answerable=True,
        claims=(),
    )


def goes_on_searching(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "forget the price" or "not IBM" as a change of the last search, after something else was asked in between."""
    last = next((query for query in reversed(state.queries) if query.intent == FIND_PROGRAMS), None)
    named = set(understanding.names)
    changes = named == {"any"} or understanding.excludes and named and named <= SEARCHED_BY
    if not changes or state.act == FIND_PROGRAMS or last is None:
        return None
    criteria = Change.of(understanding).apply_to(last.names)
    out = {kind[1:]: keys for kind, keys in criteria.items() if kind.startswith("-")}
    wanted = {kind: keys for kind, keys in criteria.items() if not kind.startswith("-")}
    names = {kind: (*wanted.get(kind, ()), *out.get(kind, ())) for kind in {**wanted, **out}}
    return replace(understanding, intent=FIND_PROGRAMS, names=names, left_out=out, manner="", second=None)


def swapped(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask the last question about what the message names instead ("and nursing at Auckland?", "no, I meant the UK")."""
    last, names = last_query(state), understanding.instead.names
    if not understanding.bare or last is None or understanding.excludes or understanding.adds or understanding.second:
        return None
    kinds = set(names)
    if kinds & {"mode", "order", "any", "level"} or not kinds <= set(THINGS):
        return None
    facts = FACTS & set(last.attributes) if last.intent == ASK_ABOUT and last.topic is None else set()
    if facts and _same_groups(last.names, names) and not FACTS & set(understanding.attributes):
        asked = tuple(one for one in last.attributes if one in facts)
        again = replace(understanding.instead, intent=ASK_ABOUT, topics=(), attributes=asked, form=last.form)
        return replace(again, names={**_without(last.names, names), **names})
    asked_set = next((one for one in last.attributes if one in OF_WHERE), "")
    if last.intent == ASK_ABOUT and kinds <= set(WHERE) and asked_set and not last.topic:
        attributes, kept = (asked_set,), _without(last.names, names)  # "which unis?" - "and in the UK?"
        kept = {kind: keys for kind, keys in kept.items() if kind in SUBJECT}
        again = replace(understanding.instead, intent=ASK_ABOUT, attributes=attributes, names={**kept, **names})
        return again if asked_set == OF_WHERE[0] else replace(again, form=last.form)
    if last.intent == ASK_ABOUT and kinds <= set(CREDENTIAL) and OFFERED_BY in last.attributes and not last.topic:
        return replace(understanding.instead, intent=ASK_ABOUT, attributes=(OFFERED_BY,), form=last.form)
    if last.intent == ASK_BEST_DESTINATION:
        return _swapped_destination(knowledge, understanding.instead, last, state)
    if last.intent == ASK_ABOUT and (together := _together(last.names, names)):
        return replace(understanding.instead, intent=ASK_ABOUT, names=together)
    if last.intent == ASK_TOPIC and (last.topic or "").startswith(OPEN) and kinds <= set(WHERE):
        return replace(understanding.instead, intent=REFINE, topics=(Ranked(last.topic or "", 1.0),))
    of_any = not last.names and FACTS & set(last.attributes) and kinds <= {*CREDENTIAL, *ORGANISATION}
    if last.intent == ASK_TOPIC and (_same_groups(last.names, names) or of_any):  # "how long?" - "and a bootcamp?"
        return replace(
            understanding.instead,
            intent=ASK_TOPIC,
            topics=(Ranked(last.topic or "", 1.0),),
            names={**_without(last.names, names), **names},
            attributes=tuple(one for one in last.attributes if one in FACTS) or understanding.attributes,
        )
    roles = knowledge.roles()
    accepting = "recognition" in last.attributes or last.topic in {roles.get(role) for role in ACCEPTED}
    accepted = last.intent == ASK_TOPIC and accepting
    if accepted and kinds <= set(SUBJECT):  # "do employers value them?" - "and in medicine?"
        return replace(understanding.instead, intent=ASK_RECOGNITION)
    of_thing = {kind: keys for kind, keys in last.names.items() if kind in CREDENTIAL}
    if (
        last.intent == ASK_RECOGNITION and kinds <= set(WHERE) and of_thing
    ):  # "is the badge accepted in Peru?" - "and Chile?"
        return replace(understanding.instead, intent=ASK_RECOGNITION, names={**of_thing, **names})
    if last.intent == ASK_RECOGNITION and state.act != ASK_RECOGNITION:
        return replace(understanding.instead, intent=ASK_RECOGNITION)
    if last.intent == ASK_BEST_TYPE and kinds <= set(SUBJECT) and state.act != ASK_BEST_TYPE:
        return replace(understanding.instead, intent=ASK_BEST_TYPE)
    return None


def _swapped_destination(
    knowledge: Knowledge, understanding: Understanding, last: Query, state: DialogueState
) -> Understanding | None:
    """Ask for the best destination of another field, or whether another destination has the field."""
    kinds = set(understanding.names)
    subject = {kind: last.names[kind] for kind in SUBJECT if kind in last.names}
    outside = kinds == {"place"} and knowledge.place(understanding.of("place")[0]).destination is None
    if outside:
        return replace(understanding, intent=ASK_ABOUT, names={**subject, **understanding.names})
    named_where = bool(set(last.names) & set(WHERE))  # "health in Canada?", "and the UK?"
    again = state.act != ASK_BEST_DESTINATION or named_where
    if kinds == {"institution"} and subject:  # "do they teach it there?" - "and at KU Leuven?"
        return replace(
            understanding, intent=ASK_ABOUT, names={**subject, **understanding.names}, attributes=("taught",)
        )
    if kinds <= set(WHERE) and subject and again:
        return replace(understanding, intent=ASK_BEST_DESTINATION, names={**subject, **understanding.names})
    if kinds <= set(SUBJECT) and state.act != ASK_BEST_DESTINATION:
        return replace(understanding, intent=ASK_BEST_DESTINATION)
    return None


def _same_groups(before: Names, now: Names) -> bool:
    return all(set(group_of(kind)) & set(before) for kind in now)


def _without(before: Names, now: Names) -> Names:
    """Return the names whose places nothing takes."""
    return {kind: keys for kind, keys in before.items() if not set(group_of(kind)) & set(now)}


def _together(before: Names, now: Names) -> Names | None:
    """Return what a question about named things becomes with other names, or None if these are another subject.

    An organisation and a place go only with each other if both are named now: RMIT after Canada asks about RMIT alone.
    """
    if _same_groups(before, now):
        return {**_without(before, now), **now} if len(before) > 1 else None
    kept = _without(before, now)
    if set(now) & {*WHERE, *ORGANISATION}:
        kept = {kind: keys for kind, keys in kept.items() if kind in SUBJECT}
    elif set(now) <= set(SUBJECT):
        kept = {kind: keys for kind, keys in kept.items() if kind in ORGANISATION}
    else:
        return None
    return {**kept, **now} if kept else None
