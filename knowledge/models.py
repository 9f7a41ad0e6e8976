"""The plain records that the knowledge base answers with: frozen, no database behind them, safe to keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date


@dataclass(frozen=True)
class Source:
    """A section of the guide; `title` is what people are shown."""

    key: str
    title: str
    heading: str


@dataclass(frozen=True)
class TopicLink:
    """Something that can be offered as a next step; the key may be an open subject's."""

    key: str
    title: str


@dataclass(frozen=True)
class NameLink:
    """Another catalogue entry, without its details; `short` is how it stands in a sentence ("the UK")."""

    key: str
    name: str
    short: str


@dataclass(frozen=True)
class TopicItem:
    name: str
    text: str
    topic: TopicLink | None


@dataclass(frozen=True)
class Topic:
    """`more` is empty where there is nothing to add; the first of `sources` is the topic's own section."""

    key: str
    title: str
    answer: str
    items: tuple[TopicItem, ...]
    more: str
    sources: tuple[Source, ...]
    related: tuple[TopicLink, ...]
    owner: str
    reviewed: date


@dataclass(frozen=True)
class TopicHeading:
    """A topic as it stands in a list; `section` is None for an open subject."""

    key: str
    title: str
    section: Source | None
    owner: str
    reviewed: date


@dataclass(frozen=True)
class OpenSubject:
    """What people ask and the guide leaves open."""

    key: str
    title: str
    say: str
    nearest: str
    near_topics: tuple[TopicLink, ...]
    whom: str
    owner: str
    reviewed: date


@dataclass(frozen=True)
class Field:
    """`listed` is False for a field that people ask for and the guide does not hold."""

    key: str
    name: str
    listed: bool


@dataclass(frozen=True)
class Institution:
    key: str
    name: str
    destination: NameLink | None
    country: str
    note: str
    source: Source | None


@dataclass(frozen=True)
class Destination:
    key: str
    name: str
    short: str
    adjective: str
    about: str
    fields: tuple[Field, ...]
    strengths: tuple[Field, ...]
    institutions: tuple[Institution, ...]
    platform: NameLink | None
    topic: TopicLink | None
    source: Source | None


@dataclass(frozen=True)
class Place:
    """A country or city that is not one of the destinations, but may lie in one."""

    key: str
    name: str
    destination: Destination | None
    note: str
    strengths: tuple[Field, ...]
    source: Source | None


@dataclass(frozen=True)
class CredentialType:
    key: str
    name: str
    plural: str
    offered_by: str
    focus: str
    examples: tuple[str, ...]
    providers: tuple[NameLink, ...]
    fields: tuple[Field, ...]
    topic: TopicLink | None
    source: Source | None


@dataclass(frozen=True)
class Provider:
    """`role` is platform, company, university, language-body, government-platform or eu-programme."""

    key: str
    name: str
    role: str
    about: str
    types: tuple[NameLink, ...]
    destination: NameLink | None
    topic: TopicLink | None
    source: Source | None


@dataclass(frozen=True)
class Industry:
    """`acceptance` is "accepts", "prefers-degrees" or empty where the guide does not say."""

    key: str
    name: str
    areas: tuple[str, ...]
    embraces: bool
    acceptance: str
    topic: TopicLink | None
    source: Source | None


@dataclass(frozen=True)
class Mode:
    key: str
    name: str


@dataclass(frozen=True)
class Program:
    """None (or an empty text) means that the source does not state it."""

    key: str
    name: str
    type: NameLink
    provider: NameLink | None
    provider_text: str
    fields: tuple[Field, ...]
    destination: NameLink | None
    institution: NameLink | None
    mode: NameLink | None
    price: float | None
    currency: str
    start: date | None
    deadline: date | None
    duration: str
    hours_per_week: float | None
    level: str
    credits: str
    url: str
    checked_on: date | None
    source: Source | None


@dataclass(frozen=True)
class OtherName:
    """Something that people mention and the guide does not cover."""

    kind: str
    key: str
    name: str


@dataclass(frozen=True)
class Strength:
    """A place that the guide calls known for a field, without listing the field there."""

    field: Field
    where: Place | Destination
    source: Source | None


@dataclass(frozen=True)
class FieldAnswer:
    """Where a field can be studied. The Field in `strengths` tells whether the asked one or a near one is meant."""

    field: Field
    destinations: tuple[Destination, ...]
    strengths: tuple[Strength, ...]
    near: tuple[tuple[Field, tuple[Destination, ...]], ...]
    types: tuple[CredentialType, ...]
    programs: tuple[Program, ...]
    industries: tuple[Industry, ...]


@dataclass(frozen=True)
class ProgramWish:
    """What a person looks for, as catalogue keys. Several keys in one preference mean any of them. `max_hours` are hours a
    week, `max_duration` is a length in words ("8 weeks"), `levels` are those of nlu.extraction.quantities ("beginner")."""

    fields: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    max_price: float | None = None
    currency: str | None = None
    start_from: date | None = None
    start_to: date | None = None
    max_hours: float | None = None
    max_duration: str | None = None
    levels: tuple[str, ...] = ()
    exclude_fields: tuple[str, ...] = ()
    exclude_destinations: tuple[str, ...] = ()
    exclude_types: tuple[str, ...] = ()
    exclude_providers: tuple[str, ...] = ()
    exclude_institutions: tuple[str, ...] = ()
    exclude_modes: tuple[str, ...] = ()

    def preferences(self) -> Iterator[str]:
        """The names of what is set. A currency alone wishes for nothing, so it is not one."""
        for each in fields(self):
            if each.name != "currency" and getattr(self, each.name) not in ((), None, []):
                yield each.name

    def without(self, preference: str) -> ProgramWish:
        blank = type(self)()
        dropped = {preference: getattr(blank, preference)}
        if preference == "max_price":
            dropped["currency"] = None
        return replace(self, **dropped)


@dataclass(frozen=True)
class Passage:
    """A piece of text found by search; `score` is likeness of meaning (cosine), 0 where only words were compared."""

    topic_key: str
    title: str
    text: str
    score: float
