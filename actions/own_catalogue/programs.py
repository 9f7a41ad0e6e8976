"""Answers about programs of the own catalogue: facts, yes and no, comparison, and which of them comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.own_catalogue.criteria import LISTED, WORD, Change, wishes
from actions.own_catalogue.search import ASK_OWN, sought_words
from actions.own_names import OTHER, PROGRAM, SUBJECT, OwnName, OwnNames
from actions.replies.base import Reply, paragraphs
from actions.replies.own_catalogue import lists
from actions.replies.own_catalogue import programs as words
from actions.replies.own_catalogue.facts import FACTS, Told, prices_of, told
from core.contract.intents import ASK_TOPIC, MORE
from core.contract.question_forms import HOW_MUCH, OR, STATEMENT, WHAT, YES_NO
from knowledge.knowledge_base import Knowledge
from own_programs.records import ProgramRecord
from own_programs.search.catalogue import Catalogue
from own_programs.search.find import Match
from own_programs.search.wishes import ORDERS, Wishes

# For each attribute that a message may ask, the fact that a listing may state.
FACT_OF = {
    **{fact: fact for fact in FACTS if fact != "subjects"},  # which asks what there is on the whole (summary.py)
    "destinations": "place",
    "places": "place",
    "institutions": "provider",
    "providers": "provider",
    "syllabus": "content",
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
WEAK = ("provider", "content", "place", "application", "level", "mode")  # facts that others outdo
# The facts that answer a question whether a program meets a criterion of a kind.
ANSWERS = {
    "mode": ("mode", "place"),
    "schedule": ("schedule",),
    "place": ("place",),
    "country": ("place",),
    "language": ("language",),
    "level": ("level",),
    "eqf": ("level",),
    "max_price": ("price",),
    "category": ("price",),
    "start_from": ("start",),
    "start_to": ("start",),
    "credits": ("credits",),
    "open": ("deadline", "start"),
    "max_duration": ("length",),
    "max_hours": ("workload",),
    "provider": ("provider",),
}
# The facts that a question about one program asks for by wishing for something that is told, and not met or missed.
FACT_OF_WISH = {"recognised_by": "recognition", "leads_to": "stacking", "entry": "entry", "deadline_from": "deadline"}
FACT_OF_WISH |= {"deadline_to": "deadline"}
MOST_ASKED = 6  # facts of a button; a message asks three at most
BESIDE_PRICE = {"payment", "refund", "included"}  # what is asked of a price, and is none
OF_PRICE, REVERSED = ("price", "dearest"), ("dearest", "longest")  # orders by price, and those from the greatest
WISHED = ("schedule", "mode", "language", "credits", "level", "price")  # facts that a message asks for or wishes for
BEST = "best"  # position of the first by the order that a message names
BESIDE = ("schedule", "mode", "language", "level")  # criteria whose fact is told beside others that are asked
MOST_COMPARED = 4
FEW_OF_A_NAME = 3  # programs of one name of which a fact is told at once
CHOICES = 6


def asked_facts(knowledge: Knowledge, understanding: Understanding) -> tuple[str, ...]:
    """Return the facts of a program that a message asks for, at most three."""
    own = understanding.own or OwnNames()
    found = [FACT_OF[each] for each in (*own.attributes, *understanding.attributes) if each in FACT_OF]
    found += [FACT_OF_WISH[each.kind] for each in own.criteria if each.kind in FACT_OF_WISH]
    if not found and understanding.topic and understanding.intent == ASK_TOPIC:
        roles = knowledge.roles()
        found = [fact for role, fact in FACT_OF_ROLE.items() if roles.get(role) == understanding.topic]
    wished = {each.kind for each in own.criteria} | set(understanding.names)
    if understanding.form not in (HOW_MUCH, WHAT) and "max_price" in wished:
        wished.add("price")
    found = [fact for fact in dict.fromkeys(found) if not (fact in wished and fact in WISHED)]
    if own.nth == BEST and len(found) > 1:  # "the cheaper one, how do I apply" asks for no price
        found = [fact for fact in found if fact not in ("price", "length")] or found
    strong = [fact for fact in found if fact not in WEAK]
    return tuple((strong or found)[: 3 if understanding.attributes else MOST_ASKED])


def about_programs(
    catalogue: Catalogue,
    knowledge: Knowledge,
    understanding: Understanding,
    ids: Sequence[int],
    state: DialogueState,
    today: date,
) -> Answer:
    """Answer what a message asks of programs: whether they meet criteria, facts, what the listing says, or a description."""
    records = catalogue.search.compare(tuple(ids))
    if not records:
        return Answer(lists.gone(), state)
    programs = [told(one, today) for one in records]
    facts = asked_facts(knowledge, understanding)
    change = Change.of(understanding)
    stated = understanding.form == STATEMENT and not set(facts) <= {"application", "deadline", "start"}
    asked_of_one = [fact for fact in facts if fact not in ("place", "mode", "schedule")]
    kinds = {kind for kind in change.wanted if kind in ANSWERS}
    if asked_of_one and kinds <= {"place", "country", "provider"}:  # which only tell which program is meant
        stated = True
    elif asked_of_one and not stated and kinds <= set(BESIDE):  # "what does it cost, and is it in the evening?"
        stated, facts = (
            True,
            tuple(dict.fromkeys((*facts, *(ANSWERS[kind][0] for kind in change.wanted if kind in kinds)))),
        )
    if len(programs) == 1 and not stated and (criteria := _checked(understanding, change)):
        return _kept(_whether(catalogue, ids[0], programs[0], criteria, today), ids, state)
    category = next(iter(change.wanted.get("category", ())), "")
    if category and not facts:
        facts = ("price",)
    if "teachers" in understanding.attributes:  # "who teaches it?" is not who offers it
        facts = tuple(fact for fact in facts if fact != "provider")
    told_in_text = _told_in_text(understanding)
    if BESIDE_PRICE & set(told_in_text):  # "can I pay it in instalments?" asks for no price
        facts = tuple(fact for fact in facts if fact != "price")
    if facts:
        programs = [_ahead(one) for one in programs]
        reply = words.facts_of(programs, facts, category)
        if len(programs) == 1 and (also := _unknown(understanding) or told_in_text):
            more = words.mentioned(programs[0], also)
            reply = replace(reply, text=paragraphs(reply.text, more.text))
        return _kept(reply, ids, state)
    unknown = _unknown(understanding)
    if len(programs) == 1 and (unknown or told_in_text):
        return _kept(words.mentioned(programs[0], unknown or told_in_text), ids, state)
    if len(programs) <= FEW_OF_A_NAME and told_in_text:
        return _kept(words.mentioned_by_each(programs, told_in_text), ids, state)
    if len(programs) <= FEW_OF_A_NAME and (criteria := _checked(understanding, change)):
        wanted = wishes({kind: values for kind, values in criteria.items() if kind != WORD}, today)
        fitting = {
            match.id: match.offerings
            for match in catalogue.search.find(replace(wanted, programs=tuple(ids)), today).matches
        }
        known = [
            (told(one, today, fitting.get(key, ())), key in fitting) for key, one in zip(ids, records, strict=True)
        ]
        about = list(dict.fromkeys(fact for kind in criteria for fact in ANSWERS[kind]))
        return _kept(words.which_fit(known, sought_words(criteria).about.lstrip(" ,"), about), ids, state)
    if len(programs) > 1:
        return compare(catalogue, ids, state, today)
    return _kept(words.describe(programs[0]), ids, state)


def _told_in_text(understanding: Understanding) -> list[str]:
    """Return what a message asks that a listing may tell in its description alone."""
    own = understanding.own or OwnNames()
    asked = dict.fromkeys((*own.attributes, *understanding.attributes))
    return [each for each in asked if each in words.SAID_IN_TEXT]


def _unknown(understanding: Understanding) -> list[str]:
    """Return what a message asks of a program in words that no fact stands for; part of a program's name is none."""
    own = understanding.own or OwnNames()
    named = " ".join(each.label for each in own.names if each.kind == PROGRAM).casefold()
    return [
        each.text
        for each in own.words
        if not (each.left_out or each.clear) and each.role in (SUBJECT, OTHER) and each.text.casefold() not in named
    ]


