"""Turns a question into the words with which it can be said back: "can I pay later?" is "whether you can pay later".

Who asks is told then what exactly is left open, in their own words. A question whose order of words is not surely known is
turned into nothing; it is better not said back than said back wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from nlu.data_files import read_tables, read_words
from nlu.text.folding import without_capitals

LONGEST = 110  # characters of a question that is said back
MOST_OF_SUBJECT, MOST_ASKED = 8, 5  # words that the subject of a question may have, and the question word with its noun
_WORD = re.compile(r"\{[^{}]*\}(?:'s)?|[^\W_][\w%+&./]*(?:['-]\w+)*|,")
_MARK = re.compile(r"\{[^{}|]*\|")  # what stands before the words of a name
_PLAIN = re.compile(r"[\w\s,'%+&./{}|-]+")
_TAIL = re.compile(r",? (?:please|pls|thanks|thank you|btw|then|at all|exactly)$", re.I)
_CONTRACTED = {
    "what's": "what is", "whats": "what is", "who's": "who is", "whos": "who is", "where's": "where is",
    "when's": "when is", "how's": "how is", "i'm": "I am",
}  # fmt: skip
_JOINS = frozenset("and or but so".split())
_WH = frozenset("what which who whom whose where when why how".split())
_BEFORE_WH = frozenset("in at by for from to until with on of".split())
_BE = frozenset("is are am was were".split())
_DO = frozenset("do does".split())
_MODAL = frozenset("can could will would should may might must has have".split())
_NOT = frozenset(
    "can't cannot couldn't won't wouldn't shouldn't isn't aren't wasn't don't doesn't didn't hasn't haven't".split()
)
_AUX = _BE | _DO | _MODAL | _NOT
_PRONOUNS = frozenset(
    "i we they it he she this that there these those one anyone someone everyone anybody somebody nobody people".split()
)
_SINGULAR = frozenset("it he she this that one anyone someone everyone anybody somebody nobody".split())
_COMPLEMENTS = frozenset("a an any not too more less like as".split())  # which begin what is said of a subject after "is"
_DETERMINERS = frozenset("the a an my our any some every each this that these those their his her its no".split())
_TURNED = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "we": "you", "us": "you",
    "our": "your", "ours": "yours", "ourselves": "yourselves", "am": "are", "i'm": "you are", "i've": "you have",
    "i'll": "you will", "i'd": "you would", "we're": "you are",
}  # fmt: skip
_FOLLOWING = frozenset(
    "a an the my our any some all it them me us him her in at on of for from to with by about as if when after before until "
    "while during without within back up out off again more less much many also too there here that this than well".split()
)
_ADVERBS = frozenset("also really still even actually ever always usually already just only normally".split())
_GENERIC = frozenset("need have get pay lose become".split())  # "do you need a visa?" is asked of anybody
_TO_DO = frozenset("how where who".split())
_CLAUSES = frozenset("if when after before because while unless until once".split())
_TIMES = frozenset(
    (each, time)
    for each in ("each", "every", "per", "a", "this", "next")
    for time in ("day", "week", "month", "year", "term", "semester")
)
_PREPOSITIONS = frozenset("in at on for from with about like under over near".split())
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_ENDS = ("ed", "ing", "able", "ible")


def indirect(question: str) -> str:
    """Return a question as it stands after "doesn't say": "how you pay", "whether it is free"; "" if it can't be turned.

    A name may stand in braces and is taken as one word.
    """
    plain = _TAIL.sub("", question.strip(" ?!.,\"'"))
    if not plain or len(_MARK.sub("", plain)) > LONGEST or not _PLAIN.fullmatch(plain):
        return ""
    words = _words(plain)
    if len(words) < 2 or "," in words or _asks_twice(_low(words)) or "you" in _low(words) and not _is_generic(_low(words)):
        return ""
    turned = _turned_order(words)
    return " ".join(_as_said(turned)) if turned else ""


def _words(plain: str) -> list[str]:
    shouted = plain.isupper()
    found = _WORD.findall(without_capitals(plain) if shouted else plain)
    short = _short_forms()
    words = [_CONTRACTED.get(word.lower(), short.get(word, word)) for word in found]
    return " ".join(words).split(" ") if not any("{" in word for word in words) else _split_outside(words)


def _split_outside(words: Iterable[str]) -> list[str]:
    """Return the words, of which those that were written out are parted; a name in braces stays whole."""
    return [part for word in words for part in ([word] if "{" in word else word.split(" "))]


def _low(words: Iterable[str]) -> list[str]:
    return [word.lower() for word in words]


def _asks_twice(low: list[str]) -> bool:
    """Return whether a second question is joined to the first: "do I need one and where is it made?"."""
    joined = (place for place in range(1, len(low) - 1) if low[place] in _JOINS)
    return any(low[place + 1] in _WH | _AUX or low[place + 1] == "if" for place in joined)


def _is_generic(low: list[str]) -> bool:
    """Return whether "you" stands for anybody in a question: "do you need a visa?"."""
    at = low.index("you")
    return low.count("you") == 1 and "your" not in low and low[at + 1 : at + 2] != [] and low[at + 1] in _GENERIC


def _turned_order(words: list[str]) -> list[str]:
    """Return the words in the order of an indirect question, or [] if that isn't sure."""
    low = _low(words)
    if low[0] in _AUX:
        rest = _after(low[0], words[1:])
        return ["whether", *rest] if rest else []
    first = 1 if low[0] in _BEFORE_WH and len(low) > 1 else 0
    if low[first] not in _WH:
        return []
    if low[first + 1 : first + 2] == ["to"]:  # "how to apply"
        return words
    at = next((place for place in range(first + 1, len(low)) if low[place] in _AUX), 0)
    if not at or at - first > MOST_ASKED:
        return words if low[first] in ("who", "what") and _is_finite(low[first + 1]) else []
    asked, rest = words[:at], words[at + 1 :]
    if not rest:
        return []
    if _is_subject(low, first, at):  # "who can help me", "what is included"
        return words
    after_aux = low[at + 1 :]
    if low[first] in _TO_DO and at == first + 1 and low[at] in ("do", "can", "should") and after_aux[0] in ("i", "we"):
        whom = ["whom"] if low[first] == "who" else asked
        return [*whom, "to", *rest[1:]] if after_aux[1:2] and after_aux[1] not in ("have", "need") else []
    turned = _after(low[at], rest, asked=True)
    return [*asked, *turned] if turned else []


