"""Turns a question into the words with which it can be said back: "can I pay later?" is "whether you can pay later".

Who asks is told then what exactly is left open, in their own words. A question whose order of words is not surely known is
turned into nothing; it is better not said back than said back wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from nlu.data_files import read_tables, read_words
from nlu.text.folding import without_capitals


@cache
def _table(name: str) -> frozenset[str]:
    return frozenset(read_words("indirect_questions")[name].split())


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
_VERBS, _ALSO_NOUNS, _PREDICATES = _table("verbs"), _table("also_nouns"), _table("predicates")
_JOINS = _table("joins")
_WH = _table("question_words")
_BEFORE_WH = _table("before_question_words")
_BE = _table("be")
_DO = _table("do")
_MODAL = _table("modals")
_NOT = _table("negated")
_AUX = _BE | _DO | _MODAL | _NOT
_PRONOUNS = _table("pronouns")
_SINGULAR = _table("singular")
_PLURAL = _table("plural")  # without its "s"
_COMPLEMENTS = _table("complements")  # which begin what is said of a subject after "is"
_DETERMINERS = _table("determiners")
_TURNED = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "we": "you", "us": "you",
    "our": "your", "ours": "yours", "ourselves": "yourselves", "am": "are", "i'm": "you are", "i've": "you have",
    "i'll": "you will", "i'd": "you would", "we're": "you are",
}  # fmt: skip
_ADDRESSED = frozenset({"you", "your", "yours", "yourself"})
_FOLLOWING = _table("following")
_ADVERBS = _table("adverbs")
_GENERIC = _table("generic")  # "do you need a visa?" is asked of anybody
_TO_DO = _table("to_do")
_CLAUSES = _table("clauses")
_TIMES = frozenset(
    (each, time)
    for each in ("each", "every", "per", "a", "this", "next")
    for time in ("day", "week", "month", "year", "term", "semester")
)
_PREPOSITIONS = {"of"} | _table("prepositions")
_DAYS = _table("days")
_ENDS = ("ed", "ing", "able", "ible")


def indirect(question: str) -> str:
    """Return a question as it stands after "doesn't say": "how you pay", "whether it is free"; "" if it can't be turned.

    A name may stand in braces and is taken as one word.
    """
    plain = _TAIL.sub("", question.strip(" ?!.,\"'"))
    if not plain or len(_MARK.sub("", plain)) > LONGEST or not _PLAIN.fullmatch(plain):
        return ""
    told = [_turned(part) for part in _questions(_words(plain))]
    return " and ".join(told) if all(told) else ""


def _turned(words: list[str]) -> str:
    low = _low(words)
    if len(words) < 2 or "," in words or _ADDRESSED & set(low) and not _is_generic(low):
        return ""
    return " ".join(_as_said(_turned_order(words)))


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


def _questions(words: list[str]) -> list[list[str]]:
    """Return the questions that are joined in one: "do I need one and where is it made?"."""
    low = _low(words)
    begins = [place for place in range(1, len(low) - 1) if low[place] in _JOINS and low[place + 1] in _WH | _AUX]
    starts, ends = [0, *(place + 1 for place in begins)], [*begins, len(words)]
    return [words[start:end] for start, end in zip(starts, ends, strict=True)]


def _is_generic(low: list[str]) -> bool:
    """Return whether "you" stands for anybody in a question: "do you need a visa?"."""
    addressed = [place for place, word in enumerate(low[:-1]) if word in _ADDRESSED]
    return len(addressed) == 1 and low[addressed[0]] == "you" and low[addressed[0] + 1] in _GENERIC


def _turned_order(words: list[str]) -> list[str]:
    """Return the words in the order of an indirect question, or [] if that isn't sure."""
    low = _low(words)
    if low[:2] == ["am", "i"]:  # "am I too old?" wants no judgement said back
        return []
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
    return word.endswith("s") and (word[:-1] in _VERBS or word[:-2] in _VERBS)


def _is_subject(low: list[str], first: int, at: int) -> bool:
    """Return whether the question word is the subject of a question: "who can help me", "what is included in it"."""
    after = low[at + 1]
    if low[first] not in ("who", "what", "which"):
        return False
    if low[at] in _BE:
        return after.endswith(_ENDS) or after in _PREDICATES
    return low[first] == "who" and low[at] in _MODAL and after in _VERBS and _is_surely_verb(low, at + 1)