def compare(catalogue: Catalogue, ids: Sequence[int], state: DialogueState, today: date, rest: bool = False) -> Answer:
    """Put programs side by side: first what matters most, and `rest` for what else differs."""
    records = catalogue.search.compare(tuple(ids[:MOST_COMPARED]))
    if len(records) < 2:
        return Answer(lists.gone(), state)
    answer = _kept(words.compared([_ahead(told(one, today)) for one in records], rest), ids[:MOST_COMPARED], state)
    return answer if rest else replace(answer, state=answer.state.offering(MORE))


def best_of(catalogue: Catalogue, ids: Sequence[int], order: str, state: DialogueState, today: date) -> Answer:
    """Tell which of some programs is cheapest, starts first or is shortest; what states nothing is never the best."""
    found = catalogue.search.find(Wishes(programs=tuple(ids), order=order, future_only=False), today, len(ids))
    sorted_, silent, others = [], [], set()
    for match in found.matches:
        one = _ahead(told(match.record, today))
        value = _value(one, order)
        if value is None:
            silent.append(match.record)
        elif order in OF_PRICE and sorted_ and value[1] != _currency(sorted_[0][0]):
            others.add(str(value[1]))
        else:
            sorted_.append((one, value[0]))
    if not sorted_:
        return Answer(words.none_states(order, len(ids)), state)
    ranked = [one for one, _ in sorted(sorted_, key=lambda pair: pair[1], reverse=order in REVERSED)]
    answer = _kept(words.best_of(ranked, order, silent, sorted(others)), ids, state)
    first = next(match.id for match in found.matches if match.record is ranked[0].program)
    return replace(answer, state=replace(answer.state, own={**answer.state.own, "program": (str(first),)}))


