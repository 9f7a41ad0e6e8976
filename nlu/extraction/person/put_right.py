"""Puts right what several clauses of a message say of the person together: for whom it is, whose work, which aim."""

from __future__ import annotations

import re

from nlu.extraction.person.uncertain_parts import KIN_CODES, OWN

FOR_WHOM, STAFF = "for_whom", "staff"
OF_WORK = ("work", "work_field", "work_industry")
RETIRED, NEW_CAREER = "retired", "new-career"  # codes of a situation and of a goal
_CHILDREN = ("son", "daughter", "child")  # of whom nobody says by naming them that they have to look after them
_OF_CHILD = re.compile(r"\bmy (?:son|daughter|child),? (?:he|she|who)\b", re.I)
# Who asks for themselves, though somebody else is named.
_FOR_SELF = re.compile(
    r"\b(?:can|could|should|shall|may) i\b(?! (?:send|tell|help|support|enrol|register) )"
    r"|\bi (?:want|need|wanna|would like|'d like|plan|hope) to (?:stud|learn|do |take|work|become|go |get )",
    re.I,
)
_WORKS_ANEW = re.compile(r"\b(?:career|job|work(?:ing)?|profession|business|employ\w+|paid)\b", re.I)


def put_right(text: str, parts: dict[str, dict[str, None]]) -> None:
    """Put right what the clauses of a message say of the person, where one of them tells what another means."""
    _of_whom(text, parts)
    _of_staff(parts)
    _retired(text, parts)


def _of_staff(parts: dict[str, dict[str, None]]) -> None:
    """Take the one job that is told beside a staff as that of the writer, and no work of theirs: "HR manager, 90 staff"."""
    if STAFF in parts.get(FOR_WHOM, {}):
        parts.setdefault(OWN, {}).update({part: None for part in OF_WORK if part in parts})
        if not parts[OWN]:
            parts.pop(OWN)


def _retired(text: str, parts: dict[str, dict[str, None]]) -> None:
    """Take no new career as the aim of who is retired and wants something new, unless they speak of work."""
    if RETIRED in parts.get("situation", {}) and not _WORKS_ANEW.search(text):
        parts.get("goal", {}).pop(NEW_CAREER, None)
        if not parts.get("goal", {"": None}):
            parts.pop("goal")


def _of_whom(text: str, parts: dict[str, dict[str, None]]) -> None:
    """Put right for whom a message asks: for oneself if it says so; and nobody looks after the child that is to study."""
    near = set(parts.get(FOR_WHOM, {})) & set(KIN_CODES.values())
    if near and _FOR_SELF.search(text):
        parts.pop(FOR_WHOM)
    elif (near & set(_CHILDREN) or _OF_CHILD.search(text)) and "limits" in parts:
        parts["limits"].pop("children", None)
        if not parts["limits"]:
            parts.pop("limits")
