"""Finds what a message asks of the advisor, whatever its topic: a summary, a verdict, steps, how sure it is."""

from __future__ import annotations

import re

from nlu.data_files import read_tables
from nlu.text.pattern_table import PatternTable

# Codes of nlu/data/about_me.yml that a wish for a form is no request for beside a question: "is it free, yes or no?".
OF_FORM_ALONE = ("yes-or-no", "summary")
_REQUESTS = PatternTable(
    {code: re.compile(rf"\b(?:{'|'.join(ways)})(?!\w)", re.I) for code, ways in read_tables("about_me")["asks"].items()}
)
_AIMS = PatternTable(
    {goal: re.compile(rf"\b(?:{'|'.join(ways)})(?!\w)", re.I) for goal, ways in read_tables("about_me")["goal"].items()}
)
# "Is it worth it for a promotion?" asks for the worth of it for that.
_WORTH_FOR = re.compile(r"\bworth\b[^.?!;]{0,30}?\b(?:for|to|if)\b(?P<aim>[^.?!;]{1,80})", re.I)
WORTH_FOR = "worth-for-"  # with a goal


def requests_in(text: str) -> tuple[str, ...]:
    """Return the codes of what a text asks for."""
    asked = [code for code, pattern in _REQUESTS.likely(text) if pattern.search(text)]
    if match := _WORTH_FOR.search(text):
        aim = match["aim"]
        asked += [f"{WORTH_FOR}{goal}" for goal, pattern in _AIMS.likely(aim) if pattern.search(aim)]
    return tuple(asked)


def with_form(asks: tuple[str, ...], message: str, question: str) -> list[str]:
    """Return what a question asks for, and what its message says of the form that the answer shall have ("in two lines")."""
    if message == question:
        return list(asks)
    return list(dict.fromkeys((*asks, *(code for code in requests_in(message) if code not in OF_FORM_ALONE))))
