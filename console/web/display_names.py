"""Names that staff read in place of the names that code and database use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from ruamel.yaml import YAML

from core.settings import PROJECT_ROOT
from core.translations import Names, gettext

HUES = 6  # colours of initials; the style sheet has one for each
OUTCOMES = Names(
    {
        "answered": "Answered",
        "declined": "Declined",
        "clarify": "Clarifying question",
        "smalltalk": "Small talk",
        "handoff": "Person asked for",
        "failed": "Failed",
    }
)
STATES = Names(
    {"bot": "With the advisor", "waiting": "Waiting for a person", "person": "With a person", "closed": "Closed"}
)
CHANNELS = Names(
    {
        "web": "Web",
        "rest": "REST",
        "callback": "Callback",
        "socketio": "Socket.IO",
        "telegram": "Telegram",
        "slack": "Slack",
        "try": "Test chats",
    }
)
RATINGS = Names(
    {  # by scale and value, as visitors choose them
        (2, 1): "No",
        (2, 2): "Yes",
        (5, 1): "Very poor (1 of 5)",
        (5, 2): "Poor (2 of 5)",
        (5, 3): "All right (3 of 5)",
        (5, 4): "Good (4 of 5)",
        (5, 5): "Very good (5 of 5)",
    }
)
PRESENCE = Names({"available": "Available", "away": "Away", "gone": "Not here"})
AUTHORS = Names({"visitor": "Visitor", "advisor": "Advisor", "person": "Staff", "front": "Notice"})
CONFIDENCE = Names({"30": "Under 30 %", "50": "Under 50 %", "70": "Under 70 %", "90": "Under 90 %"})
FEEDBACK = Names({"up": "Thumbs up", "down": "Thumbs down", "any": "Any"})
REVIEW_MARKS = Names({"flagged": "Flagged", "unreviewed": "Not reviewed", "reviewed": "Reviewed"})
ENDINGS = Names({"solved": "Solved without a person", "left": "Left after a decline", "back": "Came back"})
HANDED_OVER = Names({"yes": "Handed over", "no": "Never handed over"})
REPLY_ROUTES = Names(
    {  # by channel and mode of delivery, if it is not plain how a reply reaches the visitor
        ("rest", "push"): "Your words are sent to the visitor's program at once.",
        (
            "rest",
            "fetch",
        ): "Your words wait until the visitor's program comes: with their next message, or when it asks for them.",
        ("callback", "push"): "Your words are sent to the visitor's program at once.",
        ("callback", ""): "Your words do not reach this visitor: no callback address is set any more.",
        (
            "socketio",
            "fetch",
        ): "Your words appear in the visitor's chat window; if it is closed, when they open it again.",
    }
)
DELIVERIES = Names(
    {
        "held": "Waits for the visitor's program to come for it",
        "pending": "On its way",
        "sending": "Being sent",
        "delivered": "Delivered",
        "failed": "Not delivered",
    }
)
ROLE_TITLES = Names(
    {"viewer": "viewer", "adviser": "adviser", "editor": "editor", "trainer": "trainer", "admin": "admin"}
)
ROLES = Names(
    {
        "viewer": "you read, search and see the insights, with personal data covered",
        "adviser": "you also review, talk with visitors, write notes and uncover personal data",
        "editor": "you also write what the advisor is to know, as drafts",
        "trainer": "you also publish drafts, correct, teach, bring programs and export",
        "admin": "you also delete, export uncovered, manage sites, staff and time limits, and read the audit log",
    }
)


# How a question may be asked, as the engine's readings name it (question form in docs/glossary.md).
FORMS = Names(
    {
        "yes_no": "Yes or no",
        "or": "This or that",
        "what": "What",
        "which": "Which",
        "who": "Who",
        "where": "Where",
        "when": "When",
        "how": "How",
        "how_long": "How long",
        "how_many": "How many",
        "how_much": "How much",
        "why": "Why",
        "example": "An example",
        "list": "A list",
        "most": "The most or least",
        "statement": "No question",
    }
)
# What came of asking a language model (docs/language-model.md).
MODEL_RESULTS = Names(
    {
        "understood": "its query could not be taken",  # shown only where it was not
        "invalid": "its answer was not of the list",
        "late": "it came too late",
        "unreachable": "it could not be reached",
        "refused": "it refused the request",
        "busy": "it was too busy",
        "broken": "it failed",
        "malformed": "its answer could not be read",
        "over_budget": "today's budget was used up",
        "paused": "it had failed too often just before",
        "crowded": "too many were being asked of it",
        "other_language": "it is not asked in this language",
        "no_knowledge": "the knowledge base could not be read",
    }
)
# Why an answer was not rephrased, beside the above; "back_" and one of these: it was so when it was translated back.
REPHRASING_RESULTS = Names(
    {
        **MODEL_RESULTS,  # as the sources have them
        "invalid": "its answer was not one sentence for each",
        "numbers": "its numbers are not those of the plain answer",
        "links": "its links are not those of the plain answer",
        "names": "its names are not those of the plain answer",
        "words": "a word that turns the meaning was added or is missing",
        "content": "a word was added, or is missing",
        "order": "two things changed places",
        "form": "a sentence is none, is too long, or is more than one",
        "meaning": "a sentence is too far from the plain one",
        "untranslated": "it was not translated",
        "private": "the answer holds personal data, so nothing was asked",
        "too_long": "the answer is too long",
        "no_sentence_model": "the sentence model is not there to check it",
    }
)
THINGS = ("program", "institution", "provider", "type", "destination", "place", "industry", "field", "mode")
KINDS = Names(
    {
        "program": "Program",
        "type": "Type of credential",
        "max_price": "Price up to",
        "start_from": "Start from",
        "start_to": "Start by",
    }
)


# How a message refers back, as the engine's readings say it.
REFERENCES = Names(
    {
        "one": "one thing",
        "many": "several things",
        "there": "a place",
        "are there": "a place",
        "both": "two things",
        "all": "all of a list",
        "not that": "what it does not want",
        "and": "the question before",
        "meant": "what was misread",
        "why": "the last answer",
    }
)


def reference(name: str) -> str:
    """Return how a message refers back, for staff."""
    return REFERENCES.get(name) or (gettext("number %(number)s") % {"number": name} if name.isdecimal() else name)


def kind(name: str) -> str:
    """Return the name of a kind of thing, amount or date for staff."""
    return KINDS.get(name) or readable(name)


@cache
def intents() -> Mapping[str, str]:
    """Return the `staff_name` of every intent of domain.yml by the intent's name, in the order of that file."""
    entries = YAML(typ="safe").load(PROJECT_ROOT / "domain.yml")["intents"]
    intents = [next(iter(entry.items())) if isinstance(entry, dict) else (entry, {}) for entry in entries]
    return Names(
        {name: properties.get("staff_name") or name.replace("_", " ").capitalize() for name, properties in intents}
    )


