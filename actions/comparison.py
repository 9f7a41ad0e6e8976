"""Compares two things; names no winner that the guide does not name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from actions.advice.advise import give_advice
from actions.advice.for_field import FOR_ME, WHICH_ONE, talked_field
from actions.advice.profile import field_key
from actions.base import Answer
from actions.claim_answers import is_with_degree
from actions.context import DialogueState, Names, Understanding
from actions.credential_types import CHEAPEST, recommend_type
from actions.describe import answer_order, describe
from actions.destinations import destinations_of, recommend_destination
from actions.replies import credentials, destinations, program_facts
from actions.replies.advice.for_field import kinds_for_field
from actions.replies.base import Reply, paragraphs
from actions.said_back import decline_of, has_uncovered
from actions.topics import about_topic, answer_topic
from core.contract.intents import ASK_ADVICE
from core.contract.question_forms import YES_NO
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import Destination, FieldAnswer, Place, Source

SURELY = 0.6  # share from which a topic answers a comparison that cannot be made
AT_ALL = 0.15  # share from which a degree may be what is compared with
OTHER = "other"  # an attribute: what is asked besides
MAX_PAIR = 2  # programs that are named by their fields and compared
MAX_COMPARED = 3  # listed things that are compared with each other; of more, one has to choose


def compare(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Compare what the message names; a single name is compared with what was being talked about."""
    if set(understanding.names) == {"order"}:  # "which of them is shorter?"
        return answer_order(knowledge, understanding, state)
    if _by_price(knowledge, understanding):
        answer = about_topic(knowledge, knowledge.role("prices"))
        return replace(answer, state=replace(answer.state, names=understanding.names))
    # "And for a data analyst?" asks about the things that were compared before.
    if understanding.names and set(understanding.names) <= {"field", "industry"}:
        answer = (recommend_type if state.names.get("type") else recommend_destination)(knowledge, understanding, state)
        several = {kind: keys for kind, keys in state.names.items() if len(keys) > 1}
        return replace(answer, state=replace(answer.state, choices=several or answer.state.choices))
    if with_degree := _with_degree(knowledge, understanding):
        return with_degree
    sure, versus_degree = _is_sure(understanding), knowledge.roles().get("versus-degree", "")
    # "How is that different from a badge?"
    two_kinds = understanding.follows and any(len(understanding.of(kind)) > 1 for kind in ("type", "program"))
    if sure and knowledge.plays(understanding.topic, "versus-degree") and not two_kinds:
        # whatever else was talked about before
        return about_topic(knowledge, versus_degree)
    for names in (
        _programs_of_fields(knowledge, understanding.names),
        _kinds_of_both(knowledge, understanding.names),
        understanding.names,
        _joined(state.names, understanding.names),
        *_listed(understanding, state),
        *_talked_about(understanding, state),
    ):
        told = _told_before(names, understanding, state)
        field = _field_told(knowledge, understanding, state)
        reply = _compared(knowledge, names, field, understanding.ranked_by, told)
        if reply is not None:
            return _answer(_for_own_field(knowledge, state, names, reply), names)
    if len(named := _places(knowledge, understanding.names)) > 1:  # "the UK or the US?": not all of them are described
        field = _field_told(knowledge, understanding, state)
        return _answer(destinations.with_unlisted(named, field), understanding.names)
    if state.topic and knowledge.plays(state.topic, "versus-degree") and not understanding.names:
        return about_topic(knowledge, state.topic)  # "so which is better?"
    described = sure and knowledge.described_by(understanding.topics[0].key) is not None
    # "MicroMasters or XSeries?" (one isn't in the guide), "how do the types differ?" (nothing is named)
    if sure and not (described and understanding.of("type")):
        return answer_topic(knowledge, replace(understanding, second=None), state)
    if beside := _beside_unknown(knowledge, understanding):
        return beside
    # "Bootcamp or a degree?", "a badge or a certificate?": several types are called a certificate.
    if understanding.of("type"):
        beside_degree = any(one.key == versus_degree and one.share >= AT_ALL for one in understanding.topics)
        return about_topic(knowledge, versus_degree if beside_degree else knowledge.role("types"))
    if understanding.of("mode"):
        return about_topic(knowledge, knowledge.role("delivery"))
    own = bool(state.profile) or bool(talked_field(knowledge, state))
    for_me = {FOR_ME, WHICH_ONE} & set(understanding.asks)
    if own and for_me and not understanding.names:  # "so which is better for me?"
        return give_advice(knowledge, replace(understanding, intent=ASK_ADVICE), state)
    if alone := _without_second(knowledge, understanding, state):
        return alone
    offered = knowledge.destinations()
    choices = {"destination": tuple(one.key for one in offered)}
    reply = destinations.which_to_compare(offered, knowledge.types())
    return Answer(reply, DialogueState("compare", names=understanding.names, choices=choices))


