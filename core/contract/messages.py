"""A reply as the engine gives it: text, buttons, cards and an outcome (docs/front.md has the contract for clients)."""

from __future__ import annotations

from typing import Any, TypedDict

ANSWERED, DECLINED, CLARIFY = "answered", "declined", "clarify"
SMALLTALK, HANDOFF, FAILED = "smalltalk", "handoff", "failed"
REPLY_OUTCOMES = (ANSWERED, DECLINED, CLARIFY, SMALLTALK, HANDOFF)  # that an action or a response may state
OUTCOMES = (*REPLY_OUTCOMES, FAILED)
RATED_OUTCOMES = (ANSWERED, DECLINED)  # under which people may say whether the reply helped


class Button(TypedDict):
    """A next step; pressed, it sends its payload, for example `/ask_topic{"topic": "challenges/visa"}`."""

    title: str
    payload: str


class Card(TypedDict, total=False):
    """A thing with its facts; `title` is always there."""

    title: str
    text: str
    lines: list[str]
    url: str


class Source(TypedDict):
    """The section of the guide that a reply was made from."""

    section: str
    key: str


class Reasons(TypedDict, total=False):
    """Why a reply is what it is, for staff alone.

    `decided_by` is the row of the decision table, `query` the question as it was resolved (intent, topic, names, attribute,
    form), `claims` what it says of the guide (topic, say), `not_answered_because` why it declines, `profile` what the
    visitor has said of themselves so far (label, value).
    """

    decided_by: str
    query: dict[str, Any]
    claims: list[dict[str, Any]]
    not_answered_because: str | dict[str, Any]
    profile: list[dict[str, str]]


class Metadata(Reasons, total=False):
    """What a reply was; `outcome` is always there.

    `in_english` is the line, in the language of the message, that says that the reply is in English: the text begins with it
    unless it was said just before, and a front that puts a rephrased text in its place takes it away.
    """

    outcome: str
    topic: str
    sources: list[Source]
    in_english: str


class Custom(TypedDict):
    """What Rasa's message shape has no place for."""

    cards: list[Card]


class Message(TypedDict, total=False):
    """One message of a reply; `text` is always there, and empty if the message is cards alone."""

    text: str
    buttons: list[Button]
    custom: Custom
    metadata: Metadata
