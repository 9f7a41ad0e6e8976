"""Searching all that was said: the newest messages with all the words, ranked, grouped by conversation.

Where very many messages match, only the newest are ranked: reading all of them for a word that everybody uses would take
seconds and show nothing better. `Hits.more` says so.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from conversations import tables
from conversations.masking import mask
from conversations.word_index import not_indexed

MESSAGES = tables.message
MOST_RANKED = 500  # messages
MOST_WORDS, SHORTEST_BEGINNING = 12, 3  # a word this long also finds longer words that begin with it
WORD = re.compile(r"[^\W_]+")
ACCENTS = re.compile("[\u0300-\u036f]")
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


def words_of(said: str) -> list[str]:
    """The words of a text as the index knows them: small letters, no accents."""
    return WORD.findall(_folded(said))


def search(connection: Connection, said: str, newest: int | None = None, before: datetime | None = None) -> Hits:
    """Find messages with all the words, no newer than the message `newest` and said before `before`."""
    words = list(dict.fromkeys(words_of(said)))[:MOST_WORDS]
    top = _newest(connection, before)
    newest = min(newest, top) if newest else top
    ids = _matches(connection, words, newest) if words else []
    return Hits(_grouped(_scored(connection, ids, words)), newest, len(ids) >= MOST_RANKED)


def conversations_with(connection: Connection, said: str) -> set[str]:
    """All conversations in which one message has all the words, however many; for exports."""
    words = list(dict.fromkeys(words_of(said)))[:MOST_WORDS]
    if not words:
        return set()
    newest, most = _newest(connection, None), 2**62
    ids, found = _ask(connection, words, newest, beginnings=True, most=most), set()
    for start in range(0, len(ids), MOST_RANKED):
        wanted = MESSAGES.c.id.in_(ids[start : start + MOST_RANKED])
        found.update(connection.execute(select(MESSAGES.c.conversation_id).where(wanted)).scalars())
    return found


def marked(said: str, looked_for: str) -> Marked:
    """A snippet of a text around the first word that was looked for, with personal data covered before it is cut."""
    covered, words = mask(said), words_of(looked_for)
    places = [one.span() for one in WORD.finditer(covered) if _is_one_of(one.group(), words)]
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


def _matches(connection: Connection, words: list[str], newest: int) -> list[int]:
    """Numbers of messages, newest first. Whole words first, which is quick however many there are; then beginnings too."""
    found = _ask(connection, words, newest, beginnings=False)
    longer = any(len(word) >= SHORTEST_BEGINNING for word in words)
    return found if len(found) >= MOST_RANKED or not longer else _ask(connection, words, newest, beginnings=True)


def _ask(connection: Connection, words: list[str], newest: int, beginnings: bool, most: int = MOST_RANKED) -> list[int]:
    on_sqlite = connection.dialect.name == "sqlite"
    quote, beginning, joined = ('"', " *", " ") if on_sqlite else ("'", ":*", " & ")
    query = joined.join(
        f"{quote}{word}{quote}" + (beginning if beginnings and len(word) >= SHORTEST_BEGINNING else "")
        for word in words
    )
    asked = {"query": query, "newest": newest, "most": most}
    indexed = connection.execute(text(SQLITE if on_sqlite else POSTGRES), asked).scalars()
    fresh = (number for number, said in not_indexed(connection, newest) if _has(words_of(said), words, beginnings))
    return [*fresh, *indexed][:most]


def _has(said: list[str], words: list[str], beginnings: bool) -> bool:
    """Whether a message that is not indexed yet has all the words, as the index would say."""
    return all(
        word in said
        or beginnings
        and len(word) >= SHORTEST_BEGINNING
        and any(one.startswith(word) for one in said)
        for word in words
    )


def _newest(connection: Connection, before: datetime | None) -> int:
    if before is None:
        return connection.execute(select(func.max(MESSAGES.c.id))).scalar() or 0
    last = select(MESSAGES.c.id).where(MESSAGES.c.at < before).order_by(MESSAGES.c.at.desc()).limit(1)
    return connection.execute(last).scalar() or 0


def _scored(connection: Connection, ids: list[int], words: list[str]) -> list[Hit]:
    """BM25 among the matches themselves, so that both databases rank alike."""
    columns = MESSAGES.c.id, MESSAGES.c.conversation_id, MESSAGES.c.author, MESSAGES.c.text
    rows = connection.execute(select(*columns).where(MESSAGES.c.id.in_(ids))).all() if ids else []
    said = {row.id: words_of(row.text) for row in rows}
    average = sum(map(len, said.values())) / (len(said) or 1) or 1.0
    return [
        Hit(row.id, row.conversation_id, row.author, row.text, _score(said[row.id], words, average)) for row in rows
    ]


def _score(said: list[str], words: list[str], average: float) -> float:
    """A whole word counts once, a longer one that begins with it half."""
    damped = SATURATION * (1 - BY_LENGTH + BY_LENGTH * len(said) / average)
    total = 0.0
    for word in words:
        begun = sum([one.startswith(word) for one in said])
        times = (begun + said.count(word)) / 2
        total += times * (SATURATION + 1) / (times + damped)
    return total


def _grouped(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    groups: dict[str, list[Hit]] = defaultdict(list)
    for hit in sorted(hits, key=lambda hit: (-hit.score, -hit.message_id)):
        groups[hit.conversation_id].append(hit)
    best = {key: group[0].score + 0.1 * math.log(len(group)) for key, group in groups.items()}
    order = sorted(groups, key=lambda key: (-round(best[key], 2), -groups[key][0].message_id))
    return {key: groups[key] for key in order}


def _is_one_of(word: str, words: list[str]) -> bool:
    folded = _folded(word)
    return any(folded == one or len(one) >= SHORTEST_BEGINNING and folded.startswith(one) for one in words)


def _word_start(said: str, place: int) -> int:
    space = said.find(" ", place)
    return space + 1 if place and 0 <= space < place + 20 else place


def _folded(said: str) -> str:
    return (said if said.isascii() else ACCENTS.sub("", unicodedata.normalize("NFKD", said))).lower()
