"""Mentions in notes: `@name` stands for an account, by its name or display name, and its owner is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, insert, select

from conversations.accounts import accounts, notifications
from conversations.accounts.accounts import STAFF, Member
from conversations.db import schema
from conversations.erasure import record_audit

MENTIONS, NOTES = schema.note_mention, schema.note
SIGN = "@"


def find_mentions(text: str, members: Iterable[Member]) -> dict[str, Member]:
    """Return who is mentioned in a text, by the words after the sign, as they stand there.

    Letters may be large or small. A display name that several accounts have stands for none of them.
    """
    known = _names(members)
    found: dict[str, Member] = {}
    for place in (place for place, sign in enumerate(text) if sign == SIGN):
        if place and not text[place - 1].isspace() and text[place - 1] not in "([„“\"'":
            continue  # part of an address
        named = next(((name, member) for name, member in known if _stands_at(text, place + 1, name)), None)
        if named:
            name, member = named
            found[text[place + 1 : place + 1 + len(name)]] = member
    return found


def pieces(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """Return a note in pieces, each with whether it is a mention by one of these words."""
    found: list[tuple[str, bool]] = []
    begun = place = 0
    longest_first = sorted(words, key=len, reverse=True)
    while (place := text.find(SIGN, place)) >= 0:
        name = next((each for each in longest_first if text.startswith(each, place + 1)), None)
        if name is None:
            place += 1
            continue
        end = place + 1 + len(name)
        found += [(text[begun:place], False), (text[place:end], True)]
        begun = place = end
    return [piece for piece in (*found, (text[begun:], False)) if piece[0]]


def record_mentions(connection: Connection, note_id: int, conversation_id: str, by: str, text: str) -> list[str]:
    """Store whom a new note mentions, with a notification for each; return the accounts that are told."""
    told: list[str] = []
    stored: set[int] = set()
    for words, member in find_mentions(text, accounts.list_accounts(connection)).items():
        if member.id in stored:
            continue
        stored.add(member.id)
        connection.execute(insert(MENTIONS).values(note_id=note_id, staff_id=member.id, words=words))
        if notifications.notify(connection, member.name, notifications.MENTION, conversation_id, by, note_id):
            told.append(member.name)
            record_audit(connection, by, f"mentioned in a note: {member.name}"[:60], conversation_id)
    return told


def words_by_note(connection: Connection, conversation_id: str) -> Mapping[int, tuple[str, ...]]:
    """Return the words of the mentions in the notes of a conversation, by note."""
    found: dict[int, tuple[str, ...]] = {}
    for note_id, words in connection.execute(_of_conversation(conversation_id, MENTIONS.c.note_id, MENTIONS.c.words)):
        found[note_id] = (*found.get(note_id, ()), words)
    return found


def accounts_by_words(connection: Connection, conversation_id: str) -> dict[str, str]:
    """Return the accounts that are mentioned in the notes of a conversation, by the words that stand for them."""
    wanted = _of_conversation(conversation_id, MENTIONS.c.words, STAFF.c.name)
    rows = connection.execute(wanted.join(STAFF, STAFF.c.id == MENTIONS.c.staff_id))
    return {row.words: row.name for row in rows}


def _of_conversation(conversation_id: str, *columns: Column[Any]) -> schema.AnySelect:
    own = NOTES.c.conversation_id == conversation_id
    return select(*columns).select_from(MENTIONS).join(NOTES, NOTES.c.id == MENTIONS.c.note_id).where(own)


def _names(members: Iterable[Member]) -> list[tuple[str, Member]]:
    """Return the names that stand for members, the longest first; of names that are the same, an account's comes first."""
    members = list(members)
    shown = Counter(member.display_name.casefold() for member in members)
    names = [(member.name, member) for member in members]
    names += [(each.display_name, each) for each in members if shown[each.display_name.casefold()] == 1]
    return sorted((named for named in names if named[0]), key=lambda named: len(named[0]), reverse=True)


def _stands_at(text: str, place: int, name: str) -> bool:
    end = place + len(name)  # in the text and the name as they are written: small letters may be more, as those of ß
    return text[place:end].casefold() == name.casefold() and not text[end : end + 1].isalnum()