def _after(aux: str, words: list[str], asked: bool = False) -> list[str]:
    """Return subject and predicate in the order of a statement; [] where the subject ends nowhere for sure.

    `asked` tells that a question word stands before, so that all that follows "is" may be the subject.
    """
    if not words:
        return []
    low = _low(words)
    end = 1 if _is_alone(low) else _end_of_subject(aux, words)
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
    return word not in _VERBS and word not in _PREDICATES and word not in _FOLLOWING and not word.endswith(_ENDS)


def _end_of_subject(aux: str, words: list[str]) -> int:
    """Return how many words the subject has, or 0 if that isn't sure."""
    low = _low(words)
    within = range(1, min(len(low), MOST_OF_SUBJECT + 1))
    if aux in _BE or aux in ("isn't", "aren't", "wasn't"):
        begins = [place for place in within if low[place] in _PREDICATES or low[place].endswith(_ENDS)]
        first = next((place for place in within if low[place] in _PREPOSITIONS), len(low))
        # "For those living there" ends no subject.
        begins = [place for place in begins if place < first or not low[place].endswith("ing")]
        begins = [place for place in begins if low[place - 1] not in _DETERMINERS and _ends_there(low, place)]
        begins = begins or [
            place for place in within if low[place] in _COMPLEMENTS and low[place - 1] not in _PREPOSITIONS
        ]
        return _without_first_half(aux, words, begins[0]) if begins else 0
    may_be = [place for place in within if _may_be_verb(low, place)]
    sure = [place for place in may_be if _is_surely_verb(low, place)]
    return sure[0] if sure else may_be[0] if len(may_be) == 1 else 0 if may_be else _end_of_name(words)


def _without_first_half(aux: str, words: list[str], place: int) -> int:
    """Return where a subject ends before a predicate, which may begin a word earlier: "fully | online", "courses | self paced".

    What is said of several ends in a plural or a name; where that stands a word earlier, the word between belongs to the
    predicate. It is 0 where the subject is none of several though its verb says so.
    """
    low = _low(words)
    if place > 1 and low[place - 1] in _ADVERBS:
        return place - 1
    if aux not in ("are", "aren't", "were") or _is_of_several(words, place):
        return place
    return place - 1 if place > 1 and _is_of_several(words, place - 1) else 0


def _is_of_several(words: list[str], end: int) -> bool:
    """Return whether the subject that ends there is of several things."""
    last = words[end - 1]
    plural = last.lower() in _PLURAL or last.lower().endswith("s") and not last.lower().endswith("ss")
    return plural or "{" in last or last[0].isupper() or not {"and", "of"}.isdisjoint(_low(words[:end]))


def _end_of_name(words: list[str]) -> int:
    """Return how many words the name has that a question begins with, of whatever verb: "does NASBA certify"; 0 without one."""
    end = next((place for place, word in enumerate(words) if "{" not in word and not word[0].isupper()), len(words))
    after = words[end + 1 : end + 2]
    alone = end + 1 == len(words) or bool(after) and (after[0].lower() in _FOLLOWING or "{" in after[0])
    return end if 0 < end < len(words) and alone and words[end].lower() not in _FOLLOWING else 0


def _ends_there(low: list[str], place: int) -> bool:
    """Return whether a word like "paid" ends what is said of the subject, and is no part of a name ("paid leave")."""
    after = low[place + 1 : place + 2]
    return not after or after[0] in _FOLLOWING or "{" in after[0] or after[0].isdigit() or after[0] in _PREDICATES


def _may_be_verb(low: list[str], place: int) -> bool:
    before = low[place - 1]
    return low[place] in _VERBS and not (before in _DETERMINERS or before in _PREPOSITIONS or before == "to")


def _is_surely_verb(low: list[str], place: int) -> bool:
    """Return whether a word that may be a verb is one, and no part of a name ("start date")."""
    after = low[place + 1] if place + 1 < len(low) else ""
    sure = not after or after in _FOLLOWING or after in _DETERMINERS or "{" in after or after[0].isdigit()
    return sure or low[place] not in _ALSO_NOUNS and after not in _VERBS


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
    low = _low(rest)
    if any(one in ("or", "and") and _is_only_verb(two) for one, two in pairwise(low)):
        return []  # "does it print them or send a file", whose second verb has no person either
    return [*subject, *rest[:at], _third_person(rest[at].lower()), *rest[at + 1 :]]


def _is_only_verb(word: str) -> bool:
    return word in _VERBS and word not in _ALSO_NOUNS


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
    """Return what short forms stand for, without those that are words or numbers themselves ("ill", "4")."""
    forms = read_words("short_forms").items()
    return {word: written for word, written in forms if word.isalpha() and not written.startswith("i ")}
