"""Full-text search of messages: the newest matches, ranked with BM25 and grouped by conversation.

If very many messages match, only the newest MOST_RANKED are ranked, since reading all matches of a common word takes seconds
and ranks no better. `Hits.truncated` says so. BM25 is computed here, so that SQLite and PostgreSQL rank alike.
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
MOST_WORDS, SHORTEST_BEGINNING = (
    12,
    3,
)  # terms per query; letters from which a term also matches longer words that begin with it
SATURATION, BY_LENGTH = 1.2, 0.75  # the usual parameters k1 and b of BM25
BEFORE, LONGEST_SNIPPET = 60, 220  # characters of a snippet: before the first match, in all

# A query cannot contain syntax of the index: terms consist of letters and digits, and each is quoted.
SQLITE = """SELECT rowid FROM message_words WHERE message_words MATCH :query AND rowid <= :newest
    ORDER BY rowid DESC LIMIT :most"""
POSTGRES = """SELECT message_id FROM message_words WHERE words @@ to_tsquery('simple', :query) AND message_id <= :newest
    ORDER BY message_id DESC LIMIT :most"""


@dataclass(frozen=True)
class Hit:
    """Message that contains all terms; a higher score is better."""

    message_id: int
    conversation_id: str
    author: str
    text: str
    score: float


@dataclass(frozen=True)
class Hits:
    """Hits by conversation, the best conversation first.

    Attributes:
        newest: The id of the newest message that was searched; later pages search no newer ones.
        truncated: There are more matches than were ranked.
    """

    by_conversation: dict[str, list[Hit]]
    newest: int
    truncated: bool


Snippet = tuple[tuple[str, bool], ...]  # parts of a text, each with whether it is a match


def search_messages(
    connection: Connection, query: str, newest: int | None = None, before: datetime | None = None
) -> Hits:
    """Find the messages with all words of the query, with ids up to `newest` and written before `before`."""
    terms = terms_of(query)[:MOST_WORDS]
    top = _newest(connection, before)
    newest = min(newest, top) if newest else top
    ids = _matches(connection, terms, newest) if terms else []
    if not ids and _is_being_typed(terms):
        terms = terms[:-1]
        ids = _matches(connection, terms, newest)
    return Hits(_grouped(_scored(connection, ids, terms)), newest, len(ids) >= MOST_RANKED)


def conversations_with(connection: Connection, query: str) -> set[str]:
    """Return the ids of all conversations in which one message has all words of the query, without a limit."""
    terms = terms_of(query)[:MOST_WORDS]
    if not terms:
        return set()
    newest = _newest(connection, None)
    ids = _query_index(connection, terms, newest, prefixes=True, limit=2**62)
    if not ids and _is_being_typed(terms):
        ids = _query_index(connection, terms[:-1], newest, prefixes=True, limit=2**62)
    conversation_ids: set[str] = set()
    for start in range(0, len(ids), MOST_RANKED):
        batch = MESSAGES.c.id.in_(ids[start : start + MOST_RANKED])
        conversation_ids.update(connection.execute(select(MESSAGES.c.conversation_id).where(batch)).scalars())
    return conversation_ids


def snippet(text: str, query: str) -> Snippet:
    """Return the masked part of a text around the first match of a query."""
    masked = unicodedata.normalize("NFKC", mask(text))
    matches = _match_spans(masked, terms_of(query))
    start = _word_start(masked, max(0, matches[0][0] - BEFORE)) if matches else 0
    end = min(len(masked), start + LONGEST_SNIPPET)
    parts: list[tuple[str, bool]] = [("… ", False)] if start else []
    for first, last in matches:
        if first < start or last > end:
            continue
        parts += [(masked[start:first], False), (masked[first:last], True)]
        start = last
    parts.append((masked[start:end] + (" …" if end < len(masked) else ""), False))
    return tuple(part for part in parts if part[0])


def _matches(connection: Connection, terms: list[Term], newest: int) -> list[int]:
    """Return the ids of matching messages, newest first."""
    # Whole words are quick to find however many there are, so prefixes are matched only if these are too few.
    ids = _query_index(connection, terms, newest, prefixes=False)
    has_prefixes = any(_matches_prefix(term) for term in terms)
    if len(ids) >= MOST_RANKED or not has_prefixes:
        return ids
    return _query_index(connection, terms, newest, prefixes=True)


def _query_index(
    connection: Connection, terms: list[Term], newest: int, prefixes: bool, limit: int = MOST_RANKED
) -> list[int]:
    """Return the ids of messages with all terms, newest first, including those that are not indexed yet."""
    on_sqlite = connection.dialect.name == "sqlite"
    quote, prefix, phrase, conjunction = ('"', " *", " ", " ") if on_sqlite else ("'", ":*", "' <-> '", " & ")
    query = conjunction.join(
        f"{quote}{phrase.join(term)}{quote}" + (prefix if prefixes and _matches_prefix(term) else "") for term in terms
    )
    values = {"query": query, "newest": newest, "most": limit}
    indexed = connection.execute(text(SQLITE if on_sqlite else POSTGRES), values).scalars()
    unindexed = (
        message_id
        for message_id, message in unindexed_messages(connection, newest)
        if _has_all(tokenize(message), terms, prefixes)
    )
    return [*unindexed, *indexed][:limit]


def _is_being_typed(terms: list[Term]) -> bool:
    """Return True if the last of several words is so short that it may only be the beginning of one."""
    return len(terms) > 1 and len(terms[-1]) == 1 and len(terms[-1][0]) < SHORTEST_BEGINNING


def _matches_prefix(term: Term) -> bool:
    """Check if the term also matches longer words that begin with it."""
    return len(term) == 1 and len(term[0]) >= SHORTEST_BEGINNING and not BY_CHARACTER.fullmatch(term[0])


def _has_all(tokens: list[str], terms: list[Term], prefixes: bool) -> bool:
    """Check if an unindexed message has all terms, by the rules of the index."""
    return all(
        _count(tokens, term)
        or (prefixes and _matches_prefix(term) and any(token.startswith(term[0]) for token in tokens))
        for term in terms
    )


def _count(tokens: list[str], term: Term) -> int:
    """Return how often a term occurs in a text."""
    if len(term) == 1:
        return tokens.count(term[0])
    return f" {' '.join(tokens)} ".replace(" ", "  ").count(f" {'  '.join(term)} ")


def _match_spans(text: str, terms: list[Term]) -> list[tuple[int, int]]:
    """Return the start and end of each match in a text; if only the beginning of a word matches, those of the word."""
    words = list(places_of(text))
    by_first_token = {term[0]: [other for other in terms if other[0] == term[0]] for term in terms}
    prefixes = tuple(term[0] for term in terms if _matches_prefix(term))
    spans, done = [], 0
    for number, (start, end, token) in enumerate(words):
        if number < done:
            continue
        lengths = [
            len(term)
            for term in by_first_token.get(token, ())
            if term == tuple(word[2] for word in words[number : number + len(term)])
        ]
        if lengths:
            done = number + max(lengths)
            spans.append((start, words[done - 1][1]))
        elif prefixes and token.startswith(prefixes):
            spans.append((start, end))
    return spans


def _newest(connection: Connection, before: datetime | None) -> int:
    """Return the id of the newest message, or of the newest one written before a time; 0 without messages."""
    if before is None:
        return connection.execute(select(func.max(MESSAGES.c.id))).scalar() or 0
    last = select(MESSAGES.c.id).where(MESSAGES.c.at < before).order_by(MESSAGES.c.at.desc()).limit(1)
    return connection.execute(last).scalar() or 0


def _scored(connection: Connection, ids: list[int], terms: list[Term]) -> list[Hit]:
    """Score messages with BM25, computed among the matches themselves."""
    columns = MESSAGES.c.id, MESSAGES.c.conversation_id, MESSAGES.c.author, MESSAGES.c.text
    rows = connection.execute(select(*columns).where(MESSAGES.c.id.in_(ids))).all() if ids else []
    tokens = {row.id: tokenize(row.text) for row in rows}
    average = sum(map(len, tokens.values())) / (len(tokens) or 1) or 1.0
    return [
        Hit(row.id, row.conversation_id, row.author, row.text, _score(tokens[row.id], terms, average)) for row in rows
    ]


def _score(tokens: list[str], terms: list[Term], average: float) -> float:
    """Return the BM25 score of a message; a word counts once, a longer word that begins with it half."""
    damped = SATURATION * (1 - BY_LENGTH + BY_LENGTH * len(tokens) / average)
    total = 0.0
    for term in terms:
        whole = _count(tokens, term)
        prefixed = sum([token.startswith(term[0]) for token in tokens]) if len(term) == 1 else whole
        frequency = (prefixed + whole) / 2
        total += frequency * (SATURATION + 1) / (frequency + damped)
    return total


def _grouped(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    """Group hits by conversation, ordered by the best hit and, a little, by the number of hits."""
    groups: dict[str, list[Hit]] = defaultdict(list)
    for hit in sorted(hits, key=lambda hit: (-hit.score, -hit.message_id)):
        groups[hit.conversation_id].append(hit)
    best = {key: group[0].score + 0.1 * math.log(len(group)) for key, group in groups.items()}
    order = sorted(groups, key=lambda key: (-round(best[key], 2), -groups[key][0].message_id))
    return {key: groups[key] for key in order}


def _word_start(text: str, position: int) -> int:
    """Return the start of the next word if it is near, so that a snippet does not begin within a word."""
    space = text.find(" ", position)
    return space + 1 if position and 0 <= space < position + 20 else position
