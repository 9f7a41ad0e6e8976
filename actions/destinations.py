"""Which destination suits a field, and what the guide says of a destination, country or institution."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.replies import destinations as words
from actions.replies.base import Reply
from actions.replies.topics import joined
from knowledge.knowledge_base import Knowledge
from knowledge.models import Destination, FieldAnswer


def recommend_destination(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """The destination for a field; where a destination was named too, whether the field is at home there.

    A follow-up keeps what it doesn't change: "what about Canada?" asks about the same field.
    """
    about = state.names if _goes_on(understanding, state) else understanding.names
    field, where = field_of(knowledge, about), destinations_of(knowledge, understanding.names)
    if understanding.excludes and field is not None:
        return _answer(words.best_without(field, where), "ask_best_destination", {"field": (field.field.key,)})
    if field is None:
        reply = _without_field(knowledge, about, where, understanding.excludes)
        answer = _answer(reply, "ask_best_destination", {**about, **understanding.names})
        listed = () if where or about.get("industry") else tuple(one.key for one in knowledge.destinations())
        return replace(answer, state=replace(answer.state, choices={"destination": listed}))
    names = {"field": (field.field.key,)}
    if len(where) == 1:
        asked = (where[0].key,)
        reply = words.with_programs_there(words.field_in_destination(field, where[0]), field, where[0])
        answer = _answer(reply, "ask_best_destination", {**names, "destination": asked})
        return replace(answer, state=replace(answer.state, choices=_named_for(field, first=asked)))
    reply = words.with_programs(words.best_for_field(field), field)
    industry = next((one for one in field.industries if one.embraces and one.topic), None)
    if reply.outcome == words.DECLINED and industry:  # no destination for it, but more to say than that
        reply = replace(joined(reply, knowledge.topic(industry.topic.key)), topic=industry.topic.key)
    answer = _answer(reply, "ask_best_destination", names)
    return replace(answer, state=replace(answer.state, choices=_named_for(field)))


def _named_for(field: FieldAnswer, first: tuple[str, ...] = ()) -> Names:
    """The destinations that the answer about a field names, in its order: among them "the second one" chooses."""
    homes = field.destinations or [home for _, near_homes in field.near for home in near_homes]
    return {"destination": tuple(dict.fromkeys((*first, *(one.key for one in homes))))}


def _goes_on(understanding: Understanding, state: DialogueState) -> bool:
    """Whether the field or industry of the turns before still counts: where this message names none."""
    named = understanding.of("field") or understanding.of("industry")
    return not named and bool(state.names.get("field") or state.names.get("industry"))


def _without_field(knowledge: Knowledge, about: Names, where: list[Destination], excluded: bool) -> Reply:
    """No field was named: the fields of the industry that was, or of the destination, or of all destinations."""
    for key in about.get("industry", ()):
        answers = [knowledge.field_answer(field.key) for field in knowledge.industry_fields(key)]
        if any(answer.destinations or answer.near for answer in answers) and not excluded:
            return words.best_for_industry(knowledge.industry(key).name, answers)
    if len(where) == 1 and not excluded:
        return words.destination(where[0])
    left_out = {one.key for one in where} if excluded else set()
    return words.which_field([one for one in knowledge.destinations() if one.key not in left_out])


def _answer(reply: Reply, act: str, names: Names) -> Answer:
    state = DialogueState(act, reply.topic, names, tuple(source.key for source in reply.sources))
    return Answer(reply, state.offering("want_person") if reply.outcome == words.DECLINED else state.offering("more"))


def field_of(knowledge: Knowledge, names: Names) -> FieldAnswer | None:
    """What is known of the first field named that a destination lists, else of the first; an industry stands for the field of
    the same key."""
    named = [*names.get("field", ()), *(key for key in names.get("industry", ()) if knowledge.has_name("field", key))]
    answers = [knowledge.field_answer(key) for key in named]
    return next((one for one in answers if one.destinations), answers[0] if answers else None)


def destinations_of(knowledge: Knowledge, names: Names) -> list[Destination]:
    """The destinations named, places counted as the destination they lie in."""
    found = [knowledge.destination(key) for key in names.get("destination", ())]
    found += [place.destination for place in map(knowledge.place, names.get("place", ())) if place.destination]
    return list({one.key: one for one in found}.values())
