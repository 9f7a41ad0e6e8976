"""Tells what the words around a format of study make of it: wished, refused, or a wish that is taken back."""

from __future__ import annotations

import re

from nlu.extraction.person.place_parts import any_of

_MODE_WISH = any_of(
    r"\b(?:want|wanna|prefer|rather|need|only|must|has to be|have to|should be|would like|'d like|like|stay|fully|better|"
    r"please|let'?s|choose|take it|do it|thinking(?: of| about)?|looking for|best for me|for me|suits me|be|meant?|entirely)\b",
    r"^\W{0,20}(?:no|yes|ok|okay|then|and|so|but|hence|just|only|maybe|preferably|mostly|hmm)?\W{0,20}$",
)
_REFUSED = re.compile(  # "in person, not on a screen" refuses the other
    r"^\s(?:no\b|is not|isn'?t|does ?n[o']t|do ?n[o']t|won'?t|will not|"
    r"not(?=\W*$|\s(?:possible|for|an|a|good|ok|okay|really|suitable|my|what|at all|so|very|please|pls)\b))",
    re.I,
)
_OWN_WISH = re.compile(r"\b(?:i|we) (?:want|prefer|need|can only|would rather|must|only)\b|\bi'd\b", re.I)
# "Not necessarily online", "it doesn't have to be online", "online is no must": it may be, and nobody insists.
_NEED_NOT_BE = re.compile(
    r"\b(?:not (?:necessarily|only|just|strictly|always)|"
    r"(?:does ?n[o']?t|do ?n[o']?t|does not|do not|need ?n[o']?t|need not|"
    r"no need (?:for it )?to|not) (?:(?:really|actually|even) )?(?:(?:have|need|has) (?:it |this |them )?to )?be|"
    r"(?:do ?n[o']?t|do not|does ?n[o']?t|does not) (?:(?:really|actually) )?(?:mind|care)"
    r"(?: (?:if|whether)(?: it(?:'s| is))?)?)\s"
    r"(?:(?:all|fully|only|completely|entirely|done|taught|in)\s){0,2}$",
    re.I,
)
_IS_NO_MUST = re.compile(
    r"^\s(?:is(?: not|n'?t)|is no|need ?n[o']?t|does ?n[o']?t|does not) (?:be )?(?:really |absolutely |a |an )?"
    r"(?:must\b|necessary|needed|required|condition|matter|important|essential)|^\sor not\b",
    re.I,
)
# "Better online or there?" asks which, and wishes for neither.
_OR_ELSE = re.compile(r"\s(?:or|vs|versus)\s(?:there|abroad|on the spot|in a classroom|face to face)\b", re.I)
_NO, _SO = re.compile(r"^\W{0,9}no\W{0,9}$", re.I), re.compile(r"\bso\W{0,3}$", re.I)
FEW_WORDS = 5  # words of a clause that is nothing but a wish for a format


def is_withdrawn(before: str, after: str) -> bool:
    """Return whether the words around a format say that it need not be, which takes back a wish and refuses nothing."""
    return bool(_NEED_NOT_BE.search(before) or _IS_NO_MUST.match(after))


def is_refused(after: str) -> bool:
    """Return whether the words after a format refuse it: "online isn't for me"."""
    return bool(_REFUSED.match(after))


def is_plain_no(before: str, earlier: str) -> bool:
    """Return whether a no before a format answers what was asked ("no, online") and refuses nothing ("so no online")."""
    return bool(_NO.match(before)) and not _SO.search(earlier)


def is_asked_as_wish(before: str) -> bool:
    """Return whether a question before a format tells a wish all the same: "can I find one if I only want to study ..."."""
    return bool(_OWN_WISH.search(before))


def is_wished(said: str, before: str, own: bool) -> bool:
    """Return whether a format is wished for; `said` is the whole clause, `own` whether it speaks in the first person."""
    short = len(said.split()) <= FEW_WORDS
    if _OR_ELSE.search(said):
        return False
    return bool(_MODE_WISH.search(before)) and (own or short) or short and not before.strip()
