"""Detects how the names in a message are meant: excluded ("not the UK"), added ("Canada too"), or all it says ("and IT?")."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nlu.text.bounds import before

_NOT = re.compile(
    r"\b(?:(?<!why )not|(?<!has )(?<!have )(?<!had )(?<!is )no|nor|"
    r"without|w/o|except(?: for)?|excluding|exclude|minus|(?:any|every|all)(?:thing|where|one)? but|"
    r"other than|apart from|besides|instead of|rather than|leave out|leaving out|skip|remove|drop|avoid|hide|"
    r"never ?mind|forget(?: about)?|ignore|neither|anything except|"
    r"do(?:es)?(?: not|n'?t) (?:want|like|need|show(?: me)?)|nothing|sin|excepto|menos|"
    r"(?:not|no|never)(?: (?:any|so|very|that|too|really))? (?:good|great) with|can(?:no|')?t stand|hate[sd]?|loathe[sd]?|"
    r"(?:can(?:no|')?t|can not|couldn'?t) (?:do|make|manage|attend|come)|"
    r"d(?:o|id?)(?: not|n'?t|nt) (?:ask|mean|say|speak|talk)(?: you)?(?: about)?|"
    # "that aren't online", "ones which don't have"; at the beginning of a question ("isn't it in Canada?") it excludes nothing
    r"(?:that|which|who|they|it|ones?|courses?|programs?|types?) (?:is|are|do|does)(?:n'?t| not)"
    r"(?: (?:have|be|based|run|offered))?)\s+"
    r"(?:(?:in|from|by|at|to|of|on|for|the|an?|any|those|these|interested|want|to learn|learn|learning|go|do|doing|take|"
    r"taking|study|studying|anything|something|really|via|with|ones|programs?|courses?)\s+)*$",
    re.I,
)
# "No no, the Canadian one" contradicts what was said before, and excludes nothing.
_CONTRADICTS = re.compile(
    r"^\W{0,9}(?:(?:no|nope|nah)\b\W{1,3}){1,3}(?=(?:the|that|this|those|these|not|i|it)\b)|"
    r"^\W{0,9}(?:no|nope|nah)\W{1,3}(?:no|nope|nah)\b(?!\s(?!(?:i|it|we|you|he|she|wait|sorry|sir)\b)\w)|"
    # "So nothing in Europe?" asks
    r"^\W{0,9}(?:(?:so|and|then|but)\W{1,3})?(?:nothing|none|no (?:courses?|programs?|one))\b(?=[^.!?]{0,60}\?\W{0,3}$)",
    re.I,
)
_JOINED = re.compile(
    r"^(?:\s+(?:courses?|programs?|ones))?(?:,\s*|\s+)(?:or|nor|and)\s+(?:(?:in|from|by|at|the|an?|any)\s+)*$", re.I
)
_ADDED = re.compile(
    r"\b(?:also|as well|in addition|bhi|también|tambien)\b|\btoo\b(?!\s\w)|^\W*(?:or|plus|add)\b|"
    r"\b(?:is|are|would be|r)\s(?:also\s)?(?:fine|ok|okay|good|possible)\b",
    re.I,
)
_BESIDE = re.compile(
    r"(?:and|or|n|aur|add|plus|include|also|too|only|just|show|so|then|ok|okay|hmm|well|but|even|what|wat|how|about|abt|for|from|in|with|by|at|the|an?|please|pls|plz|now|ka|"
    r"ke|ki|kya|me|mein|liye|par|instead|though|actually|maybe|sorry|i|mean|meant|same|no|nope|wait|oh|rather|question)",
    re.I,
)
_REFERS = re.compile(r"\b(?:that|this|it|those|these|them|such)\b", re.I)
_WORD = re.compile(r"[^\W_]+")
_DENIES = re.compile(
    r"\b(?:(?<!or )not|(?<!or )no|never|nor|none|nobody|nothing|neither|without|w/o|zero|cannot|lack(?:s|ing)?|hardly|barely|"
    r"despite|although|even (?:if|though)|"
    # What holds least is asked for as what doesn't hold, except of a price.
    r"(?<!at )least (?!expensive|costly|money|time|effort)[a-z]{4,20}|(?<!at )least(?=\W{0,9}$)|"
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|wo|ai)"
    r"n'?t|can'?t|unrecogni[sz]ed)\b",
    re.I,
)
_DOUBTS = re.compile(
    r"\b(?:unknown|unfamiliar|useless|worthless|pointless|fake|reject(?:s|ed)?|refuse[sd]?|ignore[sd]?|hate[sd]?|dislike[sd]?|"
    r"against|too (?:old|young|late|early|far|slow|weak)|doubt(?:s|ed)?|problems?|bad|fail(?:s|ed)?|disadvantages?|"
    r"drawbacks?|less|fewer|limited|limits?|lower|lacks?|difficult|hard|harder|s[kc]eptical|risky?|worse|"
    r"overpriced|waste|poor(?:ly)?(?! (?:countr|people|famil|student))|low(?!(?:-| )(?:cost|price|fee|budget|income)))\b",
    re.I,
)

_ANY = re.compile(
    r"\b(?:any(?:one|body)|any (?:\w+ )?(?:employers?|compan(?:y|ies)|firms?|universit(?:y|ies)|schools?|colleges?|recruiters?|"
    r"countr(?:y|ies)|people|boss(?:es)?)|some(?:one|body)|ever|at all)\b(?! (?:can|could|may)\b)",
    re.I,
)

_OBLIGES = re.compile(
    r"\b(?:(?:do|does|will|would) (?:i|we|you|one|they|he|she|students?) (?:\w+ )?(?:have|need) to|"
    r"must (?:i|we|you|one|they|he|she)|"
    r"(?:is|are) (?:it|they|there) (?:required|necessary|compulsory|mandatory|obligatory))\b",
    re.I,
)


def left_out(text: str, spans: Iterable[tuple[int, int]]) -> set[int]:
    """Return the start of each name that the message excludes; `spans` are the names' positions in order."""
    excluded: set[int] = set()
    text = _CONTRADICTS.sub(lambda said: " " * len(said[0]), text)
    last: tuple[int, int] | None = None
    for start, end in dict.fromkeys(spans):
        chained = last is not None and last[0] in excluded and _JOINED.match(text[last[1] : start])
        if chained or _NOT.search(before(text, start)):
            excluded.add(start)
        last = (start, end)
    return excluded


