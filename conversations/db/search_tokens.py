"""Tokenizer of the full-text search, the same for SQLite's index, PostgreSQL's index and search queries.

Letters are folded: lower case, without accents, full-width forms as normal ones (NFKC). Scripts without spaces between words
(Chinese, Japanese, Thai, Khmer, ...) and Korean are indexed by character, so that any part of a text is found: each character
becomes a token of ASCII letters, which both databases tokenize in the same way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Scripts that are indexed by character; PostgreSQL's function has the same ranges (migration 0008).
RANGES = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    r"\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # Japanese syllables
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3"  # Chinese characters, Korean syllables
    r"\U00020000-\U0003ffff"
)
CHARACTER = re.compile(f"[{RANGES}]")
BY_CHARACTER = re.compile(r"u[0-9a-f]{5}")  # the token that such a character becomes
WORD = re.compile(r"[^\W_]+")
ACCENTS = re.compile("[\u0300-\u036f]")

Term = tuple[str, ...]  # a word, or a sequence of tokens of single characters


def indexed_text(text: str) -> str:
    """Return a text in the form in which it is indexed."""
    if text.isascii():
        return text.lower()
    return CHARACTER.sub(lambda match: f" u{ord(match.group()):05x} ", folded(text))


def tokenize(text: str) -> list[str]:
    """Return the tokens of a text, in order."""
    return WORD.findall(indexed_text(text))


def terms_of(text: str) -> list[Term]:
    """Return the distinct terms of a search query; adjacent characters of scripts without spaces form one term."""
    return list(dict.fromkeys(term for part in text.split() for term in _terms(tokenize(part))))


def places_of(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the start, end and token of each word of a text in NFKC."""
    done = 0
    for character in CHARACTER.finditer(text):
        yield from _words(text, done, character.start())
        yield *character.span(), f"u{ord(character.group()):05x}"
        done = character.end()
    yield from _words(text, done, len(text))


def folded(text: str) -> str:
    """Return a text in lower case, without accents, in NFKC."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFKD", text))).lower()


def _terms(words: list[str]) -> Iterator[Term]:
    sequence: list[str] = []
    for word in words:
        if BY_CHARACTER.fullmatch(word):
            sequence.append(word)
            continue
        if sequence:
            yield tuple(sequence)
            sequence = []
        yield (word,)
    if sequence:
        yield tuple(sequence)


def _words(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    for word in WORD.finditer(text, start, end):
        yield *word.span(), folded(word.group())
