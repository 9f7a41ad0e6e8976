"""Says back what a question asks, in its own words, where the guide leaves that open: "The guide doesn't say how ...".

A decline that begins so is about what was asked, however near the subject is that was taken for it.
"""

from __future__ import annotations

import re

from actions.context import Understanding
from actions.replies.base import listed
from actions.replies.unanswered import no_answer_to
from knowledge.knowledge_base import Knowledge
from nlu.extraction.asked_words import stems
from nlu.text.folding import SPELT_OUT, without_capitals

_NAME = re.compile(r"\{(\w+)/([\w-]+)\|([^{}]*)\}")  # as nlu/extraction/said_back.py marks the names
BOLD, PLACES = ("institution", "provider", "program"), ("destination", "place")
SMALL = ("the", "of", "and", "for", "at", "in", "de", "new", "san")  # short words of names that are no abbreviations
UNCOVERED = ("institution", "provider")  # kinds whose names may be known as not in the guide


def what_is_open(knowledge: Knowledge, understanding: Understanding) -> str:
    """Return the sentence that the guide doesn't say what was asked, or "" if the question can't be said back by itself."""
    asked = understanding.said_back
    if not asked or understanding.follows:  # "whether they take it" of what was talked about before
        return ""
    return f"The guide doesn't say {_NAME.sub(lambda name: _written(knowledge, *name.groups()), asked)}."


def decline_of(knowledge: Knowledge, understanding: Understanding) -> str:
    """Return what is open, with a word on the names in it that the guide doesn't have."""
    said = what_is_open(knowledge, understanding)
    named = [name for name in understanding.unknown if name.lower() in said.lower()]
    for name in named:
        said = re.sub(rf"(?<!\*)\b{re.escape(name)}\b", f"**{name}**", said, count=1, flags=re.I)
    named += [
        typed
        for kind, key, typed in _NAME.findall(understanding.said_back)
        if kind in UNCOVERED and not knowledge.has_name(kind, key)
    ]
    if not said or not named:
        return said
    first, *more = dict.fromkeys(named)
    what = listed([first, *more], "and") if said.count("**") > len("**") else "that name"
    return f"{said[:-1]}: {what} {'are' if more else 'is'}n't in it."


def has_uncovered(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a question names what the catalogue knows only as not in the guide."""
    return any(not knowledge.has_name(kind, key) for kind in UNCOVERED for key in understanding.of(kind))


def bears_on(nearest: str, said: str) -> bool:
    """Return whether what the guide says nearest to a question has a word of what is said back of that."""
    return bool(stems(nearest.lower()) & stems(said.lower()))


def without_answer_to(understanding: Understanding, said: str) -> str:
    """Return the sentence that a question has no answer: `said`, else the question in quotation marks, or "" if it is long."""
    return said or no_answer_to(understanding.said if understanding.further else understanding.asked)


def _written(knowledge: Knowledge, kind: str, key: str, typed: str) -> str:
    """Return a name as it was typed, with the capitals of the name itself; what one can enrol at stands in bold."""
    if not typed.islower() or kind not in (*BOLD, *PLACES):
        told = without_capitals(typed) if typed.islower() else typed
    else:
        name = knowledge.name(kind, key).name if knowledge.has_name(kind, key) else ""
        initials = "".join(word[0] for word in name.split() if word[0].isupper())
        capitals = {word.lower(): word for word in (*name.split(), initials) if word != word.capitalize()}
        proper = kind in PLACES or kind != "program" and kind in BOLD
        told = " ".join(capitals.get(word) or _with_capitals(word, proper) for word in typed.split())
    return f"**{told}**" if kind in BOLD else told


def _with_capitals(word: str, proper: bool) -> str:
    if not proper:
        return word
    return word.upper() if len(word) <= SPELT_OUT and word not in SMALL else word.capitalize()
