"""Operators in the search field: `channel:telegram thumb:down since:7d visa` is three filters and a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from conversations.input_parsing import day, whole_number
from conversations.local_days import today
from conversations.review.filters import ALL_BELOW, THUMBS

OPERATOR = re.compile(r'(?<!\S)(\w+):(?:"([^"]*)"|(\S+))')
# The filters whose values are taken as they are, by what people call them.
PLAIN = {
    **{"channel": "channel", "site": "site", "page": "page", "status": "state", "intent": "intent"},
    **{"outcome": "outcome", "tag": "tag", "reviewer": "reviewer", "rated": "rated", "handed": "handed"},
}
MARKS = ("flagged", "reviewed", "unreviewed")
SPAN = re.compile(r"(\d{1,3})([dwmy])")
DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
SPOKEN_DAYS = {"today": 0, "yesterday": 1}
FindTopics = Callable[[str], Sequence[str]]  # the keys of the topics that a word names


def read_operators(words: str, find_topics: FindTopics) -> tuple[str, dict[str, str]]:
    """Return the words that are to be searched for, and the filters that operators among them set.

    What is no operator, or has a value that it cannot have, stays among the words.
    """
    found: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        name, value = match[1].lower(), match[2] if match[2] is not None else match[3]
        filters = _filter_of(name, value, find_topics)
        found.update(_with_topics(found, filters))
        return "" if filters else match[0]

    rest = OPERATOR.sub(take, words)
    return " ".join(rest.split()), found


def _with_topics(found: Mapping[str, str], filters: Mapping[str, str]) -> dict[str, str]:
    """Return new filters, topics with those that were named before."""
    topics = [each for each in (found.get("topic", ""), filters.get("topic", "")) if each]
    return {**filters, **({"topic": ",".join(topics)} if topics else {})}


def _filter_of(name: str, value: str, find_topics: FindTopics) -> dict[str, str]:
    """Return the filter that an operator sets; nothing if it is none."""
    lower = value.lower()
    if name in PLAIN and value:
        return {PLAIN[name]: value}
    if name in ("thumb", "thumbs") and lower in THUMBS:
        return {"feedback": lower}
    if name == "is" and lower in MARKS:
        return {"mark": lower}
    if name == "under" and whole_number(lower.removesuffix("%"), 100) is not None:
        return {"confidence": lower.removesuffix("%")}
    if name in ("since", "until") and (at := _day_of(lower, is_end=name == "until")):
        return {name: at}
    if name == "topic":
        keys = [value] if "/" in value else list(find_topics(value.removesuffix(ALL_BELOW)))
        return {"topic": ",".join(keys)} if keys else {}
    return {}


def _day_of(text: str, is_end: bool) -> str:
    """Return a day as filters have it: of `2026-11-25`, `today`, `yesterday`, or `7d`, the last seven days with today."""
    if day(text):
        return text
    if text in SPOKEN_DAYS:
        return (today() - timedelta(days=SPOKEN_DAYS[text])).isoformat()
    if found := SPAN.fullmatch(text):
        days = int(found[1]) * DAYS[found[2]]
        return (today() - timedelta(days=days if is_end else max(0, days - 1))).isoformat()
    return ""
