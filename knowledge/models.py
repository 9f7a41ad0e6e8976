"""Defines the records that queries return: frozen and independent of the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date

OPEN_SUBJECTS = "not-stated"  # what the keys of open subjects begin with, before a slash


@dataclass(frozen=True)
class Source:
    """A section of the guide; `title` is what people are shown."""

    key: str
    title: str
    heading: str


@dataclass(frozen=True)
class OwnText:
    """A text that a guide words itself; `buttons` are its further ones, each with title and payload."""

    say: str
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class GuideWords:
    """The words in which a guide is spoken of (guide/pack.yml); these stand in for what it leaves out.

    `subject` is all that it is about, `short` the same in a few words, `thing` and `things` what it tells of. `names` are the
    catalogue's own names of one word ("Canada", "Udacity"), which keep their capital in a sentence.
    """

    subject: str = "what this guide is about"
    short: str = "that"
    thing: str = "course"
    things: str = "courses"
    guide: str = "one guide"
    texts: Mapping[str, OwnText] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TopicLink:
    """A topic or open subject that can be offered as a next step."""

    key: str
    title: str


@dataclass(frozen=True)
class NameLink:
    """A catalogue entry without its details; `short` is its form in a sentence ("the UK")."""

    key: str
    name: str
    short: str


@dataclass(frozen=True)
class TopicItem:
    """An item of the list in a topic's answer; `topic` leads to more about it."""

    name: str
    text: str
    topic: TopicLink | None


@dataclass(frozen=True)
class Topic:
    """An entry of the guide.

    `more` is empty if there is nothing to add; the first of `sources` is the topic's own section.
    """

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
class Claim:
    """One or two sentences of a topic that answer a question in the question's form.

    `number` is its place among the topic's claims. `about` are the catalogue names (kind and key) that its questions
    ask about, `mentions` those that only its text holds.
    """

    topic: str
    number: int
    say: str
    form: str
    source: Source
    about: frozenset[tuple[str, str]] = frozenset()
    mentions: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class NearClaim:
    """A claim that a question may be answered by.

    `likeness` is how near it is in meaning (cosines to what it says and to the questions that it answers, weighed); `score`
    adds what the question's form and its likely topics say. `said`, `asked` and `nearest` are the cosines to what it says,
    to its questions on average, and to the nearest of them, which is its `question`th. `turned` tells that one of these two
    questions holds a no or a doubt and the other one none, so that a yes may mean the opposite. `covered` is which part of
    the question's content words the claim and its questions hold, `fit` the probability that it answers the question
    (nlu/classification/claim_ranker.py).
    """

    topic: str
    number: int
    score: float = 0.0
    likeness: float = 0.0
    covered: float = 1.0
    fit: float = 0.0
    said: float = 0.0
    asked: float = 0.0
    nearest: float = 0.0
    question: int = 0
    turned: bool = False


@dataclass(frozen=True)
class TopicHeading:
    """A topic in a list; `section` is None for an open subject."""

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
    """A field of study; `listed` is False if people ask for it and the guide does not list it."""

    key: str
    name: str
    listed: bool


@dataclass(frozen=True)
class Institution:
    """A university or college that the guide names."""

    key: str
    name: str
    destination: NameLink | None
    country: str
    note: str
    source: Source | None


@dataclass(frozen=True)
class Destination:
    """A country or region that the guide describes."""

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
    """A country or city that is not a destination, but may lie in one."""

    key: str
    name: str
    destination: Destination | None
    note: str
    strengths: tuple[Field, ...]
    source: Source | None


@dataclass(frozen=True)
class CredentialType:
    """A kind of credential, such as bootcamps; `plural` is its name for several."""

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
    """An organisation that offers credentials.

    `role` is platform, company, university, language-body, government-platform or eu-programme.
    """

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
    """An industry; `acceptance` is "accepts", "prefers-degrees" or empty if the guide does not say."""

    key: str
    name: str
    areas: tuple[str, ...]
    embraces: bool
    acceptance: str
    topic: TopicLink | None
    source: Source | None


@dataclass(frozen=True)
class Mode:
    """A mode of study, such as online."""

    key: str
    name: str


@dataclass(frozen=True)
class Program:
    """A named program; None or an empty text means that the source does not state it."""

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
    """A name that people mention and the guide does not cover."""

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
    """Where a field can be studied.

    The field of a strength is the field itself or one near it.
    """

    field: Field
    destinations: tuple[Destination, ...]
    strengths: tuple[Strength, ...]
    near: tuple[tuple[Field, tuple[Destination, ...]], ...]
    types: tuple[CredentialType, ...]
    programs: tuple[Program, ...]
    industries: tuple[Industry, ...]


@dataclass(frozen=True)
class ProgramCriteria:
    """The criteria of a search for programs, as catalogue keys.

    Several keys of one criterion mean any of them. `max_hours` are hours a week, `max_duration` is a length in words
    ("8 weeks"), `levels` are those of nlu.extraction.preferences ("beginner").
    """

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

    def names(self) -> Iterator[str]:
        """Yield the names of the criteria that are set. A currency is none of them, since it limits nothing without a price."""
        for each in fields(self):
            if each.name != "currency" and getattr(self, each.name) not in ((), None, []):
                yield each.name

    def without(self, name: str) -> ProgramCriteria:
        """Return the criteria without one of them; a price takes its currency with it."""
        blank = type(self)()
        dropped = {name: getattr(blank, name)}
        if name == "max_price":
            dropped["currency"] = None
        return replace(self, **dropped)


@dataclass(frozen=True)
class Passage:
    """A passage found by search.

    `score` is the similarity of meaning (cosine), or 0 if only words were compared.
    """

    topic_key: str
    title: str
    text: str
    score: float
