"""Strength of passwords: refuses those made of common passwords, names, rows of keys and repetitions.

What is left of a password without these pieces must be long enough. common_passwords.txt holds the 1,000 commonest passwords:
the first ones of the list of zxcvbn 4.5.0 (Dropbox, MIT licence), counted in ten million leaked passwords (Burnett, 2015).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from core.translations import marked

FILE = Path(__file__).with_name("common_passwords.txt")
ENOUGH = 8  # the least score
PIECE = 2  # score of a known piece
SHORTEST, LONGEST = 3, 60  # characters of a known piece
OWN = ("advisor", "adviser", "microcredential", "credential", "student", "staff", "college", "university", "welkom")
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "!@#$%^&*()",
)
LEET = str.maketrans("4@8310!$57+", "aabeioisstt")  # characters that are used in place of letters
TOO_COMMON = marked(
    "This password is easy to guess: it is made of common words, names, repetitions or rows of keys. "
    "Take four words that have nothing to do with each other, or what a password manager makes."
)


def weakness(password: str, name: str = "") -> str:
    """Return why a password is too weak for the account `name`, in words for its owner; "" if it is strong enough."""
    return "" if _score(password.lower(), name.lower()) >= ENOUGH else TOO_COMMON


def _score(text: str, name: str) -> int:
    """Return the number of characters for which a password counts.

    Each letter counts 1 unless it repeats the one before; each other character counts 1 at its first place; a known piece
    counts PIECE at its first place; the account's name counts 0.
    """
    text = _unrepeated(text)
    parts = {part for part in (name, *re.split(r"[\W_]+", name)) if len(part) >= SHORTEST}
    known, counted = _common() | parts, set(parts)
    count, position, before = 0, 0, ""
    while position < len(text):
        piece = _piece_at_start(text[position:], known) or text[position]
        if len(piece) > 1 or not piece.isalpha():
            count += 0 if piece in counted else PIECE if len(piece) > 1 else 1
            counted.add(piece)
        elif piece != before:
            count += 1
        before = piece
        position += len(piece)
    return count


def _unrepeated(text: str) -> str:
    """Return a text that repeats itself only once: 'abcabcabc' is 'abc'."""
    match = re.fullmatch(r"(.+?)\1+(.*)", text, re.S)
    return match[1] + match[2] if match and match[1].startswith(match[2]) else text


def _piece_at_start(text: str, known: frozenset[str]) -> str:
    """Return the longest known piece at the start of a text, or "".

    Known pieces are common passwords, names, rows of keys in both directions, a repeated character, and years.
    """
    longest = max(*(_length_along(text, row) for row in _rows()), len(text) - len(text.lstrip(text[0])))
    if year := re.match(r"(?:19|20)\d\d", text):
        longest = max(longest, len(year[0]))
    for spelling in (text, text.translate(LEET)):
        sizes = (size for size in range(SHORTEST, min(len(spelling), LONGEST) + 1) if spelling[:size] in known)
        longest = max(longest, *sizes, 0)
    return text[:longest] if longest >= SHORTEST else ""


def _length_along(text: str, row: str) -> int:
    """Return how many characters of a text follow a row of keys, from wherever in the row it starts."""
    start, length = row.find(text[:2]), 0
    if start < 0:
        return 0
    while length < min(len(text), len(row) - start) and text[length] == row[start + length]:
        length += 1
    return length


@cache
def _rows() -> tuple[str, ...]:
    return (*ROWS, *(row[::-1] for row in ROWS))


@cache
def _common() -> frozenset[str]:
    lines = FILE.read_text(encoding="utf-8").split()
    return frozenset(word for word in (*lines, *OWN) if len(word) >= SHORTEST)
