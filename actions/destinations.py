"""Recommends a destination for a field."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.near_fields import close_programs
from actions.replies import destinations, fields
from actions.replies.base import DECLINED, Reply
from actions.replies.topics import joined
from core.contract.question_forms import WHY, YES_NO
from knowledge.knowledge_base import Knowledge
from knowledge.models import Destination, FieldAnswer

ASKS_WHY = "asks-why"  # code of nlu/data/about_me.yml: also amid a message that has another form
WHAT_ELSE = "what-else"  # the same: what there is beside that


def recommend_destination(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Recommend a destination for a field, or tell whether the field is popular in the destination that was named.

    A follow-up keeps what it does not change: "what about Canada?" asks about the same field.
    """
    about = state.names if _goes_on(knowledge, understanding, state) else understanding.names
    field, where = field_of(knowledge, about), destinations_of(knowledge, understanding.names)
    if field and (elsewhere := _elsewhere_in_it(knowledge, understanding, field)):
        return elsewhere
    out = where if understanding.excludes else destinations_of(knowledge, understanding.left_out)
    if out and field is not None:
        return _answer(fields.best_without(field, out), "ask_best_destination", {"field": (field.field.key,)})
    if field is None:
        reply = _without_field(knowledge, about, where, understanding.excludes)
        answer = _answer(reply, "ask_best_destination", {**about, **understanding.names})
        listed = (
            () if where or about.get("industry") else tuple(destination.key for destination in knowledge.destinations())
        )
        return replace(answer, state=replace(answer.state, choices={"destination": listed}))
    names: Names = {"field": (field.field.key,)}
    if len(where) == 1:
        asked = (where[0].key,)
        reply = fields.with_programs_there(
            fields.field_in_destination(field, where[0], understanding.form == YES_NO), field, where[0]
        )
        if ASKS_WHY in understanding.asks or understanding.form == WHY:
            reply = fields.with_reason(reply, reason_for(knowledge, where[0]))
        answer = _answer(reply, "ask_best_destination", {**names, "destination": asked})
        return replace(answer, state=replace(answer.state, choices=_named_for(field, first=asked)))
    reply = fields.with_programs(fields.best_for_field(field), field)
    reply = fields.with_close(reply, field, close_programs(knowledge, field))
    places = [knowledge.place(key) for key in understanding.of("place")]
    if reply.outcome == DECLINED and (outside := [one for one in places if one.destination is None]):
        reply = fields.not_there(reply, outside)
    topics = [industry.topic.key for industry in field.industries if industry.embraces and industry.topic]
    if reply.outcome == DECLINED and topics:  # no destination lists it, but the guide has a topic on the industry
        reply = replace(joined(reply, knowledge.topic(topics[0])), topic=topics[0])
    reply = fields.with_others(reply, _other_fields(knowledge, understanding, field))
    answer = _answer(reply, "ask_best_destination", names)
    return replace(answer, state=replace(answer.state, choices=_named_for(field)))


def _elsewhere_in_it(knowledge: Knowledge, understanding: Understanding, field: FieldAnswer) -> Answer | None:
    """Return where else in a destination of the field one can go, if only a place within it is left out; else None.

    "But not in Spain" leaves out one country of several, and not all of them.
    """
    out = understanding.names if understanding.excludes else understanding.left_out
    places = [knowledge.place(key) for key in out.get("place", ())]
    homes = {one.destination.key for one in places if one.destination}
    if out.get("destination") or len(homes) != 1 or not homes <= {one.key for one in field.destinations}:
        return None
    names = {one.name for one in places}
    home = next(one for one in field.destinations if one.key in homes)
    rest = tuple(one for one in home.institutions if one.country not in names)
    if not rest or len(rest) == len(home.institutions):
        return None
    kept = replace(
        field, destinations=tuple(replace(one, institutions=rest) if one is home else one for one in field.destinations)
    )
    answer = _answer(fields.best_for_field(kept), "ask_best_destination", {"field": (field.field.key,)})
    return replace(answer, state=replace(answer.state, choices=_named_for(field)))


def _other_fields(knowledge: Knowledge, understanding: Understanding, told: FieldAnswer) -> list[FieldAnswer]:
    """Return what is known of the other fields that a message names beside the one that is answered, at most one."""
    keys = [key for key in understanding.of("field") if key not in understanding.left_out.get("field", ())]
    studied = understanding.about_me.get("studied", ())  # which is over, and not what is asked for
    keys = [key for key in keys if key not in (told.field.key, *studied) and knowledge.has_name("field", key)]
    return [knowledge.field_answer(key) for key in keys[:1]]


def _named_for(field: FieldAnswer, first: tuple[str, ...] = ()) -> Names:
    """Return the destinations that the answer about a field names, in order, as choices for "the second one"."""
    known = [one.where for one in field.strengths if one.field.key == field.field.key]
    homes = [*field.destinations] or [one for one in known if isinstance(one, Destination)]
    homes = homes or [home for _, near_homes in field.near for home in near_homes]
    return {"destination": tuple(dict.fromkeys((*first, *(destination.key for destination in homes))))}


def _goes_on(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> bool:
    """Return whether the field or industry of the turns before still counts because this message names none."""
    named = understanding.of("field") or understanding.of("industry")
    # "Known for what else?"
    beside = WHAT_ELSE in understanding.asks and destinations_of(knowledge, understanding.names)
    return not named and not beside and bool(state.names.get("field") or state.names.get("industry"))


def _without_field(knowledge: Knowledge, about: Names, where: list[Destination], excluded: bool) -> Reply:
    """Return the fields of the industry that was named, or of the destination, or of all destinations."""
    for key in about.get("industry", ()):
        answers = [knowledge.field_answer(field.key) for field in knowledge.industry_fields(key)]
        if any(answer.destinations or answer.near for answer in answers) and not excluded:
            return fields.best_for_industry(knowledge.industry(key).name, answers)
    if len(where) == 1 and not excluded:
        return destinations.describe_destination(where[0])
    left_out = {one.key for one in where} if excluded else set()
    return fields.which_field(
        [destination for destination in knowledge.destinations() if destination.key not in left_out]
    )


def _answer(reply: Reply, act: str, names: Names) -> Answer:
    state = DialogueState(act, reply.topic, names, reply.source_keys)
    return Answer(reply, state.offering("want_person") if reply.outcome == DECLINED else state.offering("more"))


def field_of(knowledge: Knowledge, names: Names) -> FieldAnswer | None:
    """Return the answer for the first named field that a destination lists, else for the first; None without a field.

    An industry stands for the field of the same key.
    """
    keys = [*names.get("field", ()), *(key for key in names.get("industry", ()) if knowledge.has_name("field", key))]
    answers = [knowledge.field_answer(key) for key in keys]
    return next((answer for answer in answers if answer.destinations), answers[0] if answers else None)


def reason_for(knowledge: Knowledge, where: Destination) -> str:
    """Return what speaks for a destination, or "" if nothing is said on it."""
    claims = knowledge.claims(where.topic.key) if where.topic else ()
    return next((claim.say for claim in claims if claim.form == WHY), "")


def destinations_of(knowledge: Knowledge, names: Names) -> list[Destination]:
    """Return the named destinations; a place counts as the destination that it lies in."""
    destinations = [knowledge.destination(key) for key in names.get("destination", ())]
    destinations += [place.destination for place in map(knowledge.place, names.get("place", ())) if place.destination]
    return list({destination.key: destination for destination in destinations}.values())
