"""Keeps reading a message cheap: normalises white space and limits how far a pattern looks around.

A message has up to 2,000 characters that a stranger chose. If a pattern looked at everything before each match, its
time would grow with the square of the message's length.
"""

from __future__ import annotations

import re

AROUND = 80  # characters before or after a match that tell how it is meant; no phrase that patterns look for is longer
_WHITE = re.compile(r"\s+")


def one_spaced(text: str) -> str:
    """Return the text with each run of white space replaced by one space, and without any at its ends."""
    return _WHITE.sub(" ", text).strip()


def before(text: str, at: int) -> str:
    """Return the AROUND characters before a position."""
    return text[max(0, at - AROUND) : at]


def after(text: str, at: int) -> str:
    """Return the AROUND characters from a position on."""
    return text[at : at + AROUND]
