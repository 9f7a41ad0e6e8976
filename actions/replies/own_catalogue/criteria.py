"""Words for the criteria of a search in the own catalogue, and for what would have to give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from babel import Locale

from actions.replies.base import listed, lower_first
from actions.replies.criteria import amount, day, price_text, start_text

Names = dict[str, tuple[str, ...]]  # criteria of a search: kind to values (actions/own_catalogue/criteria.py)
MODES = {"online": "online", "in-person": "in person", "hybrid": "partly online"}
SCHEDULES = {
    "daytime": "in the daytime",
    "evening": "in the evening",
    "weekend": "at weekends",
    "self-paced": "at your own pace",
}
TIMES = {"daytime": "daytimes", "evening": "evenings", "weekend": "weekends", "self-paced": "what is self-paced"}
STILL_OPEN = "still open for applications"
ORDERS = {"price": "cheapest first", "start": "soonest first", "duration": "shortest first"}
ORDERS |= {"dearest": "dearest first", "longest": "longest first", "deadline": "first deadline first"}
ORDERS |= {"credits": "most credits first", "hours": "fewest hours a week first"}
BEYOND = {">>": "more than ", "<<": "less than "}  # signs of a bound that is not to be met itself
# What has to give, as "if ...": of the catalogue's wishes by their names.
GIVEN_UP = {
    "subjects": "if it may be about something else",
    "types": "if the kind doesn't matter",
    "providers": "if another college is fine",
    "places": "if another place is fine",
    "countries": "if another country is fine",
    "modes": "if the way of studying doesn't matter",
    "schedules": "if the time of day or week doesn't matter",
    "languages": "if it may be taught in another language",
    "levels": "if the level doesn't matter",
    "eqf_from": "if another level is fine",
    "eqf_to": "if another level is fine",
    "free": "if it may cost something",
    "deadline_from": "if the deadline to apply may be another",
    "deadline_to": "if the deadline to apply may be another",
    "min_price": "if it may cost less",
    "recognised_by": "if it needn't be recognised by them",
    "leads_to": "if it needn't lead there",
    "entry_without": "if it may ask for a degree",
    "open_entry": "if it may ask for something to get in",
    "start_from": "if it may start at another time",
    "start_to": "if it may start at another time",
    "end_to": "if it may end later",
    "max_weeks": "if it may take longer",
    "min_weeks": "if it may take less time",
    "unpriced": "if a price may be stated",
    "max_hours_per_week": "if it may take more hours a week",
    "min_credits": "if it may give another number of credits",
    "max_credits": "if it may give another number of credits",
}


@dataclass(frozen=True)
class Limits:
    """Limits of a search as dates and numbers: first and last start, first and last deadline, price, end."""

    start: tuple[date | None, date | None] = (None, None)
    deadline: tuple[date | None, date | None] = (None, None)
    price: tuple[float | None, str | None] = (None, None)
    least: float | None = None
    end: date | None = None


def criteria_words(names: Names, limits: Limits) -> str:
    """Return criteria in words: " on pottery in Cork, in the evening"."""
    labels = [lower_first(each) for each in as_one(names.get("subject", ()))]
    labels = [listed(labels, "or")] if labels else []
    labels += [label_of(each) for each in names.get("word", ()) if not each.startswith(("any:", "type:"))]
    mentioned = [label_of(each) for each in names.get("word", ()) if each.startswith("any:")]
    where = _either(names, "place", "country")
    parts = [
        f" on {listed(labels)}" if labels else "",
        f" in {where}" if where else "",
        f" at {_either(names, 'provider')}" if names.get("provider") else "",
    ]
    further = [
        *(f"with the words “{label}”" for label in mentioned),
        listed((MODES.get(each, each) for each in names.get("mode", ())), "or"),
        listed((SCHEDULES.get(each, each) for each in names.get("schedule", ())), "or"),
        f"taught in {listed(map(language_name, names['language']), 'or')}" if names.get("language") else "",
        f"at level {_named(names, 'level')}" if names.get("level") else "",
        _number(names, "eqf", "at EQF level {}"),
        _credits(names),
        _price(names, limits),
        start_text(*limits.start),
        f"ending by {day(limits.end)}" if limits.end else "",
        _greatest_length(names),
        _least_length(names),
        "with no price stated" if names.get("unpriced") else "",
        f"with up to {names['max_hours'][0]} hours a week" if names.get("max_hours") else "",
        _deadline(*limits.deadline) or (STILL_OPEN if names.get("open") else ""),
        f"recognised {_named(names, 'recognised_by')}" if names.get("recognised_by") else "",
        _leading(names),
        f"asking for no {_named(names, 'entry_without').removeprefix('a ')}" if names.get("entry_without") else "",
        "asking nothing to get in" if names.get("entry") else "",
        _left_out(names),
    ]
    about = "".join([*parts, *(f", {part}" for part in further if part)])
    return about.removeprefix(",")  # "programs in the evening"


def as_one(labels: Iterable[str]) -> list[str]:
    """Return labels without those that differ in their letters' size alone; of these, the one with most capitals stays."""
    found: dict[str, str] = {}
    for label in labels:
        found[label.casefold()] = max(
            found.get(label.casefold(), ""), label, key=lambda one: sum(map(str.isupper, one))
        )
    return list(found.values())


