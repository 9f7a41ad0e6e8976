"""What keeps reading a message cheap, whatever it holds: white space in single spaces, and how far a pattern looks around.

A message has up to 2,000 characters that a stranger chose. A pattern that looks at everything before each thing that it finds
takes the square of that; one that looks at the nearest words takes no more than the message is long.
"""

from __future__ import annotations

import re

AROUND = (
    80  # characters before or after a finding that say how it is meant: more than any of the phrases looked for has
)
_WHITE = re.compile(r"\s+")


def one_spaced(text: str) -> str:
    """The text with each run of white space, of whatever kind, made one space, and none at its ends."""
    return _WHITE.sub(" ", text).strip()


def before(text: str, at: int) -> str:
    """The last characters before a position."""
    return text[max(0, at - AROUND) : at]


def after(text: str, at: int) -> str:
    """The first characters from a position on."""
    return text[at : at + AROUND]
