"""Two things side by side; never a winner that the guide doesn't name."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer, AnswerAction
from actions.context import DialogueState, Names, Understanding
from actions.credential_types import recommend_type
from actions.describe import what_orders
from actions.destinations import destinations_of, recommend_destination
from actions.ordinal_reference import or_pointed_at
from actions.replies import credentials, destinations, programs
from actions.replies.base import Reply
from actions.topics import about_topic
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge

SURELY = 0.6  # share of a topic from which a comparison that cannot be made is about it
CHEAPEST = "price"  # what "cheapest" puts things in order by
AT_ALL = 0.15  # share from which a degree may be the other side
MOST_BESIDE = 3  # of what an answer listed, beside each other: more is better chosen from


def compare(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Compare what the message names; one name is compared with what was being talked about."""
    if set(understanding.names) == {"order"}:  # "which of them is shorter?"
        return what_orders(knowledge, understanding, state)
    if _by_price(knowledge, understanding):
        answer = about_topic(knowledge, knowledge.role("prices"))
        return replace(answer, state=replace(answer.state, names=understanding.names))
    if understanding.names and set(understanding.names) <= {
        "field",
        "industry",
    }:  # "and for a data analyst?", of what was compared
        answer = (recommend_type if state.names.get("type") else recommend_destination)(knowledge, understanding, state)
        several = {kind: keys for kind, keys in state.names.items() if len(keys) > 1}
        return replace(answer, state=replace(answer.state, choices=several or answer.state.choices))
    sure, versus_degree = _is_sure(understanding), knowledge.role("versus-degree")
    if sure and understanding.topic == versus_degree:  # whatever else was talked about before
        return about_topic(knowledge, versus_degree)
    for names in (understanding.names, _joined(state.names, understanding.names), *_listed(understanding, state)):
        reply = _compared(knowledge, names)
        if reply is not None:
            return _answer(reply, names)
    if not understanding.names and state.topic == versus_degree:  # "so which is better?"
        return about_topic(knowledge, state.topic)
    if sure:  # "MicroMasters or XSeries?" (one isn't in the guide), "how do the types differ?" (nothing is named)
        return about_topic(knowledge, understanding.topics[0].key)
    if understanding.of("type"):  # "bootcamp or a degree?", "a badge or a certificate?": one of many types goes by that
        with_degree = any(one.key == versus_degree and one.share >= AT_ALL for one in understanding.topics)
        return about_topic(knowledge, versus_degree if with_degree else knowledge.role("types"))
    if understanding.of("mode"):
        return about_topic(knowledge, knowledge.role("delivery"))
    offered = knowledge.destinations()
    choices = {"destination": tuple(one.key for one in offered)}
    return Answer(
        destinations.which_to_compare(offered), DialogueState("compare", names=understanding.names, choices=choices)
    )


def _is_sure(understanding: Understanding) -> bool:
    return bool(understanding.topics) and understanding.topics[0].share >= SURELY


def _by_price(knowledge: Knowledge, understanding: Understanding) -> bool:
    """ "Is Canada cheaper than the UK?", "compare the fees": no price is known."""
    return (
        CHEAPEST in understanding.of("order")
        or _is_sure(understanding)
        and understanding.topic == knowledge.role("prices")
    )


def _listed(understanding: Understanding, state: DialogueState) -> list[Names]:
    """ "Compare them": what the last answer listed."""
    few = {kind: keys for kind, keys in state.choices.items() if len(keys) <= MOST_BESIDE}
    return [few] if few and not understanding.names else []


def _joined(before: Names, now: Names) -> Names:
    return {kind: tuple(dict.fromkeys((*before.get(kind, ()), *now.get(kind, ())))) for kind in {*before, *now}}


def _compared(knowledge: Knowledge, names: Names) -> Reply | None:
    if len(destinations_of(knowledge, names)) > 1:
        return destinations.side_by_side(destinations_of(knowledge, names))
    if len(names.get("type", ())) > 1:
        return credentials.compared_types([knowledge.type(key) for key in names["type"]])
    if len(names.get("program", ())) > 1:
        return programs.compared([knowledge.program(key) for key in names["program"]])
    described = [
        part
        for kind in ("provider", "institution")
        for key in names.get(kind, ())
        if (part := _described(knowledge, kind, key))
    ]
    if len(described) > 1:
        return credentials.compared_texts(
            [(name, text) for name, text, _ in described], [source for *_, source in described]
        )
    return None


def _described(knowledge: Knowledge, kind: str, key: str):
    try:
        if kind == "provider":
            found = knowledge.provider(key)
            return found.name, found.about, found.source
        found = knowledge.institution(key)
        where = f" in {found.destination.short}" if found.destination else ""
        return found.name, f"An institution that the guide names{where}.", found.source
    except UnknownKey:
        return knowledge.other_name(kind, key).name, "Not in the guide.", None


def _answer(reply: Reply, names: Names) -> Answer:
    return Answer(
        reply,
        DialogueState("compare", reply.topic, names, tuple(source.key for source in reply.sources)).offering(
            "choose_help"
        ),
    )


class Compare(AnswerAction):
    """A comparison."""

    def name(self) -> str:
        return "action_compare"

    answer = staticmethod(or_pointed_at(compare))
