"""Finds which of several listed things a message points at: "the second one", "the last", "more about the first"."""

from __future__ import annotations

import re

LAST, OTHER = "last", "other"
_WORDS = {
    "1": "first|1st|former|top",
    "2": "second|2nd|latter",
    "3": "third|3rd",
    "4": "fourth|4th",
    "5": "fifth|5th",
    LAST: "last|final|bottom",
    OTHER: "other",
}
POSITIONS = {word: position for position, words in _WORDS.items() for word in words.split("|")}
_THING = (
    r"(?:one|option|choice|program(?:me)?|course|country|destination|place|type|kind|certificate|badge|university|uni|institution|"
    r"provider|platform|risk|challenge|problem|benefit|advantage|reason|feature|point|thing|item|way|tip|step|industry|field)"
)
MAX_LENGTH = 100  # characters of a message that points at a listed thing; a longer message says something else
# Matches the whole message, so that "the first semester" or "the last intake" point at nothing; "the top university"
# asks for a ranking.
_POINTS = re.compile(
    r"^(?!.*\btop\s(?!one\b|option|choice))\W{0,9}(?:(?:ok(?:ay)?|and|so|hm{2,9}|then|well|yes|yeah|um{1,9})\W{1,9}){0,9}"
    r"(?:what about|how about|tell me (?:more )?about|(?:know|hear|say|see) more about|more (?:on|about|info on)|"
    r"(?:can|could) (?:you|u) (?:tell me (?:more )?about|explain)|explain|describe|show me|"
    r"i(?:'?d| would)? (?:like|want|prefer|choose|pick|take|mean|meant)|let'?s (?:take|go with|see)|go with)?\s?"
    rf"(?:the\s)?(?:(?P<nth>{'|'.join(_WORDS.values())})(?:\s{_THING})?|(?:{_THING}|number|no\.?)\s(?P<number>[1-5]))"
    r"(?:\s(?:of (?:these|those|them|the two)|pl(?:ea)?se?|plz|then)){0,3}\W{0,99}$",
    re.I,
)


def pointed_at(text: str) -> str:
    """Return the position of the thing that the message points at: "1" to "5", "last", "other", or "" for none."""
    if len(text) > MAX_LENGTH:
        return ""
    match = _POINTS.match(text.replace("\u2019", "'"))
    if match is None:
        return ""
    if match["number"]:
        return match["number"]
    return POSITIONS[match["nth"].lower()]
