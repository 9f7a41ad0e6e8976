"""Resolves corrections, and facts asked of the thing in focus: "I meant the Canadian one", "I asked about the price"."""

from __future__ import annotations

from dataclasses import replace

from actions.attribute_topics import topic_of_attribute
from actions.context import OPEN, DialogueState, Names, Query, Ranked, Understanding, group_of
from actions.dialogue.kept_state import THINGS
from actions.dialogue.query_reference import swapped
from actions.dialogue.resolution import (
    AND,
    ASKED,
    CREDENTIAL,
    DIFFER,
    MANY,
    MEANT,
    ONE,
    ORGANISATION,
    PUT_RIGHT,
    SIMILAR,
    SUBJECT,
    THE_ONE,
    THERE,
    WHERE,
    about,
    is_later,
    last_query,
    latest,
    ranked_fact,
    where_of,
)
from actions.dialogue.thing_reference import pointed_thing, pointed_things
from actions.facts.attributes import PLAIN
from actions.facts.question import OF_A_THING
from actions.unanswered import anything_else
from core.contract.intents import (
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
    MORE,
    NOT_UNDERSTOOD,
    OUT_OF_SCOPE,
    REFINE,
    SUM_UP,
)
from core.contract.question_forms import HOW_LONG, HOW_MUCH, STATEMENT, WHEN, WHICH, YES_NO
from knowledge.knowledge_base import Knowledge

DISAGREE, COMPLAIN = "disagree", "complain"
LAST = "last"  # a position
OF_CREDENTIAL = ("programs", "institutions")  # attributes of "the certificate, not the university"
ONLY_ONE = "only-one"  # a code of what a message asks
MAY_BE = 0.15  # share from which what the guide leaves open may be meant
# Intents that a correction is taken for, and in which nothing is asked that it would have to give way to.
CORRECTING = (
    REFINE,
    MORE,
    DENY,
    NOT_UNDERSTOOD,
    OUT_OF_SCOPE,
    DISAGREE,
    COMPLAIN,
    CHOOSE_HELP,
    ASK_ABOUT,
    FIND_PROGRAMS,
)
OWN_QUESTION = OF_A_THING | {"institutions", "providers", "fields", "difference", "best", "count"}
ADVICE, EITHER = "advice", "either"  # codes of what a message asks
ASKS_FACT = (HOW_LONG, HOW_MUCH, WHEN)  # forms
# The attribute of each order, and of words that rank by the same.
OF_ORDER = {"price": "price", "duration": "length", "start": "start", "hours": "workload"}
OF_ORDER |= {"longer": "length", "more expensive": "price", "less expensive": "price"}
WITHOUT = "without"  # an attribute
SEVERAL = 2
VAGUE = 0.5  # confidence below which a topic is a guess


def puts_right(understanding: Understanding) -> bool:
    """Return whether a message corrects how an earlier one was taken."""
    return MEANT in understanding.back or bool({ASKED, PUT_RIGHT} & set(understanding.asks))


