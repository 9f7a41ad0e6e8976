"""Tells the language of messages that understanding does not know.

Letters tell it where they are no Latin ones (nlu/data/scripts.yml); else the frequent words of each language do
(nlu/data/frequent_words.yml). Detectors by statistics of letters say little of three words without accents, and take English
with slips for anything: docs/language-model.md has the figures.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

from nlu.data_files import read_tables, read_words
from nlu.text.code_mixing import is_code_mixed
from nlu.text.folding import folded

# Entries of frequent_words.yml that are no other language.
ENGLISH, ALSO_ENGLISH, MIXED, PARTICLES, LOANS = "en", "also_english", "mixed", "particles", "loans"
NO_OTHER = (ENGLISH, ALSO_ENGLISH, MIXED, PARTICLES)
MIN_WORDS = 2  # in Latin letters; a single word says too little
# Words that a language has and English has not, from which a message is in it, and their share of all words.
ENOUGH, SHARE = 2, 0.3
OUTWEIGH = 2  # how many of them outweigh one of English
LEAST_LETTERS = 2  # of another script; a lone one is a sign ("µ")
JAPANESE_ALONE = ("HIRAGANA", "KATAKANA")  # scripts that stand among Chinese letters
IsWord = Callable[[str], bool]
_COMPOUND = re.compile(r"\b[^\W\d_]{2,}(?:-[^\W\d_]{2,})+")
_WORD = re.compile(r"[^\W\d_]{2,}")


def foreign_language(text: str, is_english: IsWord, names: Iterable[tuple[int, int]] = ()) -> str | None:
    """Return the ISO 639-1 code of the text's language, or None if it is English or not certain.

    `is_english` tells of a word in small letters whether English has it, be it as a name; it decides where a single word tells.
    `names` are the places of names in the text, which are of no language.
    """
    is_short = len(_WORD.findall(text)) < MIN_WORDS
    text = _COMPOUND.sub(_blank_if_english, text)
    for start, end in names:
        text = text[:start] + " " * (end - start) + text[end:]
    words = set(_WORD.findall(_loans().sub(" ", folded(text))))
    if code := _by_script(text, words):
        in_script = sum(not word.isascii() for word in text.split())
        return code if len(words & _like_english()) <= in_script else None
    return None if is_short or is_code_mixed(text) else _by_words(words, is_english)


def may_be_foreign(text: str) -> bool:
    """Return whether a text may be in another language than English, also one that is not told here."""
    words = _WORD.findall(folded(text))
    is_too_short = text.isascii() and len(text.split()) < MIN_WORDS
    return not (is_too_short or is_code_mixed(text) or any(word in _only_english() for word in words))


def _blank_if_english(compound: re.Match[str]) -> str:
    """Return blanks for a compound of English words, "well-known", as other languages take these over as they are."""
    is_english = _like_english().issuperset(folded(compound[0]).split("-"))
    return " " * len(compound[0]) if is_english else compound[0]


def _by_words(words: set[str], is_english: IsWord) -> str | None:
    """Return the language of which there are enough frequent words, and clearly more than of English."""
    english, particles = _like_english(), _words_of()[PARTICLES]
    found = Counter(code for word in words - english for code in _languages_of().get(word, ()))
    if not found:
        return None
    best, number = found.most_common(1)[0]
    own = _words_of()[best]
    if not words & own - english - particles:
        return None
    of_english = len(words & english - own)
    is_clear = number >= ENOUGH and number >= SHARE * len(words) and number >= OUTWEIGH * of_english
    is_alone = not of_english and not any(is_english(word) for word in words - own - particles)
    return best if is_clear or is_alone else None


def _by_script(text: str, words: set[str]) -> str | None:
    """Return the language that the letters tell, None for Latin ones."""
    if text.isascii():
        return None
    letters = text.lower()
    found = Counter(
        unicodedata.name(char, "").split(" ")[0] for char in letters if char.isalpha() and not char.isascii()
    )
    of_scripts = [each for each, number in found.most_common() if each in _scripts() and number >= LEAST_LETTERS]
    if not of_scripts:
        return None
    script = next((each for each in JAPANESE_ALONE if each in of_scripts), of_scripts[0])
    codes = _scripts()[script]
    if told := [code for code, own in codes.items() if any(each in letters for each in own)]:
        return told[0]
    # Of those that no letter and no word tells apart, the last is the most likely one.
    return max(reversed(codes), key=lambda code: len(words & _words_of().get(code, frozenset())))


@cache
def _words_of() -> dict[str, frozenset[str]]:
    """Return the frequent words by language, folded, and the particles."""
    listed = read_words("frequent_words").items()
    return {code: frozenset(folded(words).split()) for code, words in listed if code != LOANS}


@cache
def _languages_of() -> dict[str, tuple[str, ...]]:
    """Return by each frequent word the languages other than English that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for code, words in _words_of().items():
        for word in words if code not in NO_OTHER else ():
            found[word] = (*found.get(word, ()), code)
    return found


@cache
def _like_english() -> frozenset[str]:
    """Return the words that people use who write English, and a few Hindi, Tagalog and Pidgin ones that they mix in."""
    return _words_of()[ENGLISH] | _words_of()[ALSO_ENGLISH] | _words_of()[MIXED]


@cache
def _only_english() -> frozenset[str]:
    """Return the small words of English that no other language here has; "was" and "in" are German, too, "do" Portuguese."""
    return frozenset(word for word in _words_of()[ENGLISH] if word not in _languages_of())


@cache
def _loans() -> re.Pattern[str]:
    phrases = read_words("frequent_words")[LOANS].split(";")
    return re.compile("|".join(rf"\b{re.escape(phrase.strip())}\b" for phrase in phrases))


@cache
def _scripts() -> dict[str, dict[str, list[str]]]:
    return read_tables("scripts")