def kind_words(names: Names) -> tuple[str, str]:
    """Return what is sought in the singular and in the plural: "certificate", "certificates"; "program" without a type."""
    types = [*names.get("type", ()), *(label_of(each) for each in names.get("word", ()) if each.startswith("type:"))]
    if len(types) != 1:
        return "program", "programs"
    one = lower_first(types[0])
    plural = one if one.endswith("s") else f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"
    return (one.removesuffix("s") if one.endswith("s") and not one.endswith("ss") else one), plural


def label_of(word: str) -> str:
    """Return how the visitor put a word wish, from `scope:label=phrases`."""
    return word.partition(":")[2].partition("=")[0]


def given_up(dropped: Iterable[str], names: Names, price: str, count: int) -> str:
    """Return what has to give for a number of programs: "if it may cost more than 500 EUR"; `price` is the limit in words."""
    parts: list[str] = []
    for wish in dropped:
        if wish.startswith("word:"):
            parts.append(f"if it needn't be about {wish.removeprefix('word:')}")
        elif wish.startswith("kind:"):
            parts.append(f"if it needn't be a {wish.removeprefix('kind:')}")
        elif wish.startswith("exclude:"):
            parts.append("if what you ruled out is fine after all")
        elif wish == "max_price":
            whom = f" for the price category “{names['category'][0]}”" if names.get("category") else ""
            parts.append(f"if it may cost more than {price}{whom}")
        elif wish == "future_only":
            parts.append("that is over already" if count == 1 else "that are over already")
        else:
            parts.append(GIVEN_UP.get(wish, "if you ask for less"))
    return listed(dict.fromkeys(parts))


def language_name(code: str) -> str:
    """Return a language's name in English, or the code itself if it has none."""
    return str(Locale("en").languages.get(code.split("-")[0], code))


def _either(names: Names, *kinds: str) -> str:
    found: dict[str, str] = {}
    for each in (each for kind in kinds for each in names.get(kind, ())):
        found.setdefault(each.casefold(), each)
    return listed(found.values(), "or")


def _number(names: Names, kind: str, form: str) -> str:
    value = next(iter(names.get(kind, ())), "")
    if not value:
        return ""
    bound = " or higher" if value.startswith(">") else " or lower" if value.startswith("<") else ""
    if value[:2] in BEYOND:
        return form.replace("at ", f"{'above' if bound == ' or higher' else 'below'} ", 1).format(value.lstrip("<>"))
    return form.format(value.lstrip("<>")) + bound


def _greatest_length(names: Names) -> str:
    value = next(iter(names.get("max_duration", ())), "")
    return f"taking {'less than' if 'max_duration' in names.get('under', ()) else 'up to'} {value}" if value else ""


def _least_length(names: Names) -> str:
    value = next(iter(names.get("min_duration", ())), "")
    return f"taking {'more than' if value.startswith('>') else 'at least'} {value.lstrip('>')}" if value else ""


def _credits(names: Names) -> str:
    value = next(iter(names.get("credits", ())), "")
    if value == ">1":
        return "with credits"
    if value.startswith(">1 "):
        return f"with credits in {value.removeprefix('>1 ')}"
    bound = "at least " if value.startswith(">") else "at most " if value.startswith("<") else ""
    bound = BEYOND.get(value[:2], bound)
    return f"with {bound}{value.lstrip('<>')}{'' if ' ' in value else ' credits'}" if value else ""


def _price(names: Names, limits: Limits) -> str:
    category = f"at the price for “{names['category'][0]}”" if names.get("category") else ""
    most, currency = limits.price
    limit = price_text(most, currency) if most is not None else ""
    if most and "max_price" in names.get("under", ()):
        limit = f"for less than {amount(most, currency)}"
    least = f"for at least {limits.least:g}" if (limits.least or 0) >= 1 else "not free" if limits.least else ""
    return " ".join(part for part in (least, "and" if least and limit else "", limit, category) if part)


def _deadline(first: date | None, last: date | None) -> str:
    """Return the bounds of the last day to apply in words."""
    since, until = f"from {day(first)}" if first else "", f"until {day(last)}" if last else ""
    return f"with a deadline {' '.join(part for part in (since, until) if part)}" if since or until else ""


def _named(names: Names, kind: str) -> str:
    """Return criteria that are kept as `LABEL=name|name` in the visitor's words."""
    return listed((each.partition("=")[0] for each in names.get(kind, ())), "or")


def _leading(names: Names) -> str:
    """Return what programs should lead to in words; of any award, that they lead on."""
    wanted = names.get("leads_to", ())
    if not wanted:
        return ""
    return (
        f"leading to {_named(names, 'leads_to')}"
        if all(each.partition("=")[2] for each in wanted)
        else "leading on to more"
    )


def _left_out(names: Names) -> str:
    out = [_spoken(kind[1:], value) for kind, values in names.items() if kind.startswith("-") for value in values]
    return f"leaving out {listed(out)}" if out else ""


def _spoken(kind: str, value: str) -> str:
    if kind == "word":
        return label_of(value)
    if kind == "language":
        return f"what is taught in {language_name(value)}"
    return {"mode": MODES, "schedule": TIMES}.get(kind, {}).get(value, value)


def near_subjects(labels: Sequence[str], more: int) -> str:
    """Return the sentence on subjects near to what is sought, and how many more programs on them fit."""
    fit = "1 more fits" if more == 1 else f"{more:,} more fit"
    return f"Close to that is {listed(labels, 'or')}, on which {fit}."


def teaches_no(languages: Sequence[str]) -> str:
    """Return the sentence on languages, by their codes, in which nothing is taught and which no program is about."""
    return f"Nothing is taught in {listed(map(language_name, languages), 'or')}, nor is there anything on it."
