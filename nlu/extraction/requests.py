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


def requests_in(text: str) -> tuple[str, ...]:
    """Return the codes of what a text asks for."""
    return tuple(code for code, pattern in _REQUESTS.likely(text) if pattern.search(text))


def with_form(asks: tuple[str, ...], message: str, question: str) -> list[str]:
    """Return what a question asks for, and what its message says of the form that the answer shall have ("in two lines")."""
    if message == question:
        return list(asks)
    return list(dict.fromkeys((*asks, *(code for code in requests_in(message) if code not in OF_FORM_ALONE))))
