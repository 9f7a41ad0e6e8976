"""Numbers and spans of time as the language in use writes them."""

from __future__ import annotations

from babel.numbers import format_decimal

from core.translations import ENGLISH, gettext, language, ngettext


def number(value: int) -> str:
    """Return a number with its groups of digits: '2,345', in German '2.345'."""
    return f"{value:,}" if language() == ENGLISH else str(format_decimal(value, locale=language()))


def decimal(value: float, digits: int = 1) -> str:
    """Return a number with this many digits after the point: '2.5', in German '2,5'."""
    text = f"{value:.{digits}f}"
    return text if language() == ENGLISH else str(format_decimal(text, f"0.{'0' * digits}", locale=language()))


def percent(share: float | None) -> str:
    """Return a share of 1 as '34 %', or "" for None."""
    return "" if share is None else f"{share * 100:.0f} %"


def count(many: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun: '1 message', '2,345 messages'. Where templates say so, the noun is translated."""
    plural = plural or singular + "s"
    if language() == ENGLISH:
        return f"{many:,} {singular if many == 1 else plural}"
    return ngettext(f"%(num)s {singular}", f"%(num)s {plural}", many) % {"num": number(many)}


def duration(ms: float | None) -> str:
    """Return milliseconds as '34 ms', '2.1 s' or '3 min', or "" for None."""
    if ms is None:
        return ""
    if ms < 1000:
        return f"{ms:.0f} ms"
    return f"{decimal(ms / 1000)} s" if ms < 60_000 else minutes(ms / 60_000)


def minutes(many: float) -> str:
    """Return minutes, rounded: '12 min'."""
    return gettext("%(num)s min") % {"num": f"{many:.0f}"}


def hours(many: float, digits: int = 0) -> str:
    """Return hours, rounded: '3 h', with digits '2.5 h'."""
    return gettext("%(num)s h") % {"num": decimal(many, digits) if digits else f"{many:.0f}"}
