"""Turns Rasa's training examples into phrasings, and refuses those from which the topics are gone."""

from __future__ import annotations

from collections.abc import Iterable

from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from core.contract.intents import ASK_TOPIC
from knowledge.models import OPEN_SUBJECTS
from nlu.phrasings import Phrasing

MANY = 50  # questions that are about more than one topic, in any training data


class MergedTopics(ValueError):
    """Refusal of training data from which the topics are gone."""


def phrasings_of(examples: Iterable[Message]) -> list[Phrasing]:
    """Return the phrasings of the examples that have an intent; raises MergedTopics if many questions have one topic."""
    phrasings = [_phrasing(example) for example in examples if example.get(INTENT) and example.get(TEXT)]
    _need_topics(phrasings)
    return phrasings


def _need_topics(phrasings: list[Phrasing]) -> None:
    """Raise MergedTopics if many questions all have one topic, as Rasa's own writer leaves them."""
    questions = [phrasing.topic for phrasing in phrasings if phrasing.intent == ASK_TOPIC]
    if len(questions) >= MANY and len(set(questions)) == 1:
        raise MergedTopics(
            f"all {len(questions)} examples of {ASK_TOPIC} have the topic {questions[0]!r}: Rasa's own writer has merged "
            "them. Split, convert and edit them with ./advisor rasa, which keeps topics."
        )


def _phrasing(example: Message) -> Phrasing:
    metadata = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
    topic = metadata.get("topic", "")
    return Phrasing(example.get(TEXT), example.get(INTENT), topic, topic.startswith(f"{OPEN_SUBJECTS}/"))
