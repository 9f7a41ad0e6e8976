"""What the engine understood of a message, and why its replies are what they are, read from the stored message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Text, cast, select

from conversations.db import schema
from conversations.models import MODEL, REASONS, REPHRASED, VISITOR
from conversations.review.language_model import (
    REPHRASING_FIGURES,
    ModelReport,
    RephrasingReport,
    figures_of,
    read_rephrasing,
    read_report,
)
from conversations.stored_values import mappings_of, text_of, texts_of

MESSAGES = schema.message
PROFILE = "profile"
LEFT_OUT = "left_out"
# What retention keeps of an understanding: nothing that says whom or what a visitor named, or what they said of themselves.
KEPT = ("ranking", "topics", "form", "attributes", "answerable", "is_answerable", "adds", "claims")
KEPT_REASONS = ("decided_by", "claims")
KEPT_OF_QUERY = ("intent", "topic", "attribute", "form")
# Keys of an engine's reason for a decline, by what they name.
UNKNOWN_KEYS = ("unknown_names", "unknown_name", "unknown", "names")
SUBJECT_KEYS, TOPIC_KEYS = ("open_subject", "subject"), ("topic",)
ATTRIBUTE_KEYS = ("attributes", "attribute")


@dataclass(frozen=True)
class Entity:
    """A thing, an amount or a date found in a message; `part` says what it is in it ("left_out"), mostly nothing."""

    kind: str
    value: str
    part: str = ""


@dataclass(frozen=True)
class FurtherQuestion:
    """Another question of the same message."""

    intent: str
    topic: str
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True)
class UsedClaim:
    """A sentence of the guide that a reply says; `topic` is where it stands."""

    topic: str
    say: str


@dataclass(frozen=True)
class ProfileEntry:
    """One thing that the visitor said of themselves."""

    label: str
    value: str


@dataclass(frozen=True)
class WhyNot:
    """Why a question was not answered: what is unknown, which open subject it is nearer to than to a topic, or in words."""

    unknown: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    subject: str = ""
    topic: str = ""
    text: str = ""


@dataclass(frozen=True)
class Query:
    """The question as it was resolved with the dialogue state; `carried` are names that the message itself does not say."""

    intent: str = ""
    topic: str = ""
    attribute: str = ""
    form: str = ""
    names: tuple[Entity, ...] = ()
    carried: tuple[Entity, ...] = ()


@dataclass(frozen=True)
class Decision:
    """Why one reply is what it is."""

    decided_by: str = ""
    query: Query | None = None
    claims: tuple[UsedClaim, ...] = ()
    why_not: WhyNot | None = None
    profile: tuple[ProfileEntry, ...] | None = None  # None if nothing is told of it


@dataclass(frozen=True)
class Understanding:
    """What was understood of a message beside its intent and topic; whatever the engine did not say is empty."""

    form: str = ""
    attributes: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    unknown_names: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()
    adds: bool = False
    answerable: float | None = None
    is_answerable: bool | None = None
    parts: tuple[FurtherQuestion, ...] = ()
    decisions: tuple[Decision, ...] = ()
    model: ModelReport | None = None  # None if no language model was asked
    rephrasing: RephrasingReport | None = None  # None if the answer was to go out as it is

    @property
    def has_reading(self) -> bool:
        """Return whether there is anything to show beside the rankings."""
        return any(
            (self.form, self.attributes, self.entities, self.unknown_names, self.refers, self.adds, self.parts)
        ) or (self.answerable is not None)

    @property
    def profile(self) -> tuple[ProfileEntry, ...] | None:
        """Return what the visitor has said of themselves so far, or None if nothing is told of it."""
        told = [decision.profile for decision in self.decisions if decision.profile is not None]
        return told[-1] if told else None

    @property
    def queries(self) -> tuple[Query, ...]:
        """Return the questions that the message became."""
        return tuple(decision.query for decision in self.decisions if decision.query)

    @property
    def claims(self) -> tuple[UsedClaim, ...]:
        """Return the claims that the replies say, each once."""
        return tuple(dict.fromkeys(claim for decision in self.decisions for claim in decision.claims))

    @property
    def rows(self) -> tuple[str, ...]:
        """Return the rows of the decision table that decided, each once."""
        return tuple(dict.fromkeys(decision.decided_by for decision in self.decisions if decision.decided_by))


def read_understanding(stored: Mapping[str, Any]) -> Understanding:
    """Return a stored understanding; whatever is in another engine version's form is left out."""
    entities = tuple(_entities(stored.get("entities")))
    answerable = stored.get("answerable")
    return Understanding(
        form=text_of(stored.get("form")),
        attributes=tuple(texts_of(stored.get("attributes"))),
        entities=entities,
        unknown_names=tuple(texts_of(stored.get("unknown_names"))),
        refers=tuple(_references(stored.get("references"))),
        adds=stored.get("adds") is True,
        answerable=float(answerable) if isinstance(answerable, (int, float)) else None,
        is_answerable=stored["is_answerable"] if isinstance(stored.get("is_answerable"), bool) else None,
        parts=tuple(
            FurtherQuestion(
                text_of(each.get("intent")), text_of(each.get("topic")), tuple(_entities(each.get("entities")))
            )
            for each in mappings_of(stored.get("parts"))
        ),
        decisions=tuple(_decision(each, entities) for each in mappings_of(stored.get(REASONS))),
        model=read_report(stored.get(MODEL)),
        rephrasing=read_rephrasing(stored.get(REPHRASED)),
    )


