"""The closed list: all that a language model may choose from when it reads a message, made of the knowledge base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from core.contract.queries import UnsureTurn, claim_id, split_claim
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from nlu.data_files import read_words
from nlu.extraction.attributes import OTHER
from nlu.text.bounds import one_spaced

# The kinds of the catalogue that a message can name, in the order in which they are listed.
KINDS = ("destination", "place", "institution", "provider", "type", "program", "field", "industry", "mode")
# Claims that are listed; more cost time, and of labelled questions 95 % have theirs among the first 25.
MOST_LISTED = 45
# ISO 639-1 codes of the languages that a message may be said to be in: those with some ten million speakers and more.
_CODES = """
en ak am ar az be bg bn ca cs da de el es et fa fi fr gu ha he hi hr hu hy id ig it ja jv ka kk km kn ko ku lo lt lv mg
ml mn mr ms my ne nl no om pa pl ps pt ro ru rw sd si sk sl sn so sq sr su sv sw ta te tg th ti tl tr uk ur uz vi xh yo
zh zu
"""
LANGUAGES = tuple(_CODES.split())
LIKELY_TOPICS = 3  # topics of the built-in understanding whose claims are all listed


@dataclass(frozen=True)
class ClosedList:
    """Ids with what they stand for. `topics` are those of the guide and, under `open_subjects`, what it leaves open.

    `topics`, `open_subjects`, `things` and `languages` are the same for every message; `claims` are those near this one.
    """

    topics: Mapping[str, str]
    open_subjects: Mapping[str, str]
    things: Mapping[str, str]
    claims: Mapping[str, str] = field(default_factory=dict)
    languages: Sequence[str] = LANGUAGES


@cache
def attributes() -> tuple[str, ...]:
    """Return what a message can ask of a thing."""
    return (*read_words("attributes"), OTHER)


def closed_list(knowledge: Knowledge, unsure: UnsureTurn) -> ClosedList:
    """Return what a message that the built-in understanding read in this way may be about."""
    always = every_thing(knowledge)
    claims = dict(islice(_claims(knowledge, unsure), MOST_LISTED))
    return ClosedList(always.topics, always.open_subjects, always.things, claims)


@lru_cache(maxsize=2)  # a knowledge base is opened anew when its file was replaced
def every_thing(knowledge: Knowledge) -> ClosedList:
    """Return what is the same for every message."""
    return ClosedList(
        topics={topic.key: one_spaced(topic.title) for topic in knowledge.topics()},
        open_subjects={subject.key: one_spaced(subject.title) for subject in knowledge.open_subjects()},
        things={f"{kind}:{each.key}": one_spaced(each.name) for kind in KINDS for each in knowledge.names(kind)},
    )


def _claims(knowledge: Knowledge, unsure: UnsureTurn) -> Iterable[tuple[str, str]]:
    """Yield the claims that the engine ranked, those of its likeliest topics, and of what was talked about; each once."""
    seen: set[str] = set()
    for identity in (*unsure["claims"], *_claims_of_topics(knowledge, unsure)):
        if identity not in seen:
            seen.add(identity)
            try:
                yield identity, one_spaced(knowledge.claim(*split_claim(identity)).say)
            except (UnknownKey, ValueError):  # the engine still has the knowledge base before this one
                continue


def _claims_of_topics(knowledge: Knowledge, unsure: UnsureTurn) -> Iterable[str]:
    ranked: list[dict[str, Any]] = unsure["understanding"].get("topics") or []
    last = (unsure["state"].get("last") or {}).get("topic")
    topics = [*(each.get("key") for each in ranked[:LIKELY_TOPICS]), *([last] if last else [])]
    for topic in topics:
        for claim in knowledge.claims(topic) if isinstance(topic, str) else ():
            yield claim_id(claim.topic, claim.number)
