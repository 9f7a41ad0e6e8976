"""Resolves references to the things in focus: "it", "they", "there", "which colleges?", "not that one"."""

from __future__ import annotations

from dataclasses import replace

from actions.advice.suggestion import suggest
from actions.context import DialogueState, Ranked, Understanding, group_of
from actions.dialogue.kept_state import THINGS
from actions.dialogue.query_reference import fact_in_general
from actions.dialogue.resolution import (
    ARE_THERE,
    BOTH,
    CREDENTIAL,
    DIFFER,
    HERE,
    HOME,
    MANY,
    NOT_THAT,
    ONE,
    ORGANISATION,
    SUBJECT,
    THE_ONE,
    THERE,
    WHERE,
    WHY,
    about,
    focused,
    is_later,
    kinds_called,
    last_query,
    latest,
    where_of,
)
from core.contract.intents import (
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_BEST_TYPE,
    ASK_RECOGNITION,
    ASK_TOPIC,
    COMPARE,
    FIND_PROGRAMS,
    MORE,
    NOT_UNDERSTOOD,
    REFINE,
    WANT_PERSON,
)
from core.contract.question_forms import LIST, WHAT, WHICH, WHO, YES_NO
from core.contract.question_forms import WHERE as ASKS_WHERE
from knowledge.knowledge_base import Knowledge

TAUGHT = "taught"  # attribute
VAGUE, UNLIKELY = 0.3, 0.1  # confidence below which a topic is a guess, and probability below which it is none at all
OF_PLACES = (ASK_ABOUT, ASK_BEST_DESTINATION, COMPARE, FIND_PROGRAMS)  # acts that may have been about a place
NAMES_ONLY = {"institutions", "only", "all", "listed", "exists", "without"}  # attributes of who there is, by name
# The kinds of things that a pronoun may stand for in each kind of question.
MEANT_IN = {
    ASK_RECOGNITION: (*CREDENTIAL, *ORGANISATION),
    ASK_BEST_DESTINATION: (*SUBJECT, *CREDENTIAL),
    ASK_BEST_TYPE: SUBJECT,
    FIND_PROGRAMS: (*SUBJECT, "type", *ORGANISATION),
    ASK_TOPIC: (*CREDENTIAL, *ORGANISATION, *WHERE),
    ASK_ABOUT: THINGS,
    NOT_UNDERSTOOD: THINGS,
    REFINE: (*CREDENTIAL, *ORGANISATION),
}