def intent(name: str) -> str:
    """Return an intent's name for staff, or a readable form of `name` if domain.yml no longer has the intent."""
    return intents().get(name) or readable(name)


def form(name: str) -> str:
    """Return the name of a question form for staff."""
    return FORMS.get(name) or readable(name)


def readable(name: str) -> str:
    """Return a name that code uses in the form of a heading; those that staff see are translated."""
    return gettext(name.replace("_", " ").capitalize())


def filter_values() -> dict[str, Mapping[str, str]]:
    """Return the names of the values of each filter that has a fixed set of values."""
    return {
        "outcome": OUTCOMES,
        "state": STATES,
        "confidence": CONFIDENCE,
        "feedback": FEEDBACK,
        "handed": HANDED_OVER,
        "went": ENDINGS,
        "mark": REVIEW_MARKS,
        "channel": CHANNELS,
        "intent": intents(),
    }


def filter_value(name: str, value: str) -> str:
    """Return a filter's value as staff read it; a value without a name of its own is returned as it is."""
    return filter_values().get(name, {}).get(value, value)


def reply_route(channel: str, mode: str) -> str:
    """Return a sentence on how a reply reaches the visitor, or "" if it simply appears in the chat."""
    return REPLY_ROUTES.get((channel, mode), "")


def initials(name: str) -> str:
    """Return the one or two letters that stand for a person: those of the first and the last part of their name."""
    parts = re.findall(r"[^\W\d_]+", name.partition("@")[0]) or [name[:1] or "?"]
    chosen = parts if len(parts) == 1 else (parts[0], parts[-1])
    return "".join(part[0] for part in chosen).upper()


def hue(name: str) -> int:
    """Return the number of the colour behind a person's initials, which stays the same."""
    return sum(name.encode()) % HUES
