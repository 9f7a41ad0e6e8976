"""Says back what a question asks, in its own words, where the guide leaves that open: "The guide doesn't say whether you can ...".

A decline that begins so is about what was asked, however near the subject is that was taken for it.
"""

from __future__ import annotations

import re

from actions.context import Understanding
from actions.replies.unanswered import no_answer_to
from knowledge.knowledge_base import Knowledge

_NAME = re.compile(r"\{(\w+)/([\w-]+)\|([^{}]*)\}")  # as nlu/extraction/said_back.py marks the names
BOLD = ("institution", "provider", "program")


def what_is_open(knowledge: Knowledge, understanding: Understanding) -> str:
    """Return the sentence that the guide doesn't say what was asked, or "" if the question can't be said back by itself."""
    asked = understanding.said_back
    if not asked or understanding.follows:  # "whether they take it" of what was talked about before
        return ""
    return f"The guide doesn't say {_NAME.sub(lambda name: _written(knowledge, *name.groups()), asked)}."


def without_answer_to(knowledge: Knowledge, understanding: Understanding) -> str:
    """Return the sentence that a question has no answer: as what is open, else in quotation marks; "" if it is neither."""
    asked = understanding.said if understanding.further else understanding.asked
    return what_is_open(knowledge, understanding) or no_answer_to(asked)


def _written(knowledge: Knowledge, kind: str, key: str, typed: str) -> str:
    """Return a name as it was typed, with the capitals of the name itself."""
    if knowledge.has_name(kind, key):
        name = knowledge.name(kind, key).name
    else:
        name = typed if kind not in BOLD else knowledge.other_name(kind, key).name
    at = name.lower().find(typed.lower())
    proper = name != name.capitalize() or kind in (*BOLD, "destination", "place")  # "digital badge" is no proper name
    if typed.islower() and proper:
        initials = "".join(word[0] for word in name.split() if word[0].isupper())
        typed = name[at : at + len(typed)] if at >= 0 else typed.upper() if typed.upper() == initials else typed.title()
    return f"**{typed}**" if kind in BOLD else typed
