"""Finds what several things are compared by: "more practical", "older"."""

from __future__ import annotations

import re

from nlu.text.bounds import one_spaced

MAX_LENGTH = 400  # characters of a message that are read
# Words that end like a comparative and are none, or say no more than "better".
_NONE = (
    "better|other|either|neither|whether|rather|another|her|over|under|after|never|ever|however|together|later|number|career|"
    "offer|provider|teacher|learner|beginner|employer|recruiter|worker|manager|engineer|designer|developer|lawyer|master|"
    "computer|cyber|paper|letter|summer|winter|september|october|november|december|order|power|water|center|per|user|"
    "customer|consumer|trainer|partner|leader|member|semester|chapter|answer|consider|prefer|transfer|former|latter|buyer|fewer|"
    "newcomer|volunteer|welder|carer|father|mother|brother|sister|daughter|farmer|driver|officer|banker|baker|teenager|higher|differ|refer|gather|discover|remember|cover"
)
_ADJECTIVE = r"[a-z]{3,12}(?:al|ic|ive|ous|ful|ble|ant|ent|ed|ing|ar|ary|ate|less|ult|sy|ly)"
# What a comparative stands after: a form of "to be" with up to four words between, "which one".
_VERB = r"(?:is|are|r|be|was|were|seems?|looks?|feels?|sounds?|considered|takes?|costs?|lasts?|pays?)"
_AFTER_VERB = rf"{_VERB}(?: (?:an? |the )?(?:\w+ ){{1,4}}?| )"
_BEFORE = rf"(?:{_AFTER_VERB}|(?:one|two|them|which|^(?:and|but|so)|or (?:an? |the )?(?:\w+ ){{0,3}}?\w+) )"
_MORE = rf"(?:more|less) (?!suit|fitting|appropriate|sensible|recommend){_ADJECTIVE}"
_RANKED_BY = re.compile(
    rf"\b{_BEFORE}(?P<by>{_MORE}|(?!(?:{_NONE})\b)[a-z]{{3,9}}er)\b(?! (?:education|courses?|programs?))", re.I
)
_PREFERRED = re.compile(
    r"\b(?:which|what)(?: one| of (?:them|these|those|the two))? (?:do|does|would|will|wud|might) (?:an? |the |most |my )?"
    r"(?:employer|recruiter|boss|hiring manager|compan(?:y|ie)|hr)(?:e?s)?\b(?: \w+)? "
    r"(?:prefer|like|value|favou?r|trust|respect|rate|see|choose|take)\b",
    re.I,
)


def ranked_by(text: str) -> str:
    """Return what a message compares things by, in small letters, or "" if it says nothing but "better"."""
    said = one_spaced(text[:MAX_LENGTH])
    if _PREFERRED.search(said):
        return "preferred by employers"
    found = _RANKED_BY.search(said)
    return found["by"].lower() if found else ""
