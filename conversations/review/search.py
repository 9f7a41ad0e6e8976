"""Searching all that was said: the newest messages with all the words, ranked, grouped by conversation.

Where very many messages match, only the newest are ranked: reading all of them for a word that everybody uses would take
seconds and show nothing better. `Hits.more` says so.
"""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from conversations.db import schema
from conversations.db.search_index import unindexed_messages
from conversations.db.search_tokens import BY_CHARACTER, Term, places_of, terms_of, tokenize
from conversations.pii import mask

MESSAGES = schema.message
MOST_RANKED = 500  # messages
MOST_WORDS, SHORTEST_BEGINNING = 12, 3  # a word this long also finds longer words that begin with it
SATURATION, BY_LENGTH = 1.2, 0.75  # as usual for BM25
BEFORE, LONGEST_SNIPPET = 60, 220  # characters

# What a person types never is query syntax: only words made of letters and digits get this far, each in quotes.
SQLITE = """SELECT rowid FROM message_words WHERE message_words MATCH :query AND rowid <= :newest
    ORDER BY rowid DESC LIMIT :most"""
POSTGRES = """SELECT message_id FROM message_words WHERE words @@ to_tsquery('simple', :query) AND message_id <= :newest
    ORDER BY message_id DESC LIMIT :most"""


@dataclass(frozen=True)
class Hit:
    """A message that has the words."""

    message_id: int
    conversation_id: str
    author: str
    text: str
    score: float


@dataclass(frozen=True)
class Hits:
    """The hits of each conversation, the best conversation first; `newest` is the number of the newest message looked at."""

    by_conversation: dict[str, list[Hit]]
    newest: int
    more: bool


Marked = tuple[tuple[str, bool], ...]  # stretches of a text, each with whether it is a word that was looked for


def search_messages(
    connection: Connection, said: str, newest: int | None = None, before: datetime | None = None
) -> Hits:
    """Find messages with all the words, no newer than the message `newest` and said before `before`."""
    terms = terms_of(said)[:MOST_WORDS]
    top = _newest(connection, before)
    newest = min(newest, top) if newest else top
    ids = _matches(connection, terms, newest) if terms else []
    return Hits(_grouped(_scored(connection, ids, terms)), newest, len(ids) >= MOST_RANKED)


def conversations_with(connection: Connection, said: str) -> set[str]:
    """All conversations in which one message has all the words, however many; for exports."""
    terms = terms_of(said)[:MOST_WORDS]
    if not terms:
        return set()
    newest, most = _newest(connection, None), 2**62
    ids, found = _ask(connection, terms, newest, beginnings=True, most=most), set()
    for start in range(0, len(ids), MOST_RANKED):
        wanted = MESSAGES.c.id.in_(ids[start : start + MOST_RANKED])
        found.update(connection.execute(select(MESSAGES.c.conversation_id).where(wanted)).scalars())
    return found


def snippet(said: str, looked_for: str) -> Marked:
    """A snippet of a text around the first word that was looked for, with personal data covered before it is cut."""
    covered = unicodedata.normalize("NFKC", mask(said))
    places = _hits(covered, terms_of(looked_for))
    start = _word_start(covered, max(0, places[0][0] - BEFORE)) if places else 0
    end = min(len(covered), start + LONGEST_SNIPPET)
    pieces: list[tuple[str, bool]] = [("… ", False)] if start else []
    for first, last in places:
        if first < start or last > end:
            continue
        pieces += [(covered[start:first], False), (covered[first:last], True)]
        start = last
    pieces.append((covered[start:end] + (" …" if end < len(covered) else ""), False))
    return tuple(piece for piece in pieces if piece[0])


def _matches(connection: Connection, terms: list[Term], newest: int) -> list[int]:
    """Numbers of messages, newest first. Whole words first, which is quick however many there are; then beginnings too."""
    found = _ask(connection, terms, newest, beginnings=False)
    longer = any(_may_begin(term) for term in terms)
    return found if len(found) >= MOST_RANKED or not longer else _ask(connection, terms, newest, beginnings=True)


