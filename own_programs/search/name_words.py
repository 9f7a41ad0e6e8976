"""Reads a message word by word: which words stand in names, and which are names' words with typing mistakes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from own_programs.search.everyday import everyday_words
from own_programs.store.names import spans_of
from own_programs.store.reader import CatalogueReader

MOST_WORDS = 64  # of a message; in further ones no name is found
MOST_CORRECTED = 6  # unknown words of a message
SHORTEST_CORRECTED = 5  # letters
TWO_MISTAKES_FROM = 9  # letters; from here on, the first letter may be a mistake, too
MOST_LIKE = 2000  # words that a mistyped one is compared with


@dataclass(frozen=True)
class Word:
    """A word of a message: as it is written and folded, and the word of names that it stands for, itself or corrected.

    `names` is how many names hold it, 0 for a word of none; `loud` is written with a capital, `loudest` in capitals alone.
    """

    written: str
    stands_for: str
    start: int
    end: int
    names: int
    loud: bool = False
    loudest: bool = False

    @property
    def corrected(self) -> bool:
        """True if a typing mistake was corrected."""
        return self.written != self.stands_for

    @property
    def is_everyday(self) -> bool:
        """True if it means nothing alone."""
        return self.stands_for in everyday_words().words


class NameWords(CatalogueReader):
    """Reads words against the words of all names."""

    def words(self, text: str) -> list[Word]:
        """Return the words of a message."""
        spans = list(spans_of(text))[:MOST_WORDS]
        known = self._known([word for word, _, _ in spans])
        words = [_word(text, word, start, end, known.get(word, 0)) for word, start, end in spans]
        words = self._taken_apart(text, words)
        unknown = [word for word in words if _may_be_mistyped(word)][:MOST_CORRECTED]
        corrected = {word.written: self._closest(word) for word in unknown}
        return [corrected.get(word.written) or word for word in words]

    def _known(self, words: Sequence[str]) -> dict[str, int]:
        sql = "SELECT word, names FROM name_word WHERE word IN (SELECT value FROM json_each(?))"
        return dict(self.rows(sql, json.dumps(sorted(set(words)), ensure_ascii=False)))  # type: ignore[arg-type]

    def _taken_apart(self, text: str, words: Sequence[Word]) -> list[Word]:
        """Return the words, with each unknown one that is two words of a name written as one in its parts ("setup")."""
        unknown = [word for word in words if _may_be_mistyped(word)][:MOST_CORRECTED]
        cuts = {
            word: [(word.written[:at], word.written[at:]) for at in range(2, len(word.written) - 1)] for word in unknown
        }
        known = self._known([part for pairs in cuts.values() for pair in pairs for part in pair]) if cuts else {}
        found: list[Word] = []
        for word in words:
            pairs = ((one, other) for one, other in cuts.get(word, ()) if one in known and other in known)
            cut = next((len(one) for one, other in pairs if self._stand_in_one(one, other)), 0)
            for first, last in ((0, cut), (cut, len(word.written))) if cut else ():
                part, start = word.written[first:last], word.start + first
                found.append(replace(_word(text, part, start, start + len(part), known[part]), loud=True))
            if not cut:
                found.append(word)
        return found

    def _stand_in_one(self, *words: str) -> bool:
        query = " AND ".join(f'"{word}"' for word in words)
        return bool(self.column("SELECT rowid FROM name_words WHERE name_words MATCH ? LIMIT 1", query))

    def _closest(self, word: Word) -> Word | None:
        """Return the word with its mistakes corrected, towards the word that stands in most names; None without any."""
        typed, mistakes = word.written, 2 if len(word.written) >= TWO_MISTAKES_FROM else 1
        lengths = (len(typed) - mistakes, len(typed) + mistakes)
        like = self.rows(
            "SELECT * FROM (SELECT word, names FROM name_word "
            "WHERE substr(word, 1, 2) = ? AND length(word) BETWEEN ? AND ? LIMIT ?) UNION "
            "SELECT * FROM (SELECT word, names FROM name_word "
            "WHERE substr(word, -3) = ? AND length(word) BETWEEN ? AND ? LIMIT ?)",
            *(typed[:2], *lengths, MOST_LIKE, typed[-3:], *lengths, MOST_LIKE),
        )
        names = {other: count for other, count in like if other.isalpha() and (mistakes > 1 or other[0] == typed[0])}
        near = process.extract(typed, list(names), scorer=OSA.distance, score_cutoff=mistakes, limit=5)
        if not near:
            return None
        best = min(near, key=lambda each: (each[1], each[0][0] != typed[0], -names[each[0]]))[0]
        return replace(word, stands_for=best, names=names[best])


def _word(text: str, word: str, start: int, end: int, names: int) -> Word:
    as_typed = text[start:end]
    return Word(word, word, start, end, names, as_typed[0].isupper(), len(as_typed) > 1 and as_typed.isupper())


def _may_be_mistyped(word: Word) -> bool:
    return (
        not word.names and len(word.written) >= SHORTEST_CORRECTED and word.written.isalpha() and not word.is_everyday
    )