def _is_finite(word: str) -> bool:
    """Return whether a word after "who" or "what" is its verb: "who pays for it", "what happens if I fail"."""
    return word.endswith("s") and (word[:-1] in _verbs() or word[:-2] in _verbs())


def _is_subject(low: list[str], first: int, at: int) -> bool:
    """Return whether the question word is the subject of a question: "who can help me", "what is included in it"."""
    after = low[at + 1]
    if low[first] not in ("who", "what", "which"):
        return False
    if low[at] in _BE:
        return after.endswith(_ENDS) or after in _predicates()
    return low[first] == "who" and low[at] in _MODAL and after in _verbs() and after not in _also_nouns()


def _after(aux: str, words: list[str], asked: bool = False) -> list[str]:
    """Return subject and predicate in the order of a statement; [] where the subject ends nowhere for sure.

    `asked` tells that a question word stands before, so that all that follows "is" may be the subject.
    """
    if not words:
        return []
    low = _low(words)
    end = 1 if _is_alone(low) else _end_of_subject(aux, low)
    if not end:
        return _with_last_verb(aux, words) if asked and aux in _BE and low[0] in _DETERMINERS else []
    subject, rest = words[:end], words[end:]
    if not rest:
        return [*subject, aux] if asked and aux in _BE else []
    if aux in _DO:
        return _without_do(subject, rest, aux == "does" or low[end - 1] in _SINGULAR and end == 1)
    return [*subject, "are" if aux in ("am", "is") and low[0] in ("i", "we") else aux, *rest]


def _is_alone(low: list[str]) -> bool:
    """Return whether the first word is the whole subject: a pronoun, or "there"."""
    if low[0] == "you":
        return True
    return low[0] in _PRONOUNS and not (low[0] in _DETERMINERS and len(low) > 1 and _is_noun_after(low[1]))


