"""Which column is likely meant for which field: by its name in some languages, and by what stands in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from catalogue.importing.columns import Column
from catalogue.importing.conversions import codes, dates, durations, money, numbers, texts
from catalogue.importing.conversions.base import Reading, Unknown, Unreadable
from catalogue.importing.vocabulary import by_word, plain, words

ENOUGH, ENOUGH_TYPED = 0.4, 0.22  # scores from which a column is proposed; less where its values speak for it
GENERIC = frozenset(["name", "value", "title", "label", "text", "amount", "description"])
NOISE = frozenset(["field", "the", "of", "course", "program", "programme", "kurs"])
PROBE = "https://example.org/"
PICTURE = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|ico)(?:$|\?)", re.IGNORECASE)
SECONDS = (5e8, 1e10)  # numbers that are likely seconds since 1970
NEVER_NUMBERS = frozenset(
    [
        "name",
        "description",
        "type",
        "provider",
        "subjects",
        "skills",
        "offerings.place",
        "offerings.campus",
        "offerings.country",
        "contact",
    ]
)
SHORT = {
    "type": 100,
    "provider": 120,
    "level": 80,
    "offerings.place": 80,
    "offerings.campus": 80,
    "offerings.country": 60,
    "contact": 200,
}


@dataclass(frozen=True)
class Choice:
    """A column proposed for a field, with the options that it needs; `target` is a field, offerings' with their prefix."""

    target: str
    column: Column
    options: dict[str, Any] = field(default_factory=dict)


def tokens(name: str) -> list[str]:
    """Return the words of a header, small and without accents: "fieldPrice_EUR" is field, price, eur."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("ß", "ss"))
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", bare.casefold())


@cache
def _phrases() -> dict[str, frozenset[tuple[str, ...]]]:
    return {target: frozenset(tuple(tokens(str(name))) for name in names) for target, names in words("columns").items()}


def header(column: Column) -> list[str]:
    """Return the words by which a column is judged: of a path, its last name, or the one before if that says little."""
    parts = column.name.split(".") if "." in column.name and " " not in column.name else [column.name]
    if len(parts) > 1 and parts[-1] in GENERIC and parts[-2] != "page":
        parts = parts[:-1]
    return tokens(parts[-1])


def likeness(column: Column, target: str) -> float:
    """Return how well a column's name fits a field, from 0 to 1; a nested column a little less."""
    found = header(column)
    less = 0.02 * column.name.count(".")
    best = max(_likeness(found, target), _likeness([each for each in found if each not in NOISE], target) - 0.05)
    return best - less if best > 0 else 0.0


def _likeness(found: list[str], target: str) -> float:
    best = 0.0
    for phrase in _phrases()[target] if found else ():
        if tuple(found) == phrase:
            return 1.0
        if phrase[0] in NOISE and len(phrase) == 1:
            continue  # says something only where it stands alone
        if _within(phrase, found):
            best = max(best, 0.9 * len(phrase) / len(found))
        elif len(phrase) == 1 and len(phrase[0]) > 3 and any(each.endswith(phrase[0]) for each in found):
            best = max(best, 0.6 / len(found))
    return best


def _within(phrase: tuple[str, ...], found: list[str]) -> bool:
    return any(tuple(found[at : at + len(phrase)]) == phrase for at in range(len(found) - len(phrase) + 1))


def fitness(column: Column, target: str) -> float:
    """Return how many of a column's values make sense for a field, from 0 to 1."""
    values = [value for value in column.values if not isinstance(value, (dict, list))]
    if not values:
        return 0.0
    if target in NEVER_NUMBERS and _share(values, _is_numeric) > 0.8:
        return 0.0
    if target in SHORT and sum(len(str(value)) for value in values) / len(values) > SHORT[target]:
        return 0.0
    if target == "name":
        return (
            0.6
            if _share(values, lambda value: " " not in str(value) and ("_" in str(value) or "/" in str(value))) > 0.5
            else 1.0
        )
    tests = _tests(values)
    return _share(values, tests[target]) if target in tests else 1.0


def _share(values: list[Any], test: Callable[[Any], Any]) -> float:
    good = 0
    for value in values:
        try:
            good += bool(test(value))
        except (Unreadable, Unknown, ValueError, TypeError):
            continue
    return good / len(values)


def _is_numeric(value: Any) -> bool:
    return isinstance(value, (int, float)) or bool(re.fullmatch(r"[\d.,+\s]+", str(value)))


