"""Finds the catalogue's names in a message: exactly by spaCy's matchers, and with typing mistakes by edit distance.

A name carries its kind and its catalogue key, so that no other module compares words. A stretch of text may be a name
of several kinds ("digital marketing" is a field and an industry); all of them are returned, and the caller takes the
kind that it needs.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import spacy
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from nlu.data_files import fixed_phrases
from nlu.extraction.lowercase_names import after_number, is_name, needs_context, stands_out
from nlu.text.sound_spelling import sound_of

SHORTEST_FUZZY = 5  # letters; a shorter name is one mistake away from too many ordinary words
MAX_MISTAKES = 2
TWO_MISTAKES_FROM = 8  # letters from which two mistakes are allowed instead of one
SHORTEST_COUNTED = 4  # letters from which a plural is recognised: "its" is no plural of "IT"
COUNTED = ("field", "industry")  # kinds whose names may have plurals
CASE_SENSITIVE_UP_TO = 3  # "IT" and "US" are names in capitals; in small letters, the words around them decide
SHORTEST_SOUND = 4  # sounds from which names that sound alike are one
LIKE = 55  # per cent of the letters that a name written by ear shares with its spelling
MAX_UNKNOWN = 40  # unknown words of a message that may be misspelt names; further ones are ignored
FEW_SIGNS = 4  # signs free of a row; no name has more
_INITIALS = re.compile(r"(?:\w\.){2,}")
_MANY_SIGNS = re.compile(r"[^\w\s]{5,}|_{5,}")
# Words after which a loose name may stand; after any other it is part of a longer name ("graduate certificate").
_LOOSE = (
    "a an the and or vs versus between btw btwn bw than with from to n & , is are r of do for take get better compare"
)
LOOSE_AFTER = frozenset(_LOOSE.split()) | {"contrast", "ya", "aur", "o", "y"}


@dataclass(frozen=True)
class Name:
    """A catalogue name in a text: text[start:end] names `key` of `kind`.

    `exact` is False for a corrected typing mistake, `loose` is True for a word that means many things elsewhere.
    """

    kind: str
    key: str
    start: int
    end: int
    exact: bool = True
    loose: bool = False


FIELD = "field"  # the kind of what one learns
Span = tuple[int, int, str, bool]  # first token, token after the last, surface, whether it is exact


def _first_words(entries: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return fields' keys by the first word of their names; of several, the one that stands first in the catalogue."""
    found: dict[str, str] = {}
    for entry in entries:
        first, _, rest = entry["name"].lower().partition(" ")
        if entry["kind"] == FIELD and rest:
            found.setdefault(first, entry["key"])
    return found


