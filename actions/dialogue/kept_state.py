"""Keeps what outlasts the turns: the things in focus, the last list shown, the last questions and the question back.

Every answer passes here (`remember`), so that no topic, small talk or decline in between erases any of it.
"""

from __future__ import annotations

from dataclasses import replace

from actions.advice.summary import OPEN_FACT
from actions.base import Answer
from actions.context import OPEN, DialogueState, Names, Query, Understanding, group_of
from actions.destinations import destinations_of
from actions.dialogue.resolution import PUT_RIGHT, spoken_after
from actions.programs.search import last_page
from actions.replies.base import ANSWERED, CLARIFY, DECLINED, first_sentence
from actions.unanswered import anything_else
from core.contract.intents import (
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_BEST_TYPE,
    ASK_RECOGNITION,
    ASK_TOPIC,
    CHOOSE_HELP,
    COMPARE,
    FIND_PROGRAMS,
)
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import Claim, ProgramCriteria

CREDENTIAL = ("type", "program")
START_OVER, TAKE_BACK = "start_over", "take_back"
WHICH_OF = {"of-two", "which-one"}  # codes of what a message asks (nlu/data/about_me.yml)
ROLE_OF_LANGUAGE = "open-language"  # of what is left open of the language of teaching
QUESTIONS = (ASK_TOPIC, ASK_ABOUT, ASK_BEST_DESTINATION, ASK_BEST_TYPE, ASK_RECOGNITION, COMPARE, FIND_PROGRAMS)
TEACHES = "teaches"  # the attribute of who teaches what
OF_THINGS = ("mode", "length", "start", "workload", "language", "exam", "entry")  # attributes of a thing
DESTINATION = "destination:"  # before the key of a destination that was talked about
TALKED = 10  # things answered about that are remembered for a summary
REMEMBERED = 3  # questions that are remembered
OF_FIELD = (ASK_BEST_DESTINATION, ASK_ABOUT)  # what is answered with the programs for a field
MAX_KEYS = 10  # keys of one kind that are kept, so that the slot stays small
# Of things named together, the last of these is what "it" means: the bootcamp rather than its field.
THINGS = ("industry", "field", "place", "destination", "type", "provider", "institution", "program")
# Kinds of things that a claim may name one after another, in order of precedence.
NAMED_IN_CLAIMS = ("program", "type", "institution", "field", "destination", "provider")
# What a question back asks for: a name in reply to it means this question.
ASKED_BACK = {CHOOSE_HELP: ASK_BEST_DESTINATION, ASK_ADVICE: ASK_ADVICE}


def remember(
    knowledge: Knowledge, understanding: Understanding, before: DialogueState, answer: Answer, pointed: bool = False
) -> Answer:
    """Return the answer with a state that also holds what is to outlast it; `understanding` is resolved.

    `pointed` tells that the message pointed into the last list, which then stays the list that one can point into.
    """
    state = answer.state
    if understanding.intent == START_OVER:
        return answer
    query = _query(knowledge, understanding, answer, before)
    if query is not None:
        query = replace(query, attributes=understanding.attributes, form=understanding.form)
    queries = before.queries[:-2] if understanding.intent == TAKE_BACK else before.queries
    if query is not None and query not in queries[-1:]:
        queries = _latest_queries((*queries, query))
    stays = pointed and bool(set(before.listed) & set(understanding.names))
    listed = before.listed if stays else _now_listed(knowledge, understanding, answer, before)
    focus = _with_told(knowledge, _focus(knowledge, understanding, before, state, query), understanding, answer)
    told: Names = {}
    if state.act in OF_FIELD and len(programs := _programs_first(knowledge, answer)) > 1:
        listed = told = {"program": programs}
        _put(focus, "program", programs)
    kept = replace(
        state,
        focus=focus,
        listed=listed,
        earlier=_earlier(before, listed),
        queries=queries,
        asked=_asked(understanding, before, answer),
        talked=_talked(knowledge, understanding, before, answer, query),
        spoken=spoken_after(
            before, query.names if query else {}, told, _things(understanding.names, understanding.left_out)
        ),
        own=state.own or before.own,
    )
    return replace(answer, state=kept)


