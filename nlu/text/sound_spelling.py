"""Writes a word as it sounds, so that a name written by ear ("kanada", "sybersecurity") meets its spelling.

Only for names of the catalogue and words that no dictionary knows; two words with one code sound alike in most English accents.
"""

from __future__ import annotations

import re

# In order; what stands for one sound becomes one letter.
_SOUNDS = tuple(
    (re.compile(pattern), letter)
    for pattern, letter in (
        (r"(.)\1+", r"\1"),
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^(?:ps|sc(?=[eiy]))", "s"),
        (r"(?:tion|cion|sion|shun|shon)", "xn"),
        (r"(?:cial|tial|shal|sial)", "xl"),
        (r"(?:sh|sch|ch|ci(?=[ao])|ti(?=[ao]))", "x"),
        (r"ph|gh(?=t)|v", "f"),
        (r"gh", ""),
        (r"ck|c(?=[^eiy]|$)|q|k", "k"),
        (r"c", "s"),
        (r"dge|g(?=[eiy])|j", "j"),
        (r"z", "s"),
        (r"w|h", ""),
        (r"th", "t"),
    )
)
_VOWELS = re.compile(r"[aeiouy]+")
_DOUBLE = re.compile(r"(.)\1+")


def sound_of(word: str) -> str:
    """Return a word in small letters as a code of its consonants in order; a vowel at its beginning is an "a"."""
    for pattern, letter in _SOUNDS:
        word = pattern.sub(letter, word)
    starts = "a" if _VOWELS.match(word) else ""
    return starts + _VOWELS.sub("", _DOUBLE.sub(r"\1", word))