class NameMatcher:
    """Matcher of the names in {"kind", "key", "name", "aliases", "loosely"} entries; `is_word` tells ordinary English words."""

    def __init__(self, entries: Iterable[dict[str, Any]], is_word: Callable[[str], bool] = lambda word: False) -> None:
        self._is_word = is_word
        self._nlp = spacy.blank("en")
        self._meanings: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._known_words: set[str] = set()
        entries = list(entries)
        anycase: list[str] = []
        capitals: list[str] = []
        self._everyday = {surface for surface, (kind, _) in _surfaces(entries) if needs_context(surface, kind)}
        for surface, meaning in _surfaces(entries):
            if surface not in self._everyday:
                (capitals if _needs_capitals(surface) else anycase).append(surface)
            self._meanings[surface].add(meaning)
        plurals = _plurals(self._meanings)
        self._meanings.update(plurals)
        self._forms = {(each["kind"], each["key"]): [each["name"], *each["aliases"]] for each in entries}
        self._by_case = PhraseMatcher(self._nlp.vocab, attr="LOWER")
        self._by_capitals = PhraseMatcher(self._nlp.vocab, attr="ORTH")
        self._fill(self._by_case, [*anycase, *plurals])
        # Fixed phrases are matched as surfaces without a meaning, so that no shorter name inside them counts.
        self._fill(self._by_case, [phrase for phrase in fixed_phrases() if phrase not in self._meanings], known=False)
        self._fill(self._by_capitals, capitals)
        self._small = {surface.lower(): surface for surface in capitals if surface.lower() not in self._meanings}
        self._loose = {
            form: (entry["kind"], entry["key"])
            for entry in entries
            for form in map(str.lower, entry.get("loosely", ()))
        }
        self._first_words = _first_words(entries)
        self._loose_words = re.compile("|".join(map(re.escape, self._loose)) or r"(?!)", re.I)
        self._fuzzy = {_squeezed(surface): surface for surface in anycase if len(_squeezed(surface)) >= SHORTEST_FUZZY}
        self._near_length = _by_length(self._fuzzy)
        self._by_sound = _by_sound(self._fuzzy)

    def find(self, text: str, loosely: bool = False) -> list[Name]:
        """Return all names in order of appearance; of overlapping ones the longest.

        `loosely` includes words of many meanings that stand beside another name of their kind, such as the certificate
        of "certificate or badge?".
        """
        doc = self._nlp.make_doc(fold(text))
        spans = self._exact_spans(doc)
        small = self._small_spans(doc)
        taken_before = {position for start, end, *_ in spans for position in range(start, end)}
        spans += [span for span in small if span[0] not in taken_before]
        taken = {position for start, end, *_ in spans for position in range(start, end)}
        spans += self._fuzzy_spans(doc, taken)
        names = []
        for start, end, surface, exact in sorted(spans):
            first, last = doc[start].idx, doc[end - 1].idx + len(doc[end - 1])
            kinds = small.get((start, end, surface, exact))
            names += [
                Name(kind, key, first, last, exact)
                for kind, key in sorted(self._meanings.get(surface, ()))
                if kinds is None or kind in kinds
            ]
        return self._with_loose(doc, names) if loosely and self._loose else names

    def forms_of(self, kind: str, key: str) -> list[str]:
        """Return the forms in which a name may stand."""
        return self._forms.get((kind, key), [])

    def has_loose(self, text: str) -> bool:
        """Return quickly whether a text may hold a loose name; few texts do."""
        return bool(self._loose_words.search(text))

    def may_name(self, text: str) -> list[Name]:
        """Return what a message of one word may name: in capitals ("it", "us?"), or as the first word of a field ("data")."""
        word = text.strip(" .,!?").lower()
        if surface := self._small.get(word):
            meanings = sorted(self._meanings[surface])
        else:
            meanings = [(FIELD, self._first_words[word])] if word in self._first_words else []
        return [Name(kind, key, 0, len(word), False) for kind, key in meanings]

    def loose_in(self, text: str) -> list[Name]:
        """Return the words of many meanings that may be names: the certificate of "how is it different from a certificate?"."""
        return self._loose_of(self._nlp.make_doc(fold(text)), []) if self.has_loose(text) else []

    def _with_loose(self, doc: Doc, names: list[Name]) -> list[Name]:
        loose = self._loose_of(doc, names)
        beside = [name for name in loose if any(_is_another(name, other) for other in (*names, *loose))]
        return sorted([*names, *beside], key=lambda name: name.start)

    def _loose_of(self, doc: Doc, names: list[Name]) -> list[Name]:
        taken = {at for name in names for at in range(name.start, name.end)}
        of_field = {name.end + 1 for name in names if name.kind == FIELD}  # "coding certificates"
        return [
            Name(*self._loose[token.lower_], token.idx, token.idx + len(token), loose=True)
            for at, token in enumerate(doc)
            if token.lower_ in self._loose
            and token.idx not in taken
            and (at == 0 or token.idx in of_field or doc[at - 1].lower_ in LOOSE_AFTER)
        ]

    def _fill(self, matcher: PhraseMatcher, surfaces: list[str], known: bool = True) -> None:
        """Add surfaces to a matcher; `known` tells that their words are names and so no typing mistakes of other names."""
        for surface in sorted(set(surfaces)):
            docs = [self._nlp.make_doc(form) for form in _written(surface)]
            if known:
                self._known_words.update(token.lower_ for token in docs[0])
            matcher.add(surface, docs)

    def _exact_spans(self, doc: Doc) -> list[Span]:
        spans = [
            (start, end, self._nlp.vocab.strings[match], True)
            for matcher in (self._by_case, self._by_capitals)
            for match, start, end in matcher(doc)
        ]
        spans = [span for span in spans if not self._is_time(doc, span)]
        # The longest first, by words and then by letters, so that "in data" doesn't break up "data science".
        return _without_overlaps(sorted(spans, key=lambda span: (span[0] - span[1], -len(span[2]), span[0])))

    def _is_time(self, doc: Doc, span: Span) -> bool:
        """Return whether a name in capitals is part of a number ("5 PM")."""
        start, _, surface, _ = span
        return _needs_capitals(surface) and after_number([token.lower_ for token in doc[:start]] + [""], start)

    def _small_spans(self, doc: Doc) -> dict[Span, set[str]]:
        """Find names of capitals in small letters, and names that are everyday words, by what is around them."""
        words = [token.lower_ for token in doc]
        found = {}
        for at, word in enumerate(words):
            surface = word if word in self._everyday else self._small.get(word)
            if surface is None or doc[at].text == surface and surface not in self._everyday:
                continue
            named = surface in self._everyday and stands_out([token.text for token in doc], at)
            kinds = {kind for kind, _ in self._meanings[surface] if named or is_name(words, at, kind)}
            if kinds:
                found[at, at + 1, surface, True] = kinds
        return found

    def _fuzzy_spans(self, doc: Doc, taken: set[int]) -> list[Span]:
        """Find names with typing mistakes.

        Only stretches that hold an unknown word are tried, so ordinary words stay as they are.
        """
        unknown_words = (at for at, token in enumerate(doc) if at not in taken and self._is_unknown(token.lower_))
        unknown = set(islice(unknown_words, MAX_UNKNOWN))
        if not unknown:
            return []
        closest = cache(self._closest)  # a message may repeat a word many times
        ranked = []
        for start in range(len(doc)):
            for end in range(start + 1, min(start + 4, len(doc)) + 1):
                stretch = range(start, end)
                if not taken.isdisjoint(stretch) or unknown.isdisjoint(stretch):
                    continue
                if doc[start].is_punct or doc[end - 1].is_punct:
                    continue
                match = closest(_squeezed(doc[start:end].text.lower()))
                if match:
                    surface, mistakes = match
                    excess = mistakes - (end - start - 1)  # a mistake in each word is as likely as one in one word
                    ranked.append((excess, start - end, start, end, surface))
        return _without_overlaps((start, end, surface, False) for _, _, start, end, surface in sorted(ranked))

    def _is_unknown(self, word: str) -> bool:
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
            typed, self._near_length.get(len(typed), ()), scorer=OSA.distance, score_cutoff=MAX_MISTAKES
        )
        if best is None or best[0][0] != typed[0] and best[1] > 1:
            return self._sounding_like(typed)
        allowed = 2 if min(len(best[0]), len(typed) + 1) >= TWO_MISTAKES_FROM else 1
        return (self._fuzzy[best[0]], best[1]) if best[1] <= allowed else self._sounding_like(typed)

    def _sounding_like(self, typed: str) -> tuple[str, int] | None:
        """Return the name that sounds like the typed word, the most alike in letters, or None."""
        sound = sound_of(typed)
        if len(sound) < SHORTEST_SOUND:
            return None
        best = process.extractOne(typed, self._by_sound.get(sound, ()), scorer=fuzz.ratio, score_cutoff=LIKE)
        return (self._fuzzy[best[0]], MAX_MISTAKES) if best else None


