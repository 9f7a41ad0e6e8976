"""Finds names that a question does not ask about: where the learners of a course live, and words of a department's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nlu.extraction.entity_matcher import Name
from nlu.text.bounds import after, before

OUTSIDE, PLACES, TYPE = "place", ("place", "destination"), "type"
_PEOPLE = (
    r"(?:some(?:one|body)|any(?:one|body)|people|persons?|those|students?|learners?|applicants?|candidates?|citizens?|"
    r"residents?|nationals?|graduates?|workers?)"
)
_LIVES = r"(?:liv(?:e|es|ing)|resid(?:e|es|ing)|bas(?:ed|ing)|stay(?:s|ing)?|com(?:e|es|ing)|born|am|is|are|'?m|'?re)"
_HOME = re.compile(
    rf"\b(?:{_PEOPLE}\s(?:(?:who|that)\s)?(?:{_LIVES}\s)?|"
    rf"(?:if|when|while|although|though)\s(?:i|we|you|one|they|he|she)\s?(?:\w+\s)?{_LIVES}\s)(?:in|from|of)\s(?:the\s)?$",
    re.I,
)
# "An Irish diploma from Peru" is taken there; after these words, a place is one of two that are weighed.
_TAKEN_FROM = re.compile(r"\bfrom\s(?:the\s)?$", re.I)
_WEIGHS = re.compile(
    r"\b(?:or|and|than|as|vs|versus|between|both|to|move|moving|away|far|distance|credits?|degrees?)\b", re.I
)
_DEPARTMENT = re.compile(r"\s(?:department|dept|division|faculty|office|institute)\b", re.I)


def names_aside(text: str, names: Sequence[Name]) -> set[int]:
    """Return the positions of the names that a message does not ask about.

    A place is one only beside another place, which then is what is asked about.
    """
    places = [name for name in names if name.kind in PLACES]
    homes = {one.start for one in places if _is_home(text, one, places)}
    if homes >= {one.start for one in places}:
        homes = set()
    return homes | {one.start for one in names if one.kind == TYPE and _DEPARTMENT.match(after(text, one.end))}


def _is_home(text: str, place: Name, places: Iterable[Name]) -> bool:
    """Return whether the learners live in a place: by the words before it, or since another one is where the course is."""
    if _HOME.search(before(text, place.start)):
        return True
    earlier = [one for one in places if one.end <= place.start]
    if place.kind != OUTSIDE or not earlier or not _TAKEN_FROM.search(before(text, place.start)):
        return False
    return not _WEIGHS.search(text[earlier[-1].end : place.start]) and not _WEIGHS.search(after(text, place.end)[:8])
