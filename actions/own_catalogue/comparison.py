"""Puts programs of the own catalogue side by side, and tells which of some comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from actions.base import Answer
from actions.context import DialogueState
from actions.own_catalogue.criteria import ASK_OWN, LISTED
from actions.replies.base import Reply
from actions.replies.own_catalogue import comparison as words
from actions.replies.own_catalogue import lists
from actions.replies.own_catalogue.facts import Told, prices_of, told
from core.contract.intents import MORE
from own_programs.records import ProgramRecord
from own_programs.search.catalogue import Catalogue
from own_programs.search.wishes import Wishes

OF_PRICE, REVERSED = (
    ("price", "dearest"),
    ("dearest", "longest", "credits"),
)  # orders by price, and those from the greatest
MOST_COMPARED = 4
UNSTATED = "a currency that isn't stated"


def compare(catalogue: Catalogue, ids: Sequence[int], state: DialogueState, today: date, rest: bool = False) -> Answer:
    """Put programs side by side: first what matters most, and `rest` for what else differs."""
    records = catalogue.search.compare(tuple(ids[:MOST_COMPARED]))
    if len(records) < 2:
        return Answer(lists.gone(), state)
    answer = kept(words.compared([ahead(told(one, today)) for one in records], rest), ids[:MOST_COMPARED], state)
    return answer if rest else replace(answer, state=answer.state.offering(MORE))


def best_of(catalogue: Catalogue, ids: Sequence[int], order: str, state: DialogueState, today: date) -> Answer:
    """Tell which of some programs is cheapest, starts first or is shortest; what states nothing is never the best."""
    ranked, silent, others = _ranked(catalogue, ids, order, today)
    if not ranked:
        return Answer(words.none_states(order, len(ids)), state)
    answer = kept(words.best_of([one for _, one in ranked], order, silent, others), ids, state)
    return replace(answer, state=replace(answer.state, own={**answer.state.own, "program": (str(ranked[0][0]),)}))


def first_of(catalogue: Catalogue, ids: Sequence[int], order: str, today: date) -> int | None:
    """Return the program that comes first in an order by what is stated, or None if none states anything."""
    ranked, _, _ = _ranked(catalogue, ids, order, today)
    return ranked[0][0] if ranked else None


def _ranked(
    catalogue: Catalogue, ids: Sequence[int], order: str, today: date
) -> tuple[list[tuple[int, Told]], list[ProgramRecord], list[str]]:
    """Return programs by their ids in an order, those that state nothing of it, and the currencies that are not compared.

    Of prices, what is free and those in the currency of the first are compared.
    """
    found = catalogue.search.find(Wishes(programs=tuple(ids), order=order, future_only=False), today, len(ids))
    valued: list[tuple[float, int, Told]] = []
    silent: list[ProgramRecord] = []
    currency, others = "", set()
    for match in found.matches:
        one = ahead(told(match.record, today))
        value = _value(one, order)
        if value is None:
            silent.append(match.record)
        elif currency and value[1] not in ("", currency):
            others.add(value[1])
        else:
            currency = currency or value[1]
            valued.append((value[0], match.id, one))
    valued.sort(key=lambda each: each[0], reverse=order in REVERSED)
    return [(key, one) for _, key, one in valued], silent, sorted(others)


def ahead(one: Told) -> Told:
    """Return a program with only the offerings to come, if there are any."""
    to_come = tuple(each for each in one.offerings if not each.is_over(one.today))
    return replace(one, offerings=to_come) if to_come else one


def _value(one: Told, order: str) -> tuple[float, str] | None:
    """Return what a program is ranked by, and its currency, "" for what is free; None if it states none."""
    if order in OF_PRICE:
        prices = prices_of(one)
        for_all = [price for price in prices if not price.category] or prices
        best = min(for_all, key=lambda price: price.amount, default=None)
        return (best.amount, (best.currency or UNSTATED) if best.amount else "") if best else None
    if order == "credits":  # those of different units are no more and no fewer
        most = max(one.program.credits, key=lambda credit: credit.amount, default=None)
        return (most.amount, most.unit) if most else None
    if order == "hours":
        return (one.program.hours_per_week, "") if one.program.hours_per_week is not None else None
    if order in ("duration", "longest"):
        return (one.program.weeks, "") if one.program.weeks is not None else None
    days = [
        each.deadline if order == "deadline" else each.start for each in one.offerings if not each.is_over(one.today)
    ]
    ahead_of = [day for day in days if day and day >= one.today]
    return (float(min(ahead_of).toordinal()), "") if ahead_of else None


def kept(reply: Reply, ids: Sequence[int], state: DialogueState) -> Answer:
    """Return the answer with these programs in focus; the last list and its search stay what they were."""
    shown = tuple(str(key) for key in ids)
    own = {**state.own, "program": shown}
    before = own.setdefault(LISTED, shown)
    if state.act == ASK_OWN and len(before) < MOST_COMPARED and not set(shown) <= set(before):
        own[LISTED] = (*before, *shown)  # "what about B?" after A: "which is cheaper?" is asked of both
    if len(shown) > 1:
        own[LISTED] = shown
    return Answer(reply, DialogueState(ASK_OWN, choices={"own": own[LISTED]}, own=own).offering("want_person"))