def _programs_first(knowledge: Knowledge, answer: Answer) -> tuple[str, ...]:
    """Return the programs that the first sentence of an answer, or of its second paragraph, names, in its order."""
    if answer.reply.outcome != ANSWERED:
        return ()
    every = knowledge.programs(ProgramCriteria())
    for first in map(first_sentence, answer.reply.text.split("\n\n")[:2]):
        found = {one.key: first.find(one.name) for one in every}
        if named := sorted((key for key, at in found.items() if at >= 0), key=found.__getitem__):
            return tuple(named)[:MAX_KEYS]
    return ()


def _talked(
    knowledge: Knowledge, understanding: Understanding, before: DialogueState, answer: Answer, query: Query | None
) -> tuple[str, ...]:
    """Return the last things that were answered about, this one last; what nothing at all is known of doesn't count."""
    earlier = _without_taken_back(knowledge, understanding, before)
    if answer.reply.outcome not in (ANSWERED, DECLINED) or answer.state is before:
        return earlier
    topic = answer.reply.topic if query and query.intent in (ASK_TOPIC, ASK_ABOUT, ASK_RECOGNITION) else ""
    topic = "" if topic == anything_else(knowledge) else topic
    of_destination = knowledge.described_by(topic) if topic else None
    named: tuple[str, ...] = ()
    if of_destination and of_destination[0] == "destination":
        topic, named = "", (of_destination[1],)
    elif not (understanding.tells and query and query.intent == ASK_TOPIC):  # "my son studies in Oslo. What are these?"
        named = tuple(one.key for one in destinations_of(knowledge, understanding.names))
        if not named and answer.state.act == ASK_BEST_DESTINATION and answer.state.names:
            named = answer.state.choices.get("destination", ())[:1]  # the one that was recommended
    fields = query.names.get("field", ())[:1] if query and not topic else ()
    now = [f"field:{key}" for key in fields] + [f"destination:{key}" for key in named if query]
    now += [f"topic:{topic}"] if topic else []
    now += [f"{OPEN_FACT}:{code}" for code in _left_open(understanding, answer)]
    return (*(one for one in earlier if one not in now), *now)[-TALKED:]


def _without_taken_back(knowledge: Knowledge, understanding: Understanding, before: DialogueState) -> tuple[str, ...]:
    """Return what was talked about without the places that a message puts another one in the place of ("no, not Oslo")."""
    told = understanding.about_me
    left_out = understanding.left_out
    named = {kind: _without(keys, left_out.get(kind, ())) for kind, keys in understanding.names.items()}
    wanted = _destinations(knowledge, named, told.get("place", ()))
    out = _destinations(knowledge, left_out, told.get("avoid", ()))
    if PUT_RIGHT in understanding.asks and wanted:  # "I meant Oslo"
        out |= set([one for one in before.talked if one.startswith(DESTINATION)][-1:])
    return tuple(one for one in before.talked if one not in out - wanted)


def _without(keys: tuple[str, ...], out: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for key in keys if key not in out)


def _destinations(knowledge: Knowledge, names: Names, told: tuple[str, ...]) -> set[str]:
    """Return the destinations among names and what is told of the person ("place/oslo"), as they are kept as talked about."""
    named = [(kind, key) for kind in ("destination", "place") for key in names.get(kind, ())]
    named += [(kind, key) for kind, _, key in (one.partition("/") for one in told) if kind in ("destination", "place")]
    known: dict[str, tuple[str, ...]] = {}
    for kind, key in named:
        if knowledge.has_name(kind, key):
            known[kind] = (*known.get(kind, ()), key)
    return {f"{DESTINATION}{one.key}" for one in destinations_of(knowledge, known)}


