"""Resolves what a message means by the way it asks: somebody like the one who asks, a skill needed, a risk, a gain.

Each step goes by codes of what a message asks (nlu/data/about_me.yml), with what was told or talked about before.
"""

from __future__ import annotations

from dataclasses import replace

from actions.advice.profile import field_key, of_learner
from actions.context import OPEN, DialogueState, Names, Ranked, Understanding, Wanted
from actions.dialogue.correction_reference import by_order, once_more
from actions.dialogue.kept_state import THINGS, items_of
from actions.dialogue.list_reference import chosen, list_of
from actions.dialogue.resolution import (
    ALL,
    AND,
    BOTH,
    CREDENTIAL,
    DIFFER,
    MANY,
    MEANT,
    ONE,
    ORGANISATION,
    SUBJECT,
    WHERE,
    focused,
    kinds_called,
    last_query,
    last_spoken,
    latest,
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
)
from core.contract.question_forms import EXAMPLE, LIST, MOST, OR, STATEMENT, WHAT, WHICH, WHO
from knowledge.knowledge_base import Knowledge
from knowledge.models import ProgramCriteria

# Codes of what a message asks.
LIKE_ME, SKILL_NEEDED, MORE_SO, IS_RISK = "like-me", "skill-needed", "more-so", "is-risk"
PAPERS_MISSING, MAY_BEGIN, AGE_TOLD = "papers-missing", "may-begin", "age-told"
NO_JOB, GAIN, HIRES, WHAT_ELSE, MIND_BEFORE = "no-job", "gain", "hires", "what-else", "mind-before"
OF_WHAT_IS_OFFERED = {"price", "length", "start", "popular", "best", "good", "recognition", "worth"}  # attributes
OF_MONEY = {"price", "scholarship"}  # attributes of "without papers, can I start for free?"
PROVIDERS, TYPES, OWNERSHIP = "providers", "types", "ownership"  # attributes and roles
TWO, FEW = 2, 3
RANKING = {"best", "good", "most", "fewest", "popular"}  # attributes that tell one of several from the others
OF_TWO = {"of-two", "which-one"}  # codes of what a message asks
OF_PLACES = {"fields", "institutions"}  # attributes that destinations are ranked by
COUNTED = ((ALL, 3), (BOTH, 2))  # how many are pointed at
TALKED_OF = (*CREDENTIAL, *ORGANISATION, *WHERE)  # kinds of which the one that came last is meant
PLAINLY = 0.6  # probability from which an open subject is what is asked, whatever else the words say


def _of_role(knowledge: Knowledge, understanding: Understanding, role: str) -> Understanding | None:
    """Return the question about the topic of a role, and nothing beside; None if the guide has no such topic."""
    topic = knowledge.roles().get(role)
    if not topic:
        return None
    alone = replace(
        understanding, intent=ASK_TOPIC, confidence=1.0, topics=(Ranked(topic, 1.0),), names={}, left_out={}
    )
    alone = replace(alone, claims=(), second=None, further=(), manner="", attributes=(), attribute="", asks=())
    return replace(alone, is_answerable=True, about_me={}, tells=False, unknown=())


