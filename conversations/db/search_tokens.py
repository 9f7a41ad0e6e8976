"""How words are cut for the search: alike in SQLite's index, in PostgreSQL's and in what somebody looks for.

Letters are folded: small, without accents, full-width ones as the usual ones (NFKC). Scripts that set no spaces between words
(Chinese, Japanese, Thai, Khmer, ...) and Korean are indexed by their characters, so that any part of a text is found: each
becomes a word of its own, made of ASCII letters, which all databases cut alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Ranges of scripts that are indexed by their characters; PostgreSQL's function has the same (migration 0007).
RANGES = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    r"\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # Japanese syllables
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3"  # Chinese characters, Korean syllables
    r"\U00020000-\U0003ffff"
)
CHARACTER = re.compile(f"[{RANGES}]")
BY_CHARACTER = re.compile(r"u[0-9a-f]{5}")  # the word that such a character becomes
WORD = re.compile(r"[^\W_]+")
ACCENTS = re.compile("[\u0300-\u036f]")

Term = tuple[str, ...]  # a word or, of characters that are words, a sequence of them


def indexed_text(said: str) -> str:
    """Return a text as it is indexed."""
    if said.isascii():
        return said.lower()
    return CHARACTER.sub(lambda one: f" u{ord(one.group()):05x} ", folded(said))


def tokenize(said: str) -> list[str]:
    """Return the words of a text as the index knows them."""
    return WORD.findall(indexed_text(said))


def terms_of(said: str) -> list[Term]:
    """Return what is looked for, each once: words, and characters that stand side by side as one."""
    return list(dict.fromkeys(term for part in said.split() for term in _terms(tokenize(part))))


def places_of(said: str) -> Iterator[tuple[int, int, str]]:
    """Give each word of a text that is in NFKC: where it begins and ends, and how the index knows it."""
    done = 0
    for one in CHARACTER.finditer(said):
        yield from _places(said, done, one.start())
        yield *one.span(), f"u{ord(one.group()):05x}"
        done = one.end()
    yield from _places(said, done, len(said))


def folded(said: str) -> str:
    """Return a text in small letters without accents, in NFKC."""
    if said.isascii():
        return said.lower()
    return unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFKD", said))).lower()


def _terms(words: list[str]) -> Iterator[Term]:
    held: list[str] = []
    for word in words:
        if BY_CHARACTER.fullmatch(word):
            held.append(word)
            continue
        if held:
            yield tuple(held)
            held = []
        yield (word,)
    if held:
        yield tuple(held)


def _places(said: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    for one in WORD.finditer(said, start, end):
        yield *one.span(), folded(one.group())