def _beside_unknown(knowledge: Knowledge, understanding: Understanding) -> Answer | None:
    """Say of a kind that is compared with what isn't in the guide that only the kind is known, else None."""
    kinds = [knowledge.type(key) for key in understanding.of("type")]
    other = understanding.unknown or OTHER in understanding.attributes or has_uncovered(knowledge, understanding)
    if len(kinds) != 1 or not other or kinds[0].topic is None:
        return None
    said = decline_of(knowledge, understanding)
    reply = credentials.beside_unknown(kinds[0], knowledge.topic(kinds[0].topic.key), said)
    return _answer(reply, understanding.names)


def _told_before(names: Names, understanding: Understanding, state: DialogueState) -> set[str]:
    """Return what was told of before, if a message puts something new beside it: "what about Oslo, is it better?"."""
    spoken = {one.partition("/")[2] for one in state.spoken}
    compared = {key for kind in ("destination", "type") for key in names.get(kind, ())}
    old = compared & spoken
    new = {key for keys in understanding.names.values() for key in keys} & (compared - spoken)
    return old if old and new and compared == old | new and understanding.form == YES_NO else set()


def _for_own_field(knowledge: Knowledge, state: DialogueState, names: Names, reply: Reply) -> Reply:
    """Return the comparison of kinds with what speaks for one of them for the field that is named, or that of the person."""
    key = next(iter(names.get("field", ())), None) or field_key(knowledge, state.profile)
    kinds = [knowledge.type(one) for one in names.get("type", ())]
    fitting = [kind for kind in kinds if key in {field.key for field in kind.fields}]
    if not key or not fitting or len(fitting) == len(kinds):
        return reply
    return replace(reply, text=paragraphs(reply.text, kinds_for_field(knowledge.field(key), fitting)))


