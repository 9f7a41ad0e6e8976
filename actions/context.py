"""Defines what an answer depends on: what was understood of the message, and the dialogue state."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

CATALOGUE_KINDS = ("program", "institution", "provider", "type", "destination", "place", "industry", "field", "mode")
# Limits of a search, the order of its list, and "any" for what no longer matters.
CRITERIA_KINDS = ("max_price", "start_from", "start_to", "max_hours", "max_duration", "level", "order", "any")
NAME_KINDS = CATALOGUE_KINDS + CRITERIA_KINDS
Names = dict[str, tuple[str, ...]]
NAMED_PARTS = ("names", "choices", "profile")  # of a dialogue state, what holds keys by kind


def said_of_person(message: dict[str, Any]) -> Names:
    """Return what a message says of the person, as parts of the profile."""
    parts = (message.get("about_me") or {}).get("parts") or {}
    return {part: tuple(codes) for part, codes in parts.items()}


@dataclass(frozen=True)
class Ranked:
    """A topic suggested by the classifier or the passage search; `share` is a probability or a similarity, 0 to 1."""

    key: str
    share: float


@dataclass(frozen=True)
class Understanding:
    """What was understood of one message.

    `names` are catalogue keys by kind in the order of the message, and criteria such as max_price "500 EUR". `left_out`
    are those that the message excludes. `adds` tells that the names come on top of the earlier ones. `topics` are
    ranked by the classifier, also for a follow-up. `second` is the topic of a second question. `manner` refines the
    intent ("refine/exclude"). `nth` is the position of the listed thing that the message points at ("2", "last").
    `refers` tells that the message refers to what was said before ("that"). `about_me` is what the message says of the person,
    as parts of the profile; `tells` that it says nothing else, `brief` that it is a few words and no question.
    """

    intent: str = ""
    confidence: float = 0.0
    names: Names = field(default_factory=dict)
    topics: tuple[Ranked, ...] = ()
    nearest: tuple[Ranked, ...] = ()
    second: str | None = None
    manner: str = ""
    language: str | None = None
    left_out: Names = field(default_factory=dict)
    adds: bool = False
    nth: str = ""
    refers: bool = False
    about_me: Names = field(default_factory=dict)
    tells: bool = False
    brief: bool = False

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> Understanding:
        """Read the tracker's latest message.

        A button's payload names its topic as an entity, and joins several keys of one kind with commas. Where the person comes
        from, and the work of one who wants another field, is no name that the message asks about.
        """
        intent = message.get("intent") or {}
        about = message.get("topic") or {}
        topics = [Ranked(one["key"], one["confidence"]) for one in about.get("ranking", [])]
        names: dict[str, dict[str, None]] = {}
        left_out: dict[str, dict[str, None]] = {}
        for entity in message.get("entities") or []:
            kind, value = entity.get("entity"), entity.get("value")
            if kind == "topic" and isinstance(value, str):
                topics.insert(0, Ranked(value, 1.0))
            elif kind in NAME_KINDS and isinstance(value, str) and not entity.get("of_person"):
                for into in (names, left_out) if entity.get("left_out") else (names,):
                    into.setdefault(kind, {}).update(dict.fromkeys(value.split(",")))
        nearest = tuple(Ranked(one["topic"], one["score"]) for one in message.get("nearest") or [])
        return cls(
            intent.get("name") or "",
            intent.get("confidence") or 0.0,
            {kind: tuple(keys) for kind, keys in names.items()},
            tuple(topics),
            nearest,
            about.get("second"),
            about.get("manner") or "",
            message.get("language"),
            {kind: tuple(keys) for kind, keys in left_out.items()},
            bool(about.get("adds")),
            about.get("nth") or "",
            bool(about.get("refers")),
            said_of_person(message),
            bool((message.get("about_me") or {}).get("only")),
            bool((message.get("about_me") or {}).get("brief")),
        )

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the keys of a kind that the message names."""
        return self.names.get(kind, ())

    @property
    def excludes(self) -> bool:
        """Whether the names are excluded ("not the UK")."""
        return self.manner == "refine/exclude"

    @property
    def instead(self) -> Understanding:
        """The same with only the names that replace others ("not Canada, the UK").

        If the message only excludes names, the understanding itself.
        """
        kept = {
            kind: tuple(key for key in keys if key not in self.left_out.get(kind, ()))
            for kind, keys in self.names.items()
        }
        kept = {kind: keys for kind, keys in kept.items() if keys}
        return replace(self, names=kept, left_out={}, manner="") if self.left_out and kept else self

    @property
    def topic(self) -> str | None:
        """The most likely topic, or None."""
        return self.topics[0].key if self.topics else None


@dataclass(frozen=True)
class DialogueState:
    """What is being talked about, kept from turn to turn.

    `act` is the intent that the last answer served, `topic` and `names` what it was about, `sources` the sections it
    came from, `shown` how much of a list was shown. `offer` is what "yes" would mean: an intent with names or a topic.
    `choices` are the things that "the second one" can choose from while one of several is talked about. `profile` is what the
    person said of themselves (advice/profile.py), `advised` what advice has said and asked already.
    """

    act: str = ""
    topic: str | None = None
    names: Names = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    shown: int = 0
    offer: dict[str, str] | None = None
    choices: Names = field(default_factory=dict)
    profile: Names = field(default_factory=dict)
    advised: tuple[str, ...] = ()

    @classmethod
    def from_slot(cls, value: dict[str, Any] | None) -> DialogueState:
        """Restore the state from the value of its slot, or return an empty one."""
        if not value:
            return cls()
        kept = {part: {kind: tuple(keys) for kind, keys in (value.get(part) or {}).items()} for part in NAMED_PARTS}
        lists = {part: tuple(value.get(part) or ()) for part in ("sources", "advised")}
        return cls(**{**value, **kept, **lists})

    def as_slot(self) -> dict[str, Any]:
        """Return the state as JSON for its slot."""
        return {
            **vars(self),
            **{part: {kind: list(keys) for kind, keys in getattr(self, part).items()} for part in NAMED_PARTS},
            "sources": list(self.sources),
            "advised": list(self.advised),
        }

    def offering(self, intent: str, **about: str) -> DialogueState:
        """Return the state with another meaning of "yes"."""
        return replace(self, offer={"intent": intent, **about})
