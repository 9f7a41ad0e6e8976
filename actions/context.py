"""What the pipeline found in the message, and what is being talked about: all that an answer may go by."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

CATALOGUE_KINDS = ("program", "institution", "provider", "type", "destination", "place", "industry", "field", "mode")
# What a program is wished to keep to, how to put a list in order, and "any": what no longer matters.
WISH_KINDS = ("max_price", "start_from", "start_to", "max_hours", "max_duration", "level", "order", "any")
NAME_KINDS = CATALOGUE_KINDS + WISH_KINDS
Names = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Ranked:
    """A topic that the classifier or the passage search thinks of; `share` is a probability or a similarity, 0 to 1."""

    key: str
    share: float


@dataclass(frozen=True)
class Understanding:
    """One message as understood: `names` are catalogue keys by kind, in the order in which they were said, and wishes such as
    max_price "500 EUR"; `left_out` those of them that it wants left out; `adds` whether they come on top of those before;
    `topics` what the classifier ranks, also for a follow-up; `second` a second question's topic; `manner` how
    ("refine/exclude"); `nth` which of several things it points at ("2", "last"); `refers` whether it speaks of "that"."""

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

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> Understanding:
        """Read from the tracker's latest message; a button's payload names its topic as an entity, several keys with commas."""
        intent = message.get("intent") or {}
        about = message.get("topic") or {}
        topics = [Ranked(one["key"], one["confidence"]) for one in about.get("ranking", [])]
        names: dict[str, dict[str, None]] = {}
        left_out: dict[str, dict[str, None]] = {}
        for entity in message.get("entities") or []:
            kind, value = entity.get("entity"), entity.get("value")
            if kind == "topic" and isinstance(value, str):
                topics.insert(0, Ranked(value, 1.0))
            elif kind in NAME_KINDS and isinstance(value, str):
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
        )

    def of(self, kind: str) -> tuple[str, ...]:
        """The keys of that kind that were named."""
        return self.names.get(kind, ())

    @property
    def excludes(self) -> bool:
        """Whether the names are to be left out: "not the UK"."""
        return self.manner == "refine/exclude"

    @property
    def instead(self) -> Understanding:
        """The same with only what it wants in place of something else ("not Canada, the UK"); where it just leaves something
        out, itself."""
        kept = {
            kind: tuple(key for key in keys if key not in self.left_out.get(kind, ()))
            for kind, keys in self.names.items()
        }
        kept = {kind: keys for kind, keys in kept.items() if keys}
        return replace(self, names=kept, left_out={}, manner="") if self.left_out and kept else self

    @property
    def topic(self) -> str | None:
        """The likeliest topic."""
        return self.topics[0].key if self.topics else None


@dataclass(frozen=True)
class DialogueState:
    """What is being talked about, kept from turn to turn: who wants what (`act`), about which names or topic, the sections
    it came from, what has been shown of a list, what "yes" would mean (`offer`: an intent with names or a topic), and, while
    one of several things is talked about, among which "the second one" chooses (`choices`)."""

    act: str = ""
    topic: str | None = None
    names: Names = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    shown: int = 0
    offer: dict[str, str] | None = None
    choices: Names = field(default_factory=dict)

    @classmethod
    def from_slot(cls, value: dict[str, Any] | None) -> DialogueState:
        """The frame that `as_slot` gave, or an empty one."""
        if not value:
            return cls()
        kept = {
            part: {kind: tuple(keys) for kind, keys in (value.get(part) or {}).items()} for part in ("names", "choices")
        }
        return cls(**{**value, **kept, "sources": tuple(value.get("sources") or ())})

    def as_slot(self) -> dict[str, Any]:
        """As JSON."""
        return {
            **vars(self),
            "names": {kind: list(keys) for kind, keys in self.names.items()},
            "choices": {kind: list(keys) for kind, keys in self.choices.items()},
            "sources": list(self.sources),
        }

    def offering(self, intent: str, **about: str) -> DialogueState:
        """The same with what "yes" would mean."""
        return replace(self, offer={"intent": intent, **about})
