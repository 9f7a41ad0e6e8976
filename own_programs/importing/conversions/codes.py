"""Words of a fixed list: modes, schedules, languages, levels, credits."""

from __future__ import annotations

import re
from typing import Any

from own_programs.importing.conversions.base import Also, Unknown, Unreadable, shown
from own_programs.importing.conversions.numbers import NUMBER, as_number, parsed
from own_programs.importing.conversions.texts import as_text, clean
from own_programs.importing.vocabulary import by_word, plain, words
from own_programs.records import Credit

LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}", re.IGNORECASE)
LONGEST_LEVEL = 200  # characters
LEVEL = re.compile(r"(\d{1,2})(?!\d)")
HINT = 'say what it means: `codes: {"WORD": ...}` beside the column in the mapping'


def _local(text: str) -> str:
    """Return the end of an address or of a prefixed name: "deliveryType:OnlineOnly" is "OnlineOnly"."""
    return re.split(r"[/#:]", text.rstrip("/#"))[-1] if "://" in text or re.fullmatch(r"\w+:\w+", text) else text


def _known(value: Any, part: str) -> str:
    text = clean(value)
    table = by_word("modes", part)
    found = table.get(plain(text)) or table.get(plain(_local(text)))
    if not found:
        raise Unknown("is not understood", text, HINT)
    return found


def as_mode(value: Any) -> str:
    """Return how a program is taught, as one of own_programs.records.MODES."""
    return _known(value, "modes")


def as_schedule(value: Any) -> str:
    """Return when a program is taught, as one of own_programs.records.SCHEDULES."""
    return _known(value, "schedules")


def as_language(value: Any) -> str:
    """Return a language as a BCP 47 tag, by its tag, code or name."""
    text = _local(clean(value))
    table = by_word("languages")
    if plain(text) in table:
        return table[plain(text)]
    tag = text.replace("_", "-")
    primary = tag.split("-")[0].casefold()
    if LANGUAGE_TAG.fullmatch(tag) and primary in table:
        return "-".join([table[primary], *_subtags(tag.split("-")[1:])])
    raise Unknown("is no language that is known", text, HINT)


def as_country(value: Any) -> str | Also:
    """Return a country by its English name, from a code of ISO 3166-1 or a name that is known; others stay as they are."""
    text = as_text(value)
    if not isinstance(text, str):
        return text
    table = by_word("countries")
    return table.get(plain(text)) or table.get(plain(_local(text))) or text


def _subtags(parts: list[str]) -> list[str]:
    return [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.casefold() for part in parts]


def as_level(value: Any, framework: str) -> Also:
    """Return a level in its words, with `eqf` where it states one or the mapping names its framework."""
    text = clean(value)[:LONGEST_LEVEL]
    tokens = [plain(token) for token in re.findall(r"[^\W\d_]+", text)]
    number = LEVEL.search(_local(text))
    states_eqf = any(token in words("frameworks")["eqf_words"] for token in tokens)
    table = words("frameworks")["frameworks"].get("eqf" if states_eqf else framework, {})
    fields = {"eqf": table[int(number[1])]} if number and int(number[1]) in table else {}
    if text.isdecimal():
        text = f"Level {text}"
    note = None if fields or not framework else Unknown(f"is no level of {framework}", text)
    return Also(text, fields, note)


def as_eqf(value: Any) -> int:
    """Return a level of the European Qualifications Framework, 1 to 8, from 7, "EQF 7" or an address that ends in 7."""
    text = clean(value)
    found = LEVEL.findall(_local(text))
    if len(found) != 1 or not 1 <= int(found[0]) <= 8:
        raise Unreadable(f"{shown(text)} is no level of the EQF", "these are 1 to 8")
    return int(found[0])


def as_unit(value: Any) -> str:
    """Return a system of credits by its words; others stay as they are."""
    text = clean(value)
    return by_word("credits", "units").get(plain(text)) or ("" if plain(text) in _plain_units() else text)


def _plain_units() -> set[str]:
    return {plain(str(word)) for word in words("credits")["plain"]}


def as_credit(value: Any, decimal: str, unit: str) -> Credit:
    """Return "30 credits" or "2.6 CEUs" or a bare number, in the mapping's unit if it states none."""
    if isinstance(value, (int, float)):
        return Credit(_positive(as_number(value, decimal)), unit)
    text = clean(value)
    numbers = NUMBER.findall(text)
    if len(numbers) != 1:
        raise Unreadable(
            f"{shown(text)} is no number of credits", "correct it, or name it under `empty:` in the mapping"
        )
    stated = as_unit(" ".join(NUMBER.sub(" ", text).replace("(", " ").replace(")", " ").replace(":", " ").split()))
    return Credit(_positive(parsed(numbers[0], decimal)), stated or unit)


def _positive(amount: float) -> float:
    if amount < 0 or amount > 1000:
        raise Unreadable(f"{amount:g} can hardly be a number of credits", "correct it, or name it under `empty:`")
    return amount
