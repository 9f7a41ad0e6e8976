"""No message takes long to read, whatever a stranger puts into it: every pattern, and reading as a whole.

tests/front/test_patterns.py does the same for the rooms that need the front's packages.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu_component import UnderstandingComponent
from core.settings import PROJECT_ROOT, Settings
from nlu.extraction.amounts.dates import find_dates
from nlu.extraction.amounts.ordinals import pointed_at
from nlu.extraction.amounts.quantities import find_amounts
from tests.harness import PATTERNS_OF_ENGINE, PATTERNS_OF_FRONT, PATTERNS_OF_NOBODY
from training.evaluation.scoring import trained_reader

LONGEST = Settings.max_message_chars
# Of the processor: an idle machine takes 2 ms at most for a pattern, 10 for a reader of wishes and 100 for a whole message.
SECONDS, SECONDS_READER, SECONDS_WHOLE = 0.01, 0.05, 1.0
LINEAR = 3.0  # times as long at most for twice the text, where it takes long enough to be measured
MEASURABLE = 0.004
SIGNS = [" ", "\u00a0", "\t ", ".", ",", "?", "! ", "'", "-", "- ", "/", "(", "$", "@", "_", "é", "😀", "中", "a\u0301"]
NUMBERS = ["1", "1 ", "1.", "12-", "9,999", "9.9.", "'111", "$1", "$1 ", "1-1 ", "1 to ", "٣", "1a", "5 h "]
WORDS = [
    "a",
    "a ",
    "an ",
    "the ",
    "no ",
    "not ",
    "not in ",
    "and ",
    "ok ",
    "free ",
    "under ",
    "micro",
    "austrlia ",
    "xqzjw ",
]
OWN_WORDS = 12  # of a pattern, that it is tried on
STARTS = ["", "1", "no "]


@cache
def patterns() -> dict[str, re.Pattern]:
    """Every compiled pattern of the rooms' modules, by where it is."""
    found: dict[str, re.Pattern] = {}
    for room in PATTERNS_OF_ENGINE:
        package = importlib.import_module(room)
        parts = pkgutil.walk_packages(getattr(package, "__path__", []), f"{room}.")
        for module in (room, *(one.name for one in parts)):
            for name, value in vars(importlib.import_module(module)).items():
                found.update((f"{module}.{name}{within}", pattern) for within, pattern in _in(value))
    return found


