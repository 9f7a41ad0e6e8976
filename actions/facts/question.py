"""Reads an understanding as a question about the catalogue: the entries it names, its form, and what it asks of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from actions.base import Answer
from actions.context import OPEN, DialogueState, Names, Understanding
from actions.replies.base import DECLINED, Reply
from knowledge.knowledge_base import Knowledge
from knowledge.models import CredentialType, Destination, Field, Institution, Place, Program, Provider

OTHER = "other"
SURELY = 0.9  # share from which what the guide leaves open is asked for
# Attributes that a record may or may not hold; a question about one is no question about a relation or a set.
OF_A_THING = frozenset(
    {
        *("mode", "length", "price", "start", "deadline", "seats", "entry", "exam", "language", "credits", "workload"),
        *("accreditation", "scholarship", "syllabus", "teachers", "contact", "application", "recognition"),
        *("sure", "worth", "counts", "current", "ownership"),
    }
)
# Kinds of the catalogue that a question about a relation or a set may name; a limit of a price or a date is for a search.
ABOUT = frozenset({"program", "institution", "provider", "type", "destination", "place", "field", "industry"})
SEARCHING = ("find_programs", "refine")  # intents with which "any" drops a criterion


@dataclass(frozen=True)
class Question:
    """A message as a question about the catalogue; excluded names are not among its entries."""

    knowledge: Knowledge
    understanding: Understanding

    @property
    def form(self) -> str:
        """The form in which it asks."""
        return self.understanding.form

    def asks(self, *attributes: str) -> bool:
        """Return whether it asks any of these attributes."""
        return not self._attributes.isdisjoint(attributes)

    def asks_only(self, *attributes: str) -> bool:
        """Return whether it asks nothing but these attributes."""
        return self._attributes <= set(attributes)

    @cached_property
    def about_relation(self) -> bool:
        """True if it asks nothing that is beyond relations and sets."""
        asked = set(self.understanding.names)
        if self.understanding.intent not in SEARCHING:
            asked -= {"any"}  # "do they share any field?"
        return not self.asks(OTHER, *OF_A_THING) and asked <= ABOUT

    def is_left_open(self, least: float = SURELY) -> bool:
        """Return whether it asks for what the guide leaves open; `least` is the share of such a topic."""
        best = self.understanding.topics[0] if self.understanding.topics else None
        asked = best is not None and best.key.startswith(OPEN) and best.share >= least
        return asked and not self.understanding.is_answerable

    @cached_property
    def _attributes(self) -> frozenset[str]:
        return frozenset(self.understanding.attributes)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of its entries; "where" for destinations and places, "field" for industries too."""
        entries = {
            "institution": self.institutions,
            "where": self.wheres,
            "field": self.fields,
            "type": self.types,
            "provider": self.providers,
            "program": self.programs,
        }
        return frozenset(kind for kind, found in entries.items() if found)

    @cached_property
    def wheres(self) -> list[Destination | Place]:
        """The destinations and other places that it names."""
        return [*self.destinations, *self.places]

    @cached_property
    def knows_all(self) -> bool:
        """True if the catalogue has every name in it."""
        names = self.understanding.names
        return all(self.knowledge.has_name(kind, key) for kind in ABOUT - {"industry"} for key in names.get(kind, ()))

    @cached_property
    def institutions(self) -> list[Institution]:
        """The institutions that it names and that lie in a destination."""
        found = [self.knowledge.institution(key) for key in self._keys("institution")]
        return [institution for institution in found if institution.destination]

    @cached_property
    def destinations(self) -> list[Destination]:
        """The destinations that it names."""
        return [self.knowledge.destination(key) for key in self._keys("destination")]

    @cached_property
    def places(self) -> list[Place]:
        """The countries and cities that it names and that are no destinations."""
        return [self.knowledge.place(key) for key in self._keys("place")]

    @cached_property
    def fields(self) -> list[Field]:
        """The fields that it names; an industry stands for the field of the same key."""
        keys = self._keys("field") or [key for key in self._keys("industry") if self.knowledge.has_name("field", key)]
        return [self.knowledge.field(key) for key in keys if self.knowledge.has_name("field", key)]

    @cached_property
    def types(self) -> list[CredentialType]:
        """The types that it names."""
        return [self.knowledge.type(key) for key in self._keys("type")]

    @cached_property
    def providers(self) -> list[Provider]:
        """The providers that it names."""
        return [self.knowledge.provider(key) for key in self._keys("provider")]

    @cached_property
    def programs(self) -> list[Program]:
        """The programs that it names."""
        return [self.knowledge.program(key) for key in self._keys("program")]

    def _keys(self, kind: str) -> list[str]:
        out = self.understanding.left_out.get(kind, ())
        keys = [key for key in self.understanding.of(kind) if key not in out]
        return [key for key in keys if kind == "industry" or self.knowledge.has_name(kind, key)]

    def home(self, institution: Institution) -> Destination:
        """Return the destination that an institution lies in."""
        assert institution.destination is not None  # `institutions` holds no others
        return self.knowledge.destination(institution.destination.key)

    def answer(self, reply: Reply, choices: Names | None = None, act: str = "ask_about", **names: str) -> Answer:
        """Return the answer with the state after it; `names` are what it was about, the question's own names by default."""
        kept: Names = {kind: (key,) for kind, key in names.items()} or {
            kind: keys for kind, keys in self.understanding.names.items() if kind in ABOUT
        }
        state = DialogueState(act, reply.topic, kept, reply.source_keys, choices=choices or {})
        return Answer(reply, state.offering("want_person" if reply.outcome == DECLINED or not reply.topic else "more"))


Answering = Callable[[Question], Answer | None]


def first_answer(question: Question, answering: Iterable[Answering]) -> Answer | None:
    """Return the first answer that there is to a question, or None."""
    return next((answer for each in answering if (answer := each(question))), None)
