"""Reads how old a person says they are."""

from __future__ import annotations

import re

from nlu.extraction.person.name_parts import Clause

_AGE = re.compile(
    r"\b(?:i'?m|i am|am|aged?|turning|he'?s|she'?s|he is|she is|who is|who'?s|"
    r"(?:my|our|her|his) (?:\w+ )?\w+ is)\s(?:only |just |already |now |almost )?(?P<age>[1-9]\d)\b"
    r"(?!\s?(?:%|percent|hours?|weeks?|months?|days?|euros?|dollars?|people|ppl|km|miles|years? (?:of|in|experience)))"
    r"|\b(?P<old>[1-9]\d)[\s-]?(?:years?|yrs?)[\s-]?old\b|\b(?P<short>[1-9]\d)\s?(?:y/?o|here)\b|^\W*(?P<alone>[1-9]\d)\W*$",
    re.I,
)
_AGES = range(14, 90)


def age_of(clause: Clause) -> str:
    """Return the age that a clause tells, or ""."""
    match = _AGE.search(clause.said)
    age = next(filter(None, match.groups()), "") if match else ""
    alone = match is not None and match["alone"]
    return age if age and int(age) in _AGES and not (alone and clause.asks) else ""
