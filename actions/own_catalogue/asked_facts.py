"""Reads what a message asks of programs: facts, criteria that they may meet, and what only a description may tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from actions.context import Names, Understanding
from actions.own_catalogue.criteria import Change
from actions.own_names import ASKS_FOR, OTHER, PLACE, PROGRAM, SUBJECT, OwnNames
from actions.replies.own_catalogue.facts import FACT_OF_WISH, FACTS
from actions.replies.own_catalogue.programs import SAID_IN_TEXT
from core.contract.intents import ASK_TOPIC
from core.contract.question_forms import HOW_MANY, HOW_MUCH, OR, STATEMENT, WHAT, WHEN, WHICH, YES_NO
from knowledge.knowledge_base import Knowledge

# For each attribute that a message may ask, the fact that a listing may state.
FACT_OF = {
    **{fact: fact for fact in FACTS if fact != "subjects"},  # which asks what there is on the whole (summary.py)
    "destinations": "place",
    "places": "place",
    "campuses": "place",
    "institutions": "provider",
    "providers": "provider",
    "syllabus": "content",
    "again": "start",
}
# The same by the roles of the guide's topics, for a question whose words tell no attribute.
FACT_OF_ROLE = {
    **{"prices": "price", "starts": "start", "deadlines": "deadline", "length": "length", "workload": "workload"},
    **{
        "delivery": "mode",
        "experience": "entry",
        "credits": "credits",
        "applying": "application",
        "links": "application",
    },
    "recognition": "recognition",
}
SAID_OUTRIGHT = ("provider", "place")  # of these, what words for nothing else ask for: "and where is it?"
WEAK = ("provider", "content", "place", "application", "level", "mode")  # facts that others outdo
# The facts that answer a question whether a program meets a criterion of a kind.
ANSWERS = {
    "mode": ("mode", "place"),
    "schedule": ("schedule",),
    "place": ("place",),
    "country": ("place",),
    "language": ("language",),
    "level": ("level", "entry"),
    "eqf": ("level",),
    "max_price": ("price",),
    "category": ("price",),
    "start_from": ("start",),
    "start_to": ("start",),
    "end_to": ("end",),
    "credits": ("credits",),
    "open": ("deadline", "start"),
    "max_duration": ("length",),
    "min_duration": ("length",),
    "max_hours": ("workload",),
    "provider": ("provider",),
    "recognised_by": ("recognition",),
    "entry_without": ("entry",),
    "leads_to": ("stacking",),
}
AUDIENCE = "audience"  # attribute of a message that asks for whom a program is
TELL_FOR_WHOM = ("content", "level", "entry")  # facts that answer it
PAST, AGAIN = "past", "again"  # attributes of a message that asks for what is over, or when that runs again
MOST_ASKED = 6  # facts of a button; a message asks three at most
BESIDE_PRICE = {"payment", "refund", "included"}  # what is asked of a price, and is none
# Facts that a message asks for or wishes for.
WISHED = ("start", "workload", "schedule", "mode", "language", "credits", "level", "price")
BEST = "best"  # position of the first by the order that a message names
OF_PROGRAMS = {
    *("credits", "level", "eqf", "max_duration", "min_duration", "max_hours"),
    *("recognised_by", "leads_to"),
}  # criteria that no single date meets or misses
BESIDE = ("schedule", "mode", "language", "level")  # criteria whose fact is told beside others that are asked
WHERE_OR_WHOSE = {"place", "country", "provider"}  # criteria that may only tell which program is meant
STARTS = ("start_from", "start_to")
OF_A_PLAN = {"application", "deadline", "start"}  # facts that a statement such as "I want to enrol in autumn" asks for


@dataclass(frozen=True)
class Asked:
    """What a message asks of programs.

    `facts` are keys of FACTS, `category` is that of the prices, `criteria` are what the programs may meet or miss ("is it in
    the evening?"), `words` what no fact stands for, `told` what only a description may tell (a key of SAID_IN_TEXT).
    `needed` are words for one thing of which it asks whether it is needed to get in, `past` tells that it asks for what is
    over, `places` are countries and towns of no listing that it names ("recognised in Nigeria"),
    `where` is where or whose the program is said to be that it asks for a fact of.
    """

    facts: tuple[str, ...] = ()
    category: str = ""
    criteria: Names = field(default_factory=dict)
    words: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    past: bool = False
    places: tuple[str, ...] = ()
    where: Names = field(default_factory=dict)

    @classmethod
    def of(cls, knowledge: Knowledge, understanding: Understanding) -> Asked:
        """Read it from a message."""
        change, own = Change.of(understanding), understanding.own or OwnNames()
        categories = change.wanted.get("category", ())
        # "The difference between home and international", and "how much cheaper for members", ask for more than one.
        category = categories[0] if len(categories) == 1 and not change.wanted.get("order") else ""
        asked = cls(
            asked_facts(knowledge, understanding),
            category,
            _checked(understanding, change),
            tuple(_unknown(understanding)),
            tuple(_told_in_text(understanding)),
            _needed(understanding),
            PAST in own.attributes and AGAIN not in own.attributes,
            tuple(each.text for each in own.words if each.role == PLACE),
        )
        return asked._settled(understanding, [kind for kind in change.wanted if kind in ANSWERS])

    def _settled(self, understanding: Understanding, wanted: Sequence[str]) -> Asked:
        """Return it without what one part of the message makes of another."""
        facts = self.facts
        if "seats" in facts:  # "are there places left?" asks for more than an open deadline
            wanted = [kind for kind in wanted if kind != "open"]
        beside_open = self.past or "seats" in facts
        criteria = {kind: values for kind, values in self.criteria.items() if kind != "open" or not beside_open}
        if "start" in facts and criteria.get("start_to", ("9",))[0] < date.today().isoformat():  # "will it run again?"
            criteria = {kind: values for kind, values in criteria.items() if kind not in STARTS}
            wanted = [kind for kind in wanted if kind not in STARTS]
        of_one = [fact for fact in facts if fact not in ("place", "mode", "schedule")]
        if understanding.form == YES_NO and set(wanted) == {"level"} and set(of_one) <= set(ANSWERS["level"]):
            return replace(self, facts=())  # "is it for beginners?"
        where: Names = {}
        if understanding.form == STATEMENT and not set(facts) <= OF_A_PLAN or of_one and set(wanted) <= WHERE_OR_WHOSE:
            where = {kind: values for kind, values in criteria.items() if of_one and kind in WHERE_OR_WHOSE}
            criteria = {}
        elif of_one and set(wanted) <= set(BESIDE):  # "what does it cost, and is it in the evening?"
            facts = tuple(dict.fromkeys((*facts, *(ANSWERS[kind][0] for kind in wanted))))
            criteria = {}
        if "category" in wanted and not facts:
            facts = ("price",)
        # "Can I pay it in instalments?" asks for no price.
        if self.past and set(criteria) <= WHERE_OR_WHOSE:  # "the one in Cork, has it started?"
            criteria = {}
        if "proof" in self.told:  # "do I get a certificate in English?"
            criteria = {}
        beside = {"price"} if BESIDE_PRICE & set(self.told) else set()
        beside |= {"entry"} if {"refund", "included"} & set(self.told) else set()  # "can I get my money back if ...?"
        return replace(self, facts=tuple(fact for fact in facts if fact not in beside), criteria=criteria, where=where)


def asked_facts(knowledge: Knowledge, understanding: Understanding) -> tuple[str, ...]:
    """Return the facts of a program that a message asks for, at most three."""
    own = understanding.own or OwnNames()
    if AUDIENCE in own.attributes:
        return TELL_FOR_WHOM
    found = [FACT_OF[each] for each in (*own.attributes, *understanding.attributes) if each in FACT_OF]
    found += [FACT_OF_WISH[each.kind] for each in own.criteria if each.kind in FACT_OF_WISH]
    if not found and Change.of(understanding).unwanted.get("mode"):  # "what if I can't do it online?"
        found = ["mode", "place"]
    if not found and understanding.topic and understanding.intent == ASK_TOPIC:
        roles = knowledge.roles()
        found = [fact for role, fact in FACT_OF_ROLE.items() if roles.get(role) == understanding.topic]
    wished = {each.kind for each in own.criteria} | set(understanding.names)
    if understanding.form not in (HOW_MUCH, WHAT) and "max_price" in wished:
        wished.add("price")
    if {"start_from", "start_to"} & wished and understanding.form not in (WHAT, WHEN, HOW_MUCH):
        wished.add("start")
    if "max_hours" in wished and understanding.form != HOW_MANY:
        wished.add("workload")
    if "unpriced" in wished:
        wished.add("price")
    if understanding.form == OR:  # "is it in person or online?"
        wished -= {"mode", "schedule"}
    found = [fact for fact in dict.fromkeys(found) if not (fact in wished and fact in WISHED)]
    if own.nth == BEST and len(found) > 1:  # "the cheaper one, how do I apply" asks for no price
        found = [fact for fact in found if fact not in ("price", "length")] or found
    if "link" in found:  # "send me the link", "where can I read more?"
        found = [fact for fact in found if fact not in ("contact", "application", "content")]
    strong = [fact for fact in found if fact not in WEAK or fact in SAID_OUTRIGHT and fact in own.attributes]
    return tuple((strong or found)[: 3 if understanding.attributes else MOST_ASKED])


def _told_in_text(understanding: Understanding) -> list[str]:
    """Return what a message asks that a listing may tell in its description alone."""
    own = understanding.own or OwnNames()
    asked = dict.fromkeys((*own.attributes, *understanding.attributes))
    return [each for each in asked if each in SAID_IN_TEXT]


def _needed(understanding: Understanding) -> tuple[str, ...]:
    """Return the words for what a question asks whether it is needed to get in ("does it need a degree?")."""
    own = understanding.own or OwnNames()
    found = next((each.values[0] for each in own.criteria if each.kind == ASKS_FOR), "")
    return tuple(found.split("|")) if found and understanding.form == YES_NO else ()


def _unknown(understanding: Understanding) -> list[str]:
    """Return what a message asks of a program in words that no fact stands for; part of a program's name is none."""
    own = understanding.own or OwnNames()
    named = " ".join(each.label for each in own.names if each.kind == PROGRAM).casefold()
    return [
        each.text
        for each in own.words
        if not (each.left_out or each.clear) and each.role in (SUBJECT, OTHER) and each.text.casefold() not in named
    ]


def _checked(understanding: Understanding, change: Change) -> Names:
    """Return the criteria of a question whether a program meets them ("is it in the evening?")."""
    asks = (
        understanding.form in (YES_NO, OR, STATEMENT, WHICH)
        or not understanding.attributes
        and understanding.own is not None
    )
    kept = {kind: values for kind, values in change.wanted.items() if kind in ANSWERS}
    return kept if asks and set(kept) != {"category"} else {}