def _field_told(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> FieldAnswer | None:
    """Return the field for which things are compared: that of the message, else the person's, else that talked about."""
    out = understanding.left_out.get("field", ())
    named = (key for key in understanding.of("field") if key not in out and knowledge.has_name("field", key))
    key = next(named, "") or field_key(knowledge, state.profile) or talked_field(knowledge, state)
    return knowledge.field_answer(key) if key else None


def _with_degree(knowledge: Knowledge, understanding: Understanding) -> Answer | None:
    """Return the comparison of the kind that is named with a degree; None if no degree or several kinds are named."""
    role = knowledge.roles().get("versus-degree", "")
    kinds = {*understanding.of("type"), *(knowledge.program(key).type.key for key in understanding.of("program"))}
    if not is_with_degree(understanding) or len(kinds) != 1 or not knowledge.has_topic(role):
        return None
    (kind,) = kinds
    reply = credentials.compared_with_degree(knowledge.type(kind), knowledge.topic(role))
    return _answer(reply, {**understanding.names, "type": (kind,)})


def _is_sure(understanding: Understanding) -> bool:
    return bool(understanding.topics) and understanding.topics[0].share >= SURELY


def _by_price(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether prices are compared ("Is Canada cheaper than the UK?"), none of which the guide states."""
    return (
        CHEAPEST in understanding.of("order")
        or _is_sure(understanding)
        and knowledge.plays(understanding.topic, "prices")
    )


def _listed(understanding: Understanding, state: DialogueState) -> list[Names]:
    """Return what the last answer listed, if the message names nothing ("Compare them") and the list is short."""
    few = {kind: keys for kind, keys in state.choices.items() if len(keys) <= MAX_COMPARED}
    return [few] if few and not understanding.names else []


def _programs_of_fields(knowledge: Knowledge, names: Names) -> Names:
    """Return the programs that are named by their field and kind: "the UX bootcamp and the project management certificate"."""
    kinds, found = set(names.get("type", ())), list(names.get("program", ()))
    covered = {field.key for key in found for field in knowledge.program(key).fields}
    for key in names.get("field", ()) if kinds or found else ():
        if key in covered or not knowledge.has_name("field", key):
            continue
        programs = knowledge.field_answer(key).programs
        fitting = [one for one in programs if one.type.key in kinds] or programs
        found += [one.key for one in fitting[:1]]
    several = tuple(dict.fromkeys(found))
    return {"program": several} if len(several) == MAX_PAIR else {}


def _kinds_of_both(knowledge: Knowledge, names: Names) -> Names:
    """Return the kinds of a kind and a program that are compared: "a coding bootcamp or the IBM badge"."""
    kinds = [*names.get("type", ()), *(knowledge.program(key).type.key for key in names.get("program", ()))]
    several = tuple(dict.fromkeys(kinds))
    return {"type": several} if names.get("type") and names.get("program") and len(several) > 1 else {}


def _talked_about(understanding: Understanding, state: DialogueState) -> list[Names]:
    """Return the things of one kind that the last questions were about, if the message names at most one of that kind."""
    found = []
    for kind in ("type", "program", "destination"):
        keys = [*understanding.of(kind), *(key for one in reversed(state.queries) for key in one.names.get(kind, ()))]
        several = tuple(dict.fromkeys([*keys, *state.focus.get(kind, ())]))[:2]
        several = several if understanding.of(kind) else several[::-1]  # in the order in which they were asked about
        if len(several) > 1 and set(understanding.names) <= {kind}:
            found.append({kind: several})
    return found


def _places(knowledge: Knowledge, names: Names) -> list[Destination | Place]:
    described: list[Destination | Place] = list(destinations_of(knowledge, _with_homes(knowledge, names)))
    others = (knowledge.place(key) for key in names.get("place", ()) if knowledge.has_name("place", key))
    return [*described, *(place for place in others if place.destination is None)]


def _with_homes(knowledge: Knowledge, names: Names) -> Names:
    """Return the names with the destination of the institutions that are compared with places: "Melbourne or Toronto?"."""
    named = [
        knowledge.institution(key) for key in names.get("institution", ()) if knowledge.has_name("institution", key)
    ]
    homes = [one.destination.key for one in named if one.destination]
    places = bool(names.get("place") or names.get("destination"))
    return {**names, "destination": tuple(dict.fromkeys((*names.get("destination", ()), *homes)))} if places else names


def _without_second(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer a comparison that lacks its second thing: the one that is named is described; nobody is asked twice for two."""
    if understanding.of("destination") or understanding.of("place") or understanding.of("provider"):
        return describe(knowledge, replace(understanding, intent="ask_about"), DialogueState())
    if state.act != "compare" or not understanding.topics:
        return None
    return about_topic(knowledge, understanding.topics[0].key)


def _joined(before: Names, now: Names) -> Names:
    return {kind: tuple(dict.fromkeys((*before.get(kind, ()), *now.get(kind, ())))) for kind in {*before, *now}}


def _compared(
    knowledge: Knowledge,
    names: Names,
    field: FieldAnswer | None = None,
    ranked_by: str = "",
    told: Collection[str] = (),
) -> Reply | None:
    if len(destinations_of(knowledge, names)) > 1:
        return destinations.side_by_side(destinations_of(knowledge, names), field, ranked_by, told)
    if len(names.get("type", ())) > 1:
        return credentials.compared_types([knowledge.type(key) for key in names["type"]], ranked_by, told)
    if len(names.get("program", ())) > 1:
        programs = [knowledge.program(key) for key in names["program"]]
        kinds = [knowledge.type(key) for key in dict.fromkeys(one.type.key for one in programs)]
        return program_facts.compared(programs, kinds, ranked_by)
    described = [
        _described(knowledge, kind, key) for kind in ("provider", "institution") for key in names.get(kind, ())
    ]
    if len(described) > 1:
        return credentials.compared_texts(
            [(name, text) for name, text, _ in described], [source for *_, source in described], ranked_by
        )
    return None


def _described(knowledge: Knowledge, kind: str, key: str) -> tuple[str, str, Source | None]:
    """Return the name, description and source of a provider or institution."""
    try:
        if kind == "provider":
            provider = knowledge.provider(key)
            return provider.name, provider.about, provider.source
        institution = knowledge.institution(key)
        where = f" in {institution.destination.short}" if institution.destination else ""
        return institution.name, f"An institution that the guide names{where}.", institution.source
    except UnknownKey:
        return knowledge.other_name(kind, key).name, "Not in the guide.", None


def _answer(reply: Reply, names: Names) -> Answer:
    return Answer(
        reply,
        DialogueState("compare", reply.topic, names, reply.source_keys).offering("choose_help"),
    )
