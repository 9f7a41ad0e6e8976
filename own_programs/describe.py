"""What a program states, in words for a page: each fact with its title, and each offering."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from core.translations import Names
from core.translations import gettext as _
from own_programs.records import Offering, Price, ProgramRecord

MODES = Names({"online": "Online", "in-person": "In person", "hybrid": "Hybrid"})
SCHEDULES = Names(
    {"daytime": "daytime", "evening": "evenings", "weekend": "weekends", "self-paced": "at your own pace"}
)
# English names of languages by their BCP 47 tags: all that an import knows by name. Others are shown as their tags.
LANGUAGES = {
    **{"af": "Afrikaans", "ar": "Arabic", "bg": "Bulgarian", "bn": "Bangla", "bs": "Bosnian", "ca": "Catalan"},
    **{
        "cs": "Czech",
        "cy": "Welsh",
        "da": "Danish",
        "de": "German",
        "el": "Greek",
        "fa": "Persian",
        "id": "Indonesian",
    },
    **{"mr": "Marathi", "ms": "Malay", "nn": "Norwegian Nynorsk", "sw": "Swahili", "ta": "Tamil", "te": "Telugu"},
    **{"th": "Thai", "tl": "Tagalog", "ur": "Urdu"},
    **{"en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fi": "Finnish", "fr": "French"},
    **{"ga": "Irish", "gl": "Galician", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian"},
    **{"is": "Icelandic", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian"},
    **{"mt": "Maltese", "nb": "Norwegian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese"},
    **{"ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish"},
    **{"tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese"},
}
MONTHS = Names(
    {
        **{1: "Jan", 2: "Feb", 3: "Mar", 4: "Apr", 5: "May", 6: "Jun"},
        **{7: "Jul", 8: "Aug", 9: "Sep", 10: "Oct", 11: "Nov", 12: "Dec"},
    }
)
# Titles of an offering's parts, in the order in which a table has them.
PARTS = Names(
    {
        "start": "Starts",
        "end": "Ends",
        "deadline": "Apply by",
        "how": "How",
        "where": "Where",
        "language": "Language",
        "seats": "Seats",
        "price": "Price",
    }
)


@dataclass(frozen=True)
class OfferingWords:
    """An offering in words; what it does not state is empty. `is_over` says that nobody can begin any more."""

    start: str
    end: str
    deadline: str
    how: str
    where: str
    language: str
    seats: str
    price: str
    url: str
    is_over: bool


def facts(program: ProgramRecord) -> list[tuple[str, str]]:
    """Return the title and text of each fact that a program states, without name, description, offerings and page."""
    return [(title, text) for title, text in _facts(program) if text]


def offerings(program: ProgramRecord, today: date) -> list[OfferingWords]:
    """Return the offerings of a program in words, those to come first, each part in the order of their starts."""
    words = [(one.is_over(today), one.start or date.max, _offering(one, today)) for one in program.offerings]
    return [each for _, _, each in sorted(words, key=lambda one: one[:2])]


def parts_stated(offerings: Iterable[OfferingWords]) -> list[tuple[str, str]]:
    """Return the name and title of each part that any of the offerings states, the start always."""
    stated = list(offerings)
    return [(name, PARTS[name]) for name in PARTS if name == "start" or any(getattr(one, name) for one in stated)]


def language(tag: str) -> str:
    """Return a language's English name by its tag; the tag itself if it is not known."""
    return LANGUAGES.get(tag.lower(), LANGUAGES.get(tag.lower().partition("-")[0], tag))


def summary(program: ProgramRecord, today: date) -> list[str]:
    """Return the few facts that stand beside a program's name in a list."""
    coming = [one for one in program.offerings if not one.is_over(today)]
    start = min((one.start for one in coming if one.start), default=None)
    modes = dict.fromkeys(MODES.get(one.mode, one.mode) for one in coming)
    places = dict.fromkeys(one.place for one in coming if one.place)
    parts = (
        program.type,
        program.provider,
        ", ".join(places),
        ", ".join(filter(None, modes)),
        _("from %(day)s") % {"day": day(start)} if start else "",
        prices(_all_prices(program)[:1]),
    )
    return [part for part in parts if part]


def day(value: date | None) -> str:
    """Return a day as "3 Feb 2027"; nothing if it is not stated."""
    if not value:
        return ""
    return _("%(day)d %(month)s %(year)d") % {"day": value.day, "month": MONTHS[value.month], "year": value.year}


def prices(stated: Iterable[Price]) -> str:
    """Return prices as "450 EUR (home), 900 EUR (international)"."""
    return ", ".join(f"{_amount(price)}{f' ({price.category})' if price.category else ''}" for price in stated)


def _facts(program: ProgramRecord) -> Iterator[tuple[str, str]]:
    yield _("Type"), program.type
    yield _("Offered by"), program.provider
    yield _("Subjects"), ", ".join(program.subjects)
    yield _("Skills"), ", ".join(program.skills)
    yield (
        _("Level"),
        ", ".join(
            filter(None, (program.level, _("EQF level %(level)s") % {"level": program.eqf} if program.eqf else ""))
        ),
    )
    yield _("Credits"), ", ".join(f"{_number(each.amount)} {each.unit or _('credits')}" for each in program.credits)
    yield (
        _("Length"),
        program.duration or (_("%(num)s weeks") % {"num": _number(program.weeks)} if program.weeks else ""),
    )
    yield _("Workload"), _workload(program)
    yield _("Price"), prices(program.prices)
    yield _("Languages"), ", ".join(map(language, program.languages))
    yield _("Prerequisites"), program.prerequisites
    yield _("Recognised"), "; ".join(_recognition(each.by, each.purpose) for each in program.recognitions)
    yield _("Part of"), ", ".join(program.part_of)
    yield _("Leads to"), ", ".join(program.leads_to)
    yield _("Quality assurance"), program.quality_assurance
    yield _("Contact"), program.contact
    yield _("Checked on"), day(program.checked_on)


def _workload(program: ProgramRecord) -> str:
    whole = _("%(num)s hours") % {"num": _number(program.hours)} if program.hours else ""
    weekly = _("%(num)s hours a week") % {"num": _number(program.hours_per_week)} if program.hours_per_week else ""
    return ", ".join(filter(None, (whole, weekly)))


def _recognition(by: str, purpose: str) -> str:
    if not by:
        return _("for %(purpose)s") % {"purpose": purpose}
    return _("by %(by)s for %(purpose)s") % {"by": by, "purpose": purpose} if purpose else _("by %(by)s") % {"by": by}


def _offering(one: Offering, today: date) -> OfferingWords:
    schedule, mode = SCHEDULES.get(one.schedule, one.schedule), MODES.get(one.mode, one.mode)
    how = ", ".join(filter(None, (mode, schedule)))
    return OfferingWords(
        start=day(one.start) or one.start_text,
        end=day(one.end),
        deadline=day(one.deadline),
        how=how[:1].upper() + how[1:],
        where=", ".join(filter(None, (one.campus, one.place, one.country))),
        language=language(one.language) if one.language else "",
        seats="" if one.seats is None else f"{one.seats:,}",
        price=prices(one.prices),
        url=one.url,
        is_over=one.is_over(today),
    )


def _all_prices(program: ProgramRecord) -> list[Price]:
    return [*program.prices, *(price for one in program.offerings for price in one.prices)]


def _amount(price: Price) -> str:
    return _("free") if price.amount == 0 else f"{_number(price.amount)} {price.currency}".strip()


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")
