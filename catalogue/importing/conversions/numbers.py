"""Numbers with any decimal mark; which it is, the whole column decides."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from catalogue.importing.conversions.base import Finding, Unreadable, shown

# Digits, with marks or groups between: "1.200,50", "12 000", "1'200".
NUMBER = re.compile(r"\d+(?:[ \u00a0\u202f'’]\d{3}(?!\d))*(?:[.,]\d+)*")
_SPACES = str.maketrans("", "", " \u00a0\u202f'’")
_GROUPED = {mark: re.compile(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{2,3}})*{re.escape(mark)}\d{{3}}") for mark in ",."}
LARGEST = 1e9
HINT = "correct it, or name it under `empty:` in the mapping"


def decimal_mark(token: str) -> str:
    """Return the decimal mark that a number shows: "." or ",", "?" if it may be either, empty if it has none."""
    marks = [sign for sign in token if sign in ".,"]
    if not marks:
        return ""
    last, other = marks[-1], "," if marks[-1] == "." else "."
    if other in marks:
        return last
    if len(marks) > 1:
        return other
    head, tail = token.split(last)
    sure = len(tail) != 3 or len(head) > 3 or head.startswith("0")
    return last if sure else "?"


def find_decimal(values: Iterable[str]) -> Finding:
    """Return the decimal mark of a column, or the question if its values leave it open or contradict each other."""
    seen: dict[str, str] = {}
    for value in values:
        for token in NUMBER.findall(value):
            mark = decimal_mark(token)
            if mark and mark not in seen:
                seen[mark] = token
    if "." in seen and "," in seen:
        return Finding(question=f"it holds {seen['.']} and {seen[',']}, which need different decimal marks")
    for mark in (".", ","):
        if mark in seen:
            return Finding(mark, seen[mark])
    if "?" in seen:
        token = seen["?"]
        whole, part = readings(token)
        return Finding(example=token, question=f"{token} may be {whole} or {part}")
    return Finding()


def readings(token: str) -> tuple[str, str]:
    """Return what "1.200" is with its mark between thousands, and what with its mark before decimals: 1200, 1.2."""
    mark = "." if "." in token else ","
    return token.replace(mark, ""), f"{float(token.translate(_SPACES).replace(mark, '.')):g}"


def parsed(token: str, decimal: str) -> float:
    """Return a number as NUMBER finds it; raises Unreadable if it is none with this decimal mark."""
    plain = token.translate(_SPACES)
    group = "," if decimal == "." else "."
    whole, _, part = plain.partition(decimal)
    if group in part or decimal in part or group in whole and not _GROUPED[group].fullmatch(whole):
        raise Unreadable(
            f"{token} is no number with the decimal mark {decimal!r}", "correct it, or say which `decimal` it has"
        )
    number = float(f"{whole.replace(group, '')}.{part or '0'}")
    return checked(number)


def checked(number: float) -> float:
    """Return a number as it is kept, whole ones without a fraction; raises Unreadable if it is too large."""
    if not math.isfinite(number) or abs(number) > LARGEST:
        raise Unreadable("is too large a number", HINT)
    return number


def as_number(value: Any, decimal: str) -> float:
    """Return a cell as a number; raises Unreadable if it is none, or holds more than that."""
    if isinstance(value, bool):
        raise Unreadable("is no number", HINT)
    if isinstance(value, (int, float)):
        return checked(float(value)) if abs(value) <= LARGEST else checked(math.inf)
    text = str(value).strip()
    negative = text[:1] in ("-", "−")
    found = NUMBER.fullmatch(text[1:].strip() if negative else text)
    if not found or negative:
        raise Unreadable(f"{shown(value)} is no number", HINT)
    return parsed(found.group(), decimal)


def as_whole(value: Any, decimal: str) -> int:
    """Return a cell as a whole number; raises Unreadable if it is none."""
    number = as_number(value, decimal)
    if number != int(number):
        raise Unreadable(f"{shown(value)} is no whole number", HINT)
    return int(number)