def without_personal_data(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored understanding without what it holds of a visitor's words and of what they said of themselves."""
    kept = {name: stored[name] for name in KEPT if name in stored}
    reasons = [_without_words(each) for each in mappings_of(stored.get(REASONS))]
    if figures := figures_of(stored.get(MODEL)):
        kept[MODEL] = figures
    if figures := figures_of(stored.get(REPHRASED), REPHRASING_FIGURES):
        kept[REPHRASED] = figures
    return {**kept, "entities": [], **({REASONS: reasons} if any(reasons) else {})}


def profile_of(connection: Connection, conversation_id: str) -> tuple[ProfileEntry, ...]:
    """Return what the visitor of a conversation has said of themselves, as the engine last told it."""
    return profiles_of(connection, [conversation_id]).get(conversation_id, ())


def profiles_of(connection: Connection, conversation_ids: Iterable[str]) -> dict[str, tuple[ProfileEntry, ...]]:
    """Return what the visitors of conversations have said of themselves, by conversation, without those who said nothing."""
    has_profile = cast(MESSAGES.c.understanding, Text).contains(f'"{PROFILE}"')
    wanted = MESSAGES.c.conversation_id.in_(list(conversation_ids)), MESSAGES.c.author == VISITOR, has_profile
    query = select(MESSAGES.c.conversation_id, MESSAGES.c.understanding).where(*wanted).order_by(MESSAGES.c.id)
    latest: dict[str, tuple[ProfileEntry, ...]] = {}
    for row in connection.execute(query):
        told = read_understanding(row.understanding).profile
        if told is not None:
            latest[row.conversation_id] = told
    return {conversation_id: entries for conversation_id, entries in latest.items() if entries}


def _decision(reasons: Mapping[str, Any], entities: tuple[Entity, ...]) -> Decision:
    query = reasons.get("query")
    return Decision(
        decided_by=text_of(reasons.get("decided_by")),
        query=_query(query, entities) if isinstance(query, Mapping) and query else None,
        claims=tuple(
            UsedClaim(text_of(each.get("topic")), text_of(each.get("say")))
            for each in mappings_of(reasons.get("claims"))
            if text_of(each.get("say"))
        ),
        why_not=_why_not(reasons.get("not_answered_because")),
        profile=tuple(_profile(reasons[PROFILE])) if PROFILE in reasons else None,
    )


def _query(query: Mapping[str, Any], said: tuple[Entity, ...]) -> Query:
    named = tuple(_names(query.get("names")))
    left_out = tuple(_names(query.get(LEFT_OUT), LEFT_OUT))
    own = {(entity.kind, entity.value) for entity in said}
    attribute = query.get("attribute")
    return Query(
        intent=text_of(query.get("intent")),
        topic=text_of(query.get("topic")),
        attribute=text_of(attribute) or ", ".join(texts_of(attribute)),
        form=text_of(query.get("form")),
        names=tuple(
            each for each in named if (each.kind, each.value) not in {(out.kind, out.value) for out in left_out}
        )
        + left_out,
        carried=tuple(each for each in named if (each.kind, each.value) not in own),
    )


def _why_not(reason: Any) -> WhyNot | None:
    """Return an engine's reason for a decline, which is a sentence or an object that names what stands in the way."""
    if isinstance(reason, str) and reason.strip():
        return WhyNot(text=reason.strip())
    if not isinstance(reason, Mapping):
        return None
    found = WhyNot(
        unknown=tuple(_first(reason, UNKNOWN_KEYS)),
        attributes=tuple(_first(reason, ATTRIBUTE_KEYS)),
        subject=next(iter(_first(reason, SUBJECT_KEYS)), ""),
        topic=next(iter(_first(reason, TOPIC_KEYS)), ""),
        text=text_of(reason.get("text")),
    )
    return found if found != WhyNot() else None


def _without_words(reasons: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: reasons[name] for name in KEPT_REASONS if name in reasons}
    query, why_not = reasons.get("query"), reasons.get("not_answered_because")
    if isinstance(query, Mapping):
        kept["query"] = {name: query[name] for name in KEPT_OF_QUERY if name in query}
    if isinstance(why_not, Mapping):
        keys = (*SUBJECT_KEYS, *TOPIC_KEYS)
        kept["not_answered_because"] = {name: why_not[name] for name in keys if name in why_not}
    return kept


def _entities(entities: Any) -> Iterator[Entity]:
    for each in mappings_of(entities):
        yield Entity(text_of(each.get("entity")), str(each.get("value", "")), text_of(each.get("part")))


def _names(names: Any, part: str = "") -> Iterator[Entity]:
    """Yield the names of a query, which has their keys by kind or the keys alone."""
    if isinstance(names, Mapping):
        for kind, keys in names.items():
            yield from (Entity(str(kind), key, part) for key in ([keys] if isinstance(keys, str) else texts_of(keys)))
    else:
        yield from (Entity("", key, part) for key in texts_of(names))


def _references(references: Any) -> Iterator[str]:
    """Yield what refers back, in a few words each."""
    if isinstance(references, str) and references:
        yield references
    elif isinstance(references, Mapping):
        for name, value in references.items():
            words = ", ".join(texts_of(value)) if isinstance(value, list) else text_of(value)
            if value is True or words:
                yield name.replace("_", " ") if value is True else words
    else:
        yield from texts_of(references)


def _profile(entries: Any) -> Iterator[ProfileEntry]:
    for each in mappings_of(entries):
        if value := text_of(each.get("value")):
            yield ProfileEntry(text_of(each.get("label")), value)


def _first(values: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """Return the texts under the first of these names that there is."""
    value = next((values[name] for name in names if values.get(name)), None)
    return [value] if isinstance(value, str) else list(texts_of(value))
