"""Finds programs that a message does not find by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from core.translations import gettext as _
from own_programs.records import ProgramRecord
from own_programs.search.everyday import everyday_words
from own_programs.search.names import MOST_ITEMS, NameIndex
from own_programs.store.names import LONGEST, words_of

ASKED = "how much is {}?"
MOST_ASKED = 5_000  # names that are looked for; what more there is goes unchecked
Named = Mapping[str, Sequence[ProgramRecord]]


def unreachable(index: NameIndex, named: Named) -> Iterator[tuple[ProgramRecord, str]]:
    """Yield the programs that a question with their name, in small letters, does not find, and why; `named` are all by names.

    A name of two telling words is always found, so only the others are looked for.
    """
    doubtful = [(name, group) for name, group in named.items() if _is_doubtful(name, len(group))]
    for name, group in doubtful[:MOST_ASKED]:
        if not words_of(name):
            yield from ((program, _("its name has no letters or digits")) for program in group)
            continue
        as_stated = _found(index, group[0].name)
        # A single telling word is sought as a subject, so its program is found all the same.
        as_typed = as_stated if _telling(name) else _found(index, group[0].name.lower())
        for program in group:
            if program.key not in as_stated | as_typed:
                yield program, _why(len(group))
            elif program.key not in as_typed:
                text = _("is found only where its name is written with capitals, as it is made of everyday words")
                yield program, text


def _is_doubtful(name: str, how_many: int) -> bool:
    return _telling(name) < 2 or len(words_of(name)) > LONGEST or how_many > MOST_ITEMS


def _telling(name: str) -> int:
    return sum(word not in everyday_words().words for word in words_of(name))


def _found(index: NameIndex, name: str) -> set[str]:
    """Return the keys of the programs that a question with a name finds."""
    ids = [key for match in index.find(ASKED.format(name)) if match.kind == "program" for key in match.ids]
    return {program.key for program in index.records(ids)}


def _why(how_many: int) -> str:
    if how_many > MOST_ITEMS:
        told = {"many": f"{how_many:,}", "found": MOST_ITEMS}
        return _("%(many)s programs bear this name, and %(found)s of them are found by it") % told
    return _("a question with its name does not find it: give it a word that tells it apart")
