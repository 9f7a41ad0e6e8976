"""Finds what several things are compared by: "more practical", "older"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nlu.data_files import read_words
from nlu.text.bounds import before, one_spaced

MAX_LENGTH = 400  # characters of a message that are read
_WORDS = {kind: "|".join(words.split()) for kind, words in read_words("comparatives").items()}
_ADJECTIVE = r"[a-z]{3,12}(?:al|ic|ive|ous|ful|ble|ant|ent|ed|ing|ar|ary|ate|less|ult|sy|ly)"
_MORE = rf"(?:more|less) (?!suit|fitting|appropriate|sensible|recommend){_ADJECTIVE}"
_COMPARATIVE = re.compile(
    rf"\b(?:{_MORE}|(?!(?:{_WORDS['none']})\b)[a-z]{{3,9}}er)\b(?! (?:education|courses?|programs?))", re.I
)
# What a comparative stands after: a form of "to be" with up to four words between, "which one".
_VERB = r"(?:is|are|r|be|was|were|seems?|looks?|feels?|sounds?|considered|takes?|costs?|lasts?|pays?)"
_STANDS_AFTER = re.compile(
    rf"(?:\b{_VERB} (?:(?:an? |the )?(?:\w+ ){{1,4}})?|\b(?:one|two|them|which) |^(?:and|but|so) |"
    r"\bor (?:an? |the )?(?:\w+ ){1,4})$",
    re.I,
)
# What stands before the name of a thing or of somebody who does something: "for a plumber", "for a career changer".
_OF_A_NOUN = re.compile(
    r"\b(?:(?:for|as|like|become|becoming|i'?m|i am)(?: (?:an?|the|my|our|his|her|their|every|any)(?: \w+)?)?|"
    r"(?:in|on|at|to|from|by|with|about|than|into)(?: (?:an?|the|my|our|his|her|their))?) $",
    re.I,
)
_ARTICLE, _RANKED = re.compile(r"\ban? $", re.I), re.compile(rf" (?:{_WORDS['ranked']})s?\b", re.I)
_PREFERRED = re.compile(
    r"\b(?:which|what)(?: one| of (?:them|these|those|the two))? (?:do|does|would|will|wud|might) (?:an? |the |most |my )?"
    r"(?:employer|recruiter|boss|hiring manager|compan(?:y|ie)|hr)(?:e?s)?\b(?: \w+)? "
    r"(?:prefer|like|value|favou?r|trust|respect|rate|see|choose|take)\b",
    re.I,
)


def ranked_by(text: str, names: Iterable[str] = ()) -> str:
    """Return what a message compares things by, in small letters, or "" if it says nothing but "better".

    `names` are the words of the names in it: nothing is "vancouver" than something else.
    """
    said = one_spaced(text[:MAX_LENGTH])
    if _PREFERRED.search(said):
        return "preferred by employers"
    named = {word for name in names for word in name.lower().split()}
    found = [one[0].lower() for one in _COMPARATIVE.finditer(said) if _ranks(one)]
    return next((by for by in reversed(found) if by not in named), "")


def _ranks(match: re.Match[str]) -> bool:
    """Return whether a word that ends like a comparative ranks something, and is no noun: "server", "a plumber"."""
    ahead, behind = before(match.string, match.start()), match.string[match.end() :]
    if _OF_A_NOUN.search(ahead) or _ARTICLE.search(ahead) and not _RANKED.match(behind):
        return False
    return bool(_STANDS_AFTER.search(ahead))
