"""Operators in the search field: `channel:telegram thumb:down since:7d visa` is three filters and a word, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from conversations.handoff.endings import WENT
from conversations.input_parsing import whole_number
from conversations.review.filters import ALL_BELOW, THUMBS, Filters, told_day

OPERATOR = re.compile(r'(?<!\S)(\w+):(?:"([^"]*)"|(\S+))')
# The filters by what people call them, as they are written into the field.
NAMES = {
    **{"channel": "channel", "site": "site", "guide": "guide", "page": "page", "status": "state", "intent": "intent"},
    **{"outcome": "outcome", "topic": "topic", "thumb": "feedback", "under": "confidence", "is": "mark", "tag": "tag"},
    **{"reviewer": "reviewer", "rated": "rated", "handed": "handed", "taken": "taken", "went": "went"},
    **{"since": "since", "until": "until"},
}
# Those whose values are taken as they are.
PLAIN = (
    *("channel", "site", "guide", "page", "status", "intent", "outcome", "tag"),
    *("reviewer", "rated", "handed", "taken"),
)
MARKS = ("flagged", "reviewed", "unreviewed")
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


def written(filters: Filters) -> str:
    """Return filters as they are typed into the search field: the operators, then the words."""
    return " ".join([*_operators(filters), *filters.words.split()])


def _operators(filters: Filters) -> Iterator[str]:
    for name, filter_name in NAMES.items():
        value = getattr(filters, filter_name)
        for each in filters.topics if name == "topic" else [value] if value else []:
            plain = each.replace('"', "")  # nothing can stand for a quotation mark between two
            yield f'{name}:"{plain}"' if re.search(r"\s", plain) or not plain else f"{name}:{plain}"


def _with_topics(found: Mapping[str, str], filters: Mapping[str, str]) -> dict[str, str]:
    """Return new filters, topics with those that were named before."""
    topics = [each for each in (found.get("topic", ""), filters.get("topic", "")) if each]
    return {**filters, **({"topic": ",".join(topics)} if topics else {})}


def _filter_of(name: str, value: str, find_topics: FindTopics) -> dict[str, str]:
    """Return the filter that an operator sets; nothing if it is none."""
    lower = value.lower()
    name = "thumb" if name == "thumbs" else name
    is_valid = {
        "thumb": lower in THUMBS,
        "is": lower in MARKS,
        "went": lower in WENT,
        "since": told_day(lower) is not None,
        "until": told_day(lower) is not None,
    }
    if name in PLAIN and value:
        return {NAMES[name]: value}
    if is_valid.get(name):
        return {NAMES[name]: lower}
    if name == "under" and whole_number(lower.removesuffix("%"), 100) is not None:
        return {"confidence": lower.removesuffix("%")}
    if name == "topic":
        keys = [value] if "/" in value else list(find_topics(value.removesuffix(ALL_BELOW)))
        return {"topic": ",".join(keys)} if keys else {}
    return {}