def _ask(
    connection: Connection, terms: list[Term], newest: int, beginnings: bool, most: int = MOST_RANKED
) -> list[int]:
    on_sqlite = connection.dialect.name == "sqlite"
    quote, beginning, beside, joined = ('"', " *", " ", " ") if on_sqlite else ("'", ":*", "' <-> '", " & ")
    query = joined.join(
        f"{quote}{beside.join(term)}{quote}" + (beginning if beginnings and _may_begin(term) else "") for term in terms
    )
    asked = {"query": query, "newest": newest, "most": most}
    indexed = connection.execute(text(SQLITE if on_sqlite else POSTGRES), asked).scalars()
    fresh = (
        number for number, said in unindexed_messages(connection, newest) if _has(tokenize(said), terms, beginnings)
    )
    return [*fresh, *indexed][:most]


def _may_begin(term: Term) -> bool:
    """Whether longer words that begin so are meant, too."""
    return len(term) == 1 and len(term[0]) >= SHORTEST_BEGINNING and not BY_CHARACTER.fullmatch(term[0])


def _has(said: list[str], terms: list[Term], beginnings: bool) -> bool:
    """Whether a message that is not indexed yet has all the terms, as the index would say."""
    return all(
        _times(said, term) or beginnings and _may_begin(term) and any(one.startswith(term[0]) for one in said)
        for term in terms
    )


def _times(said: list[str], term: Term) -> int:
    """How often a term stands in a text's words."""
    if len(term) == 1:
        return said.count(term[0])
    return f" {' '.join(said)} ".replace(" ", "  ").count(f" {'  '.join(term)} ")


def _hits(said: str, terms: list[Term]) -> list[tuple[int, int]]:
    """Where the terms stand in a text: words as wholes, also those that only begin so."""
    places = list(places_of(said))
    firsts = {term[0]: [other for other in terms if other[0] == term[0]] for term in terms}
    beginnings = tuple(term[0] for term in terms if _may_begin(term))
    found, after = [], 0
    for place, (start, end, word) in enumerate(places):
        if place < after:
            continue
        here = firsts.get(word, ())
        lengths = [len(one) for one in here if one == tuple(other[2] for other in places[place : place + len(one)])]
        if lengths:
            after = place + max(lengths)
            found.append((start, places[after - 1][1]))
        elif beginnings and word.startswith(beginnings):
            found.append((start, end))
    return found


def _newest(connection: Connection, before: datetime | None) -> int:
    if before is None:
        return connection.execute(select(func.max(MESSAGES.c.id))).scalar() or 0
    last = select(MESSAGES.c.id).where(MESSAGES.c.at < before).order_by(MESSAGES.c.at.desc()).limit(1)
    return connection.execute(last).scalar() or 0


def _scored(connection: Connection, ids: list[int], terms: list[Term]) -> list[Hit]:
    """BM25 among the matches themselves, so that both databases rank alike."""
    columns = MESSAGES.c.id, MESSAGES.c.conversation_id, MESSAGES.c.author, MESSAGES.c.text
    rows = connection.execute(select(*columns).where(MESSAGES.c.id.in_(ids))).all() if ids else []
    said = {row.id: tokenize(row.text) for row in rows}
    average = sum(map(len, said.values())) / (len(said) or 1) or 1.0
    return [
        Hit(row.id, row.conversation_id, row.author, row.text, _score(said[row.id], terms, average)) for row in rows
    ]


def _score(said: list[str], terms: list[Term], average: float) -> float:
    """A whole word counts once, a longer one that begins with it half."""
    damped = SATURATION * (1 - BY_LENGTH + BY_LENGTH * len(said) / average)
    total = 0.0
    for term in terms:
        whole = _times(said, term)
        begun = sum([one.startswith(term[0]) for one in said]) if len(term) == 1 else whole
        times = (begun + whole) / 2
        total += times * (SATURATION + 1) / (times + damped)
    return total


def _grouped(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    groups: dict[str, list[Hit]] = defaultdict(list)
    for hit in sorted(hits, key=lambda hit: (-hit.score, -hit.message_id)):
        groups[hit.conversation_id].append(hit)
    best = {key: group[0].score + 0.1 * math.log(len(group)) for key, group in groups.items()}
    order = sorted(groups, key=lambda key: (-round(best[key], 2), -groups[key][0].message_id))
    return {key: groups[key] for key in order}


def _word_start(said: str, place: int) -> int:
    space = said.find(" ", place)
    return space + 1 if place and 0 <= space < place + 20 else place
