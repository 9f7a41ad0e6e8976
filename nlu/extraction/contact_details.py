"""Tells whether a message holds a way to reach the person: an address, a number, or words that announce one."""

from __future__ import annotations

import re

from nlu.data_files import read_words

LEAST_DIGITS = 6  # of a phone number
_WORDS = "|".join(read_words("contact_words")["reached"].split(", "))
_REACHED = re.compile(rf"@|\bwww\.|\b(?:{_WORDS})\b", re.I)


def holds_contact(text: str) -> bool:
    """Return whether a message may hold contact details; a name and an age alone reach nobody."""
    return bool(_REACHED.search(text)) or sum(character.isdigit() for character in text) >= LEAST_DIGITS