def _in(value: object, within: str = "") -> Iterator[tuple[str, re.Pattern]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield within, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _in(one, f"{within}[{key}]")
    elif isinstance(value, (list, tuple)):
        for number, one in enumerate(value):
            yield from _in(one, f"{within}[{number}]")


def hostile(units: list[str], length: int = LONGEST) -> list[str]:
    """Texts of one unit again and again, begun in several ways and ended so that what nearly matched does not."""
    return [(start + unit * length)[: length - 1] + "x" for unit in units for start in STARTS]


def seconds(job: Callable[[str], object], text: str, enough: float = MEASURABLE) -> float:
    """Return the processor's seconds that a job takes, at best of five; what other programs take counts for none.

    It is not tried again once it took less than `enough`.
    """
    best = float("inf")
    for _ in range(5):
        began = time.thread_time()
        job(text)
        best = min(best, time.thread_time() - began)
        if best < enough:
            break
    return best


def slow(job: Callable[[str], object], units: list[str], limit: float) -> list[str]:
    """Return the texts for which a job takes longer than the limit, or more than twice the text's length would explain."""
    found = []
    for text in hostile(units):
        taken = seconds(job, text, limit)
        if taken > limit or taken > MEASURABLE and _grows(job, text):
            found.append(f"{text[:30]!r}...: {taken * 1000:.0f} ms")
    return found


def _grows(job: Callable[[str], object], text: str) -> bool:
    """Return whether twice the text takes more than LINEAR times as long, whenever it is measured: a busy machine may err."""
    return all(seconds(job, text) > LINEAR * seconds(job, text[: LONGEST // 2]) for _ in range(3))


@pytest.mark.parametrize("name", patterns())
def test_pattern_takes_no_time(name) -> None:
    pattern = patterns()[name]
    own = [f"{word} " for word in dict.fromkeys(re.findall(r"[a-z']{2,}", pattern.pattern))][:OWN_WORDS]

    def job(text: str) -> None:
        for _ in pattern.finditer(text):
            pass
        pattern.match(text)

    assert slow(job, [*SIGNS, *NUMBERS, *WORDS, *own], SECONDS) == []


@pytest.mark.parametrize(
    "job",
    [
        pytest.param(lambda text: find_amounts(text, date(2026, 11, 29)), id="amounts"),
        pytest.param(lambda text: list(find_dates(text, date(2026, 11, 29))), id="dates"),
        pytest.param(pointed_at, id="ordinals"),
    ],
)
def test_reader_of_wishes_takes_no_time(job) -> None:
    dated = [
        "may ",
        "2027 ",
        "in 2027 ",
        "5 may ",
        "cheap than ",
        "first ",
        "any field ",
        "fee 1",
        "budget 1 ",
        "10 weeks ",
    ]
    assert slow(job, [*SIGNS, *NUMBERS, *WORDS, *dated], SECONDS_READER) == []


def test_whole_message_is_read_in_time() -> None:
    component = UnderstandingComponent(UnderstandingComponent.get_default_config(), None, None, trained_reader())
    sentences = [
        "do i need a visa? and how much? ",
        "data analitycs, ",
        "certificate or diploma? ",
        "http://a.",
        "thanks. ",
    ]

    def read(text: str) -> None:
        component.process([Message({"text": text})])

    read("what are micro-credentials")  # what is loaded at the first message counts for none
    texts = hostile([*SIGNS, *NUMBERS, *WORDS, *sentences])[:: len(STARTS)]
    assert [text[:30] for text in texts if seconds(read, text, SECONDS_WHOLE) > SECONDS_WHOLE] == []


def test_patterns_of_every_room_are_tried() -> None:
    """A file that compiles a pattern stands in a room of which one of the two tests tries all."""
    tried = tuple(f"{room}." for room in (*PATTERNS_OF_ENGINE, *PATTERNS_OF_FRONT, *PATTERNS_OF_NOBODY))
    rooms = [room for room in PROJECT_ROOT.iterdir() if (room / "__init__.py").exists() and room.name != "tests"]
    files = [file for room in rooms for file in room.rglob("*.py") if "re.compile(" in file.read_text(encoding="utf-8")]
    modules = sorted(".".join(file.relative_to(PROJECT_ROOT).with_suffix("").parts) for file in files)
    assert len(modules) > 50 and [module for module in modules if not f"{module}.".startswith(tried)] == []


def test_planted_slow_pattern_is_found() -> None:
    assert slow(re.compile(r"\s+first").search, ["\u00a0"], SECONDS)


# --- numbers that are too large, or none ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "number", ["9" * 309, "9" * 400, "1" * 1900, "9,999" * 200, "1.2.3", "5,,5", "1..2", "0" * 400, "٣" * 400, "9" * 10]
)
@pytest.mark.parametrize(
    "asked",
    [
        "programs under ${}",
        "programs under {} euros",
        "my budget is {}",
        "at most {}",
        "{} hours a week",
        "done in {} weeks",
        "courses that take {} months or less",
        "from may {}",
        "starting {}",
        "the number {}",
        "under {} lakh rupees",
    ],
)
def test_impossible_number_is_no_wish(asked, number) -> None:
    found = find_amounts(asked.format(number), date(2026, 11, 29))
    assert all(len(each.value) < 25 and "inf" not in each.value for each in found)
    assert pointed_at(asked.format(number)) == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [("under $1,500", "1500 USD"), ("under 999999999 euros", "999999999 EUR"), ("max 2.5k gbp", "2500 GBP")],
)
def test_possible_number_is_a_wish(text, value) -> None:
    assert [each.value for each in find_amounts(text, date(2026, 11, 29)) if each.kind == "max_price"] == [value]
