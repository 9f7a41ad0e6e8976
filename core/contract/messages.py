"""A reply as the engine gives it: text, buttons, cards and an outcome (docs/front.md has the contract for clients)."""

from __future__ import annotations

from typing import TypedDict

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


class Unanswered(TypedDict):
    """Why a reply is no answer: names that nothing is known of, or a question `nearer` to an open subject `than` to a topic.

    `margin` are the log-odds between the two.
    """

    unknown: list[str]
    nearer: str
    than: str
    margin: float


class ProfileLine(TypedDict):
    """Something that the person said of themselves, such as Work: a nurse; for staff."""

    label: str
    value: str


class Metadata(TypedDict, total=False):
    """What a reply was; `outcome` is always there. `profile` comes when it has changed, and with a hand-over."""

    outcome: str
    topic: str
    sources: list[Source]
    unanswered: Unanswered
    profile: list[ProfileLine]


class Custom(TypedDict):
    """What Rasa's message shape has no place for."""

    cards: list[Card]


class Message(TypedDict, total=False):
    """One message of a reply; `text` is always there, and empty if the message is cards alone."""

    text: str
    buttons: list[Button]
    custom: Custom
    metadata: Metadata
