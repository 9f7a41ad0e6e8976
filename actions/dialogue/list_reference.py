"""Resolves references to the last list within a sentence: "is the second one online?", "are both recognised?"."""

from __future__ import annotations

from dataclasses import replace

from actions.context import (
    DialogueState,
    Ranked,
    Understanding,
)
from actions.dialogue.kept_state import (
    institutions_of,
)
from actions.dialogue.ordinal_reference import (
    OTHER,
    chosen,
)
from actions.dialogue.resolution import (
    ALL,
    BOTH,
    LIST_KINDS,
    about,
    kinds_called,
    where_of,
)
from core.contract.intents import (
    ASK_ABOUT,
    ASK_TOPIC,
    COMPARE,
    MORE,
)
from knowledge.knowledge_base import Knowledge

FEW = 5  # things that "all of them" may be


def listed_thing(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the listed thing in place of its ordinal, and keep the question about it ("is the second one online?")."""
    if not understanding.nth or set(understanding.names) & set(LIST_KINDS) - {"field"}:
        return None
    kind, keys = _list_of(knowledge, understanding.kind, state)
    fits = not understanding.kind or kind in kinds_called(understanding.kind) and kind in state.listed
    if not keys or understanding.short and fits and state.listed.get(kind):
        return None  # "the second one": the row of things pointed at describes it
    key = chosen(keys, understanding.nth, state.focus.get(kind, ()) if understanding.nth == OTHER else ())
    if key is None:
        return None
    if kind == "topic":
        return replace(understanding, intent=ASK_TOPIC, topics=(Ranked(key, 1.0),), nth="")
    alone = {"intent": ASK_ABOUT} if understanding.short or understanding.intent in (MORE, COMPARE) else {}
    return about(knowledge, replace(understanding, nth="", **alone), {kind: (key,)}, state)


def both(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the things of the last list, or those in focus, in place of "both" and "all of them"."""
    ways = set(understanding.back)
    if not ways & {BOTH, ALL} or set(understanding.names) & set(LIST_KINDS) - {"field"}:
        return None
    kind, keys = _list_of(knowledge, understanding.kind, state)
    if BOTH in ways and len(keys) != 2:
        kind = next((kind for kind in reversed(state.focus) if len(state.focus[kind]) == 2), "")
        keys = state.focus.get(kind, ())
    if not 1 < len(keys) <= FEW or kind in ("", "topic"):
        return None
    if understanding.intent == COMPARE:
        return replace(understanding, names={**understanding.names, kind: keys})
    return about(knowledge, understanding, {kind: keys}, state)


def _list_of(knowledge: Knowledge, kind: str, state: DialogueState) -> tuple[str, tuple[str, ...]]:
    """Return the kind and the things of the last list; a kind that was not listed is looked for at the place in focus."""
    if kind and (called := next((each for each in kinds_called(kind) if each in state.listed), "")):
        return called, state.listed[called]
    where = where_of(state)
    if kind == "institution" and where == "destination":
        return kind, institutions_of(knowledge, state.focus[where][0])
    listed = next((each for each in ("topic", *LIST_KINDS) if state.listed.get(each)), "")
    return listed, state.listed.get(listed, ())
