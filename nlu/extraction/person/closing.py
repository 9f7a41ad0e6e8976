"""Tells whether a message only ends a conversation or remarks on it: thanks, a farewell, what somebody will do now.

Whatever nouns stand in it, such a message asks nothing, and no topic answers it: "thanks, I'll put it before the board". It
does if one of its sentences asks, seeks something, or only names it ("thanks, and Canada").
"""

from __future__ import annotations

import re
from collections.abc import Collection

# How a message ends: as a farewell, with thanks, or with what the writer will do with the answers.
LEAVES, THANKED, REMARKS = "leaves", "thanked", "remarks"
_SENTENCE = re.compile(r"(?<=[.!;])\s+|\n+")
_FAREWELL = re.compile(
    r"\b(?:good ?bye|bye(?:[ -]?bye)?|cheerio|farewell|ciao|adieu|so long|over and out|toodle[ -]?(?:oo|pip)|"
    r"(?:cheers|thanks|thx|ta|thank you)\W{1,3}(?:i'?m )?off (?:to|home|now)|"
    r"see (?:you|ya|u)(?! in)|take care(?! of)|good ?night|until (?:next time|then)|have a (?:good|nice|lovely|great) \w+)\b"
    r"(?!-)",
    re.I,
)
_THANKS = re.compile(
    r"\b(?:thanks?|thank (?:you|u)|thx|thanx|tnx|ta|cheers|much obliged|(?:much |really |greatly )?appreciated?|"
    r"grateful|merci|gracias)\b",
    re.I,
)
_KIND = re.compile(
    r"\b(?:that(?:'s| is| was)|this (?:is|was)|it (?:is|was)|you(?:'re| are| were| have been|'ve been))\s"
    r"(?:(?:really|very|most|quite|so|all|pretty|more than|just|a)\s){0,3}"
    r"(?:useful|helpful|fine|clear|enough|kind|interesting|great|good|perfect|brilliant|lovely|settled|help)\b",
    re.I,
)
_PRAISE = re.compile(
    r"\byou(?:'ve been|'re| are| were| have been)\s(?:(?:really|very|so|a|an|the|such|real|absolute)\s){0,3}"
    r"(?:stars?|gem|angel|legend|treasure|best|brilliant|helpful|kind|great|lifesaver)\b|\bsaved my (?:life|day|bacon)\b",
    re.I,
)
# What the writer, or somebody they know, is about to do or will think of it.
_WILL = re.compile(
    r"\b(?:i|we|he|she|they|(?:my|our|the) \w+(?: \w+)?)(?:'ll| will| shall| might| may|'m going to|'re going to| am going to|"
    r" are going to|'m off| am off)\b|\blet'?s see\b",
    re.I,
)
# What the writer will do with what they heard; "I will be alone there" may matter to the answer.
_USES_IT = re.compile(
    r"\b(?:i|we)(?:'ll| will| shall|'m going to|'re going to| am going to| are going to| might| may)\s(?:(?!not\b|be\b)\w+\s)?"
    r"(?:ask|tell|chew|mull|ponder|put|raise|show|pass|bring|take|mention|discuss|talk|speak|think|look|see|check|read|print|try|sleep|write|"
    r"report|have|consider|decide|keep|note|remember|send|share|forward|propose|suggest|present|use|recommend|let|give|get)\b"
    r"|\b(?:i'm|i am|we're|we are) off\b|\b(?:i|we)(?:'ll| will| shall) be (?:back|off|in touch)\b|\blet'?s see\b",
    re.I,
)
_SUBJECT = re.compile(
    r"\b(?:i|i'?m|i'?ve|we|we'?re|he|she|they|it|it'?s|that|that'?s|this|you|you'?ve|you'?re|(?:my|our|the|your) \w+|nobody|"
    r"everybody|somebody)\b",
    re.I,
)
_ASKS = re.compile(
    r"\?|^\W*(?:(?:and|but|so|also|ok|okay|well|then|now|please|thanks|thank you|one more thing)\W+)*"
    r"(?:what|which|who|whom|where|when|why|how|do|does|did|is|are|was|can|could|will|would|should|shall|tell|show|list|name|"
    r"compare|give|explain|find|describe|write|send|put|sum|repeat|recommend|suggest|help)\b(?!')",
    re.I,
)
_SEEKS = re.compile(
    r"\b(?:want|wanna|need|'d like|would like|looking for|interested in|wonder|wondering|please|pls|search|prefer|tell me|"
    r"give me|show me|send me|recommend|suggest me|explain|help me|question|what about|how about|one more|i meant?|not what|"
    r"for nothing|you (?:did ?n[o']?t|said|told|forgot|never))\b",
    re.I,
)
_SATISFIED = re.compile(
    r"\b(?:all|what|everything|anything|more than|as much as)\s(?:that\s)?(?:i|we)\s(?:\w+\s)?(?:want|need)\w*\b", re.I
)
LONGEST = 400  # characters of a message that may be an ending
_LONGEST_ADDRESS = 4  # words beside a farewell or thanks that need no verb: "goodbye, my little friend"
# Parts of the profile that somebody tells in order to be advised by them.
TELLING = {"work", "field", "place", "origin", "level", "goal", "budget", "limits", "mode", "situation", "studied"}

MOOD = {"mood", "own", "time"}  # parts that change no answer: "I'll chew on it over the weekend"


def closing(text: str, told: Collection[str], named: bool) -> str:
    """Return how a message ends the conversation, or "" if it does not.

    `told` are the parts of the profile that it tells, `named` tells whether it names something of the catalogue.
    """
    if "?" in text or len(text) > LONGEST:
        return ""
    sentences = [one for one in _SENTENCE.split(_SATISFIED.sub("", text)) if one.strip()]
    leaves = any(_FAREWELL.search(one) for one in sentences)
    thanked = any(_THANKS.search(one) or _PRAISE.search(one) for one in sentences)
    will = any(_WILL.search(one) for one in sentences)
    uses_it = any(_USES_IT.search(one) for one in sentences)
    if not all(_is_remark(one, leaves) for one in sentences):
        return ""
    if leaves:
        return LEAVES
    if TELLING & set(told) or named and not will:
        return ""
    if thanked:
        return THANKED
    only_remarks = uses_it and not named and not set(told) - MOOD
    return REMARKS if only_remarks and all(_only_remarks(one) for one in sentences) else ""


def _is_remark(sentence: str, leaves: bool) -> bool:
    """Return whether a sentence asks and seeks nothing; one that says goodbye may speak of any wish."""
    if any(map(_ASKS.search, sentence.split(","))):
        return False
    if _FAREWELL.search(sentence):
        return True
    if _SEEKS.search(sentence):
        return False
    polite = _THANKS.search(sentence)
    rest = _THANKS.sub("", sentence)
    return bool(_SUBJECT.search(rest)) or bool(polite or leaves) and len(rest.split()) <= _LONGEST_ADDRESS


def _only_remarks(sentence: str) -> bool:
    """Return whether a sentence says no more than what somebody will do, or that it was good to hear."""
    return bool(_WILL.search(sentence) or _KIND.search(sentence) or len(sentence.split()) <= _LONGEST_ADDRESS)
