"""Defines a reply and the forms of text that all replies share."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from knowledge.models import GuideWords, OwnText, Source, Topic, TopicLink

ANSWERED, DECLINED, CLARIFY, SMALLTALK, HANDOFF = "answered", "declined", "clarify", "smalltalk", "handoff"
MAX_BUTTONS = 4
# The words in which replies speak of the guide; set for as long as an answer is made, as the context of its thread.
NEUTRAL = GuideWords()
_in_force: ContextVar[GuideWords] = ContextVar("guide words")
WORDY_LIST = 80  # words of explanation above which a list shows only names; "more" shows the rest


@dataclass(frozen=True)
class Button:
    """A choice below a reply; `payload` is sent when it is pressed and never shown."""

    title: str
    payload: str


@dataclass(frozen=True)
class Card:
    """A thing with its facts, for channels that can show it separately."""

    title: str
    text: str = ""
    lines: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True)
class Reply:
    """One reply of the advisor; `outcome` is what it really was, such as "answered" or "declined".

    A reply with a `response` is worded in domain.yml, where its outcome and its buttons stand, too, unless the guide words it
    itself (`instead`).
    """

    text: str = ""
    outcome: str = ""
    topic: str | None = None
    sources: tuple[Source, ...] = ()
    buttons: tuple[Button, ...] = ()
    cards: tuple[Card, ...] = ()
    decided_by: str = ""  # the row of the decision table that gave it, for staff
    response: str = ""
    instead: OwnText | None = None
    unanswered: dict[str, Any] = field(default_factory=dict)  # why it is no answer, for staff
    profile: tuple[dict[str, str], ...] = ()  # what the person said of themselves, for whoever takes over
    query: dict[str, Any] | None = None  # the question as it was resolved, for staff
    claims: tuple[dict[str, str], ...] = ()  # what it says of the guide, for staff
    whom: str = ""  # whom to ask, if the last paragraph says so
    in_english: str = ""  # the line that says in the person's language that it is in English
    before: Reply | None = None  # what is said before it, as a message of its own

    @property
    def source_keys(self) -> tuple[str, ...]:
        """The keys of the sources."""
        return tuple(source.key for source in self.sources)

    def as_messages(self) -> Iterator[dict[str, Any]]:
        """Yield the arguments for the dispatcher's `utter_message`, for one message after the other."""
        if self.before:
            yield self.before.as_message()
        yield self.as_message()

    def as_message(self) -> dict[str, Any]:
        """Return the arguments for the dispatcher's `utter_message`, without what is said before."""
        if self.response:
            return {"response": self.response, **self._instead()}
        metadata: dict[str, Any] = {"outcome": self.outcome}
        if self.topic:
            metadata["topic"] = self.topic
        if self.sources:
            metadata["sources"] = [{"section": source.title, "key": source.key} for source in self.sources]
        if self.decided_by:
            metadata["decided_by"] = self.decided_by
        if self.unanswered:
            metadata["not_answered_because"] = self.unanswered
        if self.profile:
            metadata["profile"] = list(self.profile)
        if self.query:
            metadata["query"] = self.query
        if self.claims:
            metadata["claims"] = list(self.claims)
        if self.in_english:
            metadata["in_english"] = self.in_english
        message: dict[str, Any] = {"text": self.text, "metadata": metadata}
        if self.buttons:  # two topics of a reply may lead to the same next step
            once = {button.payload: button for button in reversed(self.buttons)}
            message["buttons"] = [vars(button) for button in self.buttons if once[button.payload] is button]
        if self.cards:
            message["json_message"] = {"cards": [_card(card) for card in self.cards]}
        return message

    def _instead(self) -> dict[str, Any]:
        """Return the guide's own text in place of the response's, and its buttons, which stand beside the response's."""
        if self.instead is None:
            return {}
        buttons = [{"title": title, "payload": payload} for title, payload in self.instead.buttons]
        return {"text": self.instead.say, **({"buttons": buttons} if buttons else {})}


def _card(card: Card) -> dict[str, Any]:
    full = {"title": card.title, "text": card.text, "lines": list(card.lines), "url": card.url}
    return {key: value for key, value in full.items() if value}


def payload(intent: str, **names: str) -> str:
    """Return a button's payload as Rasa reads it: /intent{"entity": "value"}."""
    return f"/{intent}{json.dumps(names)}" if names else f"/{intent}"


def topic_button(link: TopicLink | Topic) -> Button:
    """Return a button that asks about a topic."""
    return Button(link.title, payload("ask_topic", topic=link.key))


PERSON = Button("Talk to a person", payload("want_person"))


def topic_buttons(links: Iterable[TopicLink], person: bool = False) -> tuple[Button, ...]:
    """Return buttons for topics; `person` adds one for a person at the end."""
    buttons = [topic_button(link) for link in links]
    return tuple(buttons[: MAX_BUTTONS - 1] + [PERSON] if person else buttons[:MAX_BUTTONS])


