"""Words for what the listing of a program of the own catalogue states, fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from actions.replies.base import Card, capital, listed, lower_first, sentences
from actions.replies.criteria import amount, checked_when, day
from actions.replies.own_catalogue.criteria import MODES, SCHEDULES, language_name
from own_programs.records import Offering, Price, ProgramRecord

NOTHING = "isn't stated"
MAX_OFFERINGS = 4  # occasions that a fact tells one by one
NOTHING_REQUIRED = ("none", "nothing", "n/a", "no")  # what listings state of entry that is open
DESCRIBED = 300  # characters of a description that are shown


@dataclass(frozen=True)
class Told:
    """A program with the offerings that a reply speaks of, on a day."""

    program: ProgramRecord
    offerings: tuple[Offering, ...]
    today: date


def told(program: ProgramRecord, today: date, offerings: Sequence[Offering] = ()) -> Told:
    """Return a program with the given offerings, or all of its own: those to come first, those that are over last."""
    if offerings:
        return Told(program, tuple(offerings), today)
    ahead = [one for one in program.offerings if not one.is_over(today)]
    over = [one for one in program.offerings if one.is_over(today)]
    return Told(program, (*ahead, *over), today)


# --- prices ---
def prices_of(one: Told) -> tuple[Price, ...]:
    """Return the prices of the offerings that are told of, each once; those of the program where an offering has none."""
    if not one.offerings:
        return one.program.prices
    return tuple(dict.fromkeys(price for each in one.offerings for price in each.prices or one.program.prices))


def price_words(prices: Iterable[Price], category: str = "") -> str:
    """Return prices by category: "450 EUR, or 80 EUR (member)"; with a category only those that hold for it, if any do.

    Where the dates differ, the lowest and the highest price of a category are told.
    """
    every = list(prices)
    own = [one for one in every if one.category.casefold() == category.casefold()] if category else []
    amounts: dict[tuple[str, str], list[float]] = {}
    for one in own or every:
        amounts.setdefault((one.category, one.currency), []).append(one.amount)
    return listed((_range(values, *whose) for whose, values in amounts.items()), "or")


def _range(values: Sequence[float], category: str, currency: str) -> str:
    least, most = min(values), max(values)
    words = (
        amount(most, currency)
        if least == most
        else f"{amount(least, currency)} to {amount(most, currency)}, depending on the date"
    )
    return f"{words} ({category})" if category else words


# --- occasions ---
def when_words(one: Offering, today: date) -> str:
    """Return when an offering begins: "12 January 2027", "on demand", "past: it began on 3 March 2026"."""
    if one.start is None:
        return one.start_text
    return f"past: it began on {day(one.start)}" if one.is_over(today) else day(one.start)


def where_words(one: Offering) -> str:
    """Return where an offering takes place: "Weir House, Galway, Ireland", "online"."""
    if one.mode == "online":
        return "online"
    return ", ".join(part for part in (one.campus, one.place, one.country) if part)


def town_words(one: Offering) -> str:
    """Return the town of an offering, or else its country; "online" if it is so."""
    return "online" if one.mode == "online" else one.place or one.country


def occasion_words(one: Offering, today: date) -> str:
    """Return an offering on one line: its start, place, way of studying, time and language."""
    place = where_words(one)
    parts = [
        when_words(one, today),
        place,
        MODES.get(one.mode, one.mode)
        if one.mode and one.mode != "online"
        else "online"
        if not place and one.mode
        else "",
        SCHEDULES.get(one.schedule, one.schedule),
        f"in {language_name(one.language)}" if one.language else "",
    ]
    return ", ".join(part for part in parts if part)


def _each(one: Told, words: Callable[[Offering], str], most: int = MAX_OFFERINGS) -> str:
    """Return what the offerings state, each value once; of many only the first."""
    values = list(dict.fromkeys(value for each in one.offerings if (value := words(each))))
    shown = values[:most]
    more = len(values) - len(shown)
    return "; ".join(shown) + (f" (and {more} more)" if more > 0 else "")


def _deadline(one: Told) -> str:
    def words(each: Offering) -> str:
        if each.deadline is None:
            return ""
        start = f" (start {day(each.start)})" if each.start else ""
        passed = " has passed" if each.deadline < one.today else ""
        return f"{day(each.deadline)}{passed}{start}"

    return _each(one, words)


def _seats(one: Told) -> str:
    def words(each: Offering) -> str:
        start = f" (start {day(each.start)})" if each.start and len(one.offerings) > 1 else ""
        return f"{each.seats} in all{start}" if each.seats is not None else ""

    return _each(one, words)


def _end(one: Told) -> str:
    return _each(
        one, lambda each: f"{day(each.end)}{f' (start {day(each.start)})' if each.start else ''}" if each.end else ""
    )


# --- the program itself ---
def _credits(one: Told) -> str:
    return listed(f"{credit.amount:g} {credit.unit or 'credits'}" for credit in one.program.credits)


def _level(one: Told) -> str:
    program = one.program
    eqf = f"EQF level {program.eqf}" if program.eqf else ""
    return f"{program.level} ({eqf})" if program.level and eqf else program.level or eqf


def _recognition(one: Told) -> str:
    parts = []
    for each in one.program.recognitions:
        by, purpose = each.by or "not stated by whom", each.purpose
        parts.append(f"{by}, as {purpose}" if purpose else by)
    return "; ".join(parts)


def _stacking(one: Told) -> str:
    program = one.program
    parts = [
        f"part of {listed(program.part_of)}" if program.part_of else "",
        f"leads to {listed(program.leads_to)}" if program.leads_to else "",
    ]
    return "; ".join(part for part in parts if part)


def _workload(one: Told) -> str:
    program = one.program
    week = f"{program.hours_per_week:g} hours a week" if program.hours_per_week is not None else ""
    whole = f"{program.hours:g} hours in all" if program.hours is not None else ""
    return ", ".join(part for part in (week, whole) if part)


def _content(one: Told) -> str:
    text = one.program.description
    short = text if len(text) <= DESCRIBED else " ".join(_whole_sentences(text))
    skills = f"Skills: {listed(one.program.skills)}." if one.program.skills else ""
    return " ".join(part for part in (short, skills) if part)


def _whole_sentences(text: str) -> list[str]:
    kept: list[str] = []
    for sentence in sentences(text):
        if kept and len(" ".join([*kept, sentence])) > DESCRIBED:
            break
        kept.append(sentence)
    return kept


def _entry(one: Told) -> str:
    stated = one.program.prerequisites
    return "nothing is required" if stated.strip(" .-").casefold() in NOTHING_REQUIRED else stated


def _application(one: Told) -> str:
    ahead = replace(
        one, offerings=tuple(each for each in one.offerings if each.deadline and each.deadline >= one.today)
    )
    deadline = f"by {_deadline(ahead)}" if ahead.offerings else ""
    link = f"on its page {one.program.url}" if one.program.url else ""
    contact = f"{'or ask' if link else 'by asking'} {one.program.contact}" if one.program.contact else ""
    return ", ".join(part for part in (link, contact, deadline) if part)


def _languages(one: Told) -> str:
    codes = dict.fromkeys(each.language for each in one.offerings if each.language) or dict.fromkeys(
        one.program.languages
    )
    return listed(map(language_name, codes), "or")


# For each fact: its label in a list, what is missing if it is not stated, and its words.
FACTS: dict[str, tuple[str, str, Callable[[Told], str]]] = {
    "price": ("Price", "no price", lambda one: price_words(prices_of(one))),
    "start": ("Starts", "no date to start", lambda one: _each(one, lambda each: when_words(each, one.today))),
    "deadline": ("Apply by", "no deadline to apply", _deadline),
    "end": ("Ends", "no end", _end),
    "place": ("Where", "no place", lambda one: _each(one, where_words)),
    "mode": (
        "How",
        "not whether it is online or in person",
        lambda one: _each(one, lambda each: MODES.get(each.mode, each.mode)),
    ),
    "schedule": (
        "Times",
        "no time of day or week",
        lambda one: _each(one, lambda each: SCHEDULES.get(each.schedule, each.schedule)),
    ),
    "language": ("Taught in", "no language of teaching", _languages),
    "length": ("Length", "no length", lambda one: one.program.duration),
    "workload": ("Workload", "no hours", _workload),
    "level": ("Level", "no level", _level),
    "credits": ("Credits", "no credits", _credits),
    "entry": ("To get in", "nothing about entry", _entry),
    "recognition": ("Recognised by", "nobody who recognises it", _recognition),
    "accreditation": (
        "Quality assurance",
        "nothing about quality assurance",
        lambda one: one.program.quality_assurance,
    ),
    "stacking": ("Leads on", "nothing that it is part of or leads to", _stacking),
    "seats": ("Places", "no number of places", _seats),
    "contact": ("Contact", "no contact", lambda one: one.program.contact or one.program.url),
    "application": ("Apply", "nothing about applying", _application),
    "link": ("Page", "no page of its own", lambda one: one.program.url),
    "provider": ("Offered by", "nobody who offers it", lambda one: one.program.provider),
    "content": ("About", "no description", _content),
    "subjects": ("Subjects", "no subjects", lambda one: listed(one.program.subjects)),
    "checked": (
        "Checked on",
        "no day on which it was checked",
        lambda one: day(one.program.checked_on) if one.program.checked_on else "",
    ),
}
ON_CARD = (
    *("start", "place", "schedule", "price", "length", "workload", "level", "credits", "language", "deadline"),
    "entry",
)
# The fact that states what a wish is met by, where lists do not show it: it is told, and not only met or missed.
FACT_OF_WISH = {"recognised_by": "recognition", "leads_to": "stacking", "entry": "entry"}
FACT_OF_WISH |= {"deadline_from": "deadline", "deadline_to": "deadline", "end_to": "end", "entry_without": "entry"}
# What programs are compared by: what matters most to people who choose comes first.
COMPARED = (
    *("price", "start", "place", "schedule", "length", "credits", "level", "entry", "language", "workload", "deadline"),
    *("recognition", "stacking"),
)


def words_of(one: Told, fact: str) -> str:
    """Return what the listing states of a fact, or "" if it states nothing."""
    return FACTS[fact][2](one)


def brief_words_of(one: Told, fact: str) -> str:
    """Return what a comparison tells of a fact: of dates and places only the first, and how many more there are."""
    words: dict[str, Callable[[Offering], str]] = {
        "start": lambda each: when_words(each, one.today),
        "place": town_words,
    }
    if fact in words:
        return _each(one, words[fact], 1)
    if fact == "deadline":
        return _each(one, lambda each: day(each.deadline) if each.deadline else "", 1)
    return words_of(one, fact)


def card(one: Told) -> Card:
    """Return a program's card, with a link to its page."""
    lines = [f"{FACTS[fact][0]}: {words}" for fact in ON_CARD if (words := words_of(one, fact))]
    kind = ", ".join(part for part in (lower_first(one.program.type), one.program.provider) if part)
    return Card(one.program.name, capital(kind), tuple(lines), one.program.url)


def checked_words(programs: Sequence[ProgramRecord]) -> str:
    """Return the sentence on when the listings were checked, "" if none says."""
    when = checked_when(one.checked_on for one in programs)
    return f"{when}." if when else ""


def sentence_about(program: ProgramRecord, words: Iterable[str]) -> str:
    """Return the sentences of a description that hold one of the words, or one that begins alike; "" if none does."""
    stems = [word.casefold()[: max(4, len(word) - 3)] for text in words for word in text.split() if len(word) > 2]
    found = [
        sentence
        for sentence in sentences(program.description)
        if any(word.casefold().startswith(stem) for stem in stems for word in sentence.split())
    ]
    return " ".join(found)


def called(one: Told, among: Sequence[Told]) -> str:
    """Return a program's name, with who offers it where another has the same name."""
    same = sum(each.program.name == one.program.name for each in among) > 1
    return f"{one.program.name}, {one.program.provider}" if same and one.program.provider else one.program.name
