"""What one turn asks of the own catalogue: the message, the dialogue state, and the programs that they point at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from actions.context import OPEN, DialogueState, Understanding
from actions.own_catalogue.asked_facts import PAST, asked_facts
from actions.own_catalogue.criteria import ASK_OWN, FIND_OWN, LISTED, SURE, WORD, Change
from actions.own_catalogue.search import Checked
from actions.own_names import (
    ASKS_FOR,
    NOT_SEARCHED,
    OTHER,
    PROGRAM,
    PROVIDER,
    SUBJECT,
    TYPE,
    OwnCriterion,
    OwnName,
    OwnNames,
    OwnWord,
)
from actions.replies.own_catalogue.facts import FACT_OF_WISH
from actions.replies.own_catalogue.programs import SAID_IN_TEXT
from core.contract.intents import AFFIRM, DENY, REFINE
from core.contract.question_forms import STATEMENT
from knowledge.knowledge_base import Knowledge
from own_programs.search.catalogue import Catalogue
from own_programs.search.everyday import everyday_words

# How a message refers back (nlu/extraction/references.py).
ONE, MANY, THERE, BOTH, ALL, AND = "one", "many", "there", "both", "all", "and"
THE_ONE, SIMILAR = "the one", "similar"  # "the A2 one", "something like it"
OWN_ACTS = (FIND_OWN, ASK_OWN)
MOSTLY = 0.8  # of a program's name that another name takes
# Facts that a question asks of the program in focus even if it does not refer to it; of others the guide says more.
OF_A_PROGRAM = frozenset(
    {
        *("price", "start", "deadline", "end", "length", "workload", "level", "credits", "entry", "seats", "contact"),
        *("application", "schedule", "language", "mode", "place", "stacking", "provider", "content", "checked", "link"),
    }
)
COMPARES = "compare"  # the attribute of a message that puts things side by side


@dataclass(frozen=True)
class Turn:
    """A message, the dialogue state, and what can be asked."""

    catalogue: Catalogue
    knowledge: Knowledge
    understanding: Understanding
    state: DialogueState
    today: date

    @property
    def intent(self) -> str:
        """The message's intent."""
        return self.understanding.intent

    @cached_property
    def own(self) -> OwnNames:
        """Return what the message asks of the catalogue."""
        return self.understanding.own or OwnNames()

    @cached_property
    def change(self) -> Change:
        """Return what it changes of a search."""
        return Change.of(self.understanding)

    @cached_property
    def words_are_held(self) -> bool:
        """Return whether listings hold some of the words that it seeks."""
        return bool(Checked.of(self.catalogue, self.change.wanted, self.today).names.get(WORD))

    @property
    def words_are_near(self) -> bool:
        """Return whether listings hold some of the words that it seeks, or what comes near to them in meaning."""
        return self.words_are_held or any(each.near for each in self.sought)

    @property
    def goes_on(self) -> bool:
        """Return whether the last answer was from the catalogue, or it points at what one before listed."""
        if self.state.act in OWN_ACTS:
            return True
        points = self.refers or bool(self.nth)
        elsewhere = any(map(self.understanding.of, ("destination", "place", "institution")))
        return points and bool(self.state.own.get(LISTED)) and not elsewhere

    @property
    def listed(self) -> tuple[int, ...]:
        """The programs of the list that was shown last, if it was one of the catalogue."""
        shown = self.state.own.get(LISTED, ()) if self.goes_on or self.state.listed.get("own") else ()
        return tuple(int(key) for key in shown)

    @property
    def focus(self) -> tuple[int, ...]:
        """The programs that were spoken of last, else the only one of the list."""
        keys = tuple(int(key) for key in self.state.own.get(PROGRAM, ()))
        return keys or (self.listed if len(self.listed) == 1 else ())

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The facts of a program that it asks for."""
        return asked_facts(self.knowledge, self.understanding)

    @property
    def ranks_countries(self) -> bool:
        """Return whether it asks which countries are good or popular, which the guide tells and no listing does."""
        asked = set(self.understanding.attributes)
        ranked = "destinations" in asked and bool(asked & {"popular", "best", "good"})
        return ranked and not self.refers and "ours" not in self.own.attributes

    @property
    def asks_outright(self) -> bool:
        """Return whether it asks for a fact that is no mere wish ("no experience" asks for none)."""
        return bool(set(self.facts) - {FACT_OF_WISH.get(each.kind) for each in self.criteria})

    @property
    def told_in_text(self) -> bool:
        """Return whether it asks what a listing may tell in its description alone ("is there an exam?")."""
        return any(each in SAID_IN_TEXT for each in (*self.own.attributes, *self.understanding.attributes))

    @property
    def criteria(self) -> list[OwnCriterion]:
        """The criteria that limit a search."""
        return [each for each in self.own.criteria if each.kind not in (ASKS_FOR, NOT_SEARCHED)]

    @property
    def sought(self) -> list[OwnWord]:
        """The words that may be what it looks for, and are not left out."""
        return [each for each in self.own.words if each.role in (SUBJECT, OTHER) and not each.left_out]

    @property
    def asks_for_past(self) -> bool:
        """Return whether it asks which dates are over."""
        return PAST in self.own.attributes

    @property
    def nth(self) -> str:
        """The position in the last list that it points at, or ""."""
        return self.understanding.nth or self.own.nth

    @property
    def seeks_alike(self) -> bool:
        """Return whether it looks for something like what was spoken of last ("is there something similar online?")."""
        return SIMILAR in self.understanding.back and bool(self.focus or self.listed) and not self.programs

    @property
    def limits_others(self) -> bool:
        """Return whether it states what others of the last search should meet ("and those that cost up to 200")."""
        states = self.understanding.form == STATEMENT and bool(self.change.wanted)
        return self.state.act == FIND_OWN and MANY in self.understanding.back and states

    @property
    def asks_for_whom(self) -> bool:
        """Return whether it asks for a fact, and says for whom ("does it have a price for students?")."""
        return bool(self.facts) and all(each.role == OTHER for each in self.own.words)

    @property
    def left_open(self) -> bool:
        """Return whether what it is about is something that the guide leaves open."""
        return (self.understanding.topic or "").startswith(OPEN)

    @property
    def narrows_loosely(self) -> bool:
        """Return whether it may narrow the last search or begin another: "any on privacy?", "about gardening"."""
        scrap = self.understanding.form == STATEMENT and not (self.own.seeks or self.own.looks)
        return "any_of" in self.own.attributes or scrap and self.state.act == FIND_OWN

    @property
    def continues(self) -> bool:
        """Return whether it changes the last search rather than beginning another."""
        if not self.state.own:
            return False
        if self.intent == REFINE or AND in self.understanding.back or self.change.adds or self.change.dropped:
            return True
        if self.goes_on and self.narrows_loosely and not (self.own.seeks or self.names(PROVIDER) or self.programs):
            return True  # "any on privacy?" after a list
        narrows = self.goes_on and set(self.change.wanted) == {TYPE} and self.state.act == FIND_OWN
        if narrows and (self.state.own.get(SUBJECT) or self.state.own.get(WORD)):  # "which summer schools?"
            return True
        return self.goes_on and not (self.change.starts or self.programs)

    @property
    def refers(self) -> bool:
        """Return whether it refers to what was said before."""
        return bool({ONE, MANY, THERE, BOTH, ALL} & set(self.understanding.back))

    @cached_property
    def programs(self) -> list[OwnName]:
        """The programs that it names; a part of a name that is a subject, a type or an offerer is none."""
        others = [each for each in self.own.names if each.kind != PROGRAM and each.exact]
        found = [each for each in self.own.of(PROGRAM) if each.score >= SURE and not self._is_an_answer(each)]
        return [each for each in found if each.exact or not any(overlap(each, other) for other in others)]

    def _is_an_answer(self, name: OwnName) -> bool:
        """Return whether what may be a program's name is how a message agrees or declines ("yes")."""
        return self.intent in (AFFIRM, DENY) and name.text.lower() in everyday_words().words

    def names(self, *kinds: str) -> bool:
        """Return whether it names something of these kinds."""
        return bool(self.own.of(*kinds))


def overlap(one: OwnName, other: OwnName) -> bool:
    """Return whether another name takes most of a name's place in the message."""
    shared = one.start < other.start + len(other.text) and other.start < one.start + len(one.text)
    return shared and len(other.text) >= MOSTLY * len(one.text)
