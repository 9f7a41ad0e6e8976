"""Typing habits made plain before a message is read: short forms written out, mixed-in words put into English, slips mended
towards known words.

Only words that neither English (the sentence model's vocabulary) nor the advisor's own phrasings know are touched, and
only towards a word of those phrasings, so a correct message is never changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlu.text.code_mixing import ENGLISH_FOR

SHORTEST = 5  # letters; below, a slip makes another word
TWO_SLIPS_FROM = 8
MOST_MENDED = 60  # different words of a message that nobody knows; each costs a look at all goals
SEEN = 2  # times a word must stand in the phrasings to be a goal of mending

SHORT_FORMS = {
    "u": "you",
    "ur": "your",
    "r": "are",
    "y": "why",
    "pls": "please",
    "plz": "please",
    "plss": "please",
    "thx": "thanks",
    "tnx": "thanks",
    "ty": "thank you",
    "tq": "thank you",
    "abt": "about",
    "bt": "but",
    "coz": "because",
    "cuz": "because",
    "bcoz": "because",
    "b4": "before",
    "gud": "good",
    "gr8": "great",
    "wat": "what",
    "wht": "what",
    "wot": "what",
    "wats": "what is",
    "whats": "what is",
    "whr": "where",
    "wher": "where",
    "hw": "how",
    "hv": "have",
    "hav": "have",
    "cn": "can",
    "shud": "should",
    "shld": "should",
    "wud": "would",
    "wld": "would",
    "cud": "could",
    "dnt": "do not",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "cant": "can not",
    "wont": "will not",
    "isnt": "is not",
    "arent": "are not",
    "im": "i am",
    "ive": "i have",
    "ill": "i will",
    "id": "i would",
    "thats": "that is",
    "d": "the",
    "da": "the",
    "dis": "this",
    "dat": "that",
    "dem": "them",
    "n": "and",
    "nd": "and",
    "wid": "with",
    "wit": "with",
    "w": "with",
    "w/o": "without",
    "4": "for",
    "2": "to",
    "btw": "by the way",
    "asap": "soon",
    "info": "information",
    "uni": "university",
    "unis": "universities",
    "univ": "university",
    "univs": "universities",
    "cert": "certificate",
    "certs": "certificates",
    "quals": "qualifications",
    "exp": "experience",
    "govt": "government",
    "gov": "government",
    "intl": "international",
    "int'l": "international",
    "yr": "year",
    "yrs": "years",
    "mnth": "month",
    "mnths": "months",
    "mth": "month",
    "mths": "months",
    "wk": "week",
    "wks": "weeks",
    "hrs": "hours",
    "diff": "difference",
    "vs": "versus",
    "msg": "message",
    "ppl": "people",
    "prof": "professional",
    "frm": "from",
    "jst": "just",
    "bcz": "because",
    "nxt": "next",
    "tym": "time",
    "knw": "know",
    "wanna": "want to",
    "gonna": "going to",
    "gimme": "give me",
    "kinda": "kind of",
    "microcred": "micro-credential",
    "microcreds": "micro-credentials",
    "mc": "micro-credential",
    "mcs": "micro-credentials",
}
WRITTEN_OUT = {**ENGLISH_FOR, **SHORT_FORMS}
YES = ("y",)  # "why" inside a sentence, and yes as all that is said
ANY_SPELLING = re.compile(r"\bmicro[\s\u2010-\u2015-]*(?:cred[a-z]{0,14}|crdent[a-z]*|certif[a-z]{2,12})\b", re.I)
WORD = re.compile(r"[^\W_]+(?:['/][^\W_]+)*")


class Speller:
    """Built from the phrasings; `is_word` knows ordinary English words."""

    def __init__(self, phrasings: Iterable[str], is_word: Callable[[str], bool]):
        seen = Counter(word for phrasing in phrasings for word in WORD.findall(phrasing.lower()))
        self._is_word = is_word
        self._goals = sorted(
            word
            for word, times in seen.items()
            if times >= SEEN and len(word) >= SHORTEST and word.isalpha() and is_word(word)
        )

    @classmethod
    def with_goals(cls, goals: list[str], is_word: Callable[[str], bool]) -> Speller:
        """The speller whose `goals` these were."""
        self = cls((), is_word)
        self._goals = goals
        return self

    @property
    def goals(self) -> list[str]:
        """The words that slips are mended to."""
        return self._goals

    def mended(self, text: str) -> str:
        """The text with short forms written out and slips mended."""
        text = ANY_SPELLING.sub(_one_spelling, text.replace("\u2019", "'").replace("\u2018", "'"))
        if text.strip().lower() in YES:
            return text
        words = dict.fromkeys(WORD.findall(text))
        strange = islice((word for word in words if self._is_strange(word.lower())), MOST_MENDED)
        written = {**{word: word for word in words}, **{word: self._without_slips(word) for word in strange}}
        written.update((word, WRITTEN_OUT[word.lower()]) for word in words if word.lower() in WRITTEN_OUT)
        return WORD.sub(lambda found: written[found[0]], text)

    def _is_strange(self, word: str) -> bool:
        return len(word) >= SHORTEST and word.isalpha() and word not in WRITTEN_OUT and not self._is_word(word)

    def _without_slips(self, typed: str) -> str:
        word = typed.lower()
        slips = 2 if len(word) >= TWO_SLIPS_FROM else 1
        best = process.extractOne(word, self._goals, scorer=OSA.distance, score_cutoff=slips)
        return best[0] if best and (best[0][0] == word[0] or best[1] == 1) else typed


def _one_spelling(found: re.Match) -> str:
    return "micro-credentials" if found[0].lower().endswith("s") else "micro-credential"