def _left_open(understanding: Understanding, answer: Answer) -> list[str]:
    """Return what was asked of a thing and isn't known, as attributes; who teaches what is never known.

    What the guide leaves open for all things is talked about as a topic of its own.
    """
    asked, named = set(understanding.attributes), set(understanding.names)
    of_all = (answer.reply.topic or "").startswith(OPEN)
    declined = answer.reply.outcome == DECLINED and named & set(THINGS) and not of_all
    facts = [one for one in OF_THINGS if one in asked] if declined else []
    where = named & {"institution", "destination", "place"}
    teaches = bool("institutions" in asked and where or named >= {"institution", "field"})
    weighs = understanding.intent == COMPARE and len(understanding.of("institution")) > 1
    of_field = named & {"field"} or answer.state.names.get("field")
    return [*facts, *([TEACHES] if (teaches or weighs) and of_field else [])]


def _latest_queries(queries: tuple[Query, ...]) -> tuple[Query, ...]:
    """Return the last questions; the last search stays among them, since its wishes can still be changed."""
    latest = queries[-REMEMBERED:]
    search = next((query for query in reversed(queries) if query.intent == FIND_PROGRAMS), None)
    return latest if search is None or search in latest else (search, *latest[1:])


def _query(knowledge: Knowledge, understanding: Understanding, answer: Answer, before: DialogueState) -> Query | None:
    """Return the question that was answered, or None if the message asked none."""
    state = answer.state
    if state.act not in QUESTIONS or state is before or understanding.intent in ("deny", "affirm", "more"):
        return None
    named = _things(understanding.names, understanding.left_out)
    if state.act == FIND_PROGRAMS:
        return Query(FIND_PROGRAMS, _short(state.names))
    if state.act == ASK_TOPIC or _about_topic(understanding, state):
        if "program" in named and state.act == ASK_ABOUT:
            return Query(ASK_ABOUT, {"program": named["program"]})  # whose kind has the topic
        if own := thing_of_topic(knowledge, state.topic):
            return Query(ASK_ABOUT, {own[0]: (own[1],)})
        return Query(ASK_TOPIC, named, state.topic)
    if answer.reply.outcome == DECLINED and (answer.reply.topic or "").startswith(OPEN):
        return Query(ASK_TOPIC, named, answer.reply.topic)  # "how do I apply in Canada?", which is left open
    # An answer may keep names of the turns before; only a question for them counts them.
    names = state.names if state.act in (ASK_BEST_DESTINATION, ASK_BEST_TYPE, COMPARE) else {**state.names, **named}
    return Query(state.act, _short(_things(names)))