def adds(text: str) -> bool:
    """Return whether the names come on top of the earlier ones."""
    return bool(_ADDED.search(text))


def refers(text: str) -> bool:
    """Return whether the message refers to what was said before: "where can I study that?"."""
    return bool(_REFERS.search(text))


def only_names(text: str, spans: Iterable[tuple[int, int]]) -> int:
    """Return how many names the message consists of, beside words without meaning of their own; 0 if it says more."""
    parts, at, count = [], 0, 0
    for start, end in sorted(set(spans)):
        if start >= at:
            parts.append(text[at:start])
            at, count = end, count + 1
    rest = " ".join([*parts, text[at:]])
    return count if all(_BESIDE.fullmatch(word) for word in _WORD.findall(rest)) else 0


def denies(text: str) -> bool:
    """Return whether a message holds a no of its own, so that "yes" may mean the opposite: "isn't it", "without"."""
    return bool(_DENIES.search(text.replace("\u2019", "'")))


def doubts(text: str) -> bool:
    """Return whether a message asks for what is bad about something, by a no or by a word such as "problem"."""
    return denies(text) or bool(_DOUBTS.search(text))


def seeks_any(text: str) -> bool:
    """Return whether a message asks if something holds for anybody or ever, to which one exception is no "no"."""
    return bool(_ANY.search(text))


def obliges(text: str) -> bool:
    """Return whether a message asks if something has to be done, to which that it can be done is no answer."""
    return bool(_OBLIGES.search(text))


def tone_of(text: str, whole: str = "") -> dict[str, bool]:
    """Return how the words of a question turn what a yes or no to it means.

    `says_no` tells whether the whole message holds a no.
    """
    return {
        "says_no": denies(whole or text),
        "denies": denies(text),
        "doubts": doubts(text),
        "seeks_any": seeks_any(text),
        "obliges": obliges(text),
    }