def first_of(catalogue: Catalogue, ids: Sequence[int], order: str, today: date) -> int | None:
    """Return the program that comes first in an order by what is stated, or None if none states anything."""
    found = best_of(catalogue, ids, order, DialogueState(), today).state.own.get("program", ())
    return int(found[0]) if len(found) == 1 else None


def choose(
    catalogue: Catalogue, names: Sequence[OwnName], change: Change, today: date, at_once: int = 1
) -> tuple[list[int], Reply | None]:
    """Return the programs that names stand for, or the question which one is meant where more than `at_once` bear a name.

    Who offers it and where it is, if the message says so, tell programs of one name apart.
    """
    ids: list[int] = []
    for name in names:
        meant = name.ids
        if len(meant) > 1:
            meant = narrowed(catalogue, meant, change, today)
        if len(meant) > at_once:
            choices = [
                (Match(key, record, record.offerings), _apart(record))
                for key, record in catalogue.search.records_by_id(meant).items()
            ]
            return [], lists.which_one(name.label, choices[:CHOICES])
        ids += meant
    return list(dict.fromkeys(ids)), None


def narrowed(catalogue: Catalogue, ids: Sequence[int], change: Change, today: date) -> tuple[int, ...]:
    """Return those of programs of one name that a message means by who offers them or where they are; else all."""
    wanted = {
        kind: values
        for kind, values in change.wanted.items()
        if kind in ("provider", "place", "country", "type", "mode")
    }
    if not wanted:
        return tuple(ids)
    query = replace(wishes(wanted, today), programs=tuple(ids), future_only=False)
    found = catalogue.search.find(query, today, len(ids))
    return tuple(match.id for match in found.matches) or tuple(ids)


def _apart(record: ProgramRecord) -> str:
    """Return what tells a program from others of its name: who offers it, or else where and what it is."""
    places = dict.fromkeys(one.place for one in record.offerings if one.place)
    return ", ".join(part for part in (record.provider, " and ".join(places)) if part) or record.type


def _checked(understanding: Understanding, change: Change) -> Names:
    """Return the criteria of a question whether a program meets them ("is it in the evening?")."""
    asks = (
        understanding.form in (YES_NO, OR, STATEMENT) or not understanding.attributes and understanding.own is not None
    )
    kept = {kind: values for kind, values in change.wanted.items() if kind in ANSWERS}
    return kept if asks and set(kept) != {"category"} else {}


def _whether(catalogue: Catalogue, key: int, one: Told, criteria: Names, today: date) -> Reply:
    wanted = replace(
        wishes({kind: values for kind, values in criteria.items() if kind != WORD}, today), programs=(key,)
    )
    found = catalogue.search.find(wanted, today)
    about = sought_words(criteria).about.lstrip(" ,")
    if found.total:
        return words.fits(told(one.program, today, found.matches[0].offerings), about)
    facts = list(dict.fromkeys(fact for kind in criteria for fact in ANSWERS[kind]))
    return words.does_not_fit(_ahead(one), about, facts, bool(found.unstated))


def _ahead(one: Told) -> Told:
    """Return a program with only the offerings to come, if there are any."""
    ahead = tuple(each for each in one.offerings if not each.is_over(one.today))
    return replace(one, offerings=ahead) if ahead else one


def _value(one: Told, order: str) -> tuple[float, str] | None:
    """Return what a program is ranked by, and its currency; None if it states none."""
    if order in OF_PRICE:
        prices = prices_of(one)
        for_all = [price for price in prices if not price.category] or prices
        best = min(for_all, key=lambda price: price.amount, default=None)
        return (best.amount, best.currency) if best else None
    if order in ("duration", "longest"):
        return (one.program.weeks, "") if one.program.weeks is not None else None
    starts = [each.start for each in one.offerings if each.start and not each.is_over(one.today)]
    return (float(min(starts).toordinal()), "") if starts else None


def _currency(one: Told) -> str:
    value = _value(one, "price")
    return value[1] if value else ""


def _kept(reply: Reply, ids: Sequence[int], state: DialogueState) -> Answer:
    """Return the answer with these programs in focus; the last list and its search stay what they were."""
    shown = tuple(str(key) for key in ids)
    own = {**state.own, "program": shown}
    own.setdefault(LISTED, shown)
    if len(shown) > 1:
        own[LISTED] = shown
    return Answer(reply, DialogueState(ASK_OWN, choices={"own": own[LISTED]}, own=own).offering("want_person"))


def order_in(change: Change) -> str:
    """Return the order in which a message wants programs, or ""."""
    return next((each for each in change.wanted.get("order", ()) if each in ORDERS), "")
