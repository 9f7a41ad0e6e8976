"""What the steps of resolution share: the ways of referring back, and the things in focus."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from actions.context import (
    DialogueState,
    Names,
    Query,
    Ranked,
    Understanding,
    group_of,
)
from core.contract.intents import (
    ASK_ABOUT,
    ASK_TOPIC,
    COMPARE,
    DENY,
    FIND_PROGRAMS,
    MORE,
    NOT_UNDERSTOOD,
    REFINE,
)
from knowledge.knowledge_base import Knowledge

# How a message refers back (nlu/extraction/references.py).
ONE, MANY, THERE, ARE_THERE, BOTH, ALL, REST = "one", "many", "there", "are there", "both", "all", "rest"
HERE, HOME, SIMILAR = "here", "home", "similar"
NOT_THAT, AND, MEANT, WHY, THE_ONE, EACH = "not that", "and", "meant", "why", "the one", "each"
# Codes of what a message asks (nlu/data/about_me.yml).
ASKED, PUT_RIGHT, DIFFER, HOW_SURE = "asked", "put-right", "differ", "how-sure"
WHERE, SUBJECT, ORGANISATION = ("destination", "place"), ("field", "industry"), ("institution", "provider")
CREDENTIAL = ("type", "program")
ASK_SOURCE = "ask_source"
FOLLOW_UPS = (REFINE, MORE, DENY, NOT_UNDERSTOOD)
LIST_KINDS = ("program", "destination", "place", "type", "provider", "institution", "field")
# Kinds of things that "the two" may be, and how many of them are remembered.
SPOKEN, MOST_SPOKEN = ("field", "place", "destination", "type", "provider", "institution", "program"), 10
SURELY = 0.4  # probability from which a topic is what the message asks for, whatever it names


def about(knowledge: Knowledge, understanding: Understanding, things: Names, state: DialogueState) -> Understanding:
    """Return the question asked about things; a follow-up, or a field somewhere, asks about them by name."""
    names = {**things, **{kind: keys for kind, keys in understanding.names.items() if kind not in things}}
    intent, kinds = understanding.intent, set(understanding.names)
    if kinds == {"mode"} and intent in (*FOLLOW_UPS, ASK_ABOUT, FIND_PROGRAMS) and "delivery" in knowledge.roles():
        delivery = (Ranked(knowledge.role("delivery"), 1.0),)
        return replace(understanding, intent=ASK_TOPIC, topics=delivery, names=names)
    related = bool(kinds) and kinds <= {*SUBJECT, "type"} and bool(set(things) & {*WHERE, *ORGANISATION})
    if (
        intent in FOLLOW_UPS
        or related
        and (intent == FIND_PROGRAMS or intent == ASK_TOPIC and _is_vague(knowledge, understanding))
    ):
        intent = ASK_ABOUT
    return replace(understanding, intent=intent, names=names)


def _is_vague(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether the topic is only that of a named thing, or a guess: "what do they offer there in health"."""
    if not understanding.topics or understanding.topics[0].share * understanding.confidence < SURELY:
        return True
    return knowledge.described_by(understanding.topic or "") is not None


def kinds_called(kind: str) -> tuple[str, ...]:
    """Return the kinds of names that a word for a kind may mean: "this course" may be a program or a type."""
    return {"program": CREDENTIAL, "type": ("type",), "destination": WHERE, "field": SUBJECT}.get(kind, (kind,))


def where_of(state: DialogueState) -> str | None:
    """Return the kind of the place that came into focus last."""
    return latest(state, WHERE)


def latest(state: DialogueState, kinds: tuple[str, ...]) -> str | None:
    """Return the kind that came into focus last, of some kinds."""
    return next((kind for kind in reversed(state.focus) if kind in kinds and state.focus[kind]), None)


def is_later(state: DialogueState, kind: str, other: str | None) -> bool:
    """Return whether a kind came into focus after another one."""
    order = list(state.focus)
    return other is None or order.index(kind) > order.index(other)


def focused(state: DialogueState, kind: str) -> Names:
    """Return the things of a kind that are in focus."""
    return {kind: state.focus[kind]}


def last_query(state: DialogueState) -> Query | None:
    """Return the last question, or None if nothing was asked."""
    return state.queries[-1] if state.queries else None


def ranked_fact(understanding: Understanding, facts: Collection[str]) -> str:
    """Return the fact by which two things are compared in other words: "which of the two costs less?"; else ""."""
    compares = understanding.intent == COMPARE and BOTH in understanding.back and not understanding.names
    return next((one for one in understanding.attributes if one in facts), "") if compares else ""


def as_query(resolved: Understanding) -> dict[str, Any]:
    """Return intent, topic, names, excluded names, attribute and form of a resolved message, without what is empty."""
    attributes = getattr(resolved, "attributes", ())
    query = {
        "intent": resolved.intent,
        "topic": resolved.topic if resolved.intent == ASK_TOPIC else None,
        "names": {kind: list(keys) for kind, keys in resolved.names.items() if keys},
        "left_out": {kind: list(keys) for kind, keys in resolved.left_out.items() if keys},
        "attribute": getattr(resolved, "attribute", "") or ", ".join(attributes),
        "form": getattr(resolved, "form", ""),
    }
    return {name: value for name, value in query.items() if value}


def spoken_after(before: DialogueState, *named: Names) -> tuple[str, ...]:
    """Return the last things that were spoken of, those that were named now last."""
    now = [f"{kind}/{key}" for names in named for kind in SPOKEN for key in names.get(kind, ())]
    now = list(dict.fromkeys(now))
    return (*(one for one in before.spoken if one not in now), *now)[-MOST_SPOKEN:]


def last_spoken(state: DialogueState, number: int, kinds: tuple[str, ...] = ()) -> Names:
    """Return the last things of one kind that were spoken of one after another; empty if there are fewer of any kind.

    The kind is that which was spoken of last, of those of which there are enough; `kinds` are all that are possible.
    """
    things = [one.partition("/")[::2] for one in state.spoken]
    for group in dict.fromkeys(group_of(kind) for kind, _ in reversed(things)):
        found = [(kind, key) for kind, key in things if kind in group and (not kinds or kind in kinds)]
        alike = found if set(group) == set(WHERE) else [one for one in found if one[0] == found[-1][0]]
        if len(alike) < number:
            continue
        names: Names = {}
        for kind, key in alike[-number:]:
            names[kind] = (*names.get(kind, ()), key)
        return names
    return {}