def joined_replies(first: Reply, second: Reply) -> Reply:
    """Return one reply that says both, as the answer to a message with two questions."""
    outcomes = (first.outcome, second.outcome)
    outcome = next((one for one in (HANDOFF, ANSWERED) if one in outcomes), first.outcome)
    half = MAX_BUTTONS // 2
    text, whom = paragraphs(first.text, second.text), second.whom
    if first.whom:
        text, whom = _said_together(first, second), ""
    return replace(
        first,
        text=text,
        whom=whom,
        outcome=outcome,
        sources=sources_of(*first.sources, *second.sources),
        buttons=tuple(dict.fromkeys((*first.buttons[:half], *second.buttons[:half]))),
        cards=(*first.cards, *second.cards),
        decided_by=" + ".join(dict.fromkeys((first.decided_by, second.decided_by))),
    )


def _said_together(first: Reply, second: Reply) -> str:
    """Return the texts of two replies, of which the first or both say whom to ask, with that at the end."""
    bodies = [one.text.rpartition("\n\n")[0] if one.whom else one.text for one in (first, second)]
    if not second.whom:
        return paragraphs(*bodies, f"For the first, ask {first.whom}, or talk to a person here.")
    whom = asked_once((first.whom, second.whom))
    same = whom in (first.whom, first.whom.partition(",")[0])
    ask = f"For both, ask {whom}" if same else f"For the first, ask {first.whom}; for the second, {second.whom}"
    return paragraphs(*bodies, f"{ask}. Or talk to a person here.")


def asked_once(whom: Sequence[str]) -> str:
    """Return whom to ask of several subjects; one that is named twice stands there once, without what tells why."""
    first = list(dict.fromkeys(whom))
    plain = list(dict.fromkeys(one.partition(",")[0] for one in first))
    return listed(first, "or") if len(plain) == len(first) else listed(plain, "or")


def sources_of(*sources: Source | None) -> tuple[Source, ...]:
    """Return the sources that are not None, each once."""
    return tuple({source.key: source for source in sources if source}.values())


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return words as a list in a sentence: "a, b and c"."""
    words = list(words)
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def bullets(lines: Iterable[str]) -> str:
    """Return lines as a Markdown list."""
    return "\n".join(f"- {line}" for line in lines)


def paragraphs(*parts: str) -> str:
    """Return the parts that are not empty, with a blank line between them."""
    return "\n\n".join(part.strip() for part in parts if part and part.strip())


def topic_text(topic: Topic) -> str:
    """Return a topic's answer and its list; a list of more than WORDY_LIST words is cut to its names."""
    wordy = sum(len(item.text.split()) for item in topic.items) > WORDY_LIST
    lines = [f"**{item.name}**: {item.text}" if item.text and not wordy else f"**{item.name}**" for item in topic.items]
    return paragraphs(topic.answer, bullets(lines))


PROPER = {"English", "French", "German", "Spanish", "Italian", "Chinese", "Japanese", "Arabic", "Erasmus+"}


def capital(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]


SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
# What a yes or no may begin with, up to a colon or a full stop: "Often, but not always.", "It can:".
VERDICT = re.compile(
    r"(?P<verdict>(?:yes|no|not|often|usually|generally|increasingly|many|some|it|they|that|possibly|partly|both|in many)\b"
    r"(?:,? [^\W_]{1,20}(?:'[^\W_]{1,5})?){0,5})[.:] ",
    re.I,
)
NOT_KNOWN = "Not that I know: the"  # before "guide doesn't name ...", where a yes or no is asked for
TELLING = 40  # letters from which a sentence says enough by itself


def sentences(text: str) -> list[str]:
    """Split a text into its sentences."""
    return SENTENCE_END.split(text.strip())


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, with the second if the first says little by itself ("Many are, but not all.").

    A colon before a list becomes a full stop.
    """
    first, *others = sentences(text)
    said = " ".join((first, *others[:1])) if len(first) < TELLING else first
    return f"{said[:-1]}." if said.endswith(":") else said


def without_opening(text: str) -> str:
    """Return a text without a verdict on its own question that it begins with ("Many are, but not all.")."""
    match = VERDICT.match(text)
    return capital(text[match.end() :]) if match else text


def in_general(text: str) -> str:
    """Return what a text says first, after "In general:"."""
    return f"In general: {lower_first(first_sentence(without_opening(text)))}"


def lower_first(text: str) -> str:
    """Return the text with a small first letter, unless it keeps capitals: a name ("AI", "German") or several capitals."""
    first, _, rest = text.partition(" ")
    keeps = first in PROPER or first in guide().names or first[1:] != first[1:].lower() or rest[:1].isupper()
    return text if keeps else text[:1].lower() + text[1:]


def guide() -> GuideWords:
    """Return the words of the guide that is answered from."""
    return _in_force.get(NEUTRAL)


@contextmanager
def in_words_of(words: GuideWords) -> Iterator[None]:
    """Speak in these words until the end of the block."""
    before = _in_force.set(words)
    try:
        yield
    finally:
        _in_force.reset(before)


def in_own_words(reply: Reply) -> Reply:
    """Return a reply that is worded in domain.yml in the guide's own words, if it has any for it."""
    return replace(reply, instead=guide().texts.get(reply.response.removeprefix("utter_"))) if reply.response else reply


def not_ranked(names: Sequence[str], by: str) -> str:
    """Say that the guide doesn't rank things by what they are compared by."""
    return f"The guide doesn't say which is {by}, {listed((f'**{one}**' for one in names), 'or')}."
