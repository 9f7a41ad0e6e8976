"""What a reply is made of, and the small forms that all replies share."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from knowledge.models import Source, Topic, TopicLink

ANSWERED, DECLINED, CLARIFY, SMALLTALK, HANDOFF = "answered", "declined", "clarify", "smalltalk", "handoff"
MOST_BUTTONS = 4
WORDY_LIST = 80  # words of explanation from which a list keeps to its names; the rest waits for "more"


@dataclass(frozen=True)
class Button:
    """A next step."""

    title: str
    payload: str


@dataclass(frozen=True)
class Card:
    """A thing with its facts, for channels that can show it apart."""

    title: str
    text: str = ""
    lines: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True)
class Reply:
    """One message of the advisor; `outcome` is what really happened (design: the message contract)."""

    text: str
    outcome: str
    topic: str | None = None
    sources: tuple[Source, ...] = ()
    buttons: tuple[Button, ...] = ()
    cards: tuple[Card, ...] = ()

    def as_message(self) -> dict[str, Any]:
        """Arguments for the dispatcher's `utter_message`."""
        metadata: dict[str, Any] = {"outcome": self.outcome}
        if self.topic:
            metadata["topic"] = self.topic
        if self.sources:
            metadata["sources"] = [{"section": source.title, "key": source.key} for source in self.sources]
        message: dict[str, Any] = {"text": self.text, "metadata": metadata}
        if self.buttons:  # two subjects of a reply may lead to the same next step
            once = {button.payload: button for button in reversed(self.buttons)}
            message["buttons"] = [vars(button) for button in self.buttons if once[button.payload] is button]
        if self.cards:
            message["json_message"] = {"cards": [_card(card) for card in self.cards]}
        return message


def _card(card: Card) -> dict[str, Any]:
    full = {"title": card.title, "text": card.text, "lines": list(card.lines), "url": card.url}
    return {key: value for key, value in full.items() if value}


def payload(intent: str, **names: str) -> str:
    """A button's payload as Rasa reads it: /intent{"entity": "value"}."""
    return f"/{intent}{json.dumps(names)}" if names else f"/{intent}"


def topic_button(link: TopicLink | Topic) -> Button:
    """A button that asks about a topic."""
    return Button(link.title, payload("ask_topic", topic=link.key))


PERSON = Button("Talk to a person", payload("want_person"))


def topic_buttons(links: Iterable[TopicLink], person: bool = False) -> tuple[Button, ...]:
    """Next steps from topics, with a person last where wanted."""
    buttons = [topic_button(link) for link in links]
    return tuple(buttons[: MOST_BUTTONS - 1] + [PERSON] if person else buttons[:MOST_BUTTONS])


def listed(words: Iterable[str], last: str = "and") -> str:
    """ "a, b and c"."""
    words = list(words)
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def bullets(lines: Iterable[str]) -> str:
    """A markdown list."""
    return "\n".join(f"- {line}" for line in lines)


def paragraphs(*parts: str) -> str:
    """The parts that are not empty, a blank line between them."""
    return "\n\n".join(part.strip() for part in parts if part and part.strip())


def topic_text(topic: Topic) -> str:
    """The answer and its list; a wordy list is cut to its names."""
    wordy = sum(len(item.text.split()) for item in topic.items) > WORDY_LIST
    lines = [f"**{item.name}**: {item.text}" if item.text and not wordy else f"**{item.name}**" for item in topic.items]
    return paragraphs(topic.answer, bullets(lines))


PROPER = {"English", "French", "German", "Spanish", "Italian", "Chinese", "Japanese", "Arabic", "Erasmus+"}


def lower_first(text: str) -> str:
    """The text starting with a small letter, unless its first word keeps its capital anywhere (AI, MicroMasters, German)."""
    if text.split(" ")[0] in PROPER:
        return text
    return text if text.split(" ")[0][1:] != text.split(" ")[0][1:].lower() else text[:1].lower() + text[1:]
