"""Finds what a message seldom wants of a program: who recognises it, what it leads to, open entry, deadlines, a least price."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from nlu.data_files import read_words
from nlu.extraction.amounts.amount import Amount
from nlu.extraction.amounts.dates import find_dates
from nlu.extraction.amounts.prices import find_least_prices

RECOGNISED_BY, LEADS_TO, ENTRY, OPEN, ASKS_FOR = "recognised_by", "leads_to", "entry", "open", "asks_for"
ENTRY_WITHOUT = "entry_without"
ANY_AWARD = ""
# Criteria without a value of their own: kind, key of the pattern, value.
PLAIN = (
    (ENTRY, "open entry", OPEN),
    ("max_price", "no charge", "0"),
    ("paid", "paid", "yes"),
    ("unpriced", "unpriced", "yes"),
)
NEAR_DATE = 20  # letters from a word for an end to its date
MOST_READ = 400  # characters of a message in which these are looked for
_NAME = r"(?P<name>[^\s,.;:?!]{1,40}(?: [^\s,.;:?!]{1,40}){0,7})"
_LEAST_NAME = r"(?P<name>[^\s,.;:?!]{1,40}(?: [^\s,.;:?!]{1,40}){0,5}?)"
_ARTICLES = re.compile(r"^(?:(?:a|an|the|my|your|our|some|any|another|full|further) )+", re.I)


def find_further_criteria(text: str, today: date) -> Iterator[Amount]:
    """Yield recognised_by and leads_to "NAME=word|word", entry "open", deadline_from and deadline_to, max_price, min_price.

    Also entry_without "a degree=word|word" and end_to,
    asks_for "word|word", for a question whether something is needed to get in, and unpriced for what states no price.
    """
    text = text[:MOST_READ]
    recognised = [*_recognised(text)]
    yield from recognised
    leading = _leading(text)
    yield from (each for each in leading if not any(one.start <= each.start < one.end for one in recognised))
    for kind, key, value in PLAIN:
        if match := _patterns()[key].search(text):
            yield Amount(kind, value, *match.span())
    if match := _patterns()["no degree"].search(text):
        yield Amount(ENTRY_WITHOUT, f"a degree={'|'.join(_words('award degree'))}", *match.span())
    if match := _patterns()["asks for"].search(text):
        yield Amount(ASKS_FOR, "|".join(_words_for(match["needed"].lower())), *match.span())
    yield from _deadlines(text, today)
    yield from _ends(text, today)
    if match := _patterns()["ceiling"].search(text):  # "I can't pay more than 50"
        yield Amount("max_price", match["number"], *match.span())
    else:
        yield from find_least_prices(text)


def _words_for(needed: str) -> tuple[str, ...]:
    """Return the words by which listings ask for the same: "bachelor" and "BSc" for a degree."""
    return _words(f"award {needed}") if f"award {needed}" in _data() else (needed,)


def _recognised(text: str) -> Iterator[Amount]:
    for key, ends in (("recognised by", "in"), ("recognises", ""), ("recognised for", "in")):
        match = _patterns()[key].search(text)
        if match and (name := _cut(match["name"], ends)) and not _is_nobody(name):
            purpose = match.groupdict().get("purpose") or ""
            whole = match.end() if key == "recognises" else match.start("name") + len(_cut_only(match["name"], ends))
            label = (
                f"by {name} for {purpose}" if purpose else f"for {name}" if key == "recognised for" else f"by {name}"
            )
            yield Amount(RECOGNISED_BY, f"{label}={name} {purpose}".strip(), match.start(), whole)
            return
    if match := _patterns()["cpd"].search(text):
        yield Amount(RECOGNISED_BY, "for CPD=CPD", *match.span())


def _leading(text: str) -> Iterator[Amount]:
    match = _patterns()["leads to"].search(text)
    if not match:
        return
    name, end = _cut(match["name"]), match.start("name") + len(_cut_only(match["name"]))
    if not name:
        return
    first = name.lower().removesuffix("'s").removesuffix("s").split()[0]
    if first in _words("any award"):
        yield Amount(LEADS_TO, f"{name}={ANY_AWARD}", match.start(), end)
    elif len(name.split()) == 1 and f"award {first}" in _data():
        yield Amount(LEADS_TO, f"{name}={'|'.join(_words(f'award {first}'))}", match.start(), end)
    else:
        yield Amount(LEADS_TO, f"{name}={name}", match.start(), end)


def _deadlines(text: str, today: date) -> Iterator[Amount]:
    """Yield the bounds of the last day to apply, where a message names a day beside a word for it."""
    match = _patterns()["deadline"].search(text)
    apply = match or _patterns()["apply"].search(text)
    if not apply:
        return
    rest = f"{text[: apply.start()]}{' ' * len(apply[0])}{text[apply.end() :]}"
    found = {each.kind: each for each in find_dates(rest, today)}
    if match:
        for each in found.values():
            yield Amount(each.kind.replace("start", "deadline"), each.value, each.start, each.end)
    elif found:  # who wants to apply in, by or after a day needs a deadline that has not passed by then
        one = found.get("start_from") or found["start_to"]
        yield Amount("deadline_from", one.value, one.start, one.end)


def _ends(text: str, today: date) -> Iterator[Amount]:
    """Yield the last day on which it may end, where a message names a day right after a word for that."""
    match = _patterns()["ends by"].search(text)
    if match:
        found = next((each for each in find_dates(text[match.end() :], today) if each.kind == "start_to"), None)
        if found and found.start <= NEAR_DATE:
            yield Amount("end_to", found.value, match.start(), match.end() + found.end)


def _cut_only(name: str, *ends: str) -> str:
    """Return a name up to the first word that goes on with the sentence."""
    stops = {*_words("ends"), *ends}
    kept: list[str] = []
    for word in name.split(" "):
        if word.lower() in stops and kept:
            break
        kept.append(word)
    return " ".join(kept)


def _cut(name: str, *ends: str) -> str:
    return _ARTICLES.sub("", _cut_only(name, *ends)).replace("=", " ").replace("|", " ").strip()


def _is_nobody(name: str) -> bool:
    return name.split()[0].lower() in _words("nobody")


@cache
def _data() -> dict[str, str]:
    return read_words("further_criteria")


@cache
def _words(key: str) -> tuple[str, ...]:
    return tuple(_data()[key].split())


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of further_criteria.yml by their keys."""
    words = {key: "|".join(lines.splitlines()) for key, lines in _data().items()}
    forms = {
        "recognised by": rf"\b(?:(?:{words['recognised for']}) (?P<purpose>[\w-]{{1,40}}(?: [\w-]{{1,40}}){{0,3}}) by"
        rf"|{words['recognised by']}) {_NAME}",
        "recognised for": rf"\b(?:{words['recognised for']}) {_NAME}",
        "recognises": rf"\b(?:that|which the|(?:{words['programs']}) (?:does|do|has)) {_LEAST_NAME} "
        rf"(?:{words['recognises']})\b",
        "ceiling": rf"\b(?:{words['ceiling']}) (?:€|£|\$)?(?P<number>\d{{1,6}})\b",
        "leads to": rf"\b(?:{words['leads to']}) {_NAME}",
        "ends by": rf"\b(?:{words['finish']})(?: \w{{1,12}}){{0,2}} (?={words['by']})",
        "asks for": rf"\b(?:{words['asks for']}) (?:[\w'-]{{1,20}} ){{0,3}}(?P<needed>{'|'.join(words['needed'].split())})s?\b",
        **{
            key: rf"(?<![\w'-])(?:{words[key]})(?![\w'])"
            for key in ("no degree", "open entry", "no charge", "paid", "unpriced", "deadline", "apply", "cpd")
        },
    }
    return {key: re.compile(pattern, re.I) for key, pattern in forms.items()}
