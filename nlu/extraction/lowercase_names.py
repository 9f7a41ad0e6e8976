"""Tells whether a short word in small letters is a name that is written in capitals: "the us", "jobs in it", "pm courses".

The words around it decide, from nlu/data/small_letters.yml; "tell us" and "is it good" name nothing. Names that are everyday
words ("no" of Norway) count by the same words, or in capitals inside a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from nlu.data_files import read_words

_TABLE = {about: words.split(", ") for about, words in read_words("small_letters").items()}
_ALWAYS = set(_TABLE["always"])
_AFTER = {
    about.removeprefix("after "): {tuple(one.split()) for one in words}
    for about, words in _TABLE.items()
    if about.startswith("after ")
}
_BEFORE = {about.removeprefix("before "): words for about, words in _TABLE.items() if about.startswith("before ")}
_LONGEST = max(len(words) for several in _AFTER.values() for words in several)

SHORTEST_PLAIN = 4  # letters from which a field, an industry or a kind may be an everyday word ("teacher")
OF_THINGS = ("field", "industry", "type", "mode")  # kinds whose names are words rather than names
_ENDS = frozenset(".!?:;")  # after which a capital tells nothing


@cache
def _everyday() -> frozenset[str]:
    return frozenset(read_words("everyday_words")["words"].split())


def needs_context(name: str, kind: str) -> bool:
    """Return whether a name, or another name of an entry, is an everyday word in small letters, which alone names nothing."""
    if not name.islower() or name not in _everyday():
        return False
    return kind not in OF_THINGS or len(name) < SHORTEST_PLAIN and kind != "mode"


def stands_out(words: Sequence[str], at: int) -> bool:
    """Return whether a word is written with a capital inside a sentence that is not all in capitals."""
    if not words[at][:1].isupper() or not at or words[at - 1] in _ENDS:
        return False
    others = [word for position, word in enumerate(words) if position != at and len(word) > 1 and word.isalpha()]
    further = others[1:]  # the first has a capital anyway
    return 2 * sum(word[0].isupper() for word in further) <= len(further)


def is_name(words: Sequence[str], at: int, kind: str) -> bool:
    """Return whether the word at a position, in small letters, is a name of the kind; `words` are in small letters."""
    if after_number(words, at):
        return False
    if words[at] in _ALWAYS:
        return True
    before = (tuple(words[max(0, at - count) : at]) for count in range(1, _LONGEST + 1))
    if any(words in _AFTER.get(kind, ()) for words in before):
        return True
    return at + 1 < len(words) and words[at + 1] in _BEFORE.get(kind, ())


def after_number(words: Sequence[str], at: int) -> bool:
    """Return whether a word stands after a number, as in "5 pm"."""
    return at > 0 and words[at - 1][-1:].isdigit()