def named_in(text: str, kinds: Mapping[str, str]) -> list[Name]:
    """Return the places of words in a text as names; `kinds` holds the kind of each."""
    return [
        Name(kind, words, match.start(), match.end())
        for words, kind in kinds.items()
        for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)
    ]


def masked(text: str, names: list[Name]) -> str:
    """Return a text with its names replaced by their kinds, of several the first: "canada" and "fiji" teach the same."""
    parts, at = [], 0
    for name in names:
        if name.start >= at:
            parts += [text[at : name.start], f"x{name.kind}x"]
            at = name.end
    return "".join([*parts, text[at:]])


def with_others(names: list[Name], others: list[Name]) -> list[Name]:
    """Return names with those of `others` that overlap none of them, in order of appearance."""
    free = [each for each in others if all(each.end <= name.start or name.end <= each.start for name in names)]
    return sorted([*names, *free], key=lambda name: name.start)


def _is_another(name: Name, other: Name) -> bool:
    return name.kind == other.kind and name.key != other.key


def several_of_kind(names: Iterable[Name]) -> bool:
    """Return whether names are of several things of one kind, which are neither fields nor modes."""
    things = [name for name in names if name.kind in ("type", "program", "provider", "institution", "destination")]
    return any(_is_another(one, other) for one in things for other in things)


