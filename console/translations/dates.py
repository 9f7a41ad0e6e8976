"""Dates and the time since something, as the language in use says them. Days are those of the office's clock."""

from __future__ import annotations

from datetime import date, datetime, timezone

from babel.dates import format_date, format_skeleton, get_day_names

from console.translations.numbers import hours, minutes
from conversations.local_days import local
from core.translations import ENGLISH, gettext, language, ngettext

MINUTE, HOUR, DAY = 60, 3600, 86400
# How each form is written: in English by strftime, which is fast, in others by CLDR's format or skeleton of that name.
FORMS = {
    "day": ("%-d %B %Y", "long"),
    "short day": ("%-d %b %Y", "yMMMd"),
    "day of year": ("%-d %b", "MMMd"),
    "long day": ("%A, %-d %B %Y", "full"),
}


def ago(at: datetime) -> str:
    """Return the time since `at`: 'just now', '12 min ago', '3 h ago', 'yesterday', '5 days ago', then the date."""
    seconds = (_now() - at).total_seconds()
    if seconds < MINUTE:
        return gettext("just now")
    if seconds < HOUR:
        return gettext("%(num)d min ago") % {"num": seconds // MINUTE}
    if seconds < DAY:
        return gettext("%(num)d h ago") % {"num": seconds // HOUR}
    if seconds < 2 * DAY:
        return gettext("yesterday")
    if seconds < 14 * DAY:
        return gettext("%(num)d days ago") % {"num": seconds // DAY}
    return short_day(local(at))


def brief(at: datetime) -> str:
    """Return the time since `at` in a few letters: 'now', '12 min', '3 h', '5 d', then the date."""
    seconds = (_now() - at).total_seconds()
    if seconds < MINUTE:
        return gettext("now")
    if seconds < HOUR:
        return minutes(seconds // MINUTE)
    if seconds < DAY:
        return hours(seconds // HOUR)
    if seconds < 14 * DAY:
        return gettext("%(num)d d") % {"num": seconds // DAY}
    return day_of_year(local(at)) if at.year == _now().year else short_day(local(at))


def lasting(since: datetime) -> str:
    """Return how long something has lasted, after the word for: 'a moment', '12 min', '3 h', '5 days'."""
    seconds = (_now() - since).total_seconds()
    if seconds < MINUTE:
        return gettext("a moment")
    if seconds < HOUR:
        return minutes(seconds // MINUTE)
    if seconds < 2 * DAY:
        return hours(seconds // HOUR)
    days = int(seconds // DAY)
    return ngettext("%(num)d day", "%(num)d days", days) % {"num": days}


def day(at: date) -> str:
    """Return a day: '3 November 2026'."""
    return _written(at, "day")


def short_day(at: date) -> str:
    """Return a day with a short month: '3 Nov 2026'."""
    return _written(at, "short day")


def day_of_year(at: date) -> str:
    """Return a day without its year: '3 Nov'."""
    return _written(at, "day of year")


def long_day(at: date) -> str:
    """Return a day with its weekday: 'Tuesday, 3 November 2026'."""
    return _written(at, "long day")


def minute(at: datetime) -> str:
    """Return a day and the time in its zone: '3 November 2026, 14:05 CET'."""
    return f"{day(at)}, {at:%H:%M %Z}"


def soon(at: datetime) -> str:
    """Return a day of these weeks and the time: '3 Nov, 14:05'."""
    return f"{day_of_year(at)}, {at:%H:%M}"


def moment(at: datetime) -> str:
    """Return date and time to the second, by the office's clock, with its zone."""
    clock = local(at)
    return f"{day(clock)}, {clock:%H:%M:%S %Z}"


def weekday(index: int) -> str:
    """Return the name of a weekday, from 0 for Monday."""
    return str(get_day_names("wide", context="stand-alone", locale=language())[index])


def _written(at: date, form: str) -> str:
    plain, name = FORMS[form]
    if language() == ENGLISH:
        return at.strftime(plain)
    if name in ("long", "full"):
        return str(format_date(date(at.year, at.month, at.day), name, locale=language()))
    midday = datetime(at.year, at.month, at.day, 12)  # which is on the same day in every zone
    return str(format_skeleton(name, midday, locale=language()))


def _now() -> datetime:
    return datetime.now(timezone.utc)