def _is_noun_after(word: str) -> bool:
    return word not in _verbs() and word not in _predicates() and word not in _FOLLOWING and not word.endswith(_ENDS)


def _end_of_subject(aux: str, low: list[str]) -> int:
    """Return how many words the subject has, or 0 if that isn't sure."""
    within = range(1, min(len(low), MOST_OF_SUBJECT + 1))
    if aux in _BE or aux in ("isn't", "aren't", "wasn't"):
        begins = [place for place in within if low[place] in _predicates() or low[place].endswith(_ENDS)]
        begins = [place for place in begins if low[place - 1] not in _DETERMINERS and _ends_there(low, place)]
        begins = begins or [place for place in within if low[place] in _COMPLEMENTS]
        return begins[0] if begins else 0
    may_be = [place for place in within if _may_be_verb(low, place)]
    sure = [place for place in may_be if _is_surely_verb(low, place)]
    return sure[0] if sure else may_be[0] if len(may_be) == 1 else 0


def _ends_there(low: list[str], place: int) -> bool:
    """Return whether a word like "paid" ends what is said of the subject, and is no part of a name ("paid leave")."""
    after = low[place + 1 : place + 2]
    return not after or after[0] in _FOLLOWING or "{" in after[0] or after[0].isdigit() or after[0] in _predicates()


def _may_be_verb(low: list[str], place: int) -> bool:
    before = low[place - 1]
    return low[place] in _verbs() and not (before in _DETERMINERS or before in _PREPOSITIONS or before in ("of", "to"))


def _is_surely_verb(low: list[str], place: int) -> bool:
    """Return whether a word that may be a verb is one, and no part of a name ("start date")."""
    after = low[place + 1] if place + 1 < len(low) else ""
    sure = not after or after in _FOLLOWING or after in _DETERMINERS or "{" in after or after[0].isdigit()
    return sure or low[place] not in _also_nouns() and after not in _verbs()


def _with_last_verb(aux: str, words: list[str]) -> list[str]:
    """Return a subject that fills the rest of a question, with its "is" at the end: "how much the grant is each month"."""
    low = _low(words)
    ends = [place for place in range(1, len(low)) if low[place] in _CLAUSES or tuple(low[place:][:2]) in _TIMES]
    end = ends[0] if ends else len(words)
    return [*words[:end], aux, *words[end:]]


def _without_do(subject: list[str], rest: list[str], singular: bool) -> list[str]:
    """Return subject and predicate without "do" or "does", whose person the verb takes."""
    at = next((place for place, word in enumerate(rest) if word.lower() not in _ADVERBS), 0)
    if not singular:
        return [*subject, *rest]
    return [*subject, *rest[:at], _third_person(rest[at].lower()), *rest[at + 1 :]]


def _third_person(verb: str) -> str:
    irregular = {"have": "has", "do": "does", "go": "goes", "be": "is"}
    if verb in irregular:
        return irregular[verb]
    if verb.endswith(("s", "x", "ch", "sh", "o", "z")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2:-1] not in "aeiou" else f"{verb}s"


def _as_said(words: Iterable[str]) -> list[str]:
    """Return the words as somebody else says them: "your" for "my", days with a capital."""
    told = []
    for word in words:
        low = word.lower()
        told.append(_TURNED.get(low) or (word.capitalize() if low in _DAYS | _peoples() else word))
    if told and "{" not in told[0]:
        told[0] = told[0].lower()
    return told


@cache
def _peoples() -> frozenset[str]:
    return frozenset(word for row in read_tables("peoples")["adjectives"].values() for word in row)


@cache
def _short_forms() -> dict[str, str]:
    return read_words("short_forms")


@cache
def _table(name: str) -> frozenset[str]:
    return frozenset(read_words("indirect_questions")[name].split())


def _verbs() -> frozenset[str]:
    return _table("verbs")


def _also_nouns() -> frozenset[str]:
    return _table("also_nouns")


def _predicates() -> frozenset[str]:
    return _table("predicates")
