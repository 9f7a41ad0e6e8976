"""Normalises a message before it is read: writes out short forms, replaces code-mixed words and corrects typing mistakes.

Only words that neither English (the sentence model's vocabulary) nor the training phrasings know are corrected, and only to a
word of those phrasings, so a correct message is never changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlu.data_files import read_words
from nlu.text.code_mixing import ENGLISH_FOR

_MIN_LENGTH = 5  # letters; in a shorter word, a typing mistake makes another word
_TWO_MISTAKES_FROM = 8  # letters from which two mistakes are corrected
_MAX_CORRECTED = 60  # different unknown words of a message; each costs a comparison with all targets
_MIN_COUNT = 2  # times that a word must stand in the phrasings to be a target of correction

WRITTEN_OUT = {**ENGLISH_FOR, **read_words("short_forms")}
_YES = ("y",)  # "why" inside a sentence, but "yes" if it is the whole message
_SPELT_IN_PARTS = {word: re.compile(pattern, re.I) for word, pattern in read_words("spelt_in_parts").items()}
_WORD = re.compile(r"[^\W_]+(?:['/][^\W_]+)*")


class Speller:
    """Corrector of typing mistakes towards the words of the training phrasings.

    `is_word` tells whether a word is ordinary English, which is left alone.
    """

    def __init__(self, phrasings: Iterable[str], is_word: Callable[[str], bool]) -> None:
        counts = Counter(word for phrasing in phrasings for word in _WORD.findall(phrasing.lower()))
        self._is_word = is_word
        self._targets = sorted(
            word
            for word, count in counts.items()
            if count >= _MIN_COUNT and len(word) >= _MIN_LENGTH and word.isalpha() and is_word(word)
        )

    @classmethod
    def with_targets(cls, targets: list[str], is_word: Callable[[str], bool]) -> Speller:
        """Restore a speller from its `targets`."""
        self = cls((), is_word)
        self._targets = targets
        return self

    @property
    def targets(self) -> list[str]:
        """The words that typing mistakes are corrected to, sorted."""
        return self._targets

    def correct(self, text: str) -> str:
        """Return the text with short forms written out and typing mistakes corrected."""
        text = text.replace("\u2019", "'").replace("\u2018", "'")
        for word, written in _SPELT_IN_PARTS.items():
            text = written.sub(partial(_usual_spelling, word), text)
        if text.strip().lower() in _YES:
            return text
        words = dict.fromkeys(_WORD.findall(text))
        unknown = islice((word for word in words if self._is_unknown(word.lower())), _MAX_CORRECTED)
        corrected = {word: self._nearest_target(word) for word in unknown}
        corrected.update((word, WRITTEN_OUT[word.lower()]) for word in words if word.lower() in WRITTEN_OUT)
        return _WORD.sub(lambda match: corrected.get(match[0], match[0]), text)

    def _is_unknown(self, word: str) -> bool:
        return len(word) >= _MIN_LENGTH and word.isalpha() and word not in WRITTEN_OUT and not self._is_word(word)

    def _nearest_target(self, typed: str) -> str:
        """Return the nearest target, or the word itself if none is near; of two mistakes, none may be in the first letter."""
        word = typed.lower()
        mistakes = 2 if len(word) >= _TWO_MISTAKES_FROM else 1
        best = process.extractOne(word, self._targets, scorer=OSA.distance, score_cutoff=mistakes)
        return best[0] if best and (best[0][0] == word[0] or best[1] == 1) else typed


def _usual_spelling(word: str, match: re.Match[str]) -> str:
    return f"{word}s" if match[0].lower().endswith("s") else word
