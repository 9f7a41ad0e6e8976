"""Words for programs of the own catalogue side by side, and for which of some comes first."""

from __future__ import annotations

from collections.abc import Sequence

from actions.replies.base import (
    ANSWERED,
    DECLINED,
    PERSON,
    Button,
    Reply,
    bullets,
    listed,
    lower_first,
    paragraphs,
    payload,
)
from actions.replies.own_catalogue.facts import (
    COMPARED,
    FACTS,
    NOTHING,
    Told,
    brief_words_of,
    called,
    card,
    checked_words,
)
from own_programs.records import ProgramRecord

NOUNS = {  # of facts whose label is no noun
    "start": "the start",
    "place": "the place",
    "entry": "what it takes to get in",
    "language": "the language",
    "deadline": "the deadline to apply",
    "recognition": "who recognises them",
    "stacking": "what they lead to",
}
MOST_ROWS = 6  # differences that a comparison tells at once
MORE_ROWS = Button("What else differs", payload("more"))
FACT_OF_ORDER = {
    "credits": "credits",
    "hours": "workload",
    "price": "price",
    "start": "start",
    "deadline": "deadline",
    "duration": "length",
    "dearest": "price",
    "longest": "length",
}
FIRST = {
    "price": "The cheapest",
    "start": "The first to start",
    "deadline": "The first deadline",
    "duration": "The shortest",
    "credits": "The one with most credits",
    "hours": "The one with fewest hours a week",
    "dearest": "The dearest",
    "longest": "The longest",
}


def compared(programs: Sequence[Told], rest: bool = False) -> Reply:
    """Put programs side by side: the differences that matter most, or the `rest` of them and what is the same.

    No winner is named.
    """
    names = [_short(one, programs) for one in programs]
    values = {fact: [brief_words_of(one, fact) for one in programs] for fact in COMPARED}
    differing = [fact for fact in COMPARED if len(set(values[fact])) > 1]
    shown, left = (differing[MOST_ROWS:], []) if rest else (differing[:MOST_ROWS], differing[MOST_ROWS:])
    same = [f"{FACTS[fact][0]}: {values[fact][0]}" for fact in COMPARED if fact not in differing and values[fact][0]]
    together = _together(programs)
    head = (
        f"{together} {'also ' if rest else ''}differ in:"
        if shown
        else f"{together} differ in nothing {'else ' if rest else ''}that their listings state."
    )
    text = paragraphs(
        head,
        bullets(f"**{FACTS[fact][0]}** – {_side_by_side(names, values[fact])}" for fact in shown),
        f"They also differ in {listed(NOUNS.get(each, lower_first(FACTS[each][0])) for each in left)}." if left else "",
        f"The same for {'both' if len(programs) == 2 else 'all'}: {'; '.join(same)}." if same and not left else "",
        checked_words([one.program for one in programs]),
    )
    buttons = (MORE_ROWS,) if left else ()
    return Reply(text, ANSWERED, buttons=(*buttons, PERSON), cards=tuple(map(card, programs)))


def _side_by_side(names: Sequence[str], values: Sequence[str]) -> str:
    return "; ".join(f"{name}: {value or NOTHING}" for name, value in zip(names, values, strict=True))


def best_of(programs: Sequence[Told], order: str, silent: Sequence[ProgramRecord], others: Sequence[str]) -> Reply:
    """Tell which of some programs comes first in an order; `silent` leave it open, `others` are prices in other currencies."""
    fact = FACT_OF_ORDER[order]
    first, *rest = programs
    text = paragraphs(
        f"{FIRST[order]} of these is **{called(first, programs)}**: {brief_words_of(first, fact)}.",
        bullets(f"**{called(one, programs)}**: {brief_words_of(one, fact)}" for one in rest),
        _silent(silent, FACTS[fact][1]),
        f"Prices in {listed(others)} are not compared with these." if others else "",
        checked_words([one.program for one in programs]),
    )
    return Reply(text, ANSWERED, buttons=(PERSON,), cards=(card(first),))


def _silent(programs: Sequence[ProgramRecord], missing: str) -> str:
    """Return the sentence on programs that leave open what others are ranked by."""
    verb = "states" if len(programs) == 1 else "state"
    names = listed(f"**{one.name}**" for one in programs)
    return f"{names} {verb} {missing}, and so may come anywhere." if programs else ""


def none_states(order: str, count: int) -> Reply:
    """Tell that none of some programs states what an order goes by."""
    fact = FACT_OF_ORDER[order]
    return Reply(
        f"{'Neither' if count == 2 else 'None'} of these {count} states {FACTS[fact][1].replace('no ', 'a ')}.",
        DECLINED,
        buttons=(PERSON,),
    )


def _short(one: Told, among: Sequence[Told]) -> str:
    """Return what tells a program from the others that it is compared with: its name, or who offers it."""
    same = all(each.program.name == one.program.name for each in among)
    return one.program.provider if same and one.program.provider else called(one, among)


def _together(programs: Sequence[Told]) -> str:
    """Return the names of programs that are compared; a name that all share only once."""
    names = [_short(one, programs) for one in programs]
    if len({one.program.name for one in programs}) == 1 and programs[0].program.provider:
        return f"**{programs[0].program.name}** at {listed(names)}"
    return listed(f"**{name}**" for name in names)