def fold(text: str) -> str:
    """Return the text without accents, hyphens, slashes and curly quotes; its length and so all positions stay the same."""
    return _MANY_SIGNS.sub(_first_signs, "".join(_folded(character) for character in text))


def _first_signs(match: re.Match[str]) -> str:
    """Keep the first few of many signs in a row and replace the others by spaces.

    The tokenizer's time grows with the square of their number.
    """
    return str(match[0])[:FEW_SIGNS].ljust(len(match[0]))


def _folded(character: str) -> str:
    if character in "\u2018\u2019\u02bc":
        return "'"
    if character in "-/\u2010\u2011\u2013\u2014":
        return " "
    plain = unicodedata.normalize("NFKD", character)[:1] if character.isalpha() else character
    return plain if len(plain) == 1 else character


def _surfaces(entries: Iterable[dict[str, Any]]) -> Iterable[tuple[str, tuple[str, str]]]:
    for entry in entries:
        for form in [entry["name"], *entry["aliases"]]:
            surface = fold(form)
            yield (surface if _needs_capitals(surface) else surface.lower()), (entry["kind"], entry["key"])


def _written(surface: str) -> list[str]:
    """Return the ways in which the tokenizer may part a surface: "U.K." is one word in capitals and two in small letters."""
    return [surface, surface.upper(), surface.rstrip(".")] if _INITIALS.fullmatch(surface) else [surface]


def _plurals(meanings: dict[str, set[tuple[str, str]]]) -> dict[str, set[tuple[str, str]]]:
    """Return the plural forms of occupations ("pilots" beside "pilot") with the meanings of the singular."""
    plurals = {}
    for surface, named in meanings.items():
        countable = surface.isalpha() and len(surface) >= SHORTEST_COUNTED and not surface.endswith("s")
        of_work = {meaning for meaning in named if meaning[0] in COUNTED}
        if countable and of_work and f"{surface}s" not in meanings:
            plurals[f"{surface}s"] = of_work
    return plurals


def _needs_capitals(surface: str) -> bool:
    return len(surface) <= CASE_SENSITIVE_UP_TO and surface.isupper()


def _squeezed(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _by_length(surfaces: Iterable[str]) -> defaultdict[int, list[str]]:
    """Group surfaces by the lengths of words that may be one of them with typing mistakes."""
    near: defaultdict[int, list[str]] = defaultdict(list)
    for surface in surfaces:
        for length in range(len(surface) - MAX_MISTAKES, len(surface) + MAX_MISTAKES + 1):
            near[length].append(surface)
    return near


def _by_sound(surfaces: Iterable[str]) -> defaultdict[str, list[str]]:
    """Group surfaces by their sound."""
    sounds: defaultdict[str, list[str]] = defaultdict(list)
    for surface in surfaces:
        sounds[sound_of(surface)].append(surface)
    return sounds


def _without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Return the spans that overlap none before them."""
    free = []
    taken: set[int] = set()
    for span in spans:
        tokens = range(*span[:2])
        if taken.isdisjoint(tokens):
            free.append(span)
            taken.update(tokens)
    return free


def only_named(names: Iterable[Name], kinds: Container[str], text: str) -> str:
    """Return the words of the only thing of some kinds that a text names, or "" if it names several or none."""
    named = [name for name in names if name.kind in kinds]
    return text[named[0].start : named[0].end] if len({(name.kind, name.key) for name in named}) == 1 else ""
