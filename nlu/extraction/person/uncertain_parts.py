"""Tells whether a clause says something certain of the person: not what is supposed, or said of somebody else.

What is not certain is never told back to anybody as a fact about them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from nlu.data_files import read_tables

# What a person is and has, in distinction from what they wish for.
PERSONAL = (
    *("origin", "lives", "work", "work_field", "work_industry", "studied"),
    *("level", "situation", "limits", "age"),
)
OWN = "own"  # part of the profile: the parts that the writer, and not the person whom the course is for, is or has
THIRD = "third:"  # before a part of OWN that somebody has who is neither the writer nor the one whom the course is for
STORY, STORY_OF_OTHERS = "story", "story-of-others"  # codes of what a message tells
PAST = "past"  # part of the profile: "work" if that is over
_TABLES = read_tables("about_me")
KIN_CODES = {word: code for code, words in _TABLES["kin"].items() for word in words}
_KIN, _OTHERS = "|".join(KIN_CODES), "|".join(_TABLES["others"]["words"])
_FILLERS = (
    r"^\W*(?:(?:and|but|so|because|since|as|also|though|although|while|hi|hello|hey|yo|lol|honestly|btw|well|ok|okay|anyway|that|look)"
    r"\W{1,3}){0,3}"
)
# Who a clause is about: "my boss has ...", "her brother is ...", "people with ...", "some of them have ...".
_SUBJECT = re.compile(
    rf"{_FILLERS}(?:(?:my|our) (?:\w+ )?(?P<kin>{_KIN})(?!'s\b|s\b)\b|(?:my|our) (?:\w+ )?(?P<other>{_OTHERS})s?(?!'s\b)\b|"
    rf"(?:his|her|their) (?:\w+ )?(?:{_KIN}|{_OTHERS})s?\b|"
    r"(?P<people>people|persons|someone|somebody|anyone|anybody|everyone|everybody|"
    r"(?:one|two|three|some|most|many|half|few|others|several|none|not all)(?: of (?:them|us|my|our|the)(?: \w+)?)? "
    r"(?:already |still |also |just )?(?:have|has|are|is|were|had|only|can\w*|do\w*|with|without|from)|"
    r"(?:international |foreign |working |young |older )?(?:students|graduates|refugees|immigrants|beginners|"
    r"seniors|pensioners))\b(?! like (?:me|us|myself)\b))",
    re.I,
)
_SOMEBODY_ELSE = (
    rf"(?:(?:my|our) (?:\w+ )?(?P<kin>{_KIN})(?= )|"
    rf"(?:an?|my|our|the|his|her|their|some) (?:\w+ )?(?:{_KIN}|{_OTHERS}|guy|man|woman|person|people|family)"
    rf"(?:'?s (?:{_KIN}|{_OTHERS})|s)?(?: of (?:mine|ours|hers|his))?|someone|somebody)"
)
# What somebody else did, and not to or for the one who tells it.
_OTHERS_DID = re.compile(
    rf"{_FILLERS}{_SOMEBODY_ELSE},? (?:who |that |once |also |already |just |has |had |have )?(?:did|paid|went|took|tried|"
    r"bought|studied|lives?|lived|works?|worked|moved|got|attended|finished|learn(?:ed|t)|stays?|stayed|made|spent|wasted|failed|done)"
    r"\b(?![^.;!?]{0,200}\b(?:me|us|i|we)\b)",
    re.I,
)
_HE_OR_SHE = re.compile(r"^\W*(?:and |but )?(?:he|she|they|who)\b", re.I)
_ONLY_NAMES = 5  # words up to which a clause may do no more than name somebody: "and her brother"
_THEIRS = re.compile(r"\b(?:his|her|their) \w+", re.I)
_AND_ME = re.compile(r"^ (?:and|or) (?:i|me|myself)\b", re.I)  # "my wife and I"
_SUPPOSED = re.compile(
    r"\b(?:if|suppos(?:e|ing)|imagine|assum(?:e|ing)|in case|whether|unless|as though)\b"
    r"(?!\s(?:possible|needed|necessary|so|not|you|u)\b)[^.;!?]{0,200}$"
    r"|^\W*(?:so |and |but )?(?:say|let'?s (?:say|assume|suppose)) (?:i|we)\b[^.;!?]{0,200}$",
    re.I,
)
_MERELY = re.compile(
    r"\b(?:what (?:happens |would happen )?if|suppos(?:e|ing)|imagine|assum(?:e|ing)|even if|"
    r"if (?:my|our|his|her|their|the))\b",
    re.I,
)
_CONDITIONS = ("limits",)  # "what can I do if I have two kids?" is asked by one who has
_ADVISED = re.compile(  # "everybody tells me to do a master's"
    r"\b(?:tell\w{0,3}|told|says?|said|wants?|expects?|advis\w{1,3}|push\w{0,3}|thinks?|suggest\w{0,3}|insist\w{0,3}) "
    r"(?:that )?(?:(?:me|us|him|her) (?:to|should|must)|(?:i|we) (?:should|must|ought|need|have to))\b[^.;!?]{0,200}$",
    re.I,
)
_DEMANDED = re.compile(
    r"^\W{0,3}(?:is |are |was |would be |not |isn'?t |really |always |often ){0,3}"
    r"(?:required|needed|necessary|asked|a must|demanded|mandatory|an option|for me\b|possible|out of)",
    re.I,
)
_SPEAKERS = re.compile(
    rf"\b(?:(?P<own>i|i'?m|i'?ve|im|ive|we|we'?re|we'?ve|(?:my|our)(?! (?:\w+ )?(?:{_KIN}|{_OTHERS}|staff|team|people)\b))"
    rf"|(?:my|our) (?:\w+ )?(?:{_KIN}|{_OTHERS}|staff|team|people)|he|she|they|who|his|her|their)\b",
    re.I,
)
_MY_KIN = re.compile(rf"\bmy (?:\w+ )?(?P<kin>{_KIN})\b", re.I)
_OVER = re.compile(
    r"\b(?:i|he|she|we) (?:was|were)\b(?! (?:an? )?(?:wondering|thinking|hoping|looking|born))|\bused to\b|\bformer(?:ly)?\b|"
    r"(?<!have )(?<!'ve )(?<!ve )(?<!has )\bworked\b|\bex-",
    re.I,
)
_FOR_THEM = re.compile(
    r"\b(?:(?:for|suits?|fits?|help|useful to) (?:him|her|them)|(?:can|could|should|would|must|may|might) (?:he|she)|"
    r"(?:he|she)(?:'d like| can| could| should| wants| needs| would like| must)\b|"
    r"(?:and|but) (?:now |really |still )?(?:wants(?! (?:me|us)\b)|would like|hopes|dreams|needs(?! (?:me|us)\b)))\b",
    re.I,
)
_SOMEBODY = re.compile(
    rf"(?:^|[.;!?,]\s|\b(?:and|but|so|because) )\W{{0,3}}(?:i|we|he|she|they|"
    rf"(?:my|our|his|her) (?:\w+ )?(?:{_KIN}|{_OTHERS})s?|people|everybody|everyone) (?!am\b|to\b)[\w']{{2,}}",
    re.I,
)
_SEEKS = re.compile(  # "I need the syllabus" tells nothing, and asks for something
    r"\b(?:want\w*|wanna|need\w*|like to|looking|know|knew|wonder\w*|ask\w*|questions?|tell|told|help|interested|hop(?:e|ing)|"
    r"wish|search\w*|find|apply|prefer|please|pls|send|show|give|said|meant?|understand)\b"
    r"|\bi (?:can|could|should|may|must)\b(?!'t)",
    re.I,
)
FEWEST_TOLD = 5  # words from which a message may tell something
# "Thinking about something with data maybe?" tells a wish, for all its question mark.
_WISHES = re.compile(
    r"^\W{0,4}(?:(?:so|and|but|just|maybe|now|was|been|i'?m|i am)\s){0,3}"
    r"(?:thinking (?:of|about)|considering|hoping (?:to|for)|looking (?:for|into)|interested in|dreaming of)\b",
    re.I,
)


def is_story(text: str) -> bool:
    """Return whether a message that asks nothing tells what somebody did or thinks ("my brother thinks she is mad")."""
    return len(text.split()) >= FEWEST_TOLD and bool(_SOMEBODY.search(text)) and not _SEEKS.search(text)


def stories(text: str, clauses: Sequence[str], whom: Collection[str]) -> list[str]:
    """Return the codes of what a message that asks nothing tells of what happened, to the writer or to others."""
    told = [STORY] if is_story(text) else []
    return [*told, *([STORY_OF_OTHERS] if any(is_story_of_others(one, whom) for one in clauses) else [])]


def is_of_others(said: str, whom: Collection[str]) -> bool:
    """Return whether a clause is about somebody whom the course is not for; `whom` are codes of whom it is for."""
    match = _SUBJECT.search(said)
    if match is None or _AND_ME.match(said[match.end() :]):
        return False
    return not (match["kin"] and KIN_CODES[match["kin"].lower()] in whom)


def goes_on_of_others(said: str, before: str, whom: Collection[str]) -> bool:
    """Return whether a clause tells of somebody else whom the clause before it named and no more: "her brother, he's 14"."""
    names_only = len(before.split()) <= _ONLY_NAMES and bool(_THEIRS.search(before)) and is_of_others(before, whom)
    return names_only and bool(_HE_OR_SHE.match(said))


def is_story_of_others(said: str, whom: Collection[str]) -> bool:
    """Return whether a clause only tells what somebody else did or where they are, for whom the course is not.

    "A neighbour's son paid for a course in Oslo" wishes for no course there, and refuses none.
    """
    match = _OTHERS_DID.search(said)
    return match is not None and not (match["kin"] and KIN_CODES.get(match["kin"].lower()) in whom)


def is_only_supposed(part: str, before: str) -> bool:
    """Return whether the words before a phrase only suppose it: "if I were a doctor"."""
    if part in _CONDITIONS:
        return bool(_MERELY.search(before))
    return part in PERSONAL and bool(_SUPPOSED.search(before))


def is_demanded(before: str, after: str) -> bool:
    """Return whether others demand what a phrase names: "everybody tells me to do a master's", "no degree required"."""
    return bool(_ADVISED.search(before) or _DEMANDED.match(after))


def is_own(until: str) -> bool:
    """Return whether the writer, and nobody else, is whom a phrase at the end of these words is about."""
    last = next(reversed(list(_SPEAKERS.finditer(until))), None)
    return last is not None and last["own"] is not None


def is_of_third(until: str) -> bool:
    """Return whether somebody else than the writer is whom a phrase at the end of these words is about: "he's a ..."."""
    last = next(reversed(list(_SPEAKERS.finditer(until))), None)
    return last is not None and last["own"] is None


def is_past(until: str) -> bool:
    """Return whether these words tell of work that is over: "I was", "used to be", "worked as"."""
    return bool(_OVER.search(until))


_NOT_FOR_ME = re.compile(  # "it's not for me now, it's my brother"
    rf"\bnot for (?:me|myself)\b\W{{0,3}}(?:(?:now|though|actually|but|it'?s|its|it is|rather) ?\W{{0,2}}){{0,4}}"
    rf"(?:for )?my (?:\w+ )?(?P<kin>{_KIN})\b",
    re.I,
)


def kin_meant(text: str) -> str:
    """Return the code of the one of the family of whom a message tells and for whom it then asks, or ""."""
    if meant := _NOT_FOR_ME.search(text):
        return KIN_CODES[meant["kin"].lower()]
    if not _FOR_THEM.search(text):
        return ""
    kin = _MY_KIN.search(text)
    return KIN_CODES[kin["kin"].lower()] if kin else ""


_OF_TALK = re.compile(
    r"\b(?:i|we|you|u) (?:(?:di?d|do)(?: not|n'?t|nt)|never) (?:\w+ )?(?:ask|mean|meant|say|said|speak|talk)\b", re.I
)


def is_of_talk(said: str) -> bool:
    """Return whether a clause is about what was said or asked, and so tells nothing of the person."""
    return bool(_OF_TALK.search(said))


_ASKS_TO_KNOW = re.compile(
    r"\b(?:ask|asks|asking|asked|wonder(?:s|ing)?) (?:me |us |myself )?(?:whether|if|what|which|how|why|when|where|who)\b|"
    r"\b(?:i|we)(?:'d| would| want| wish| need)(?: (?:just|really|only|also))?(?: like| love)? to (?:know|hear|find out|ask)"
    r"(?: (?:more|something|a bit|you))?(?: about| whether| if| what| which| how| why| when| where| who)\b",
    re.I,
)


def asks_to_know(said: str) -> bool:
    """Return whether a clause asks in the form of a wish: "I'd like to know whether ..."."""
    return bool(_ASKS_TO_KNOW.search(said))


def is_wish(said: str) -> bool:
    """Return whether a clause tells a wish, even with a question mark."""
    return bool(_WISHES.match(said))