def _about_topic(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether a question about a topic was answered for the thing that it names: "how long do bootcamps take?"."""
    asked = understanding.intent == ASK_TOPIC and state.act == ASK_ABOUT
    return asked and state.topic is not None and state.topic == understanding.topic


def _focus(
    knowledge: Knowledge, understanding: Understanding, before: DialogueState, state: DialogueState, query: Query | None
) -> Names:
    """Return the things in focus after an answer; what was named last stands last."""
    if state.topic and state.topic == knowledge.roles().get(ROLE_OF_LANGUAGE):
        # "Is it in Dutch?" goes on about what was talked about
        understanding = replace(understanding, names=_without_fields(understanding.names))
        query = replace(query, names=_without_fields(query.names)) if query else None
    avoided = {tuple(value.split("/", 1)) for value in understanding.about_me.get("avoid", ())}
    out = {(kind, key) for kind, keys in understanding.left_out.items() for key in keys} | avoided
    kept = {kind: tuple(key for key in keys if (kind, key) not in out) for kind, keys in before.focus.items()}
    focus = {kind: keys for kind, keys in kept.items() if keys}
    if state.act == ASK_BEST_DESTINATION and len(state.choices.get("destination", ())) and state.names:
        # each field with a place of its own, or places that were compared
        several = len(understanding.of("field")) > 1 or understanding.intent == COMPARE
        several = several or bool(WHICH_OF & set(understanding.asks)) and not understanding.names
        _put(focus, "destination", state.choices["destination"] if several else state.choices["destination"][:1])
    for kind, keys in _things(query.names if query else {}).items():
        _put(focus, kind, keys)
    if query and query.intent == ASK_ABOUT and (home := _home(knowledge, query.names)):
        _put(focus, "destination", (home,), first=True)
    for kind, keys in _things(understanding.names, understanding.left_out).items():
        if kind == "type" and query and query.names.get("program"):
            continue  # an example of the kind was told, which is spoken of now
        told_only = kind == "institution" and state.act == ASK_ADVICE  # "at a car dealer in Leeds"
        if kind == "place" and _recommended(state) and not any(knowledge.place(key).destination for key in keys):
            continue  # where the person is; what was recommended stays the place that is talked about
        if not told_only or any(knowledge.has_name(kind, key) for key in keys):
            _put(focus, kind, keys)
    if len(programs := focus.get("program", ())) == 1 and not understanding.of("field"):
        _put(focus, "field", _fields_of(knowledge, programs[0]), first=True)
    for kind in CREDENTIAL:  # what was answered with, or advised
        if state.choices.get(kind) and not _things(understanding.names, understanding.left_out).get(kind):
            _put(focus, kind, state.choices[kind], first=bool({"destination", "place"} & set(understanding.names)))
    if state.act == FIND_PROGRAMS and state is not before and state.shown:
        _put(focus, "program", tuple(one.key for one in last_page(knowledge, state)))
    return focus


def _with_told(knowledge: Knowledge, focus: Names, understanding: Understanding, answer: Answer) -> Names:
    """Return the things in focus with the one destination that advice named."""
    if answer.state.act != ASK_ADVICE or {"destination", "place"} & set(understanding.names):
        return focus
    homes = [one.key for one in knowledge.destinations() if f"**{one.short}**" in answer.reply.text]
    if len(homes) == 1:
        _put(focus, "destination", (homes[0],), first=True)
    return focus


def _without_fields(names: Names) -> Names:
    return {kind: keys for kind, keys in names.items() if kind not in ("field", "industry")}


def _recommended(state: DialogueState) -> bool:
    return state.act == ASK_BEST_DESTINATION and bool(state.choices.get("destination"))


def _fields_of(knowledge: Knowledge, program: str) -> tuple[str, ...]:
    return (
        tuple(one.key for one in knowledge.program(program).fields[:1])
        if knowledge.has_name("program", program)
        else ()
    )


def _put(focus: Names, kind: str, keys: tuple[str, ...], first: bool = False) -> None:
    """Put a thing into focus, as the latest or, if `first`, without coming before others; a new place replaces the old one."""
    where = group_of(kind) if kind in ("destination", "place") else (kind,)
    rest = {other: kept for other, kept in focus.items() if other not in where}
    focus.clear()
    focus.update({kind: keys[:MAX_KEYS], **rest} if first else {**rest, kind: keys[:MAX_KEYS]})


def _home(knowledge: Knowledge, names: Names) -> str | None:
    """Return the destination of the institution that was asked about, if no other place was named."""
    if names.get("destination") or names.get("place"):
        return None
    for key in names.get("institution", ()):
        if knowledge.has_name("institution", key):
            home = knowledge.institution(key).destination
            return home.key if home else None
    return None


def _now_listed(knowledge: Knowledge, understanding: Understanding, answer: Answer, before: DialogueState) -> Names:
    """Return what "the second one" may mean after an answer: what it names, else what a question without answer names."""
    if named := _named_in_order(knowledge, answer):
        return named
    several = {kind: keys for kind, keys in understanding.names.items() if len(keys) > 1}
    if several and answer.reply.outcome == DECLINED:  # "which is better, A or B?"
        return _short(several)
    return _listed(knowledge, answer.state, before)


def _earlier(before: DialogueState, listed: Names) -> Names:
    """Return the last list of each kind that is no longer the last one shown: "the two countries you mentioned"."""
    if listed == before.listed:
        return before.earlier
    lists = {kind: keys for kind, keys in before.listed.items() if len(keys) > 1 and kind != "topic"}
    return {kind: keys for kind, keys in {**before.earlier, **lists}.items() if kind not in listed}


def _listed(knowledge: Knowledge, state: DialogueState, before: DialogueState) -> Names:
    """Return the last list that was shown."""
    if (state.act, state.topic, state.names, state.shown) == (before.act, before.topic, before.names, before.shown):
        return _short(state.choices) if state.choices != before.choices and state.choices else before.listed
    if state.act == FIND_PROGRAMS and state.shown:
        return {"program": tuple(one.key for one in last_page(knowledge, state))}
    if state.choices:
        return _short(state.choices)
    if state.act == COMPARE and (several := {kind: keys for kind, keys in state.names.items() if len(keys) > 1}):
        return _short(several)
    if state.act == ASK_TOPIC and (items := items_of(knowledge, state.topic)):
        return {"topic": items}
    if state.act == ASK_ABOUT and set(state.names) == {"destination"} and len(state.names["destination"]) == 1:
        return {"institution": institutions_of(knowledge, state.names["destination"][0])}
    return before.listed


def _named_in_order(knowledge: Knowledge, answer: Answer) -> Names:
    """Return the things that the claim of an answer names one after another, as "the second one" may mean.

    Of several kinds, that of which it names the most; a field that is also an industry counts as the field.
    """
    told = answer.reply.claims[0] if answer.reply.claims else {}
    for claim in knowledge.claims(told["topic"]) if told else ():
        if claim.say != told["say"]:
            continue
        found = [(kind, _in_order(knowledge, claim, kind, answer.reply.text)) for kind in NAMED_IN_CLAIMS]
        kind, named = max(found, key=lambda one: len(one[1]))
        return {kind: named} if len(named) > 1 else {}
    return {}


def _in_order(knowledge: Knowledge, claim: Claim, kind: str, told: str) -> tuple[str, ...]:
    """Return the things of a kind that a claim names and that were `told`, in the order of the claim."""
    said, told, found = claim.say.lower(), told.lower(), {}
    for _, key in (one for one in claim.about | claim.mentions if one[0] == kind and knowledge.has_name(*one)):
        name = knowledge.name(kind, key)
        at = max(said.find(name.name.lower()), said.find(name.short.lower()))
        if at >= 0 and any(one.lower() in told for one in (name.name, name.short)):
            found[key] = at
    return tuple(sorted(found, key=lambda key: found[key]))[:MAX_KEYS]


def _asked(understanding: Understanding, before: DialogueState, answer: Answer) -> Query | None:
    """Return the question that was put back, or the earlier one if nothing but small talk came between."""
    if answer.reply.outcome == CLARIFY and answer.state.act in (*QUESTIONS, *ASKED_BACK):
        intent = ASKED_BACK.get(answer.state.act, answer.state.act)
        return Query(intent, _short(_things(answer.state.names)))
    return before.asked if answer.state is before or answer.reply.outcome == "smalltalk" else None


def _things(names: Names, left_out: Names | None = None) -> Names:
    """Return the things among names, without those that were excluded."""
    kept = {
        kind: tuple(key for key in names.get(kind, ()) if key not in (left_out or {}).get(kind, ())) for kind in THINGS
    }
    return {kind: keys for kind, keys in kept.items() if keys}


def _short(names: Names) -> Names:
    return {kind: keys[:MAX_KEYS] for kind, keys in names.items() if keys}


def institutions_of(knowledge: Knowledge, destination: str) -> tuple[str, ...]:
    """Return the institutions of a destination in the order in which its answer names them."""
    try:
        return tuple(one.key for one in knowledge.destination(destination).institutions)
    except UnknownKey:
        return ()


def items_of(knowledge: Knowledge, topic: str | None) -> tuple[str, ...]:
    """Return the topics that a topic's answer lists, if each item of its list has one."""
    if not topic or not knowledge.has_topic(topic):
        return ()
    items = knowledge.topic(topic).items
    keys = tuple(item.topic.key for item in items if item.topic)
    return keys if len(keys) == len(items) else ()


def thing_of_topic(knowledge: Knowledge, topic: str | None) -> tuple[str, str] | None:
    """Return kind and key of the type or destination that a topic describes, or None."""
    found = knowledge.described_by(topic) if topic else None
    return found if found and found[0] != "industry" else None
