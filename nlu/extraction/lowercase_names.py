"""Tells whether a short word in small letters is a name that is written in capitals: "the us", "jobs in it", "pm courses".

The words around it decide, from nlu/data/small_letters.yml; "tell us" and "is it good" name nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

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
