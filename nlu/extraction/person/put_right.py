"""Puts right what several clauses of a message say of the person together: for whom it is, whose work, which aim."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from nlu.extraction.entity_matcher import Name
from nlu.extraction.person.name_parts import KIN
from nlu.extraction.person.uncertain_parts import KIN_CODES, OWN

FOR_WHOM, STAFF = "for_whom", "staff"
ROLE, EMPLOYER = "role", "employer"  # a part of the profile, and its code for one who hires
HIRES = "hires"  # code of what those say who are shown a certificate by others
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


# What makes a title of the field before it, or after it: "HR lead", "head of HR".
_TITLE = re.compile(
    r"^[\w&]+(?:\s\w+)?\s(?:lead(?:er)?|head|manager|director|boss|officer|chief|partner|specialist|generalist|coordinator)\b",
    re.I,
)
_TITLE_BEFORE = re.compile(
    r"\b(?:(?:lead|head|manager|director|officer|chief|in charge|responsible) (?:of|for|in) (?:\w+ )?|"
    r"(?:we are|we'?re|i am|i'?m) (?:(?:in|from|with) )?(?:the )?)$",
    re.I,
)

# What makes of a field the line of business of a firm, and who speaks of the firm that is theirs.
_FIRM = re.compile(
    r"^[\w&]+(?:\s\w+){0,2}?\s(?:firm|company|chain|business|practice|office|agency|shop|group|plant|department|wholesaler)s?\b",
    re.I,
)
_WHOSE = re.compile(r"\b(?:my|our|the|\d+)\s(?:[\w-]+\s)?$", re.I)
_RUNS = re.compile(
    r"\b(?:hr|human resources|l&d|people (?:and|&) culture|training (?:manager|officer|lead)|"
    r"(?:i|we) (?:run|own|lead|head|manage|have) (?:an?|my|our))\b",
    re.I,
)


def put_right(
    text: str,
    names: Sequence[Name],
    parts: dict[str, dict[str, None]],
    uses: dict[int, str],
    requests: Collection[str] = (),
) -> None:
    """Put right what the clauses of a message say of the person, where one of them tells what another means.

    `uses` tells by position what a name of the message is to the person, `requests` what it asks of the advisor.
    """
    _of_whom(text, parts)
    if HIRES in requests:
        parts.setdefault(ROLE, {})[EMPLOYER] = None
    if EMPLOYER in parts.get(ROLE, {}):  # who hires is no learner, and introduced by no work
        for part in OF_WORK:
            parts.pop(part, None)
    if STAFF in parts.get(FOR_WHOM, {}):
        _of_title(text, names, parts, uses)
        _of_staff(parts)
    _retired(text, parts)


def _of_title(text: str, names: Sequence[Name], parts: dict[str, dict[str, None]], uses: dict[int, str]) -> None:
    """Take the field of the writer's title as no wish where another one is named: "HR lead, 90 staff, carpentry".

    The line of business of a firm is none either, whatever else is named: "I run an accounting firm with nine people".
    """
    fields = [one for one in names if one.kind in ("field", "industry")]
    firms = {one.key for one in fields if _FIRM.match(text[one.start :])} if _RUNS.search(text) else set()
    whose = {one.key for one in fields if _WHOSE.search(text[max(0, one.start - 40) : one.start])}
    titles = (
        firms
        | {
            one.key
            for one in fields
            if one.key in whose
            and one.key != fields[-1].key  # "train our shop managers in leadership"
            or _TITLE.match(text[one.start :])
            or _TITLE_BEFORE.search(text[max(0, one.start - 40) : one.start])
        }
    )
    others = dict.fromkeys(one.key for one in fields if one.kind == "field" and one.key not in titles)
    if not titles or not (others or firms):
        return
    wished = {code: None for code in parts.get("field", {}) if code.removeprefix("industry/") not in titles}
    parts["field"] = wished or dict.fromkeys(list(others)[:1])
    if not parts["field"]:
        parts.pop("field")
    uses.update({one.start: KIN for one in fields if one.key in titles})
    for part in OF_WORK:
        parts.pop(part, None)


def _of_staff(parts: dict[str, dict[str, None]]) -> None:
    """Take the one job that is told beside a staff as that of the writer, and no work of theirs: "HR manager, 90 staff"."""
    own = {part: None for part in OF_WORK if part in parts}
    if own:
        parts.setdefault(OWN, {}).update(own)


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
