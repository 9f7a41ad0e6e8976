"""The phrasings that a reader is trained from: their labels, and the words that they share."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from core.contract.intents import OUT_OF_SCOPE

LABEL_SEPARATOR = "#"  # between intent and topic; no slash, since Rasa refuses those in intents and topics hold them
# Phrasings with an answer, or of one open subject, that make a word one of the guide's own; its name for what it is about.
SHARED, OF_SUBJECT = 2, 3
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Phrasing:
    """A training example; `topic` is empty for intents that have none, `left_open` tells that it has no answer."""

    text: str
    intent: str
    topic: str = ""
    left_open: bool = False

    @property
    def label(self) -> str:
        """The intent, and the topic if it has one."""
        return f"{self.intent}{LABEL_SEPARATOR}{self.topic}" if self.topic else self.intent


def words_of(phrasings: list[Phrasing]) -> set[str]:
    """Return the words that several phrasings share.

    A word that a single phrasing has may be somebody's name, and so may any word of the questions without an answer.
    """
    labels: dict[str, Counter[str]] = {}
    for each in phrasings:
        if each.intent != OUT_OF_SCOPE:
            labels.setdefault(each.label, Counter()).update(set(WORD.findall(each.text.lower())))
    open_labels = {each.label for each in phrasings if each.left_open}
    answered = Counter[str]()
    for label in labels.keys() - open_labels:
        answered.update(labels[label])
    return {
        *(word for word, times in answered.items() if times >= SHARED),
        *(word for label in open_labels for word, times in labels[label].items() if times >= OF_SUBJECT),
    }


def split_label(label: str) -> tuple[str, str]:
    """Return the intent and the topic of a label; the topic is empty if it has none."""
    intent, _, topic = label.partition(LABEL_SEPARATOR)
    return intent, topic
