"""Defines what an answer depends on: what was understood of the message, and the dialogue state."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from actions.own_names import OwnNames
from knowledge.models import OPEN_SUBJECTS, NearClaim

CATALOGUE_KINDS = ("program", "institution", "provider", "type", "destination", "place", "industry", "field", "mode")
# Limits of a search, the order of its list, and "any" for what no longer matters.
CRITERIA_KINDS = ("max_price", "start_from", "start_to", "max_hours", "max_duration", "level", "order", "any")
NAME_KINDS = CATALOGUE_KINDS + CRITERIA_KINDS
Names = dict[str, tuple[str, ...]]
# Kinds of which one takes the place of another: "and Germany?" after a question about Canada.
GROUPS = (("destination", "place"), ("institution", "provider"), ("field", "industry"), ("type", "program"), ("mode",))


def group_of(kind: str) -> tuple[str, ...]:
    """Return the kinds that stand for each other with this one."""
    return next((group for group in GROUPS if kind in group), (kind,))


def said_of_person(message: dict[str, Any]) -> Names:
    """Return what a message says of the person, as parts of the profile."""
    parts = (message.get("about_me") or {}).get("parts") or {}
    return {part: tuple(codes) for part, codes in parts.items()}


@dataclass(frozen=True)
class Ranked:
    """A topic suggested by the classifier or the passage search; `share` is a probability or a similarity, 0 to 1."""

    key: str
    share: float


SENTENCES = "sentences"
OPEN = f"{OPEN_SUBJECTS}/"  # before the key of a subject that the guide leaves open, among topics
COUNTED_SHAPES = (SENTENCES, "lines")  # shapes of which a number is wanted (nlu/data/wanted_forms.yml)


@dataclass(frozen=True)
class Wanted:
    """The form in which an answer is wanted, as nlu/extraction/wanted/form.py reads it."""

    shape: str = ""
    kind: str = ""
    limit: int = 0
    count: int = 0
    ranked: bool = False
    short: bool = False
    plain: bool = False
    alone: bool = False

    @property
    def number(self) -> int:
        """How many things, sentences or lines are wanted, 0 for any number."""
        return self.count or (self.limit if self.shape in COUNTED_SHAPES else 0)

    @property
    def any(self) -> bool:
        """Tell whether any form is wanted."""
        return bool(self.shape or self.kind or self.count or self.short or self.plain)


@dataclass(frozen=True)
class Understanding:
    """What was understood of one message.

    `names` are catalogue keys by kind in the order of the message, and criteria such as max_price "500 EUR". `left_out`
    are those that the message excludes. `adds` tells that the names come on top of the earlier ones. `topics` are
    ranked by the classifier, also for a follow-up. `second` is the topic of a second question. `manner` refines the
    intent ("refine/exclude"). `nth` is the position of the listed thing that the message points at ("2", "last").
    `refers` tells that the message refers to what was said before ("that"), `back` how (nlu/extraction/references.py), `bare`
    that it consists of names alone. `attribute` is the kind of things that it asks for ("which colleges"), `kind` that of
    the thing it points at ("that country"), `short` that it is hardly more than that word. `maybe` is what its only word
    may name where a name is asked for ("it"). `further` are the message's further questions. `follows` tells that something
    was taken from the dialogue state. `form` is the form in which it asks ("who"), `claims` are the guide's claims that fit
    it best. `answerable` are the log-odds of the best answer against the best open subject, `is_answerable` tells whether
    they suffice; a button always can be answered. `unknown` are what looks like names and stands neither in the catalogue
    nor in the guide. `attributes` is what it asks of a thing, in order ("institutions", "count"), "other" if also something
    else. `about_me` is what the message says of the person, as parts of the profile; `tells` that it says nothing else,
    `brief` that it is a few words and no question. `asks` are codes of what it asks of the advisor ("summary", "advice").
    `own` is what it asks of the organisation's own catalogue, None without one. `language` is that of a message which is not
    English, `speaks` the same if it was understood. `said` are the words of the question, if a message asks several, `asked`
    the sentence that asks, which `asks_alone` if the message has no other, and `said_back` what it asks as it stands after
    "doesn't say", or "" (nlu/extraction/said_back/questions.py). `says_no` tells that the message
    holds a no, `denies` that its question does ("without experience"), `doubts` that it asks for what is bad about something,
    `seeks_any` whether something holds for anybody or ever, `obliges` whether something has to be done, `ranked_by` what
    several things are compared by ("more practical", "older"). `wanted` is the form in which it wants the answer.
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
    form: str = ""
    claims: tuple[NearClaim, ...] = ()
    answerable: float = 0.0
    is_answerable: bool = True
    unknown: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    bare: bool = False
    attribute: str = ""
    kind: str = ""
    short: bool = False
    maybe: Names = field(default_factory=dict)
    further: tuple[Understanding, ...] = ()
    follows: bool = False
    attributes: tuple[str, ...] = ()
    about_me: Names = field(default_factory=dict)
    tells: bool = False
    brief: bool = False
    asks: tuple[str, ...] = ()
    own: OwnNames | None = None
    speaks: str | None = None
    said: str = ""
    asked: str = ""
    said_back: str = ""
    asks_alone: bool = False
    says_no: bool = False
    denies: bool = False
    doubts: bool = False
    seeks_any: bool = False
    obliges: bool = False
    ranked_by: str = ""
    wanted: Wanted = Wanted()

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
            # What is only told of, before a question that names another place, is not asked about.
            if entity.get("told") and not entity.get("left_out"):
                continue
            kind, value = entity.get("entity"), entity.get("value")
            if kind == "topic" and isinstance(value, str):
                topics.insert(0, Ranked(value, 1.0))
            elif kind in NAME_KINDS and isinstance(value, str) and not entity.get("of_person"):
                for into in (names, left_out) if entity.get("left_out") else (names,):
                    into.setdefault(kind, {}).update(dict.fromkeys(value.split(",")))
        nearest = tuple(Ranked(one["topic"], one["score"]) for one in message.get("nearest") or [])
        said: dict[str, Any] = {words: about.get(words) or "" for words in ("said", "asked", "said_back")}
        return cls(
            intent=intent.get("name") or "",
            confidence=intent.get("confidence") or 0.0,
            names={kind: tuple(keys) for kind, keys in names.items()},
            topics=tuple(topics),
            nearest=nearest,
            second=about.get("second"),
            manner=about.get("manner") or "",
            language=message.get("language"),
            left_out={kind: tuple(keys) for kind, keys in left_out.items()},
            adds=bool(about.get("adds")),
            nth=about.get("nth") or "",
            refers=bool(about.get("refers")),
            back=tuple(about.get("back") or ()),
            bare=bool(about.get("bare")),
            attribute=about.get("attribute") or "",
            kind=about.get("kind") or "",
            short=bool(about.get("short")),
            maybe={one["kind"]: (one["key"],) for one in about.get("maybe") or []},
            further=tuple(cls.from_message(part) for part in message.get("further") or []),
            form=about.get("form") or "",
            claims=tuple(NearClaim(**one) for one in message.get("claims") or []),
            answerable=about.get("answerable") or 0.0,
            is_answerable=about.get("is_answerable", True),
            unknown=tuple(about.get("unknown_names") or ()),
            attributes=tuple(about.get("attributes") or ()),
            about_me=said_of_person(message),
            tells=bool((message.get("about_me") or {}).get("only")),
            brief=bool((message.get("about_me") or {}).get("brief")),
            asks=tuple((message.get("about_me") or {}).get("asks") or ()),
            own=OwnNames.from_message(message),
            speaks=message.get("speaks"),
            **said,
            asks_alone=bool(about.get("asks_alone")),
            wanted=Wanted(**(message.get("wanted") or {})),
            **(about.get("tone") or {}),
        )

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the keys of a kind that the message names."""
        return self.names.get(kind, ())

    @property
    def excludes(self) -> bool:
        """Whether all names are excluded ("not the UK", "forget Canada")."""
        return self.manner == "refine/exclude" or bool(self.left_out) and not self._kept()

    @property
    def instead(self) -> Understanding:
        """The same with only the names that replace others ("not Canada, the UK").

        If the message only excludes names, the understanding itself. What nothing replaces stays excluded ("nursing, but
        not Canada").
        """
        kept = self._kept()
        if not self.left_out or not kept:
            return self
        out = {kind: keys for kind, keys in self.left_out.items() if not set(group_of(kind)) & set(kept)}
        return replace(self, names=kept, left_out=out, manner="")

    def _kept(self) -> Names:
        """Return the names without those that are excluded."""
        kept = {
            kind: tuple(key for key in keys if key not in self.left_out.get(kind, ()))
            for kind, keys in self.names.items()
        }
        return {kind: keys for kind, keys in kept.items() if keys}

    @property
    def topic(self) -> str | None:
        """The most likely topic, or None."""
        return self.topics[0].key if self.topics else None


NAMES_OF_STATE = ("names", "choices", "focus", "listed", "earlier", "profile", "own")
LISTS_OF_STATE = ("sources", "said", "others", "advised", "talked", "spoken")


@dataclass(frozen=True)
class Query:
    """A question as it was resolved: it stands by itself. `attributes` and `form` are those of the understanding."""

    intent: str
    names: Names = field(default_factory=dict)
    topic: str | None = None
    attributes: tuple[str, ...] = ()
    form: str = ""

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Query:
        """Restore a query from the slot."""
        attributes, form = tuple(value.get("attributes") or ()), value.get("form") or ""
        return cls(value["intent"], _as_names(value.get("names")), value.get("topic"), attributes, form)

    def as_json(self) -> dict[str, Any]:
        """Return the query as JSON for the slot, without what is empty."""
        parts: dict[str, Any] = {
            "intent": self.intent,
            "names": {kind: list(keys) for kind, keys in self.names.items()},
        }
        parts |= {"topic": self.topic, "attributes": list(self.attributes), "form": self.form}
        return {name: part for name, part in parts.items() if part}


def _as_names(value: dict[str, Any] | None) -> Names:
    return {kind: tuple(keys) for kind, keys in (value or {}).items()}


@dataclass(frozen=True)
class DialogueState:
    """What is being talked about, kept from turn to turn.

    `act` is the intent that the last answer served, `topic` and `names` what it was about, `sources` the sections it
    came from, `shown` how much of a list was shown. `offer` is what "yes" would mean: an intent with names or a topic.
    `choices` are the things that "the second one" can choose from while one of several is talked about. `brief` tells that
    the last answer was claims of its topic, so that "more" is the topic's own text. `said` marks the latest replies, newest
    first. `others` are topics that the last message may have been about instead.

    What outlasts every detour (dialogue/kept_state.py): `focus`, the things named or answered about last of each kind, the
    latest kind last; `listed`, the last list shown; `earlier`, the last list of each kind before it; `queries`, the last
    questions as they were resolved, the latest last; and until it is answered, `asked`: the question back, with what a
    one-word reply to it would mean.

    `profile` is what the person said of themselves (advice/profile.py), `advised` what advice has said and asked already.
    `talked` are the last things that were answered about, as "topic:key" or "field:key", the latest last. `spoken` are the
    last things that were spoken of, as "kind/key", the latest last.
    `own` is the last search in the organisation's own catalogue, and the programs of it in focus (own_catalogue/criteria.py).
    `told` is the text of the last answer in full and `told_topic` its topic, so that it can be said in another form.
    """

    act: str = ""
    topic: str | None = None
    names: Names = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    shown: int = 0
    offer: dict[str, str] | None = None
    choices: Names = field(default_factory=dict)
    brief: bool = False
    said: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    focus: Names = field(default_factory=dict)
    listed: Names = field(default_factory=dict)
    earlier: Names = field(default_factory=dict)
    asked: Query | None = None
    queries: tuple[Query, ...] = ()
    profile: Names = field(default_factory=dict)
    advised: tuple[str, ...] = ()
    talked: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    own: Names = field(default_factory=dict)
    told: str = ""
    told_topic: str = ""

    @classmethod
    def from_slot(cls, value: dict[str, Any] | None) -> DialogueState:
        """Restore the state from the value of its slot, or return an empty one; parts of another release are left out."""
        if not value:
            return cls()
        value = {part: value[part] for part in cls.__dataclass_fields__ if part in value}
        kept = {part: _as_names(value.get(part)) for part in NAMES_OF_STATE}
        queries = tuple(Query.from_json(one) for one in value.get("queries") or ())
        asked = Query.from_json(value["asked"]) if value.get("asked") else None
        lists: dict[str, Any] = {part: tuple(value.get(part) or ()) for part in LISTS_OF_STATE}
        lists |= {"queries": queries, "asked": asked}
        return cls(**{**value, **kept, **lists})

    def as_slot(self) -> dict[str, Any]:
        """Return the state as JSON for its slot."""
        return {
            **vars(self),
            **{part: {kind: list(keys) for kind, keys in getattr(self, part).items()} for part in NAMES_OF_STATE},
            **{part: list(getattr(self, part)) for part in LISTS_OF_STATE},
            "queries": [query.as_json() for query in self.queries],
            "asked": self.asked.as_json() if self.asked else None,
        }

    def offering(self, intent: str, **about: str) -> DialogueState:
        """Return the state with another meaning of "yes"."""
        return replace(self, offer={"intent": intent, **about})