def what_is_there(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "what exactly is there?" as the question what the place in focus has."""
    where = where_of(state)
    asks = understanding.attributes == ("exists",) and understanding.form == WHAT and not understanding.names
    if not asks or where is None or state.act not in (ASK_ABOUT, ASK_BEST_DESTINATION):
        return None
    return replace(understanding, intent=ASK_ABOUT, names=focused(state, where), topics=(), claims=())


def where_then(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take a bare "and where?" as the question where the field in focus is popular."""
    subject = latest(state, SUBJECT)
    bare = understanding.intent == ASK_BEST_DESTINATION and not understanding.names and not understanding.attributes
    if not bare or understanding.form != ASKS_WHERE or subject is None:
        return None
    return replace(understanding, names=focused(state, subject))


def which_online(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "which of those can I do from home?" as the question of which course is online, and not whether any is."""
    role = knowledge.roles().get("open-mode", "")
    which = understanding.form == WHICH and {MANY, BOTH} & set(understanding.back)
    named = set(understanding.names) <= {"mode", *SUBJECT} and bool(understanding.of("field"))
    of_one = understanding.form == YES_NO and THE_ONE in understanding.back and named  # "is the nursing one online?"
    of_delivery = of_one or knowledge.plays(understanding.topic, "delivery")
    only_mode = understanding.intent == REFINE and set(understanding.names) == {"mode"} and state.act != FIND_PROGRAMS
    in_general = understanding.intent == ASK_TOPIC and of_delivery or only_mode
    if not role or not (which or of_one) or not in_general or set(understanding.names) & set(THINGS) and not of_one:
        return None
    asked = replace(understanding, intent=ASK_TOPIC, topics=(Ranked(role, 1.0),), is_answerable=True)
    names = {kind: keys for kind, keys in understanding.names.items() if kind != "mode"}  # which the role stands for
    return replace(asked, names=names, second=None, claims=())


def of_a_kind(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask for the institutions, fields or providers of the thing in focus ("colleges?", "who offers those?")."""
    asks, ways = understanding.attribute, set(understanding.back)
    if understanding.intent == WANT_PERSON and understanding.form == WHO and THERE in ways:  # "who would I ask there?"
        asks = "institution"
    vague = understanding.intent == ASK_TOPIC and understanding.confidence < VAGUE
    if vague and understanding.attributes == ("institutions",) and ONE in ways:  # "is it at a university?"
        asks = "institution"
    refers = ways & {ONE, MANY, THERE, ARE_THERE} or bool(understanding.short and understanding.attribute)
    unclear = understanding.intent in (REFINE, MORE, NOT_UNDERSTOOD) and understanding.form == WHICH
    refers = refers or asks == "destination" and unclear  # "ok which country then?"
    refers = refers or asks == "institution" and _of_that_place(understanding, state)
    named = set(understanding.names) - {"mode", "order"}
    if not refers or named or asks in ("", WHY):
        return None
    where, subject, credential = where_of(state), latest(state, SUBJECT), latest(state, CREDENTIAL)
    if asks == "institution" and understanding.form == YES_NO and where and subject and credential is None:
        return replace(understanding, intent=ASK_ABOUT, names={**focused(state, where), **focused(state, subject)})
    offered_by = asks in ORGANISATION and credential and ways & {ONE, MANY} and is_later(state, credential, where)
    if offered_by and credential:
        of_kind = asks == "provider" and credential == "type" and "teachers" not in understanding.attributes
        asked = ("providers",) if of_kind else understanding.attributes
        return replace(understanding, intent=ASK_ABOUT, names=focused(state, credential), attributes=asked)
    if asks == "provider" and subject and where and {ONE, THERE} <= ways and credential is None:
        names = {**focused(state, where), **focused(state, subject)}  # "who runs it there?"
        return replace(understanding, intent=ASK_ABOUT, names=names, attributes=("institutions",))
    if asks in ("institution", "field") and where:
        return replace(understanding, intent=ASK_ABOUT, names=focused(state, where))
    if asks == "provider" and subject and ways & {ONE, MANY} and is_later(state, subject, credential):
        return _who_offers(knowledge, understanding, state, subject)
    of_credential = credential and is_later(state, credential, subject) and ways == {MANY}
    if asks == "destination" and of_credential and understanding.intent not in (ASK_RECOGNITION, COMPARE):
        return replace(
            understanding, intent=ASK_ABOUT, names=focused(state, credential or "")
        )  # "which places do them?"
    if asks == "destination" and subject and understanding.intent not in (ASK_RECOGNITION, COMPARE):
        return replace(understanding, intent=ASK_BEST_DESTINATION, names=focused(state, subject))
    if asks == "type" and subject and understanding.intent not in (COMPARE, ASK_TOPIC):
        return replace(understanding, intent=ASK_BEST_TYPE, names=focused(state, subject))
    besides = (ASK_RECOGNITION, COMPARE) if understanding.short else (ASK_TOPIC, ASK_RECOGNITION, COMPARE)
    if asks == "program" and subject and understanding.intent not in besides:
        return replace(understanding, intent=FIND_PROGRAMS, names=focused(state, subject))
    return None


def _of_that_place(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether the institutions of the place just spoken of are asked for, and no more: "names only, which unis"."""
    last = last_query(state)
    named = last is not None and bool(set(last.names) & set(WHERE)) or bool(state.choices.get("destination"))
    of_place = named and state.act in OF_PLACES
    asks = understanding.form in (WHICH, WHAT, LIST) and not understanding.further
    return of_place and asks and set(understanding.attributes) <= NAMES_ONLY


def _who_offers(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState, subject: str
) -> Understanding | None:
    """Ask for the programs of the subject in focus, beside which their providers stand, else who offers the kinds for it."""
    key = state.focus[subject][0]
    if subject != "field" or not knowledge.has_name(subject, key):
        return None
    answer = knowledge.field_answer(key)
    if answer.programs:
        return replace(understanding, intent=FIND_PROGRAMS, names=focused(state, subject))
    kinds = tuple(kind.key for kind in answer.types[:1])
    return replace(understanding, intent=ASK_ABOUT, names={"type": kinds}) if kinds else None


def differs(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "how is that different from a badge?" as the comparison of what is named with the thing of its kind in focus."""
    of_word = understanding.maybe.get("type", ()) if set(understanding.names) <= {"mode"} else ()
    compares = DIFFER in understanding.asks or bool(understanding.ranked_by)  # "is it more valuable than a badge?"
    if not compares or ONE not in understanding.back and not of_word:
        return None
    if of_word:  # "are they different from certificates?", "what's the difference to a certificate?"
        understanding = replace(understanding, names={**understanding.names, "type": of_word}, maybe={})
    before_it, field = state.focus.get("program", ())[:1], understanding.of("field")
    if (
        before_it
        and len(field) == 1
        and set(understanding.names) == {"field"}
        and knowledge.has_name("field", field[0])
    ):
        other = [one.key for one in knowledge.field_answer(field[0]).programs if one.key not in before_it][:1]
        if other:  # "how does it compare with a project management certificate?"
            return replace(
                understanding, intent=COMPARE, names={"program": (*before_it, *other)}, left_out={}, manner=""
            )
    for kind in ("type", "program", "destination"):
        named, before = understanding.of(kind), state.focus.get(kind, ())[:1]
        programs = state.focus.get("program", ())
        if kind == "type" and (not before or before == named) and len(programs) == 1 and state.act != COMPARE:
            before = (knowledge.program(programs[0]).type.key,)  # "how is it different from a badge?" of a program
        if len(named) == 1 and before and before != named and set(understanding.names) <= {kind, "mode"}:
            return replace(understanding, intent=COMPARE, names={kind: (*before, *named)}, left_out={}, manner="")
    return None


def taught(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask whether a field is taught in the place in focus ("they teach hospitality?"), or the field in focus in a place."""
    asked = understanding.attributes
    of_thing = ONE in understanding.back and understanding.of("field")  # "does it teach nursing?" asks of a university
    if TAUGHT not in asked or "other" in asked or understanding.form != YES_NO or of_thing or understanding.obliges:
        return None  # "do I need to know coding?" asks what one must bring
    kinds, where = set(understanding.names), where_of(state)
    if kinds and kinds <= set(SUBJECT) and where:
        return replace(understanding, intent=ASK_ABOUT, names={**focused(state, where), **understanding.names})
    field = state.focus.get("field") or state.profile.get("field", ())
    credential = latest(state, CREDENTIAL)
    if kinds == {"institution"} and understanding.refers and field and "/" not in field[0] and credential is None:
        return replace(understanding, intent=ASK_ABOUT, names={"field": field[:1], **understanding.names})
    if kinds and kinds <= set(WHERE) and field and "/" not in field[0] and credential is None:
        return replace(understanding, intent=ASK_ABOUT, names={"field": field[:1], **understanding.names})
    return None


def where_taught(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask where the field in focus is taught ("where is it taught?"), unless an institution or a program was named since."""
    asked = set(understanding.attributes)
    of_field = (
        understanding.form == ASKS_WHERE and TAUGHT in asked and asked <= {TAUGHT, "place", "destinations", "programs"}
    )
    refers = understanding.refers or {ONE, MANY} & set(understanding.back)
    if not of_field or understanding.names or not refers:
        return None
    talked = latest(state, (*SUBJECT, *CREDENTIAL, *ORGANISATION))
    if state.act == ASK_ADVICE and state.names.get("field"):
        return replace(understanding, intent=ASK_BEST_DESTINATION, names={"field": state.names["field"]})
    if talked in SUBJECT:
        return replace(understanding, intent=ASK_BEST_DESTINATION, names=focused(state, talked))
    return None


def somewhere(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the place in focus in place of "there"."""
    where = where_of(state)
    if THERE not in understanding.back or where is None or set(understanding.names) & {*WHERE, *ORGANISATION}:
        return None
    things = focused(state, where)
    if understanding.kind == "destination" and where == "place":  # "that country" after Melbourne
        home = knowledge.place(state.focus[where][0]).destination
        things = {"destination": (home.key,)} if home else things
    if "order" in understanding.names and "exists" in understanding.attributes:  # "a cheaper one there?"
        plain = replace(understanding, intent=NOT_UNDERSTOOD, names={})
        understanding = fact_in_general(knowledge, plain, state) or understanding
    best = understanding.topics[0].share * understanding.confidence if understanding.topics else 0.0
    guess = understanding.intent == ASK_TOPIC and not understanding.is_answerable and best < UNLIKELY
    if guess and "fields" in understanding.attributes and not understanding.names:  # "what can I learn there?"
        understanding = replace(understanding, intent=ASK_ABOUT, topics=(), claims=())
    return about(knowledge, understanding, things, state)


def _asks_recognition(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a message asks how far something is recognised, by its intent or by its topic."""
    recognised = knowledge.plays(understanding.topic, "recognition", "by-industry", "employers")
    return understanding.intent == ASK_RECOGNITION or understanding.intent == ASK_TOPIC and recognised


def at_home(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the place where the person lives, or comes from, in place of "here" or "home", where recognition is asked for."""
    asks = _asks_recognition(knowledge, understanding)
    lives, origin = state.profile.get("lives", ()), state.profile.get("origin", ())
    home = next(iter((origin or lives) if HOME in understanding.back else (lives or origin)), "")
    if not {HERE, HOME} & set(understanding.back) or not asks or not home or set(understanding.names) & set(WHERE):
        return None
    kind, _, key = home.partition("/")
    return replace(understanding, intent=ASK_RECOGNITION, names={kind: (key,)})


def in_own_industry(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask whether "these" are recognised in the industry of the person, where the guide says something of hiring there."""
    asks = _asks_recognition(knowledge, understanding)
    refers = bool({ONE, MANY} & set(understanding.back)) and not set(understanding.names) - {"type"}
    if not asks or not refers or state.act == ASK_RECOGNITION or latest(state, ORGANISATION):
        return None
    found = suggest(knowledge, state.profile)
    if found is None or found.industry is None:
        return None
    return replace(understanding, intent=ASK_RECOGNITION, names={"industry": (found.industry.key,)})


def pronoun(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the thing in focus in place of "it" or "they", where the question can be about such a thing."""
    ways = set(understanding.back) & {ONE, MANY}
    named = {kind for kind in understanding.names if kind in THINGS}
    if not ways or understanding.intent not in MEANT_IN or named - set(SUBJECT) - set(WHERE):
        return None
    if named and understanding.intent not in (ASK_RECOGNITION, ASK_TOPIC, FIND_PROGRAMS, ASK_ABOUT, REFINE):
        return None
    one_shown = len(state.focus.get("program", ())) == 1
    if state.act == FIND_PROGRAMS and understanding.intent == ASK_TOPIC and not one_shown:  # the list that is looked at
        return None
    if understanding.intent == REFINE and (understanding.bare or not named):
        return None
    if named & set(WHERE) and ways == {MANY} and TAUGHT in understanding.attributes:
        return None  # "and Canada, do they have it, too?"
    of_kinds = (
        latest(state, (*CREDENTIAL, *ORGANISATION, *WHERE)) in CREDENTIAL and TAUGHT not in understanding.attributes
    )
    which_ones = ways == {MANY} and understanding.form == WHICH and understanding.intent == REFINE
    fields = [key for key in understanding.of("field") if knowledge.has_name("field", key)]
    if (
        which_ones
        and of_kinds
        and len(fields) == 1
        and named <= set(SUBJECT)
        and knowledge.field_answer(fields[0]).programs
    ):
        return replace(understanding, intent=FIND_PROGRAMS, names={"field": (fields[0],)})  # "which one for German?"
    if named and named <= set(SUBJECT) and of_kinds and which_ones:
        return replace(understanding, intent=ASK_BEST_TYPE)  # "and which ones for electricians?"
    subject = latest(state, SUBJECT)
    if knowledge.plays(understanding.topic, "destinations") and understanding.intent == ASK_TOPIC and subject:
        return replace(understanding, intent=ASK_BEST_DESTINATION, names=focused(state, subject))
    last = last_query(state)
    general = last is not None and last.intent == ASK_TOPIC and not last.names
    if general and ways == {ONE} and understanding.intent in (ASK_ABOUT, NOT_UNDERSTOOD):  # "tell me about that"
        return None
    if BOTH in understanding.back and len(understanding.of("field")) > 1:
        return None  # "design or robots, which of the two?" names them
    if understanding.intent == NOT_UNDERSTOOD and understanding.form == YES_NO and not understanding.attributes[:-1]:
        return None  # "would it bring us more guests?" asks for no description
    possible = MEANT_IN[ASK_RECOGNITION if _asks_recognition(knowledge, understanding) else understanding.intent]
    kinds = tuple(kind for kind in possible if not named & set(group_of(kind)))
    if named and understanding.intent in (ASK_TOPIC, ASK_ABOUT):
        kinds = tuple(kind for kind in kinds if kind in (*CREDENTIAL, *ORGANISATION))
    if named & set(WHERE) and "institutions" in understanding.attributes:  # asks for others than the one in focus
        kinds = tuple(kind for kind in kinds if kind not in ORGANISATION)
    if understanding.kind:
        kinds = tuple(kind for kind in kinds if kind in kinds_called(understanding.kind))
    kind = latest(state, kinds)
    if kind is None:
        return None
    keys = state.focus[kind]
    if _compared_already(knowledge, understanding, state, kind):
        return None
    if MANY not in ways and len(keys) > 1:
        if not named & set(WHERE):
            return None
        keys = keys[-1:]  # "can I do it in Australia?" after a comparison
    return about(knowledge, understanding, {kind: keys}, state)


def _compared_already(knowledge: Knowledge, understanding: Understanding, state: DialogueState, kind: str) -> bool:
    """Return whether "which one needs less experience?" would be answered by the comparison before it once more."""
    compared = state.act == COMPARE and state.names.get(kind) == state.focus[kind] and understanding.form == WHICH
    return compared and understanding.intent == ASK_TOPIC and not knowledge.described_by(understanding.topic or "")


def excludes_that(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "not that one" as the exclusion of the thing that the last answer was about."""
    if NOT_THAT not in understanding.back or understanding.names:
        return None
    kinds = WHERE if state.act == ASK_BEST_DESTINATION else THINGS
    kind = latest(state, kinds)
    if kind is None or state.act == FIND_PROGRAMS and kind == "program" and len(state.focus[kind]) > 1:
        return None
    names = {kind: state.focus[kind][:1]}
    return replace(understanding, intent=REFINE, names=names, left_out=names, manner="refine/exclude")


def leaves_field_out(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask what a message only excludes of the place in focus ("not agribusiness" after New Zealand)."""
    where = where_of(state)
    fields_only = understanding.excludes and understanding.names and set(understanding.names) <= set(SUBJECT)
    if not fields_only or where is None or state.act == FIND_PROGRAMS:
        return None
    refused = (value.partition("/") for value in understanding.about_me.get("avoid", ()))
    fields = tuple(key for kind, _, key in refused if kind == "field")  # of which the question was freed already
    out = {**(understanding.left_out or understanding.names), **({"field": fields} if fields else {})}
    return replace(
        understanding,
        intent=ASK_ABOUT,
        names=focused(state, where),
        left_out=out,
        manner="",
        attribute="field",
        attributes=("fields",),
    )
