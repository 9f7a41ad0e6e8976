"""Whether a password is easy to guess: made of common passwords, names, rows of keys, repetitions.

What is left when all that is taken out must be long enough. The 1,000 commonest passwords stand in common_passwords.txt: the
first of the list that zxcvbn 4.5.0 ships (Dropbox, MIT licence), which was counted in ten million leaked passwords
(Burnett, 2015).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("common_passwords.txt")
ENOUGH = 8  # characters that no rule here guesses; a known piece counts for two
PIECE = 2
SHORTEST, LONGEST = 3, 60  # of a known piece
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
LEET = str.maketrans("4@8310!$57+", "aabeioisstt")  # signs that stand for letters
TOO_COMMON = (
    "This password is easy to guess: it is made of common words, names, repetitions or rows of keys. "
    "Take four words that have nothing to do with each other, or what a password manager makes."
)


def weakness(password: str, name: str = "") -> str:
    """Why a password is too weak for the account of this name, in words for its owner; empty where it is not."""
    return "" if _free(password.lower(), name.lower()) >= ENOUGH else TOO_COMMON


def _free(text: str, name: str) -> int:
    """For how many characters it counts.

    Letters count each for one, other signs once, known pieces once for two, the account's name for none.
    """
    text = _unrepeated(text)
    parts = {part for part in (name, *re.split(r"[\W_]+", name)) if len(part) >= SHORTEST}
    known, counted = _common() | parts, set(parts)
    count, place, before = 0, 0, ""
    while place < len(text):
        piece = _piece_at(text[place:], known) or text[place]
        if len(piece) > 1 or not piece.isalpha():
            count += 0 if piece in counted else PIECE if len(piece) > 1 else 1
            counted.add(piece)
        elif piece != before:
            count += 1
        before = piece
        place += len(piece)
    return count


def _unrepeated(text: str) -> str:
    """What is said several times over, once: 'abcabcabc' is 'abc'."""
    found = re.fullmatch(r"(.+?)\1+(.*)", text, re.S)
    return found[1] + found[2] if found and found[1].startswith(found[2]) else text


def _piece_at(text: str, known: frozenset[str]) -> str:
    """The longest known piece that a text begins with: a common password, a name, a row of keys either way, one sign over and
    over, a year."""
    longest = max(*(_along(text, row) for row in _rows()), len(text) - len(text.lstrip(text[0])))
    if year := re.match(r"(?:19|20)\d\d", text):
        longest = max(longest, len(year[0]))
    for one in (text, text.translate(LEET)):
        sizes = (size for size in range(SHORTEST, min(len(one), LONGEST) + 1) if one[:size] in known)
        longest = max(longest, *sizes, 0)
    return text[:longest] if longest >= SHORTEST else ""


def _along(text: str, row: str) -> int:
    """How far a text goes along a row of keys."""
    start, far = row.find(text[:2]), 0
    if start < 0:
        return 0
    while far < min(len(text), len(row) - start) and text[far] == row[start + far]:
        far += 1
    return far


@cache
def _rows() -> tuple[str, ...]:
    return (*ROWS, *(row[::-1] for row in ROWS))


@cache
def _common() -> frozenset[str]:
    lines = FILE.read_text(encoding="utf-8").split()
    return frozenset(one for one in (*lines, *OWN) if len(one) >= SHORTEST)
