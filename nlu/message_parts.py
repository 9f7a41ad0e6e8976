"""Tells of the parts of a message which one asks a question of its own, by how each of them was read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from core.contract.intents import ASK_ADVICE, ASK_TOPIC, COMPARE, DISTRESS, FEEL_LOW, REFINE
from core.contract.question_forms import STATEMENT, WHICH, WHO, YES_NO
from nlu.extraction.asked_words import asked_words
from nlu.extraction.attributes import attributes_in
from nlu.extraction.entity_matcher import Name
from nlu.extraction.question_form import question_form
from nlu.text.parts import CLEAR_SENTENCE, MIN_PART_WORDS, SENTENCE, split_parts
from nlu.text.questions import is_of_the_other, numbered_points, only_joined

TOPIC_INTENT, COMPARISON = ASK_TOPIC, COMPARE
CLEAR_WORDS = 0.9  # probability from which a part of two words asks a question of its own
# Intents with which a part asks a question; "can I do it online" by itself would be a follow-up.
PART_ASKS = (TOPIC_INTENT, REFINE, "ask_recognition")
# Intents of the questions that are all answered if a message asks several.
ASKING = (
    *(TOPIC_INTENT, COMPARISON, "ask_about", "ask_best_destination", "ask_best_type", "ask_recognition"),
    *("find_programs", REFINE, "choose_help", "ask_source", "want_person"),
)
# How sure the one sentence that asks must be, though not clear, and how much surer than the message as a whole.
LIKELY, TWICE = 0.25, 2
SURELY = 0.9  # how sure a message as a whole must be that no part of it need be read
NAMED = ("type", "program", "provider")  # kinds of names that "it" and "them" may stand for in the same message
_CONDITION = re.compile(
    r"\W{0,3}(?:(?:and|but|so) )?(?:if|suppose|supposing|once|after|when|while|although|though)\b", re.I
)
AT_RISK = 0.1  # share of such an intent from which a message is read as a whole


@dataclass(frozen=True)
class Reading:
    """The result of reading one message.

    `intents` are pairs of name and probability, best first. `topics` are the topics of TOPIC_INTENT with their share
    among all topics, best first, whatever the intent: a follow-up such as "and visas?" also names a topic. `known` is
    the calibrated verdict that the message is about something in the training phrasings. `manner` is the topic of the
    best label of an intent other than TOPIC_INTENT ("refine/exclude"). `second` is the topic of a second question in
    the same message. `further` are the other questions of a message that asks several, with their words; the reading then
    is of the first question, `said`. `said_back` are the words with which its question is said back. `answerable` are the
    log-odds of the best answer against the best subject that is left open, and `is_answerable` tells whether they suffice
    for an answer. `unknown_names` look like names and stand neither in the catalogue nor in the guide.
    """

    intents: list[tuple[str, float]]
    topics: list[tuple[str, float]]
    names: list[Name]
    known: bool
    nearness: float
    sureness: float
    vector: NDArray[Any]
    manner: str = ""
    second: str | None = None
    answerable: float = 0.0
    is_answerable: bool = True
    unknown_names: tuple[str, ...] = ()
    said: str = ""
    said_back: str = ""
    further: tuple[tuple[str, Reading], ...] = ()

    @property
    def topic(self) -> str:
        """The best topic."""
        return self.topics[0][0]


ReadPart = Callable[..., Reading]  # as Reader._read; each text of a message is read once


def question_beside(whole: Reading, text: str, read: ReadPart) -> Reading | None:
    """Return the reading of the one sentence that asks, beside others that only tell something; None if it is no clearer.

    "A friend paid for a course in Oslo and it was useless. How do I tell a good one?" asks of no course in Oslo. The
    names are those of the whole message, since the question may mean one of them by "it".
    """
    if len(SENTENCE.split(text)) < 2 or sureness(whole) >= SURELY or at_risk(whole) or numbered_points(text):
        return None
    sentences, _ = split_parts(text)
    asking = [part for part in sentences if part.endswith("?")]
    asking = asking or [part for part in sentences if question_form(part) != STATEMENT]
    if len(asking) != 1:
        return None
    reading = read(asking[0])
    if points_back(asking[0], reading):
        return None
    sure, of_whole = sureness(reading), sureness(whole)
    # "I'd like to go to Oslo. What is there for me?" asks of Oslo.
    advice_alone = reading.intents[0][0] == ASK_ADVICE and whole.intents[0][0] not in ASKING
    asks_it = reading.intents[0][0] in ASKING or advice_alone
    clearer = asks_it and sure >= CLEAR_SENTENCE and sure > of_whole
    likelier = asks_it and sure >= max(LIKELY, TWICE * of_whole)
    if not (clearer or likelier):
        return None
    start = text.find(asking[0])
    other = is_of_the_other(asking[0]) and bool(reading.names)  # than the one that stands before
    names = [one for one in whole.names if not (other and one.kind in NAMED and one.start < start)]
    return replace(reading, names=names, said=asking[0])


def points_back(part: str, reading: Reading) -> bool:
    """Return whether a part has no word of its own to tell what it asks about: "is that what they are for?", "which ones?"."""
    return not reading.names and not asked_words(part) and not attributes_in(part)


def adds_nothing(part: str, reading: Reading) -> bool:
    """Return whether a part asks of what stands before it and no more: "will they recognise it, and which ones?"."""
    clear = is_question(reading) and reading.intents[0][0] != REFINE
    return question_form(part) in (YES_NO, WHICH, WHO) and points_back(part, reading) and not clear


def is_mixed(reading: Reading) -> bool:
    """Return whether a message is about nothing in particular as a whole, and nobody is at risk."""
    return reading.intents[0][1] < CLEAR_SENTENCE and not at_risk(reading)


def at_risk(reading: Reading) -> bool:
    """Return whether the writer may be in danger or low, so that the message is read as a whole."""
    return any(share >= AT_RISK for name, share in reading.intents if name in (DISTRESS, FEEL_LOW))


def is_question(reading: Reading) -> bool:
    """Return whether a part clearly asks a question of its own."""
    return reading.intents[0][0] in ASKING and sureness(reading) >= CLEAR_SENTENCE


def sureness(reading: Reading) -> float:
    """Return how sure it is what a message asks for: its intent, and the topic of a question about one."""
    (intent, share), (_, of_topic) = reading.intents[0], reading.topics[0]
    return (min(share, of_topic) if intent == TOPIC_INTENT else share) if reading.known else 0.0


def may_ask(text: str, part: str, reading: Reading) -> bool:
    """Return whether a part is a question, though not clear; after a comma alone, it rather tells of what stands before."""
    asks = reading.intents[0][0] in ASKING if reading.known else part.endswith("?") and not at_risk(reading)
    return asks and len(part.split()) >= MIN_PART_WORDS and not only_joined(text, part)


def what_is_asked(part: str, reading: Reading) -> tuple[Any, ...]:
    """Return what makes a question another one."""
    intent = reading.intents[0][0]
    if intent == TOPIC_INTENT:
        return intent, reading.topic, question_form(part)
    return intent, *sorted((name.kind, name.key) for name in reading.names)


def asks(part: str, reading: Reading, clear: float) -> bool:
    """Return whether a part asks about its topic; two words may be just one more thing in a list."""
    clear = clear if len(part.split()) >= MIN_PART_WORDS else max(clear, CLEAR_WORDS)
    (intent, share), (_, of_topic) = reading.intents[0], reading.topics[0]
    return reading.known and intent in PART_ASKS and min(share, of_topic) >= clear


def asks_once(whole: Reading, parts: list[str]) -> bool:
    """Return whether a message surely asks one question that has an answer, whatever else its parts tell."""
    asking = sum(question_form(part) != STATEMENT for part in parts)
    return whole.is_answerable and sureness(whole) >= SURELY and asking < 2


def is_condition(part: str) -> bool:
    """Return whether a part only supposes what another one asks about: "if I earn one here", "once I have finished"."""
    return question_form(part) == STATEMENT and bool(_CONDITION.match(part))


def names_only_mode(reading: Reading) -> bool:
    """Return whether a reading names nothing but a mode of study ("can I do it online")."""
    return {name.kind for name in reading.names} <= {"mode"}
