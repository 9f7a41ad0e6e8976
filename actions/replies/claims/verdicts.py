"""The yes or no that a claim begins with, or another verdict ("Often", "Not always", "It can:"), and what it means."""

from __future__ import annotations

import re

from actions.replies.base import VERDICT, capital, lower_first, sentences
from core.contract.question_forms import WHY, YES_NO
from knowledge.models import Claim

_SIDE = re.compile(r"(?P<side>yes|no)(?: and no)?(?:[,.:;!]|\s[\u2013\u2014-])\s+", re.I)
_WEIGHS = re.compile(r"(?:many|some|often|usually|generally|increasingly|partly|both)\b[^.:!?]{0,40}[.:]\s", re.I)
_OF_SOME = re.compile(r"(?:many|most|some|several|a few|often|usually|sometimes)\b", re.I)
_HEDGES = re.compile(r"\b(?:can|may|could|possibly|often|some|many|sometimes|usually|generally|partly|where)\b", re.I)
_BUT_NOT = re.compile(r"\bbut not\b", re.I)
_LESS = re.compile(r"\b(?:(?:less|fewer)\b(?! (?:time|money|cost))|limited|lower|lacks?\b)", re.I)
_REQUIRES = re.compile(r"\b(?:need|must|have to|has to|require|required|requires|ask for|asks for|check)\b", re.I)
_BECAUSE = re.compile(r"because (?!of\b)", re.I)
_LIMITS = re.compile(r"(?:no, )?not\b", re.I)
_DENIAL = re.compile(r"(?:[^\W_]{1,20},? ){0,2}(?:no|not)\b", re.I)  # "no", "not always", "often not"
_DENIES = re.compile(
    r"\b(?:not|no|cannot|unfamiliar|undervalued?|lacks?|limited|risks?|difficult|hard(?:er)?|barriers?|hurdles?|challenges?|"
    r"prefers?|fewer|uncertain|crowded|(?:do|does|is|are|can|may|need)n't|low-quality)\b",
    re.I,
)


def side_of(say: str) -> str:
    """Return "yes" or "no" if a claim begins with it, else ""."""
    match = _SIDE.match(say)
    return match["side"].lower() if match else ""


def without_side(say: str) -> str:
    """Return a claim without the "Yes," or "No," that it begins with, for a question that asks neither."""
    match = _SIDE.match(say)
    rest = say[match.end() :] if match else say
    return capital(rest)


def verdict_of(say: str) -> str:
    """Return "yes" or "no" for what a claim begins with ("Often", "Not always", "It can"), or "" if that is no verdict."""
    match = VERDICT.match(say)
    verdict = side_of(say) or (match["verdict"] if match else "")
    return ("no" if _DENIAL.match(verdict) else "yes") if verdict else ""


def without_verdict(claim: Claim) -> str:
    """Return what a claim says without the yes, no, "often" or "because" that it begins with, as a statement of its own."""
    text = without_side(claim.say)
    if claim.form == WHY:
        return capital(_BECAUSE.sub("", text))
    verdict = VERDICT.match(text) if claim.form == YES_NO else None
    return capital(text[verdict.end() :]) if verdict else text


def is_limited(say: str) -> bool:
    """Return whether a claim denies that something holds always or for sure: "No, not all", "Not for certain"."""
    return bool(_LIMITS.match(say))


def is_hedged(say: str) -> bool:
    """Return whether a claim affirms that something may hold, or of some, and no more: "It can:", "Yes, some do:"."""
    return bool((match := VERDICT.match(say)) and _HEDGES.search(match["verdict"])) or is_of_some(say)


def affirms_in_part(say: str) -> bool:
    """Return whether a claim begins with a yes that is none for all and for sure: "It can:", "Yes, it may:"."""
    return verdict_of(say) == "yes" and is_hedged(say) and not weighs_all(say)


def weighs(say: str) -> bool:
    """Return whether a claim begins with for how many something holds: "Many do, but not all."."""
    return bool(_WEIGHS.match(say))


def weighs_all(say: str) -> bool:
    """Return whether a claim begins with both sides of whether something holds of all: "Many do, but not all."."""
    return bool((match := VERDICT.match(say)) and _BUT_NOT.search(match["verdict"]))


def is_of_some(say: str) -> bool:
    """Return whether a claim tells, after its yes or no, what holds of some alone: "Yes, many are online."."""
    return bool(_OF_SOME.match(without_side(say)))


def not_of_all(say: str) -> str:
    """Return a claim that affirms something of many and denies it of others as a no to whether it holds of all."""
    return f"Not all: {lower_first(_unsided(say))}"


def not_surely(say: str) -> str:
    """Return a claim that something may hold as a no to whether it holds for sure."""
    return f"Not necessarily: {lower_first(_unsided(say))}"


def _unsided(say: str) -> str:
    match = VERDICT.match(say)
    return say[match.end() :] if match else without_side(say)


def denies(say: str) -> bool:
    """Return whether a claim tells what doesn't hold or isn't good, rather than what does and is."""
    return bool(_DENIES.search(without_side(say)))


def lessens(say: str) -> bool:
    """Return whether a claim tells first of all that there is less of something that one would like more of."""
    return bool(_LESS.search(sentences(without_side(say))[0]))


def requires(say: str) -> bool:
    """Return whether a claim tells that something has to be done."""
    return bool(_REQUIRES.search(say))