def like_me(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "what kinds are there for somebody like me?" as the question which kind suits what the person told of."""
    key = field_key(knowledge, of_learner({**state.profile, **understanding.about_me}))
    asks = LIKE_ME in understanding.asks and TYPES in understanding.attributes
    if not asks or not key or set(understanding.names) - {*SUBJECT} or understanding.intent == COMPARE:
        return None
    return replace(understanding, intent=ASK_BEST_TYPE, names={"field": (key,)}, topics=(), claims=(), second=None)


def skill_needed(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "do I need to be good at maths?" as the question what one must know before, and no wish to learn it."""
    best = understanding.topics[0] if understanding.topics else None
    other = best is not None and best.key.startswith(OPEN) and best.key != knowledge.roles().get("difficulty")
    sure = other and best is not None and best.share * understanding.confidence >= PLAINLY
    if SKILL_NEEDED not in understanding.asks or sure or set(understanding.names) - {*SUBJECT, *CREDENTIAL}:
        return None
    asked = _of_role(knowledge, understanding, "experience")
    near = [one for one in understanding.claims if asked and one.topic == asked.topic]
    return replace(asked, claims=(replace(near[0], fit=1.0, covered=1.0),)) if asked and near else asked


def more_so(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "which of the two is warmer in October?" of places as what the guide doesn't tell of any, and not as a search."""
    named = sum(len(understanding.of(kind)) for kind in WHERE)
    points = {BOTH, MANY} & set(understanding.back)
    kind = latest(state, TALKED_OF)
    of_places = named >= TWO or bool(points) and not named and kind in WHERE
    if MORE_SO not in understanding.asks or not of_places or OF_WHAT_IS_OFFERED & set(understanding.attributes):
        return None
    asked = _of_role(knowledge, understanding, "place-life")
    places = {each: keys for each, keys in understanding.names.items() if each in WHERE}
    return replace(asked, names=places) if asked else None


def without_papers(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "I have no papers of my studies, can I begin?" as the question for the papers, and not when a course begins."""
    other = set(understanding.names) & {*CREDENTIAL, *WHERE} or OF_MONEY & set(understanding.attributes)
    if not {PAPERS_MISSING, MAY_BEGIN} <= set(understanding.asks) or other:
        return None
    return _of_role(knowledge, understanding, "papers")


def minds_before(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "what do I watch out for before I sign?" as the question how to choose, and not how one signs or pays."""
    asks = MIND_BEFORE in understanding.asks and understanding.form != STATEMENT
    return _of_role(knowledge, understanding, "choosing") if asks and not understanding.names else None


def of_age(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "and her brother, he is only 14, can he do it, too?" as the question how old one may be."""
    if not {AGE_TOLD, MAY_BEGIN} <= set(understanding.asks) or understanding.names or understanding.form == STATEMENT:
        return None
    return _of_role(knowledge, understanding, "age")


def is_risk(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "she'd pay for nothing. Is that a real danger?" as the question of the risk that a course is poor."""
    if IS_RISK not in understanding.asks or set(understanding.names) - {*SUBJECT, *CREDENTIAL}:
        return None
    if understanding.topic and understanding.topic in _risks(knowledge):
        return None
    asked = last_query(state)
    risk = asked.topic if asked and asked.topic in _risks(knowledge) and not understanding.about_me else ""
    role = next((role for role, topic in knowledge.roles().items() if topic == risk), "risk-quality")
    return _of_role(knowledge, understanding, role)


def _risks(knowledge: Knowledge) -> set[str]:
    roles = knowledge.roles()
    return {
        roles[one] for one in ("risk-quality", "risk-transfer", "risk-choice", "worth", "recognition") if one in roles
    }


def gain_apart_from_work(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState
) -> Understanding | None:
    """Take "I'm not after a job, so what would I get out of it?" as the question for what one gains apart from work."""
    if not {NO_JOB, GAIN} <= set(understanding.asks) or set(understanding.names) - {*SUBJECT}:
        return None
    return _of_role(knowledge, understanding, "apart-from-work")


def hires(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "I run a firm, and applicants list these. I doubt them" as what employers think, since no learner writes that."""
    tells = understanding.form == STATEMENT and not understanding.further
    if HIRES not in understanding.asks or not tells or understanding.about_me.get("field"):
        return None
    return _of_role(knowledge, understanding, "employers")


def who_offers_kinds(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "who offers those?" after kinds of credential, or all in general, as the question for their providers."""
    asked = last_query(state)
    of_kinds = asked is not None and asked.intent == ASK_TOPIC and not asked.names and state.act == ASK_TOPIC
    listed = of_kinds and asked is not None and asked.topic == knowledge.roles().get(TYPES)
    points = {MANY, ONE} & set(understanding.back) and PROVIDERS in understanding.attributes
    if not points or understanding.names or understanding.nth:
        return None
    late = latest(state, TALKED_OF) or ""
    if late == "type" and MANY in understanding.back and 1 < len(state.focus[late]) <= FEW:
        return replace(understanding, intent=COMPARE, names=focused(state, late), back=(), topics=(), claims=())
    in_general = of_kinds and not late  # nothing was spoken of but the subject itself
    if not (listed or in_general):
        return None
    return _of_role(knowledge, understanding, PROVIDERS)


def provider_of_named(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take a bare "provider?", "and the provider?", as the question who offers the programs that were just named."""
    bare = understanding.attributes == (PROVIDERS,) and not understanding.names
    bare = bare and understanding.form in (STATEMENT, WHAT, WHO)
    late = latest(state, TALKED_OF) or ""
    told = _programs_told(knowledge, state) if late not in CREDENTIAL else ()
    things = {"program": told} if told else {late: state.focus.get(late, ())}
    if not bare or not (told or late in CREDENTIAL) or set(understanding.back) - {AND} or understanding.about_me:
        return None
    several_kinds = not told and late == "type" and 1 < len(things[late]) <= FEW
    intent = COMPARE if several_kinds else ASK_ABOUT  # which tells who offers each
    return replace(understanding, intent=intent, names=things, topics=(), claims=(), second=None)


def _programs_told(knowledge: Knowledge, state: DialogueState) -> tuple[str, ...]:
    """Return the few programs that the last answer, on a field, named."""
    if state.act not in (ASK_BEST_DESTINATION, ASK_ADVICE):
        return ()
    named = tuple(one.key for one in knowledge.programs(ProgramCriteria()) if one.name in state.told)
    return named if len(named) <= FEW else ()


def programs_of_field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take a bare "relevant programs?" as the search for programs of the field that is wished for, or was talked about."""
    asks = understanding.intent == FIND_PROGRAMS and "programs" in understanding.attributes
    bare = asks and understanding.form == STATEMENT and set(understanding.attributes) <= {"programs", "good", "other"}
    wished = (*state.profile.get("field", ()), *state.focus.get("field", ()))
    field = next((key for key in wished if knowledge.has_name("field", key)), "")
    plain = not (understanding.names or understanding.back or understanding.further or understanding.about_me)
    if not (bare and plain and field) or len(understanding.said.split()) > FEW:
        return None
    return replace(understanding, names={"field": (field,)})


def compared_with_listed(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState
) -> Understanding | None:
    """Put the listed thing beside the kind that it is compared with: "how does the first one compare with a bootcamp?"."""
    named = understanding.of("type")
    asks = DIFFER in understanding.asks or understanding.intent == COMPARE
    if not asks or not understanding.nth or len(named) != 1 or set(understanding.names) != {"type"}:
        return None
    kind, keys = list_of(knowledge, understanding.kind, state)
    if kind not in CREDENTIAL:  # what was told of without a list
        kind, keys = "program", state.focus.get("program", ())
    key = chosen(keys, understanding.nth, ())
    if key is None:
        return None
    own = key if kind == "type" else knowledge.program(key).type.key
    plain = replace(understanding, nth="", claims=(), second=None, left_out={}, manner="")
    if own == named[0]:  # a bootcamp beside "a bootcamp": what it is
        return replace(plain, intent=ASK_ABOUT, names={kind: (key,)}, topics=())
    return replace(plain, intent=COMPARE, names={"type": (own, *named)}, back=())


def owned_by(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "and public ones?", or "no, I meant private ones", as the question for the owner of what is in focus."""
    late = latest(state, ("institution", *WHERE))
    other = set(understanding.names) - {*WHERE, "institution"}
    if OWNERSHIP not in understanding.attributes or other or not late or understanding.further:
        return None
    named = understanding.names or focused(state, late)
    asked = replace(understanding, intent=ASK_ABOUT, names=named, attributes=(OWNERSHIP,), topics=(), claims=())
    return replace(asked, back=(), asks=(), second=None, left_out={}, manner="", is_answerable=True)


def what_else_there_is(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState
) -> Understanding | None:
    """Take "what else?" after one of the topics that another one lists as the question for that list."""
    bare = understanding.intent == MORE and not (understanding.names or understanding.nth or understanding.further)
    if WHAT_ELSE not in understanding.asks or not bare or state.act != ASK_TOPIC or state.listed.get("topic"):
        return None
    lists = (one.key for one in knowledge.topics() if state.topic in items_of(knowledge, one.key))
    whole = next(lists, None)
    if whole is None:
        return None
    asked = replace(understanding, intent=ASK_TOPIC, confidence=1.0, topics=(Ranked(whole, 1.0),), form=LIST)
    return replace(asked, claims=(), second=None, is_answerable=True, asks=())


def and_the_other(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask the last question of another thing of the list: "and the latter?" after "who runs the former?"."""
    last = last_query(state)
    if not understanding.nth or AND not in understanding.back or understanding.names or last is None:
        return None
    if not (understanding.short and last.attributes and last.intent in (ASK_ABOUT, ASK_TOPIC)):
        return None
    kind, keys = list_of(knowledge, understanding.kind, state)
    before, key = last.names.get(kind, ()), chosen(keys, understanding.nth, last.names.get(kind, ()))
    if key is None or len(before) != 1 or before[0] not in keys or key in before:
        return None
    return replace(once_more(understanding, last, {kind: (key,)}, state), nth="", back=(AND,))


def example_of_it(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "give me one", or "and an example?", after a kind of credential as the question for an example of it."""
    late = latest(state, TALKED_OF) or ""
    asks = understanding.form == EXAMPLE and set(understanding.attributes) <= {"example", "taught", "good", "other"}
    plain = not (understanding.names or understanding.left_out or understanding.nth or understanding.further)
    if not (asks and plain) or understanding.wanted.shape or late != "type" or len(state.focus[late]) != 1:
        return None
    asked = replace(understanding, intent=ASK_ABOUT, names=focused(state, late), attributes=("example",), topics=())
    return replace(asked, claims=(), wanted=Wanted(), back=(), second=None)


def of_the_two(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the two things that were spoken of one after another in place of "which of the two is quicker?".

    What was compared or listed last counts before them, unless something else was spoken of since.
    """
    ways, asked = set(understanding.back), set(understanding.attributes)
    if again := _order_instead(knowledge, understanding, state):
        return again
    ranks = "order" in understanding.names or bool(RANKING & asked) or bool(OF_TWO & set(understanding.asks))
    which = understanding.form in (WHICH, MOST, OR) or AND in ways and bool(understanding.ranked_by)  # "and colder?"
    if not which or not (BOTH in ways or ranks or understanding.ranked_by):
        return None
    if set(understanding.names) - {*SUBJECT, "order", "level", "mode", "start_from"}:
        return None
    if understanding.nth or understanding.left_out or understanding.attribute in (*SUBJECT, "program", "provider"):
        return None
    late = next((kind for kind in reversed(state.focus) if kind not in SUBJECT), "")
    two = last_spoken(state, TWO, ("destination",)).get("destination", ()) if understanding.form != MOST else ()
    two = two if _just_spoken(state, {"destination": two}) else ()
    if OF_PLACES & asked and {"most", "fewest"} & asked and not {BOTH, ALL} & ways and late in WHERE:
        wanted = (*understanding.attributes, "destinations")  # "which has the most universities?" amid talk of places
        names: Names = {"destination": two} if len(two) > 1 else {}
        return replace(understanding, intent=ASK_ABOUT, names=names, attributes=wanted, topics=(), claims=())
    kinds = kinds_called(understanding.kind or understanding.attribute or ("destination" if OF_PLACES & asked else ""))
    number = next((count for word, count in COUNTED if word in ways), TWO)
    # "which is better for that?": of the things, for the field; fields are weighed only where "the two" are meant
    no_fields = ONE in ways or BOTH not in ways
    any_kind = tuple(kind for kind in THINGS if kind not in SUBJECT) if no_fields else ()
    pair = last_spoken(state, number, any_kind if kinds == ("",) else kinds)
    pair = pair or {kind: keys for kind, keys in state.listed.items() if kind in CREDENTIAL and len(keys) == number}
    ranks = bool(understanding.ranked_by) and understanding.intent in (ASK_TOPIC, ASK_RECOGNITION)  # no comparison yet
    if not pair or _is_last_list(state, pair) and not ranks or not (BOTH in ways or _just_spoken(state, pair)):
        return None
    (*_, last), kept = pair, understanding.names
    if state.focus.get(last, ())[-1:] != pair.get(last, ())[-1:] and not set(pair) & set(WHERE):
        return None
    asks_itself = understanding.intent in (ASK_TOPIC, ASK_RECOGNITION) and not {"best", "good"} & asked
    best = understanding.topics[0] if understanding.topics else None
    left_open = best is not None and best.key.startswith(OPEN) and best.share >= PLAINLY
    if understanding.ranked_by and understanding.intent == ASK_TOPIC and not left_open:
        asks_itself = False
    if ONE in ways and state.focus.get("field"):
        kept = {"field": state.focus["field"][:1], **kept}
    plain = replace(understanding, names={**kept, **pair}, intent=understanding.intent if asks_itself else COMPARE)
    return by_order(knowledge, plain, state) or plain


def _order_instead(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Rank the things of the last question by what a correction names: "no, I meant cheaper"."""
    last = last_query(state)
    corrects = {MEANT, AND} & set(understanding.back) and set(understanding.names) == {"order"}
    several = {kind: keys for kind, keys in last.names.items() if len(keys) > 1} if last else {}
    if not corrects or not several or state.act == FIND_PROGRAMS:
        return None
    return by_order(knowledge, replace(understanding, intent=COMPARE, names={**understanding.names, **several}), state)


def difference_of_them(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState
) -> Understanding | None:
    """Compare the two that were listed or spoken of last: "what's the difference between them?"."""
    asks = understanding.intent == COMPARE and "difference" in understanding.attributes and not understanding.nth
    if not asks or MANY not in understanding.back or understanding.names or state.act == COMPARE:
        return None
    if any(len(keys) > 1 for keys in state.choices.values()):
        return None
    kinds = (*CREDENTIAL, *ORGANISATION, "destination")
    listed = {kind: keys for kind, keys in state.listed.items() if kind in kinds and len(keys) == TWO}
    late = latest(state, tuple(listed))
    pair = {late: listed[late]} if late and state.focus[late][-1] in listed[late] else last_spoken(state, TWO)
    return replace(understanding, names=pair, back=()) if pair else None


def of_the_place_listed(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState
) -> Understanding | None:
    """Take "what are the universities in the second?" as the question of the second of the places that were spoken of."""
    of_place = understanding.attribute in ("institution", "field") and not understanding.kind
    asks = of_place and understanding.nth.isdigit()
    if not asks or understanding.short or understanding.names or understanding.left_out:
        return None
    lists = (state.listed.get("destination", ()), state.earlier.get("destination", ()))
    spoken = last_spoken(state, TWO, ("destination",)).get("destination", ())
    number = int(understanding.nth)
    places = next((keys for keys in (*lists, spoken) if len(keys) >= max(number, TWO)), ())
    has_them = state.listed.get("institution") and understanding.attribute == "institution"
    if not places or has_them:
        return None
    attributes = ("institutions",) if understanding.attribute == "institution" else ("fields",)
    asked = replace(
        understanding, intent=ASK_ABOUT, names={"destination": (places[number - 1],)}, attributes=attributes
    )
    return replace(asked, nth="", topics=(), claims=(), second=None, is_answerable=True)


def _is_last_list(state: DialogueState, pair: Names) -> bool:
    """Return whether the last answer compared or listed several things of the kind of which two were spoken."""
    last = last_query(state)
    shown = (last.names if last else {}, state.choices, state.names)
    return any(len(names.get(kind, ())) > 1 for names in shown for kind in pair)


def _just_spoken(state: DialogueState, pair: Names) -> bool:
    """Return whether both of two things are among the last questions, or all that was listed last."""
    return all(
        any(key in query.names.get(kind, ()) for query in state.queries) or state.listed.get(kind) == keys
        for kind, keys in pair.items()
        for key in keys
    )
