"""Puts wishes into SQL that no index holds, and that are looked up in the programs' records.

They are asked last, of offerings that meet the other wishes. Each is NULL where the record is silent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from nlu.data_files import read_words
from own_programs.search.wishes import Wishes
from own_programs.store.schema import number_of

MONTHS, SHORTEST_MONTH = 12, 27  # a month without a day meets no shorter time
MOST_MONTHS = 3  # of a start that a month without a year ("January") meets
MOST_WORDS = 8  # of a body or an award that is sought
Parameter = Callable[[Any], str]
_SIGNS = "()[]\",.;:'"  # stand for blanks in what is compared word by word
_WORD = re.compile(r"[^\W_]+")
_RECORD = "(SELECT {} FROM program WHERE id = o.program)"


def of_record(wishes: Wishes, value: Parameter) -> Iterator[tuple[str, str]]:
    """Yield the names of the wishes that only records state of a program, each with its condition."""
    if wishes.recognised_by:
        yield "recognised_by", recognised_by(wishes.recognised_by, value)
    if wishes.leads_to:
        yield "leads_to", leads_to(wishes.leads_to, value)
    if wishes.open_entry:
        yield "open_entry", open_entry(value)
    if wishes.entry_without:
        yield "entry_without", entry_without(wishes.entry_without, value)


def recognised_by(wanted: Sequence[str], value: Parameter) -> str:
    """Return the condition that somebody of one of these names recognises the program, or for a purpose of that name."""
    text = "coalesce(json_extract(value, '$.by'), '') || ' ' || coalesce(json_extract(value, '$.purpose'), '')"
    rows = "program, json_each(program.record, '$.recognitions')"
    return f"(SELECT max({_holds_any(text, wanted, value)}) FROM {rows} WHERE program.id = o.program)"


def leads_to(wanted: Sequence[str], value: Parameter) -> str:
    """Return the condition that the program is part of, leads to or gives credit towards one of these; any if none is named."""
    named = [each for each in wanted if _words(each)]
    stated = ("part_of", "leads_to", *(("recognitions",) if named else ()))
    parts = " || ' ' || ".join(f"coalesce(json_extract(record, '$.{name}'), '')" for name in stated)
    fits = _holds_any(parts, named, value) if named else "1"
    return _RECORD.format(f"CASE WHEN trim({parts}) = '' THEN NULL ELSE {fits} END")


def states_subject(wanted: Sequence[str], value: Parameter) -> str:
    """Return the condition that a subject is one of these as a whole: "Nursing", not "Veterinary nursing"."""
    rows = "program, json_each(program.record, '$.subjects')"
    fits = " OR ".join(f"lower(value) = {value(each.lower())}" for each in wanted)
    return f"(SELECT max({fits}) FROM {rows} WHERE program.id = o.program)"


def open_entry(value: Parameter) -> str:
    """Return the condition that nothing is required to get in, as beginnings of texts in nlu/data/listing_words.yml say so."""
    stated = "trim(lower(json_extract(record, '$.prerequisites')))"
    return _RECORD.format(" OR ".join(f"{stated} LIKE {value(f'{text}%')}" for text in _open_entries()))


def entry_without(words: Sequence[str], value: Parameter) -> str:
    """Return the condition that what is stated to get in holds none of these words."""
    stated = "json_extract(record, '$.prerequisites')"
    return _RECORD.format(f"CASE WHEN {stated} IS NULL THEN NULL ELSE NOT ({_holds_any(stated, words, value)}) END")


def ends_by(last: date, value: Parameter) -> str:
    """Return the condition that an offering ends on a day or before it."""
    return _RECORD.format(
        f"json_extract(record, '$.offerings[' || {number_of('o.id')} || '].end') <= {value(last.isoformat())}"
    )


def says_open_entry(prerequisites: str) -> bool:
    """Return whether what a program states of entry says that nothing is required."""
    return prerequisites.strip().lower().startswith(_open_entries())


def in_month(first: date | None, last: date | None, value: Parameter) -> str:
    """Return the condition that an offering without a date starts in a month of a short range; "" for other ranges."""
    if not first or not last or (last - first).days < SHORTEST_MONTH:
        return ""
    number = (last.year - first.year) * MONTHS + last.month - first.month + 1
    if not 0 < number <= MOST_MONTHS:
        return ""
    names = [_month_names()[(first.month - 1 + at) % MONTHS] for at in range(number)]
    stated = f"' ' || lower(json_extract(record, '$.offerings[' || {number_of('o.id')} || '].start_text')) || ' '"
    fits = " OR ".join(f"{stated} LIKE {value(f'% {name} %')}" for name in names)
    return f"CASE WHEN o.start IS NULL THEN nullif({_RECORD.format(fits)}, 0) ELSE 0 END"


def _holds_any(text: str, wanted: Sequence[str], value: Parameter) -> str:
    """Return the condition that a text holds all words of one of the names."""
    for sign in _SIGNS:
        text = f"replace({text}, {value(sign)}, ' ')"
    padded = f"' ' || lower({text}) || ' '"
    names = [" AND ".join(f"{padded} LIKE {value(f'% {word} %')}" for word in _words(name)) or "0" for name in wanted]
    return " OR ".join(f"({each})" for each in names)


def _words(name: str) -> list[str]:
    return _WORD.findall(name.lower())[:MOST_WORDS]


@cache
def _open_entries() -> tuple[str, ...]:
    return tuple(read_words("listing_words")["open_entry"].splitlines())


@cache
def _month_names() -> tuple[str, ...]:
    return tuple(read_words("listing_words")["months"].split())