def thing_described(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the thing that was shown in place of what is said of it: "the Canadian one, how long does it take?"."""
    if EITHER in understanding.asks and (several := pointed_things(knowledge, understanding, state)):
        return replace(understanding, intent=COMPARE, names=several, left_out={}, manner="")
    said_beside = THE_ONE in understanding.back and bool(understanding.names)  # "the second one, the clinical thing"
    if THE_ONE not in understanding.back and not puts_right(understanding) and not _which_there(understanding):
        return None
    if understanding.nth and not said_beside:
        return None
    understanding = replace(understanding, nth="")
    if _names_several(understanding) or understanding.intent == ASK_BEST_DESTINATION and understanding.of("field"):
        return None  # "in which country is the one for nursing?" asks where
    things = pointed_thing(knowledge, without_own(understanding), state)
    if things is None:
        return None
    rest = {kind: keys for kind, keys in understanding.names.items() if kind not in THINGS}
    plain = replace(understanding, names=rest, left_out={}, manner="")
    if understanding.intent == COMPARE and len(next(iter(things.values()))) > 1:
        return replace(plain, names={**rest, **things})
    (kind, keys), *_ = things.items()
    before = tuple(key for key in state.focus.get(kind, ())[:1] if key not in keys)
    compares = ONE in understanding.back or understanding.intent == COMPARE  # "I meant compare it with the MIT one"
    if DIFFER in understanding.asks and before and compares:
        return replace(plain, intent=COMPARE, names={kind: (*before, *keys)})
    if _asks_itself(understanding):
        return about(knowledge, replace(plain, intent=_asking(understanding)), things, state)
    last = last_query(state)
    if last is not None and (puts_right(understanding) or _asks_same_of_another(understanding, last)):
        return once_more(plain, last, things, state)
    by_one = things.get("program", ()) if set(rest) | set(understanding.names) == {"provider"} else ()
    if len(by_one) > 1:  # "the IBM one", of which there are several
        kinds = tuple(dict.fromkeys(knowledge.program(key).type.key for key in by_one))
        return replace(plain, intent=FIND_PROGRAMS, names={**understanding.names, "type": kinds})
    return replace(plain, intent=ASK_ABOUT, names={**rest, **things})


def _asks_same_of_another(understanding: Understanding, last: Query) -> bool:
    """Return whether "and the AWS one?" asks the question before, which was asked of a credential, once more."""
    asked_fact = last.intent in (ASK_TOPIC, ASK_RECOGNITION) or bool(set(PLAIN) & set(last.attributes))
    bare = AND in understanding.back and not understanding.attributes and understanding.form == STATEMENT
    return bare and asked_fact and bool(set(CREDENTIAL) & set(last.names))


def _which_there(understanding: Understanding) -> bool:
    """Return whether a message asks which of those that were shown are in a place: "of those, which one is in Oslo?"."""
    only_where = bool(understanding.names) and set(understanding.names) <= set(WHERE)
    return only_where and MANY in understanding.back and understanding.form == WHICH and not understanding.left_out


def without_own(understanding: Understanding) -> Understanding:
    """Return the message without the fields that it only tells of the person: "I studied law, is that enough for ...?"."""
    own = {key for part in ("studied", "work_field", "work_industry") for key in understanding.about_me.get(part, ())}
    names = {
        kind: tuple(key for key in keys if kind not in SUBJECT or key not in own)
        for kind, keys in understanding.names.items()
    }
    return replace(understanding, names={kind: keys for kind, keys in names.items() if keys})


def _names_several(understanding: Understanding) -> bool:
    """Return whether a comparison names its things itself: "that's not what I asked. A badge or a bootcamp?"."""
    kinds = (*CREDENTIAL, "destination")
    return understanding.intent == COMPARE and any(len(understanding.of(kind)) > 1 for kind in kinds)


def _asks_itself(understanding: Understanding) -> bool:
    """Return whether a message asks something of a thing, beside telling which."""
    clear = understanding.intent in (ASK_TOPIC, ASK_RECOGNITION) and understanding.confidence >= VAGUE
    clear = clear and understanding.form != STATEMENT
    return clear or bool(OWN_QUESTION & set(understanding.attributes)) or bool(set(understanding.names) & {"mode"})


def _asking(understanding: Understanding) -> str:
    return understanding.intent if understanding.intent in ANSWERING else ASK_ABOUT


def once_more(understanding: Understanding, last: Query, things: Names, state: DialogueState) -> Understanding:
    """Return the last question, asked of other things; in a comparison they take the place of the one that they are like."""
    names = {
        kind: keys
        for kind, keys in last.names.items()
        if kind not in things and (kind in SUBJECT or not set(group_of(kind)) & set(things))
    }
    if set(things) & {*CREDENTIAL, *ORGANISATION}:  # of which the place or the field was but a part of the question
        names = {}
    topics = (Ranked(last.topic, 1.0),) if last.topic else ()
    of_others = (COMPARE, ASK_BEST_DESTINATION, ASK_BEST_TYPE, FIND_PROGRAMS)
    intent = (
        ASK_ABOUT
        if last.intent == COMPARE or set(things) & set(CREDENTIAL) and last.intent in of_others
        else last.intent
    )
    return replace(
        understanding,
        intent=intent,
        names={**names, **things},
        topics=topics,
        second=None,
        attributes=last.attributes,
        form=last.form or understanding.form,
        claims=(),
        is_answerable=True,
        asks=_still_asked(understanding),
        about_me={},
    )


def corrected(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask the last question of what a message puts in place of something: "no, I mean the British ones"."""
    last = last_query(state)
    advising = state.act in (ASK_ADVICE, SUM_UP) and ASKED not in understanding.asks
    if last is None or advising or not puts_right(understanding) or understanding.intent not in CORRECTING:
        return None
    if _names_several(understanding):
        return None
    kept = {kind: keys for kind, keys in understanding.instead.names.items() if kind in THINGS}
    if last.intent == COMPARE and kept and set(kept) <= set(SUBJECT):  # "for green energy, I meant"
        again = replace(understanding, intent=COMPARE, names={**last.names, **kept}, left_out={}, manner="")
        return _as_corrected(replace(again, attributes=()))
    if not kept or understanding.bare or understanding.excludes or _asks_itself(understanding) or understanding.second:
        return None
    plain = replace(understanding.instead, names=kept, left_out={}, manner="", bare=True)
    if found := swapped(knowledge, plain, state):
        return _as_corrected(found)
    places = {kind: keys for kind, keys in last.names.items() if kind in WHERE}
    if set(kept) <= set(SUBJECT) and places and last.intent in (ASK_ABOUT, ASK_BEST_DESTINATION):
        return _as_corrected(replace(plain, intent=ASK_BEST_DESTINATION, names={**places, **kept}))
    same = all(set(group_of(kind)) & set(last.names) for kind in kept)
    return once_more(plain, last, kept, state) if same and state.act != FIND_PROGRAMS else None


def asked_before(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask the question once more that a complaint counts: "you have not answered the third one"."""
    number = understanding.nth
    last = state.queries[-1:] if number == LAST else state.queries[int(number) - 1 :][:1] if number.isdigit() else ()
    if ASKED not in understanding.asks or not last or understanding.names:
        return None
    again = once_more(understanding, last[0], {}, state)
    return replace(again, nth="")


def other_of_two(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask the last question of the second of the two things that it named: "you only answered one of the two"."""
    last = last_query(state)
    if ONLY_ONE not in understanding.asks or last is None or set(understanding.names) & set(THINGS):
        return None
    kind = next((kind for kind, keys in last.names.items() if len(keys) > 1), "")
    names = {kind: last.names[kind][-1:]} if kind else {}
    return replace(once_more(understanding, last, names, state), back=(), kind="") if names else None


def question_corrected(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState
) -> Understanding | None:
    """Take "easier, I said, not more programs" as the question of what the guide leaves open, if that is likeliest."""
    best = understanding.topics[0] if understanding.topics else None
    vague = understanding.intent == ASK_TOPIC and understanding.form == STATEMENT and not understanding.is_answerable
    if not puts_right(understanding) or understanding.names or understanding.about_me or not vague or best is None:
        return None
    if not best.key.startswith(OPEN) or best.key == anything_else(knowledge) or best.share < MAY_BE:
        return None
    return replace(understanding, topics=(Ranked(best.key, 1.0),), claims=(), asks=_still_asked(understanding))


def kind_corrected(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask of the kind of thing that a correction names: "I asked about the university, not the country"."""
    asked = next(iter(understanding.attributes), "")
    if puts_right(understanding) and not understanding.names and understanding.attributes == OF_CREDENTIAL:
        return _credential_meant(understanding, state)
    if (
        not puts_right(understanding)
        or understanding.names
        or asked != "institutions"
        or WITHOUT not in understanding.attributes
    ):
        return None
    kind = "institution" if state.focus.get("institution") else where_of(state)
    if kind is None:
        return None
    plain = replace(understanding, intent=ASK_ABOUT, attributes=(), asks=_still_asked(understanding))
    return replace(plain, names={kind: state.focus[kind][:1]}, attribute="institution", claims=())


def _credential_meant(understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask the last question of the credential in focus: "I am asking about the certificate, not about universities"."""
    kind, last = latest(state, CREDENTIAL), last_query(state)
    if kind is None or last is None:
        return None
    places = {each: keys for each, keys in last.names.items() if each in WHERE}
    again = once_more(understanding, last, {kind: state.focus[kind][:1]}, state)
    return replace(again, names={**again.names, **places} if last.intent == ASK_RECOGNITION else again.names)


def _as_corrected(understanding: Understanding) -> Understanding:
    """Return a question without the words that it was put right, which lead to nothing else now."""
    about_me = {part: values for part, values in understanding.about_me.items() if part != "avoid"}
    return replace(understanding, asks=_still_asked(understanding), about_me=about_me)


def _still_asked(understanding: Understanding) -> tuple[str, ...]:
    """Return what a message asks beside putting something right."""
    return tuple(code for code in understanding.asks if code not in (ASKED, PUT_RIGHT))


def elsewhere(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask what the place that is named has of the field in focus: "is it the same in Oslo?", "anything similar there?"."""
    places = {kind: keys for kind, keys in understanding.names.items() if kind in WHERE}
    subject = latest(state, SUBJECT)
    related = {ASK_ABOUT, COMPARE, REFINE, NOT_UNDERSTOOD, FIND_PROGRAMS, ASK_BEST_DESTINATION}
    if SIMILAR not in understanding.back or not places or set(understanding.names) - {*WHERE, "any"} or not subject:
        return None
    vague = understanding.intent == ASK_TOPIC and understanding.confidence < VAGUE
    if understanding.intent not in related and not vague:
        return None
    names = {subject: state.focus[subject], **places}
    return replace(understanding, intent=ASK_BEST_DESTINATION, names=names, left_out={}, manner="", attributes=())


def fact_of_named(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask a fact of what a follow-up names: "and the ones in Oslo, are they online?"."""
    with_mode = bool(understanding.of("mode")) and set(understanding.names) - {"mode"} <= {*CREDENTIAL, *ORGANISATION}
    asked = next((one for one in understanding.attributes if one in PLAIN), "mode" if with_mode else "")
    role = topic_of_attribute(knowledge, asked)
    named = set(understanding.names) & set(THINGS)
    asks = understanding.intent == REFINE and not understanding.bare and understanding.form != STATEMENT
    if with_mode and understanding.form == YES_NO:  # "Oxford then. Online?"
        asks, understanding = understanding.intent == REFINE, replace(understanding, attributes=("mode",))
    if (
        not asks
        or not role
        or not named
        or named & set(SUBJECT)
        or understanding.left_out
        or state.act == FIND_PROGRAMS
    ):
        return None
    return replace(understanding, intent=ASK_TOPIC, topics=(Ranked(role, 1.0),))


def by_order(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask the fact that an order goes by of things that are compared: "which is faster?", "is a badge cheaper than ...?"."""
    last, order = last_query(state), next(iter(understanding.of("order")), "")
    attribute = OF_ORDER.get(order or understanding.ranked_by, "") or ranked_fact(understanding, OF_ORDER.values())
    role = topic_of_attribute(knowledge, attribute)
    things = {kind: keys for kind, keys in understanding.names.items() if kind in (*CREDENTIAL, *ORGANISATION)}
    if not things:  # "which is cheaper, Canada or Australia?", "do they have a cheaper one in Canada?"
        things = {kind: keys for kind, keys in understanding.names.items() if kind in WHERE}
    offered = {"exists", attribute} <= set(understanding.attributes) and bool(set(things) & set(WHERE))
    vague = understanding.intent in (REFINE, COMPARE, ASK_ABOUT) or understanding.confidence < VAGUE
    if not things and last is not None and last.intent == COMPARE:
        things = {kind: keys for kind, keys in last.names.items() if kind in (*CREDENTIAL, *ORGANISATION)}
    if not things and set(understanding.names) == {"order"} and understanding.form == WHICH:
        things = _two_of_late(knowledge, state)  # "and which is quicker?"
    kind = latest(state, CREDENTIAL)
    if ONE in understanding.back and EITHER in understanding.asks and kind and sum(map(len, things.values())) == 1:
        before = state.focus[kind][:1]  # "which is shorter, that or a bootcamp?"
        if kind == "program" and things.get("type"):
            kind, before = "type", (knowledge.program(before[0]).type.key,)
        things = {**things, kind: tuple(dict.fromkeys((*before, *things.get(kind, ()))))}
    compares = sum(map(len, things.values())) > 1 or set(understanding.names) == {"order"} or offered
    if not role or not things or not vague or not compares or set(understanding.names) - {"order", *things}:
        return None
    asked = replace(understanding, intent=ASK_TOPIC, topics=(Ranked(role, 1.0),), names=things, claims=())
    return replace(asked, attributes=(attribute,), form=HOW_LONG if attribute == "length" else understanding.form)


def _two_of_late(knowledge: Knowledge, state: DialogueState) -> Names:
    """Return the two kinds of credential that were chosen from, or talked about, last; else nothing."""
    for names in (state.choices, *({**one.names} for one in reversed(state.queries[-1:])), state.focus):
        programs = [knowledge.program(key).type.key for key in names.get("program", ())]
        kinds = tuple(dict.fromkeys((*programs, *names.get("type", ()))))
        if len(kinds) == SEVERAL:
            return {"type": kinds}
    return {}


def fact_of_focus(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask a fact of the thing in focus ("n how long?"), or in general if none is, though it sounds like a wish for advice."""
    asked = next((one for one in understanding.attributes if one in PLAIN), "")
    named = set(understanding.names) & set(THINGS)
    role = topic_of_attribute(knowledge, asked)
    if not asked or named or not role or understanding.second or understanding.further:
        return None
    wish = understanding.intent in (CHOOSE_HELP, ASK_ADVICE, COMPLAIN) and ADVICE not in understanding.asks
    topics = (Ranked(role, 1.0),)
    if "other" in understanding.attributes or understanding.form not in ASKS_FACT:
        general = wish and understanding.form in ASKS_FACT
        return replace(understanding, intent=ASK_TOPIC, topics=topics) if general else None
    kind, where = latest(state, (*CREDENTIAL, *ORGANISATION)), where_of(state)
    if kind == "provider" and any(key in _providers(knowledge, state) for key in state.focus[kind]):
        kind = "type"  # which was spoken of, and by whom it is
    if THERE in understanding.back and where:
        kind = where
    searches = state.act == FIND_PROGRAMS and len(state.focus.get("program", ())) != 1
    of_role = understanding.intent == ASK_TOPIC and understanding.topic == role
    unclear = understanding.intent in (REFINE, MORE, NOT_UNDERSTOOD) or wish
    if kind is None or searches or not (of_role or unclear) or not is_later(state, kind, where):
        return replace(understanding, intent=ASK_TOPIC, topics=topics) if wish else None
    keys, listed = state.focus[kind], state.listed.get(kind, ())
    if MANY in understanding.back and len(keys) == 1 and keys[0] in listed and len(listed) == SEVERAL:
        keys = listed  # "how much do they cost?" after one of two was spoken of
    return replace(understanding, intent=ASK_TOPIC, topics=topics, names={**understanding.names, kind: keys})


def _providers(knowledge: Knowledge, state: DialogueState) -> set[str]:
    """Return who offers the kind of credential in focus."""
    return {one.key for key in state.focus.get("type", ())[:1] for one in knowledge.type(key).providers}
