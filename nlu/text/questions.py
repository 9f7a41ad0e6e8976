"""Splits a message into the questions and wishes that it holds: "is it recognised, and how do I apply?" holds two."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<=[.?!;\n])\s+")
# Words with which a question or a wish begins; before others, "and" joins things and not questions.
_OPENING = (
    r"(?:what|whats|what'?s|wat|which|wich|who|whom|whose|where|whr|when|how|hw|why|is|are|r|can|cn|could|do|does|did|will|would|"
    r"should|shall|may|am i|has|have|tell|show|list|name|compare|explain|describe|give|find|recommend|suggest|any|pls|please)\b"
)
_JOINED = re.compile(
    rf"(?:,|;|\band\b|\balso\b|\bplus\b|\bbut\b|&)[\s,]{{1,3}}(?:(?:and|also|then|so|n|but)\s)?(?={_OPENING})", re.I
)
_ASKS = re.compile(
    rf"^\W{{0,9}}(?:(?:and|also|so|then|ok|okay|oh|but|hi|hello|thanks|thank you|plus|now)\W{{1,3}}){{0,3}}{_OPENING}",
    re.I,
)


def questions_in(text: str) -> list[str]:
    """Return the parts of a message that are put as a question or a wish, in order."""
    parts = (part.strip() for sentence in _SENTENCE.split(text) for part in _JOINED.split(sentence))
    return [part for part in parts if part.endswith("?") or _ASKS.search(part)]