def _tests(values: list[Any]) -> dict[str, Callable[[Any], Any]]:
    decimal = numbers.find_decimal(value for value in values if isinstance(value, str)).answer or "."
    terms, reading = money.Terms("XXX"), Reading()
    in_hours = lambda value: durations.as_hours(value, decimal, {}) >= 0  # noqa: E731
    day = lambda value: is_seconds(value) or dates.as_date(value, reading)  # noqa: E731
    return {
        "prices": lambda value: money.as_price(value, decimal, terms),
        "credits": lambda value: codes.as_credit(value, decimal, ""),
        "hours": in_hours,
        "hours_per_week": lambda value: durations.as_hours_per_week(value, decimal, {}) >= 0,
        "weeks": lambda value: numbers.as_number(value, decimal) >= 0,
        "duration": lambda value: _is_numeric(value) or durations.as_duration(value, decimal, {}).fields,
        "eqf": codes.as_eqf,
        "languages": lambda value: all(codes.as_language(part) for part in re.split(r"[;,/+|]", str(value))),
        "url": _is_address,
        "checked_on": day,
        "offerings.start": lambda value: len(str(value)) <= 60,
        "offerings.end": day,
        "offerings.deadline": day,
        "offerings.mode": codes.as_mode,
        "offerings.schedule": codes.as_schedule,
        "offerings.seats": lambda value: numbers.as_whole(value, decimal) >= 0,
        "currency": lambda value: money.as_currency(str(value)),
        "source_key": lambda value: len(str(value)) <= 200,
    }


def is_seconds(value: Any) -> bool:
    """Return whether a value is likely a time in seconds since 1970."""
    return isinstance(value, int) and not isinstance(value, bool) and SECONDS[0] < value < SECONDS[1]


def _is_address(value: Any) -> bool:
    return (
        bool(texts.as_url(value, PROBE))
        and (" " not in str(value))
        and not PICTURE.search(str(value))
        and ("/" in str(value) or str(value).startswith("www."))
    )


def scores(found: list[Column], each: str) -> list[tuple[float, int, str]]:
    """Return (score, number of the column, field) of all that may be meant, the likeliest first."""
    scored = []
    for number, column in enumerate(found):
        inside = bool(each) and column.name.startswith(f"{each}.")
        for target in _phrases():
            if inside and not target.startswith("offerings."):
                continue
            near = likeness(column, target)
            if near >= (ENOUGH_TYPED if target in ("prices", "credits", "duration", "hours_per_week") else ENOUGH):
                fit = fitness(column, target)
                if fit >= 0.5:
                    scored.append((near * fit + (0.1 if inside else 0), number, target))
    return sorted(scored, key=lambda one: (-one[0], one[1]))


def by_values(column: Column) -> str:
    """Return the field that a column's values alone speak for: prices or url, else an empty text."""
    values = [value for value in column.values if isinstance(value, str)]
    if values and len(money.currencies_of(values)) and fitness(column, "prices") > 0.8:
        return "prices"
    absolute = _share(values, lambda value: value.startswith(("http://", "https://"))) if values else 0
    return "url" if absolute > 0.8 and fitness(column, "url") > 0.8 else ""


def unit_in_header(column: Column) -> str:
    """Return the unit of time that a column's name states, for bare numbers: "Dauer (Wochen)" is week."""
    table = by_word("durations", "names")
    return next((table[each] for each in header(column) if len(each) > 2 and each in table), "")


def words_of_category(column: Column) -> str:
    """Return for whom a price is by its column's name: "fee_non_eu" is "non EU"."""
    known = {word for phrase in _phrases()["prices"] for word in phrase}
    codes_known = {code.casefold() for code in (*words("money")["currencies"], *words("money")["codes"])}
    left = [
        each
        for each in header(column)
        if each not in known | codes_known | NOISE | {"in", "max", "min", "current", "page"}
    ]
    return " ".join(each.upper() if len(each) == 2 else each for each in left)


def header_currency(column: Column) -> str:
    """Return the currency that a column's name states: "Preis (€)", "fee_eur"."""
    spaced = re.sub(r"[_()\[\]/-]", " ", column.name)
    named = money.currencies_of([spaced, spaced.upper()])
    return named.pop() if len(named) == 1 else ""


def key_like(column: Column, rows: int) -> bool:
    """Return whether a column identifies rows: always filled, never twice the same, no spaces."""
    texts_ = [str(value) for value in column.values]
    return column.filled >= rows and len(set(texts_)) == len(texts_) and not any(" " in plain(text) for text in texts_)
