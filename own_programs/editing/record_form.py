"""A program as the fields of a form, and back: what is changed in a field is read as an import reads it.

A field that comes back as it was shown keeps its value, whatever that is: it may have come by an import that knew more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from core.translations import gettext as _
from core.translations import marked
from own_programs.formats import cells
from own_programs.importing.conversions import codes, dates, durations, money, numbers, texts
from own_programs.importing.conversions.base import Also, Reading, Unknown, Unreadable
from own_programs.records import MODES, SCHEDULES, Offering, ProgramRecord, Recognition

MOST_OFFERINGS = 400  # in one form; of a program that has more, a form holds the other facts alone
LONGEST_NAME = 300
NO_NAME = marked("There is no name.")
POINT = "."  # the decimal mark of numbers in a form
Read = Callable[[str], Any]
Write = Callable[[Any], str]


@dataclass(frozen=True)
class FormField:
    """A field: `kind` is "short", "long", "lines", "number", "date" or "choice"; `write` and `read` go there and back."""

    name: str
    title: str
    read: Read
    write: Write = str
    kind: str = "short"
    hint: str = ""
    choices: tuple[str, ...] = ()


def _lines(read: Read) -> Read:
    """Return what reads a text with one value a line."""
    return lambda text: tuple(dict.fromkeys(read(line) for line in text.splitlines() if line.strip()))


def _on_lines(write: Write) -> Write:
    return lambda values: "\n".join(write(each) for each in values)


def _price(text: str) -> Any:
    return money.as_price(text, POINT, money.Terms())


def _recognition(text: str) -> Recognition:
    by, __, purpose = text.partition("|")
    return Recognition(texts.clean(by)[: texts.SHORT], texts.clean(purpose)[: texts.SHORT])


def _number(text: str) -> float:
    return numbers.as_number(text, POINT)


def _day(text: str) -> date:
    return dates.as_date(text, Reading(), False)


def _one_of(choices: tuple[str, ...]) -> Read:
    def read(text: str) -> str:
        if text not in choices:
            raise Unreadable(f"it is one of {', '.join(choices)}")
        return text

    return read


def _url(text: str) -> str:
    return texts.as_url(text, "")


def _duration(text: str) -> Any:
    return durations.as_duration(text, POINT, {})


def _prices_field(hint: str) -> FormField:
    return FormField("prices", "Prices", _lines(_price), _on_lines(lambda one: cells.prices_text([one])), "lines", hint)


_TEXTS = (_lines(texts.as_text), _on_lines(str), "lines", "One a line.")
PROGRAM: tuple[FormField, ...] = (
    FormField("name", "Name", lambda text: texts.as_text(text, LONGEST_NAME)),
    FormField("type", "Type", texts.as_text),
    FormField("provider", "Offered by", texts.as_text),
    FormField("description", "Description", texts.from_html, kind="long"),
    FormField("subjects", "Subjects", *_TEXTS),
    FormField("skills", "Skills", *_TEXTS),
    FormField(
        "languages",
        "Languages",
        _lines(codes.as_language),
        _on_lines(str),
        "lines",
        "One a line, such as en or German.",
    ),
    FormField("level", "Level", lambda text: codes.as_level(text, "")),
    FormField("eqf", "EQF level", codes.as_eqf, cells.number_text, "number", "1 to 8."),
    FormField(
        "credits",
        "Credits",
        _lines(lambda text: codes.as_credit(text, POINT, "")),
        _on_lines(lambda one: cells.credits_text([one])),
        "lines",
        "One a line, such as 6 ECTS.",
    ),
    FormField("duration", "Length", _duration, hint="Such as 8 weeks; the advisor reads it."),
    FormField("hours", "Hours in all", _number, cells.number_text, "number"),
    FormField("hours_per_week", "Hours a week", _number, cells.number_text, "number"),
    _prices_field("One a line, such as 450 EUR home. For all offerings that have none of their own."),
    FormField("prerequisites", "Prerequisites", texts.as_text, kind="long"),
    FormField("quality_assurance", "Quality assurance", texts.as_text),
    FormField(
        "recognitions",
        "Recognised",
        _lines(_recognition),
        _on_lines(lambda one: f"{one.by} | {one.purpose}" if one.purpose else one.by),
        "lines",
        "One a line: by whom | for what.",
    ),
    FormField("part_of", "Part of", *_TEXTS),
    FormField("leads_to", "Leads to", *_TEXTS),
    FormField("contact", "Contact", texts.as_text),
    FormField("url", "Its page", _url),
    FormField("checked_on", "Last held against its page", _day, cells.day_text, "date"),
)
OFFERING: tuple[FormField, ...] = (
    FormField("start", "Starts", _day, cells.day_text, "date"),
    FormField("start_text", "Starts, if that is no date", texts.as_text),
    FormField("end", "Ends", _day, cells.day_text, "date"),
    FormField("deadline", "Apply by", _day, cells.day_text, "date"),
    FormField("mode", "How", _one_of(MODES), kind="choice", choices=MODES),
    FormField("schedule", "When", _one_of(SCHEDULES), kind="choice", choices=SCHEDULES),
    FormField("place", "City or town", texts.as_text),
    FormField("campus", "Building or site", texts.as_text),
    FormField("country", "Country", codes.as_country),
    FormField("language", "Language", codes.as_language, hint="Such as en or German."),
    FormField("seats", "Seats", lambda text: numbers.as_whole(text, POINT), cells.number_text, "number"),
    _prices_field("One a line, such as 450 EUR home."),
    FormField("url", "Its page", _url),
)
MOST_FIELDS = len(PROGRAM) + MOST_OFFERINGS * (len(OFFERING) + 1) + 10  # of a form; offerings may be ticked for removal
FIRST = ("name", "provider", "url")
FIRST_OF_OFFERING = ("mode", "place")
SECTIONS = {
    marked("What it is about"): ("description", "type", "subjects", "skills"),
    marked("Level and credits"): ("level", "eqf", "credits", "languages"),
    marked("Length"): ("duration", "hours", "hours_per_week"),
    marked("Price"): ("prices",),
    marked("Getting in, and what it counts for"): (
        "prerequisites",
        "quality_assurance",
        "recognitions",
        "part_of",
        "leads_to",
    ),
    marked("Contact and upkeep"): ("contact", "checked_on"),
}
"""A new program's form asks for FIRST, and how and where it is given, at once, for the rest by these sections."""
_NUMBERED = re.compile(r"offerings-(\d{1,4})-\w+")
_EMPTY = {field.name: field.default for field in (*fields(ProgramRecord), *fields(Offering))} | {"name": ""}
_LISTS = ("subjects", "skills", "languages", "credits", "prices", "recognitions", "part_of", "leads_to")


