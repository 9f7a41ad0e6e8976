"""Says which words can be nobody's name: names are found wherever they stand, from the moment in which they are published."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from knowledge.building.load import Collection
from knowledge.building.text_normalisation import name_form
from nlu.data_files import read_words

MANY = 25  # phrasings from which on a word can be no name, even if an editor wants it to be
WORD = re.compile(r"[^\W_]+")


def common_words(collection: Collection, least: int) -> frozenset[str]:
    """Return the words that stand in `least` phrasings or more."""
    asked = (text for row in collection.of("topic") + collection.of("subject") for text in row.list("ask"))
    counted = Counter(word for text in asked for word in set(WORD.findall(name_form(text))))
    return frozenset(word for word, times in counted.items() if times >= least)


def everyday_aliases(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, collection: Collection
) -> list[tuple[int, str]]:
    """Return those other names that an entry gets and that are words of everyday messages, with their places in the list."""
    known = {name_form(str(name)) for name in (before or {}).get("aliases") or ()}
    new = [
        (at, str(name))
        for at, name in enumerate((after or {}).get("aliases") or ())
        if name_form(str(name)) not in known
    ]
    if not new:
        return []
    everyday = {*read_words("everyday_words")["words"].split(), *common_words(collection, MANY)}
    return [(at, name) for at, name in new if name_form(name) in everyday]
