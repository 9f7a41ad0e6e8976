"""Every pattern of the front that meets what visitors write takes time that grows with a text's length, and no faster."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator

import pytest

from channels.markdown import lines_of, plain_text
from channels.slack import rendering as slack
from channels.telegram import rendering as telegram
from console.web.message_html import as_html
from conversations.db.schema import now
from conversations.db.search_tokens import terms_of, tokenize
from conversations.models import ADVISOR, Message
from conversations.pii import mask
from conversations.pipeline.by_model.told_persons import cover, told_in
from conversations.review.export import spreadsheet_safe
from conversations.review.search import snippet
from tests.harness import PATTERNS_OF_FRONT

LONGEST = 4000  # characters: twice what is read, and the most that staff write
# Seconds of the processor for a pattern and for a reading; growth when the text doubles; below which nothing is told.
MOST_SECONDS, MOST_READING, MOST_GROWTH, LEAST = 0.02, 0.5, 3.0, 0.002
# Of which long texts are made: they repeat what the patterns begin with, and never let them end.
UNITS = [
    *("a", "1", " ", "\u00a0", "\n", "\t", "-", "*", "_", "`", "[", "(", "@", "<", "+", "0.", "a.", "1-", "1 ", "(1", "]("),
    *("a@", "@a", "a@b.", "*a ", "**a", "a**", "_a_", "*_", "[a](", "[a](http://x", "http://", "<@U", "<a|", "passport a"),
    *("id ", "12 a street ", "calle a 1 ", "my name is A", "my boss A ", "hi, I'm A ", "thanks A ", "live at 1 a "),
    *("born ", "12.03.1998 ", "1 jan ", "jan", "AB12", "AB12 ", "AB12ABCD ", "A12", "+1", "+1 ", "4111 "),
    *("ref number ", "tel ", "budget ", ";= ", "; ", "#", "- ", "1. ", "\\"),
    *("\u5fae", "\u0e01\u0e31", "\u0301", "\U0001f393", "\uff11"),
]  # fmt: skip
SETTINGS = {"channels.telegram.api.client.TOKEN"}  # read what admins set
BEGINNINGS, ENDS = ["", "?", "@", "https://", "x"], ["", "!", "x", "@b", "**", "\u00a0x"]


def test_every_pattern_is_linear() -> None:
    found = dict(_patterns())
    assert len(found) > 90
    slow = {
        name: trouble for name, one in found.items() if (trouble := _trouble(lambda text, one=one: _all(one, text)))
    }
    assert slow == {}


def _message(text: str) -> Message:
    return Message(7, "c", "web", ADVISOR, text, now(), "said", outcome="answered")


READINGS: dict[str, Callable[[str], object]] = {
    "mask": mask,
    "persons": lambda text: cover(text, told_in([text])),
    "markup": lines_of,
    "plain text": plain_text,
    "Telegram": lambda text: telegram.render(_message(text)),
    "Slack": lambda text: slack.render(_message(text)),
    "console": as_html,
    "words": tokenize,
    "terms": terms_of,
    "snippet": lambda text: snippet(text, text[:200]),
    "cells": spreadsheet_safe,
}


@pytest.mark.parametrize("name", READINGS)
def test_every_reading_is_linear(name) -> None:
    assert _trouble(READINGS[name], most=MOST_READING) == ""


def _patterns() -> Iterator[tuple[str, re.Pattern]]:
    """Every compiled pattern of the front's rooms, by module and name."""
    for room in PATTERNS_OF_FRONT:
        for found in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            if ".migrations" in found.name:
                continue
            for name, value in vars(importlib.import_module(found.name)).items():
                place = f"{found.name}.{name}"
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str) and place not in SETTINGS:
                    yield place, value


def _all(pattern: re.Pattern, text: str) -> None:
    """As they are used: at every place, from the beginning, and as a whole."""
    for _ in pattern.finditer(text):
        pass
    pattern.fullmatch(text)


def _trouble(job: Callable[[str], object], most: float = MOST_SECONDS) -> str:
    """Return a text on which a job takes too long, or grows too fast with its length, or ""."""
    for unit in UNITS:
        for beginning, end in zip(BEGINNINGS, ENDS, strict=False):
            if trouble := _grows(job, beginning, unit, end, most):
                return trouble
    return ""


def _grows(job: Callable[[str], object], beginning: str, unit: str, end: str, most: float) -> str:
    texts = [beginning + (unit * length)[:length] + end for length in (LONGEST // 2, LONGEST)]
    for _ in range(3):  # another process may have had the processor
        whole = _seconds(job, texts[1], LEAST)
        if whole < LEAST:
            return ""
        half = _seconds(job, texts[0])
        if whole < most and whole < MOST_GROWTH * half:
            return ""
    return f"{beginning!r} {unit!r} {end!r}: {half * 1000:.1f} ms, then {whole * 1000:.1f} ms"


def _seconds(job: Callable[[str], object], text: str, enough: float = 0) -> float:
    """Processor time of this thread, the least of two runs, or one below `enough`: what others do is not counted."""
    least = float("inf")
    for _ in range(2):
        start = time.thread_time()
        job(text)
        least = min(least, time.thread_time() - start)
        if least < enough:
            break
    return least