@dataclass(frozen=True)
class FormProblem:
    """What is wrong in a field, named as in the form: "name", "offerings-2-start"."""

    field: str
    text: str


def written(record: ProgramRecord | Offering, form: Iterable[FormField]) -> dict[str, str]:
    """Return what a form shows of a program or an offering, by field."""
    return {one.name: _written(one, getattr(record, one.name)) for one in form}


def read_form(sent: Mapping[str, str], shown: ProgramRecord) -> tuple[ProgramRecord, list[FormProblem]]:
    """Return the program that a form holds, `shown` as it was changed in it, and what is wrong; wrong fields stay as shown.

    An offering is named by its number among those of `shown`; higher numbers are new ones. A form that has no room for all
    offerings of `shown` leaves them as they are.
    """
    problems: list[FormProblem] = []
    stated = _read(sent, PROGRAM, shown, "", problems)
    if "duration" in stated:
        stated = {"weeks": None, **stated}
    made = replace(shown, **stated)
    if not made.name and not any(one.field == "name" for one in problems):
        problems.append(FormProblem("name", _(NO_NAME)))
    return replace(made, offerings=tuple(_offerings(sent, shown.offerings, problems))), problems


def _offerings(sent: Mapping[str, str], shown: tuple[Offering, ...], problems: list[FormProblem]) -> Iterator[Offering]:
    """Yield the offerings that a form holds; one of which nothing is left that the form shows is gone."""
    if len(shown) > MOST_OFFERINGS:
        yield from shown
        return
    for number in numbers_of_offerings(sent, len(shown)):
        before = shown[number] if number < len(shown) else Offering()
        prefix = f"offerings-{number}-"
        if sent.get(f"{prefix}remove") == "yes":
            continue
        offering = replace(before, **_read(sent, OFFERING, before, prefix, problems))
        if offering == before != Offering() or replace(offering, source_key="") != Offering():
            yield offering


def numbers_of_offerings(sent: Mapping[str, str], shown: int) -> list[int]:
    """Return the numbers of a form's offerings: the `shown` first ones, and those that were added in it."""
    named = {int(found[1]) for found in map(_NUMBERED.fullmatch, sent) if found}
    return sorted({*range(shown), *named})[: max(shown, MOST_OFFERINGS)]


def _read(
    sent: Mapping[str, str], form: Iterable[FormField], shown: Any, prefix: str, problems: list[FormProblem]
) -> dict[str, Any]:
    """Return the fields that are otherwise in a form than they were shown; what one states of other fields goes with it."""
    found: dict[str, Any] = {}
    also: dict[str, Any] = {}
    for one in form:
        text = sent.get(prefix + one.name)
        if text is None or _same(text, _written(one, getattr(shown, one.name))):
            continue
        try:
            value = _value(one, text.strip())
        except (Unreadable, Unknown) as error:
            problems.append(FormProblem(prefix + one.name, _told(error)))
            continue
        if isinstance(value, Also):
            if value.note:
                problems.append(FormProblem(prefix + one.name, _told(value.note)))
                continue
            also |= {name: each for name, each in value.fields.items() if name in _EMPTY}
            value = value.value
        found[one.name] = value
    return {**also, **found}


def _value(one: FormField, text: str) -> Any:
    """Return what a field's text states; nothing is the field's own empty value."""
    if not text:
        return () if one.name in _LISTS else _EMPTY[one.name]
    value = one.read(text)
    if isinstance(value, tuple) and any(isinstance(each, Also) for each in value):
        note = next((each.note for each in value if isinstance(each, Also) and each.note), None)
        return Also(tuple(each.value if isinstance(each, Also) else each for each in value), {}, note)
    return value


def _written(one: FormField, value: Any) -> str:
    return "" if value is None or value == "" or value == () else one.write(value)


def _same(text: str, shown: str) -> bool:
    return [line.strip() for line in text.strip().splitlines()] == [line.strip() for line in shown.strip().splitlines()]


def _told(error: Unreadable | Unknown) -> str:
    """Return a problem as a sentence; the remedies of an import speak of its mapping, so they are left out."""
    example = getattr(error, "example", "")
    text = f"{example} {error.reason}" if example and example not in error.reason else error.reason
    return f"{text[:1].upper()}{text[1:]}."
