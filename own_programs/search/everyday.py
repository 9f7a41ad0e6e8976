"""Tells words of everyday messages from names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from core.translations import marked
from nlu.data_files import fixed_phrases, read_words
from own_programs.records import ProgramRecord


@dataclass(frozen=True)
class EverydayWords:
    """The lists of nlu/data/everyday_words.yml."""

    words: frozenset[str]
    towns: frozenset[str]
    bodies: frozenset[str]
    leads: frozenset[str]
    kinds: frozenset[str]
    programs: frozenset[str] = frozenset()  # words for what is sought, of nlu/data/search_words.yml
    phrases: frozenset[str] = frozenset()  # in which no word is a name, of nlu/data/fixed_phrases.yml


@cache
def everyday_words() -> EverydayWords:
    """Return the everyday words; the file is read once."""
    lists = read_words("everyday_words")
    words, towns, bodies, leads, kinds = (
        frozenset(lists[name].split()) for name in ("words", "towns", "bodies", "leads", "kinds")
    )
    sought = frozenset(read_words("search_words")["programs"].split())
    return EverydayWords(words, towns, bodies, leads, kinds, sought, frozenset(fixed_phrases()))


def everyday_names(program: ProgramRecord) -> Iterator[tuple[str, str]]:
    """Yield what a program is about, what it teaches, who offers it and where, as far as that is an everyday word ("no", "it").

    Each stands beside what it is, in English as `marked`.
    """
    named = [(marked("subject"), each) for each in program.subjects]
    named += [(marked("skill"), each) for each in program.skills] + [(marked("provider"), program.provider)]
    for one in program.offerings:
        named += [(marked("place"), one.place), (marked("campus"), one.campus), (marked("country"), one.country)]
    yield from dict.fromkeys((what, name) for what, name in named if name.casefold() in everyday_words().words)
