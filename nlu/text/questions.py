"""Splits a message into the questions and wishes that it holds: "is it recognised, and how do I apply?" holds two."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<=[.?!;\n])\s+")
TELLS_SOMETHING = 3  # words up to which what stands before a comma tells nothing by itself
_BETWEEN = " ,;(\n\t"  # what may stand between two points
FEWEST_POINTS = 2  # points from which a message is a numbered list
_NUMBER = re.compile(r"(?<![^\s(])(?:(?P<number>[1-9])[.)]|(?P<letter>[a-e])\))(?=\s)", re.I)
# Words with which a question or a wish begins; before others, "and" joins things and not questions.
_OPENING = (
    r"(?:(?:in|at|by|for|from|to|with|on) (?:what|which|whom)|"
    r"what|whats|what'?s|wat|which|wich|who|whom|whose|where|whr|when|how|hw|why|is|are|r|can|cn|could|do|does|did|will|would|"
    r"should|shall|may|am i|has|have|tell|show|list|name|compare|explain|describe|give|find|recommend|suggest|any|pls|please)\b"
)
_JOINED = re.compile(
    rf"(?:,|;|\b(?:and|n)\b|\balso\b|\bplus\b|\bbut\b|&)[\s,]{{1,3}}(?:(?:and|also|then|so|n|but)\s)?(?={_OPENING})",
    re.I,
)
_ASKS = re.compile(
    rf"^\W{{0,9}}(?:(?:and|also|so|then|ok|okay|oh|but|hi|hello|thanks|thank you|plus|now)\W{{1,3}}){{0,3}}{_OPENING}",
    re.I,
)

# "I asked about the price", "you didn't answer. Is it online?": what comes after it is the question, once more.
_WHAT_IS_ASKED = (
    r"(?=(?:about|for the|whether|if|why|what|whats|how|which|where|when|who|can|do|does|did|is|are|will|would|the)\b)"
)
_SAID_TO_ASK = re.compile(
    r"\b(?:i|we)(?:'?m| am| was|'?re| are| were)?\s(?:just |only |actually |really )?ask(?:ed|ing)\b(?: you)?"
    rf"[\s,:]{{1,3}}{_WHAT_IS_ASKED}|"
    r"\bmy question (?:is|was)\b[\s,:]{1,3}|"
    r"\b(?:you|u) (?:did ?n[o']?t|did not|have ?n[o']?t|never|still did ?n[o']?t)\s(?:really |even |actually )?"
    r"(?:answer(?:ed)?|tell|told|say|said)(?: me)?(?: yet)?"
    rf"(?:\s{_WHAT_IS_ASKED}(?!the question)|(?: that| it| my question| the question| what i asked)?[.!?,:;]{{1,3}}\s)",
    re.I,
)
_DIFFERENCE = re.compile(
    r"\b(?:what'?s?|wat|tell me|explain|how)\s(?:is |are |do |does )?(?:the |they |these |those |them )?"
    r"differ(?:ences?|s|ent)?\W{0,9}$",
    re.I,
)
# "What are badges": what the questions after it call "it" or "they".
_SUBJECT = re.compile(
    r"^\W{0,9}(?:what(?:'?s| is| are| r)|explain|describe|define)\s(?:an?\s|the\s)?"
    r"(?!(?:the|it|that|this|they|these|those|your?|my|an?|difference|best|main)\b)"
    r"(?P<subject>[^\W_][\w'-]{1,40}(?:\s[\w'-]{1,40}){0,3})\W{0,9}$",
    re.I,
)
# The pronoun stands for nothing in "is it hard to get a visa".
_REFERS = re.compile(
    r"\b(?:it|they|them)\b(?!\s(?:possible|true|hard|easy|better|likely|necessary|allowed|legal|ok|okay|normal)\b)",
    re.I,
)
_THE_OTHER = re.compile(r"\bthe other(?: one| thing)?\b(?! (?:day|side|hand)\b)", re.I)
_TOLD = re.compile(r"[.!]\s+(?=\S+\s\S)")  # the end of a sentence before another one
_ABOUT = re.compile(r"(?:about|for) (?!what\b|how\b)", re.I)


def asked_once_more(text: str) -> str:
    """Return the question that a message says it asked ("I didn't ask about Oslo, I asked why"), or "" if it says none."""
    at = max((match.end() for match in _SAID_TO_ASK.finditer(text)), default=0)
    about = _ABOUT.match(text, at)
    return text[about.end() if about else at :].strip() if at else ""


def once_more(text: str) -> tuple[int, str]:
    """Return the question that a message says it asked before, and where it begins; else all of the message."""
    asked = asked_once_more(text)
    return (len(text) - len(asked), asked) if any(character.isalnum() for character in asked) else (0, text)


def asked_from(text: str) -> int:
    """Return where the only question of a message begins, if it ends the message and something is told before it; else 0."""
    text = text.rstrip()
    at = max((match.end() for match in _TOLD.finditer(text)), default=0) if text.endswith("?") else 0
    return 0 if "?" in text[:at] else at


def questions_in(text: str) -> list[str]:
    """Return the parts of a message that are put as a question or a wish, in order."""
    points = numbered_points(text) or [text]
    sentences = (sentence for point in points for sentence in _SENTENCE.split(point))
    parts = (part.strip() for sentence in sentences for part in _JOINED.split(sentence))
    return [part for part in parts if part.endswith("?") or _ASKS.search(part)]


def only_joined(text: str, part: str) -> bool:
    """Return whether a comma joins a part to a question before it; one that is told something before asks by itself."""
    before = text[: text.find(part)].rstrip()
    told = _SENTENCE.split(before)[-1]  # "by the way he is shy, will he make friends?"
    beside = part.endswith("?") and told != before and len(told.split()) > TELLS_SOMETHING and not questions_in(told)
    return before.endswith(",") and not beside


def numbered_points(text: str) -> list[str]:
    """Return the points of a numbered or lettered list ("1) how long does it take 2) is it online"), or [] without one."""
    begins: list[re.Match[str]] = []
    for number in _NUMBER.finditer(text):
        place = int(number["number"]) if number["number"] else "abcde".index(number["letter"].lower()) + 1
        if place == len(begins) + 1:  # "since 2) of them" begins no list
            begins.append(number)
    if len(begins) < FEWEST_POINTS:
        return []
    ends = [*(one.start() for one in begins[1:]), len(text)]
    points = (text[begin.end() : end].strip(_BETWEEN) for begin, end in zip(begins, ends, strict=True))
    return [point.removesuffix(" and").strip(_BETWEEN) for point in points]


def subject_of(question: str) -> str:
    """Return the thing that a question asks to be told what it is ("What is a badge?"), or ""."""
    match = _SUBJECT.match(question)
    return match["subject"] if match else ""


def with_subject(question: str, subject: str) -> str:
    """Return a question with the thing in place of its pronoun ("why is it useful?"), or "" if it has none."""
    told, number = _REFERS.subn(lambda _: subject, question, count=1)
    return told if number and subject else ""


def is_of_the_other(question: str) -> bool:
    """Return whether a question is about another thing than the one named before: "and the other one, how long is it?"."""
    return bool(_THE_OTHER.search(question))


def asks_difference(text: str) -> bool:
    """Return whether a message ends with asking for the difference of what it names."""
    return bool(_DIFFERENCE.search(text))
