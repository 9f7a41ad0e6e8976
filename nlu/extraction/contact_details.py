"""Tells whether a message holds a way to reach the person: an address, a number, or words that announce one."""

from __future__ import annotations

import re

LEAST_DIGITS = 6  # of a phone number
_REACHED = re.compile(
    r"@|\bwww\.|\b(?:e-?mails?|mail|gmail|hotmail|outlook|yahoo|phone|mobile|cell|call|ring|text me|sms|whatsapp|telegram|viber"
    r"|skype|signal|number|contact|reach|write to me|get back|details)\b",
    re.I,
)


def holds_contact(text: str) -> bool:
    """Return whether a message may hold contact details; a name and an age alone reach nobody."""
    return bool(_REACHED.search(text)) or sum(character.isdigit() for character in text) >= LEAST_DIGITS
