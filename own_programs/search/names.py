"""Finds the catalogue's names in a message."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from own_programs.search.everyday import everyday_words
from own_programs.search.name_words import NameWords, Word
from own_programs.store.names import (
    ACRONYM,
    EXACT,
    INITIALS,
    LONGEST,
    ORDER,
    SHORTEST_ORDERED,
    form,
    in_any_order,
    words_of,
)
from own_programs.store.names import without_brackets as bare

KINDS = ("program", "provider", "type", "subject", "skill", "place", "country")
MOST_ITEMS = 20  # of one name
FEW = 5  # names that a part of a name may stand for; a part of more is none of them
# The share of a name that a part of it must be, 0.5 for other kinds.
LEAST = {"provider": 0.4, "program": 0.33}
ENOUGH = ("provider", "place")  # kinds of which a single rare word will do
SURELY = 0.5  # the least score of a program's or a provider's name in part, where the part is enough of it
MOST_PARTS = 16  # words of a message from which parts of names are put together
MOST_APART = 3  # from one word of a part of a name to the next
PLACES = ("place", "country")
_SCORES = {EXACT: 1.0, ACRONYM: 0.9, INITIALS: 0.7, ORDER: 0.9}
_TYPO = 0.1  # off the score


@dataclass(frozen=True)
class NameMatch:
    """A name in a message: `text` is what stands at message[start:end], `label` the name as it is stated.

    `kind` is one of KINDS; a campus is a place. A program is told by its `ids`, which are several if programs share the
    name; all others by `keys`, the spellings that are stated, which are what wishes take. `how` is "exact" (the name, or it
    without what stands in brackets), "acronym", "short" (part of it), "order" (its words in another order)
    or "typo" (whole, but for typing mistakes);
    `score` is between 0 and 1, and 1 for the name itself. `ambiguous` tells that the text may mean something else of the
    same kind: several programs of one name, or several matches at one stretch.
    """

    kind: str
    text: str
    label: str
    start: int
    end: int
    score: float
    how: str
    keys: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    ambiguous: bool = False


@dataclass(frozen=True)
class Span:
    """The words from `first` to `last`, excluded, of a message, and the items that they may name."""

    first: int
    last: int
    how: str
    items: tuple[int, ...]
    score: float = 0.0  # 0 for a part, which each label scores anew


class NameIndex(NameWords):
    """Index of all names in the catalogue; it lies in the database, and so knows a later import at once."""

    def find(self, text: str) -> list[NameMatch]:
        """Return the names in a message in order of appearance; a stretch may be the name of several kinds.

        Of names that overlap, the longest counts; inside a part of a name, whole names count, too. An everyday word alone is
        no name unless the way it is written says so: capitals, quotes, nothing beside it, or before a place "in".
        """
        words = self.words(text)
        whole = list(self._whole(words))
        parts = self._parts(words, whole)
        matches = [match for span in (*whole, *parts) for match in self._matches(text, words, span)]
        return _without_doubt(_longest(matches))

    def _whole(self, words: Sequence[Word]) -> Iterator[Span]:
        """Yield the stretches that are names as a whole."""
        places: dict[int, set[tuple[int, int]]] = defaultdict(set)
        for first, last in _stretches(words):
            stands_for = [word.stands_for for word in words[first:last]]
            ends = min(len(stands_for[0]), len(stands_for[-1]))
            free = in_any_order(stands_for) if ends >= SHORTEST_ORDERED else []
            for each in (stands_for, free, [word.written for word in words[first:last]]):
                if each:
                    places[form(each)].add((first, last))
        for first in range(len(words) - 1):  # "cyber security" for "Cybersecurity"
            places[form([words[first].written + words[first + 1].written])].add((first, first + 2))
        sql = "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM name_form WHERE form = value)"
        for key in self.column(sql, json.dumps(list(places))):
            rows = self.rows("SELECT item, how FROM name_form WHERE form = ? LIMIT ?", key, MOST_ITEMS)
            for first, last in places[key]:
                yield from _by_how(words, first, last, rows)

    def _parts(self, words: Sequence[Word], whole: Sequence[Span]) -> Iterator[Span]:
        """Yield the stretches that may be parts of a few names, none inside another or a program's whole name."""
        named = [range(one.first, one.last) for one in whole if one.last - one.first > 2 and one.items[0] % 2 == 0]
        written = [not word.is_everyday or _has_capital(words, at) for at, word in enumerate(words)]
        content = [at for at, is_name in enumerate(written) if is_name and not any(at in one for one in named)]
        content = content[:MOST_PARTS]
        reached = -1
        for begin, first in enumerate(content):
            found: list[int] = []
            # What ends before is part of the stretch before, and has been looked for.
            for end in range(max(begin, reached + 1), len(content)):
                far = end > begin and content[end] - content[end - 1] > MOST_APART
                if far or not all(words[at].names for at in content[begin : end + 1]):
                    break
                items = self._holding(
                    [words[at].stands_for for at in content[begin : end + 1]], words[content[end]].names
                )
                if items == []:
                    break
                found, reached = items or [], end
            if found and len(found) <= FEW:
                yield Span(first, content[reached] + 1, "short", tuple(found))

    def _holding(self, words: Sequence[str], names: int) -> list[int] | None:
        """Return the first items whose names hold all words; None for a single word of many names."""
        if len(words) == 1 and names > FEW:
            return None
        query = " AND ".join(f'"{word}"' for word in words)
        return self.column("SELECT rowid FROM name_words WHERE name_words MATCH ? LIMIT ?", query, FEW + 1)

    def _matches(self, text: str, words: Sequence[Word], span: Span) -> Iterator[NameMatch]:
        """Yield what a stretch names, each name once."""
        by_name: dict[tuple[str, str], NameMatch] = {}
        for kind, label, folded, item in self._labels(span.items):
            if not _may_name(text, words, span, kind):
                continue
            first, last, score, how = _scored(words, span, kind, label)
            if not score:
                continue
            start, end = words[first].start, words[last - 1].end
            match = NameMatch(kind, text[start:end], label, start, end, score, how)
            before = by_name.get((kind, folded), match)
            if kind == "program":
                by_name[kind, folded] = replace(before, ids=(*before.ids, item))
            else:
                by_name[kind, folded] = replace(before, keys=(*before.keys, label))
        yield from by_name.values()

    def _labels(self, items: Sequence[int]) -> list[tuple[str, str, str, int]]:
        """Return kind, label, folded label and id of items."""
        programs = json.dumps([item // 2 for item in items if not item % 2])
        terms = json.dumps([item // 2 for item in items if item % 2])
        rows = self.rows(
            "SELECT 'program', name, NULL, id FROM program WHERE id IN (SELECT value FROM json_each(?)) UNION ALL "
            "SELECT CASE kind WHEN 'campus' THEN 'place' ELSE kind END, label, folded, id FROM term "
            "WHERE id IN (SELECT value FROM json_each(?)) AND count > 0",
            *(programs, terms),
        )
        return [(kind, label, folded or " ".join(words_of(label)), key) for kind, label, folded, key in rows]


def _has_capital(words: Sequence[Word], at: int) -> bool:
    """Return whether a word is written with a capital inside a sentence ("Live Sound")."""
    shouted = all(each.loud for each in words)
    return at > 0 and words[at].loud and len(words[at].written) > 2 and not shouted


def _stretches(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yield every stretch of words that stand in names, and every single word, which may be a name written as one."""
    for first, word in enumerate(words):
        yield first, first + 1
        last = first + 1
        while word.names and last < len(words) and last - first < LONGEST and words[last].names:
            last += 1
            yield first, last


def _by_how(words: Sequence[Word], first: int, last: int, rows: Sequence[Sequence[int]]) -> Iterator[Span]:
    """Yield a span for each way in which the words name items; initials count in capitals alone."""
    stretch = words[first:last]
    typo = any(word.corrected for word in stretch)
    for how in sorted({how for _, how in rows}):
        items = tuple(item for item, one in rows if one == how)
        if how in (INITIALS, ORDER) and len(items) > FEW or how == INITIALS and not stretch[0].loudest:
            continue
        if how == ACRONYM and not stretch[0].loudest and (len(stretch[0].written) < 3 or stretch[0].is_everyday):
            continue
        name = "typo" if typo else "order" if how == ORDER else "exact" if how == EXACT else "acronym"
        yield Span(first, last, name, items, _SCORES[how] - _TYPO * typo)


def _in_phrase(words: Sequence[Word], at: int) -> bool:
    """Return whether a word is part of an everyday phrase, in which it names nothing ("my data")."""
    phrases = everyday_words().phrases
    around, here = [word.written for word in words[max(0, at - 2) : at + 3]], min(at, 2)
    stretches = ((first, last) for first in range(here + 1) for last in range(here + 1, first + 4))
    return any(" ".join(around[first:last]) in phrases for first, last in stretches)


def _may_name(text: str, words: Sequence[Word], span: Span, kind: str) -> bool:
    """Return whether a stretch is more than everyday words or part of an everyday phrase, or is written as a name."""
    stretch, lists = words[span.first : span.last], everyday_words()
    if len(stretch) == 1 and not stretch[0].loud and _in_phrase(words, span.first):
        return False
    plain = lists.words | lists.towns if kind in PLACES else lists.words
    alone = kind == "program" and len(stretch) == 1  # "leadership" is more than a program of that name
    if not alone and any(word.stands_for not in plain for word in stretch):
        return True
    if kind in PLACES and span.first and words[span.first - 1].written in lists.leads:
        return True
    if kind in PLACES and span.last < len(words) and words[span.last].written in lists.programs:  # "Cork courses"
        return True
    if len(stretch) == len(words):
        return True
    before, after = text[: stretch[0].start][-1:], text[stretch[-1].end :][:1]
    if before and before in "\"'\u2018\u201c\u00ab" and after and after in "\"'\u2019\u201d\u00bb":
        return True
    others = [*words[: span.first], *words[span.last :]]
    if all(word.loudest for word in stretch) and not all(word.loudest for word in others if len(word.written) > 1):
        return True
    shouted = 2 * sum(word.loud for word in others) > len(others)
    return span.first > 0 and all(word.loud for word in stretch) and not shouted


def _scored(words: Sequence[Word], span: Span, kind: str, label: str) -> tuple[int, int, float, str]:
    """Return where a match begins and ends, its score, 0 for none, and how it names the label."""
    stated = words_of(label)
    first, last = span.first, span.last
    if span.score:
        if span.how == "order" and kind == "skill":  # its words are those of everyday work: "study UX design"
            return first, last, 0.0, span.how
        if span.how == "order" and _share(words, first, last, label) < 0.75:
            return first, last, 0.0, span.how
        return first, last, span.score, span.how
    while first and words[first - 1].stands_for in stated:
        first -= 1
    while last < len(words) and words[last].stands_for in stated:
        last += 1
    lists = everyday_words()
    while (
        last - span.first > 1 and last > span.last and words[last - 1].is_everyday
    ):  # "in" of "Portuguese A2 in Porto"
        last -= 1
    while first < span.first and words[first].is_everyday:
        first += 1
    plain = lists.words | lists.towns | (lists.bodies if kind in ENOUGH else frozenset())
    telling = sum(words[at].stands_for not in plain or _has_capital(words, at) for at in range(first, last))
    share = _share(words, first, last, label)
    if share < LEAST.get(kind, 0.5) or telling < (1 if kind in ENOUGH else 2):
        return first, last, 0.0, span.how
    score = max(0.9 * share, SURELY) if kind in ("program", "provider") else 0.9 * share
    return first, last, round(score, 3), "order" if share > 0.99 else "short"


def _share(words: Sequence[Word], first: int, last: int, label: str) -> float:
    """Return how much of a label the words are; everyday and very short words, and those in brackets, weigh less."""
    said, main = {word.stands_for for word in words[first:last]}, set(words_of(bare(label)))
    weights = {each: _weight(each) * (1 if each in main else 0.5) for each in words_of(label)}
    whole = sum(weights.values())
    return sum(weight for each, weight in weights.items() if each in said) / whole if whole else 0.0


def _weight(word: str) -> float:
    lists = everyday_words()
    light = word in lists.words or word in lists.bodies or word in lists.kinds
    return 0.3 if light or len(word) < 3 else 1.0


def _longest(matches: list[NameMatch]) -> list[NameMatch]:
    """Return the matches that no longer one overlaps; a part of a name leaves whole names inside it."""
    kept: list[NameMatch] = []
    best: dict[tuple[str, str, int, int], NameMatch] = {}
    for match in sorted(matches, key=lambda one: (-one.score, one.how == "short")):
        best.setdefault((match.kind, match.label, match.start, match.end), match)
    for match in sorted(best.values(), key=lambda one: (one.start - one.end, -one.score)):
        over = [one for one in kept if one.start < match.end and match.start < one.end]
        same = all((one.start, one.end) == (match.start, match.end) for one in over)
        rivals = [one for one in over if one.kind == match.kind or match.how == "short"]
        if match.kind == "program":  # a part of two names means both
            rivals = [one for one in rivals if one.how != match.how]
        worse = any(one.score > match.score + 0.05 for one in rivals)
        inside = match.how != "short" and all(one.how == "short" and one.kind != match.kind for one in over)
        if not worse if same else inside:
            kept.append(match)
    return sorted(kept, key=lambda one: (one.start, one.end, KINDS.index(one.kind), -one.score, one.label))


def _without_doubt(matches: list[NameMatch]) -> list[NameMatch]:
    """Mark the matches whose text may mean another thing of their kind."""
    stretches = [(one.kind, one.start, one.end) for one in matches]
    return [
        replace(one, ambiguous=len(one.ids) > 1 or stretches.count(stretch) > 1)
        for one, stretch in zip(matches, stretches, strict=True)
    ]
