"""What staff read instead of the names that the code uses."""

from __future__ import annotations

from channels import registry
from conversations.models import TRY

INTENTS = {
    "ask_topic": "Asks about a topic",
    "ask_about": "Asks about something named",
    "ask_best_destination": "Asks where to study",
    "ask_best_type": "Asks which kind suits",
    "ask_recognition": "Asks about recognition",
    "compare": "Compares",
    "find_programs": "Looks for programs",
    "refine": "Narrows the search",
    "choose_help": "Wants help choosing",
    "more": "Wants to hear more",
    "affirm": "Says yes",
    "deny": "Says no",
    "greet": "Greets",
    "thank": "Thanks",
    "goodbye": "Says goodbye",
    "ask_help": "Asks what it can do",
    "ask_identity": "Asks who it is",
    "ask_privacy": "Asks about their data",
    "praise": "Praises",
    "complain": "Complains",
    "disagree": "Disagrees",
    "ask_source": "Asks for the source",
    "ask_language": "Asks about languages",
    "want_person": "Wants a person",
    "give_contact": "Gives contact details",
    "abuse": "Is abusive",
    "distress": "Is in distress",
    "feel_low": "Feels low",
    "nonsense": "Makes no sense",
    "say_nothing": "Says nothing",
    "out_of_scope": "Asks beyond its scope",
    "nlu_fallback": "Not understood",
    "foreign": "Writes in another language",
}
OUTCOMES = {
    "answered": "Answered",
    "declined": "Declined",
    "clarify": "Asked back",
    "smalltalk": "Small talk",
    "handoff": "Person asked for",
    "failed": "Failed",
}
STATES = {"bot": "With the advisor", "waiting": "Waiting for a person", "person": "With a person", "closed": "Closed"}
CHANNELS = {**registry.titles(), TRY: "Tried by staff"}
AUTHORS = {"visitor": "Visitor", "advisor": "Advisor", "person": "Staff", "front": "Notice"}
CONFIDENCE = {"30": "Under 30 %", "50": "Under 50 %", "70": "Under 70 %", "90": "Under 90 %"}
FEEDBACK = {"up": "Thumbs up", "down": "Thumbs down", "any": "Any"}
MARKS = {"flagged": "Flagged", "unreviewed": "Not reviewed", "reviewed": "Reviewed"}
HANDED = {"yes": "Handed over", "no": "Never handed over"}
REACHED = {  # how staff's words get to visitors of a channel, where that is not plain
    key: note for info in registry.infos() for key, note in info.delivery_notes.items()
}
DELIVERIES = {
    "held": "Waits for the visitor's program to come for it",
    "pending": "On its way",
    "sending": "Being sent",
    "delivered": "Delivered",
    "failed": "Not delivered",
}
ROLES = {
    "viewer": "you read, search and see the insights, with personal data covered",
    "adviser": "you also review, talk with visitors, write notes and uncover personal data",
    "trainer": "you also correct, teach and export",
    "admin": "you also delete, export uncovered, manage sites, staff and time limits, and read the audit log",
}


def intent(name: str) -> str:
    """An intent in words; one that this table does not know is shown by its name."""
    return INTENTS.get(name) or name.replace("_", " ").capitalize()


FILTERS = {  # of filters with few values, what the values mean
    "outcome": OUTCOMES,
    "state": STATES,
    "confidence": CONFIDENCE,
    "feedback": FEEDBACK,
    "handed": HANDED,
    "mark": MARKS,
    "channel": CHANNELS,
    "intent": INTENTS,
}


def reached(channel: str, way: str) -> str:
    """How staff's words get to a visitor; empty where they plainly appear."""
    return REACHED.get((channel, way), "")


def filter_value(name: str, value: str) -> str:
    """A filter's value in words; what is a word already stays."""
    return FILTERS.get(name, {}).get(value, value)
