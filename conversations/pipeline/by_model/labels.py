"""Puts the titles of buttons and the words of cards into the visitor's language, and knows a title again that is typed.

Payloads never change: a button does what it did, whatever it is called. A title in another language is kept with the message
that it answers, since the engine would not know what is meant by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from conversations.db import schema
from conversations.models import REPHRASED, VISITOR, Message, Reply

TITLES = "titles"  # what is kept of a rephrasing: payloads of buttons by their titles in another language


def labels_of(replies: Sequence[Reply]) -> list[str]:
    """Return the titles of buttons and the words of cards, each once; the name of a card's thing stays as it is."""
    return list(dict.fromkeys(label for reply in replies for label in _labels(reply) if label.strip()))


def with_labels(reply: Reply, others: Mapping[str, str]) -> Reply:
    """Return a reply with other labels in place of its own; titles that would not be told apart stay."""
    titles = [others.get(button.title, button.title) for button in reply.buttons]
    often = Counter(_bare(title) for title in titles)
    buttons = tuple(
        replace(button, title=title) if often[_bare(title)] == 1 else button
        for button, title in zip(reply.buttons, titles, strict=True)
    )
    return replace(reply, buttons=buttons, cards=tuple(_card(card, others) for card in reply.cards))


def titles_in(plain: Sequence[Reply], said: Sequence[Reply]) -> dict[str, str]:
    """Return the payloads of buttons that are called otherwise than in the plain replies, by what they are called."""
    pairs = (
        (own, other)
        for before, after in zip(plain, said, strict=True)
        for own, other in zip(before.buttons, after.buttons, strict=True)
    )
    return {_bare(other.title): other.payload for own, other in pairs if own.title != other.title}


def payload_of_title(connection: Connection, message: Message) -> str:
    """Return the payload of the button whose title in another language a visitor typed, or an empty text.

    Buttons count that were offered in answer to the visitor's last message.
    """
    table = schema.message
    before = table.c.conversation_id == message.conversation_id, table.c.author == VISITOR, table.c.id < message.id
    query = select(table.c.understanding).where(*before).order_by(table.c.id.desc()).limit(1)
    understanding = connection.execute(query).scalar()
    told = understanding.get(REPHRASED) if isinstance(understanding, Mapping) else None
    titles = told.get(TITLES) if isinstance(told, Mapping) else None
    return str(titles.get(_bare(message.text), "")) if isinstance(titles, Mapping) else ""


def _labels(reply: Reply) -> Iterator[str]:
    yield from (button.title for button in reply.buttons)
    for card in reply.cards:
        yield from _words(card)


def _words(card: Mapping[str, object]) -> Iterator[str]:
    """Yield the words of a card that are not the name of its thing."""
    lines = card.get("lines")
    yield str(card.get("text") or "")
    yield from map(str, lines if isinstance(lines, Sequence) else ())


def _card(card: Mapping[str, object], others: Mapping[str, str]) -> Mapping[str, object]:
    changed = dict(card)
    if card.get("text"):
        changed["text"] = others.get(str(card["text"]), card["text"])
    if isinstance(lines := card.get("lines"), Sequence):
        changed["lines"] = [others.get(str(line), line) for line in lines]
    return changed


def _bare(title: str) -> str:
    """Return a title as it is compared: in small letters, without signs at its ends."""
    return " ".join(title.casefold().split()).strip(" .!?\u00a1\u00bf\u061f\uff1f\u3002")
