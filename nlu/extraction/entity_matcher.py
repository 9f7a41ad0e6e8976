"""Finds the catalogue's names in a message: exactly by spaCy's matchers, and through typing mistakes by edit distance.

A name carries its kind and its catalogue key, so nobody downstream compares words. One stretch of text may be a name of
several kinds ("digital marketing" is a field and an industry); all are given, and who asks takes the kind it needs.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice

import spacy
from rapidfuzz import process
from rapidfuzz.distance import OSA
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

SHORTEST_FUZZY = 5  # letters; shorter names are one slip away from too many ordinary words
MOST_SLIPS = 2
TWO_SLIPS_FROM = 8  # letters from which two slips are forgiven instead of one
SHORTEST_COUNTED = 4  # letters from which a plural is recognised: "its" is none of "IT"
COUNTED = ("field", "industry")
CASE_SENSITIVE_UP_TO = 3  # "IT" and "US" are names only in capitals
MOST_STRANGE = 40  # words of a message that nobody knows and that may be names with slips; the others are left alone
FEW_SIGNS = 4  # of a row of signs that are looked at; no name has so many
_MANY_SIGNS = re.compile(r"[^\w\s]{5,}|_{5,}")
# Words after which a loose name may stand; after any other it is part of a longer name ("graduate certificate").
LOOSE_AFTER = frozenset(
    (
        "a",
        "an",
        "the",
        "and",
        "or",
        "vs",
        "versus",
        "between",
        "btw",
        "btwn",
        "bw",
        "than",
        "with",
        "from",
        "to",
        "n",
        "&",
        ",",
    )
    + ("is", "are", "r", "of", "do", "for", "take", "get", "better", "compare", "contrast", "ya", "aur", "o", "y")
)


@dataclass(frozen=True)
class Name:
    """A catalogue name found in a text: text[start:end] names `key` of `kind`; `exact` is false for a corrected typo, `loose`
    true for a word that means many things elsewhere."""

    kind: str
    key: str
    start: int
    end: int
    exact: bool = True
    loose: bool = False


class NameMatcher:
    """Built from {"kind", "key", "name", "aliases", "loosely"} entries; `is_word` says which words are ordinary English."""

    def __init__(self, entries: Iterable[dict], is_word: Callable[[str], bool] = lambda word: False):
        self._is_word = is_word
        self._nlp = spacy.blank("en")
        self._meanings: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._known_words: set[str] = set()
        entries = list(entries)
        anycase, capitals = [], []
        for surface, meaning in _surfaces(entries):
            (capitals if _needs_capitals(surface) else anycase).append(surface)
            self._meanings[surface].add(meaning)
        plurals = _plurals(self._meanings)
        self._meanings.update(plurals)
        self._by_case = PhraseMatcher(self._nlp.vocab, attr="LOWER")
        self._by_capitals = PhraseMatcher(self._nlp.vocab, attr="ORTH")
        self._fill(self._by_case, [*anycase, *plurals])
        self._fill(self._by_capitals, capitals)
        self._loose = {
            form: (entry["kind"], entry["key"])
            for entry in entries
            for form in map(str.lower, entry.get("loosely", ()))
        }
        self._loose_words = re.compile("|".join(map(re.escape, self._loose)) or r"(?!)", re.I)
        self._fuzzy = {_squeezed(surface): surface for surface in anycase if len(_squeezed(surface)) >= SHORTEST_FUZZY}
        self._near_length = _by_length(self._fuzzy)

    def find(self, text: str, loosely: bool = False) -> list[Name]:
        """All names, in order of appearance; of overlapping ones the longest. `loosely` also those words for many things
        that stand for one beside another of its kind: the certificate of "certificate or badge?"."""
        doc = self._nlp.make_doc(fold(text))
        spans = self._exact_spans(doc)
        taken = {position for start, end, _ in spans for position in range(start, end)}
        spans += self._fuzzy_spans(doc, taken)
        names = []
        for start, end, surface, *inexact in sorted(spans):
            first, last = doc[start].idx, doc[end - 1].idx + len(doc[end - 1])
            names += [Name(kind, key, first, last, not inexact) for kind, key in sorted(self._meanings[surface])]
        return self._with_loose(doc, names) if loosely and self._loose else names

    def has_loose(self, text: str) -> bool:
        """Whether a word of it may be a loose name; quickly, since few have one."""
        return bool(self._loose_words.search(text))

    def _with_loose(self, doc: Doc, names: list[Name]) -> list[Name]:
        taken = {at for name in names for at in range(name.start, name.end)}
        loose = [
            Name(*self._loose[token.lower_], token.idx, token.idx + len(token), loose=True)
            for at, token in enumerate(doc)
            if token.lower_ in self._loose and token.idx not in taken and (at == 0 or doc[at - 1].lower_ in LOOSE_AFTER)
        ]
        beside = [one for one in loose if any(_is_another(one, other) for other in (*names, *loose))]
        return sorted([*names, *beside], key=lambda name: name.start)

    def _fill(self, matcher: PhraseMatcher, surfaces: list[str]) -> None:
        for surface in sorted(set(surfaces)):
            doc = self._nlp.make_doc(surface)
            self._known_words.update(token.lower_ for token in doc)
            matcher.add(surface, [doc])

    def _exact_spans(self, doc: Doc) -> list[tuple]:
        found = [
            (start, end, self._nlp.vocab.strings[match])
            for matcher in (self._by_case, self._by_capitals)
            for match, start, end in matcher(doc)
        ]
        found.sort(key=lambda span: (span[0] - span[1], span[0]))  # longest first, then leftmost
        kept, taken = [], set()
        for start, end, surface in found:
            if taken.isdisjoint(range(start, end)):
                kept.append((start, end, surface))
                taken.update(range(start, end))
        return kept

    def _fuzzy_spans(self, doc: Doc, taken: set[int]) -> list[tuple]:
        """Names with slips: only stretches that hold a word nobody knows are tried, so ordinary words stay themselves."""
        strange = set(
            islice(
                (at for at, token in enumerate(doc) if at not in taken and self._is_strange(token.lower_)), MOST_STRANGE
            )
        )
        if not strange:
            return []
        closest = cache(self._closest)  # a message may say the same word again and again
        found = []
        for start in range(len(doc)):
            for end in range(start + 1, min(start + 4, len(doc)) + 1):
                stretch = range(start, end)
                if not taken.isdisjoint(stretch) or strange.isdisjoint(stretch):
                    continue
                if doc[start].is_punct or doc[end - 1].is_punct:
                    continue
                match = closest(_squeezed(doc[start:end].text.lower()))
                if match:
                    beyond = match[1] - (end - start - 1)  # a slip in each of several words is as likely as one in one
                    found.append((beyond, start - end, start, end, match[0]))
        return _without_overlaps(found)

    def _is_strange(self, word: str) -> bool:
        return (
            len(word) >= SHORTEST_FUZZY - 1
            and word.isalpha()
            and word not in self._known_words
            and not self._is_word(word)
        )

    def _closest(self, typed: str) -> tuple[str, int] | None:
        if len(typed) < SHORTEST_FUZZY - 1:
            return None
        best = process.extractOne(
            typed, self._near_length.get(len(typed), ()), scorer=OSA.distance, score_cutoff=MOST_SLIPS
        )
        if best is None or best[0][0] != typed[0] and best[1] > 1:
            return None
        allowed = 2 if min(len(best[0]), len(typed) + 1) >= TWO_SLIPS_FROM else 1
        return (self._fuzzy[best[0]], best[1]) if best[1] <= allowed else None


def _is_another(one: Name, other: Name) -> bool:
    return one.kind == other.kind and one.key != other.key


def fold(text: str) -> str:
    """The text without accents, hyphens, slashes and curly quotes, of the same length, so that positions stay true."""
    return _MANY_SIGNS.sub(_first_signs, "".join(_folded(character) for character in text))


def _first_signs(found: re.Match) -> str:
    """A few of many signs in a row, and spaces for the others: the tokenizer takes the square of their number."""
    return found[0][:FEW_SIGNS].ljust(len(found[0]))


def _folded(character: str) -> str:
    if character in "\u2018\u2019\u02bc":
        return "'"
    if character in "-/\u2010\u2011\u2013\u2014":
        return " "
    plain = unicodedata.normalize("NFKD", character)[:1] if character.isalpha() else character
    return plain if len(plain) == 1 else character


def _surfaces(entries: Iterable[dict]) -> Iterable[tuple[str, tuple[str, str]]]:
    for entry in entries:
        for form in [entry["name"], *entry["aliases"]]:
            surface = fold(form)
            yield (surface if _needs_capitals(surface) else surface.lower()), (entry["kind"], entry["key"])


def _plurals(meanings: dict[str, set[tuple[str, str]]]) -> dict[str, set[tuple[str, str]]]:
    """ "pilots" beside "pilot", with its meanings; of what people do, which is said of one and of many."""
    found = {}
    for surface, named in meanings.items():
        countable = surface.isalpha() and len(surface) >= SHORTEST_COUNTED and not surface.endswith("s")
        of_work = {meaning for meaning in named if meaning[0] in COUNTED}
        if countable and of_work and f"{surface}s" not in meanings:
            found[f"{surface}s"] = of_work
    return found


def _needs_capitals(surface: str) -> bool:
    return len(surface) <= CASE_SENSITIVE_UP_TO and surface.isupper()


def _squeezed(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _by_length(surfaces: Iterable[str]) -> defaultdict[int, list[str]]:
    """The surfaces that differ from a given length by no more letters than slips are forgiven."""
    near: defaultdict[int, list[str]] = defaultdict(list)
    for surface in surfaces:
        for length in range(len(surface) - MOST_SLIPS, len(surface) + MOST_SLIPS + 1):
            near[length].append(surface)
    return near


def _without_overlaps(found: list[tuple]) -> list[tuple]:
    kept, taken = [], set()
    for _, _, start, end, surface in sorted(found):
        if taken.isdisjoint(range(start, end)):
            kept.append((start, end, surface, "typo"))
            taken.update(range(start, end))
    return kept
