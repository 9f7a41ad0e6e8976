"""Messages in the format of Rasa's Socket.IO channel. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conversations.models import PERSON, Message


def events_of(message: Message) -> list[dict[str, Any]]:
    """Return the `bot_uttered` events of a message: one for each paragraph, choices with the last one.

    Chat windows know one speaker only, so what staff say begins with their name.
    """
    parts = [*_said(message), *(_card(card) for card in message.cards)]
    if not message.buttons:
        return [{"text": part} for part in parts]
    events: list[dict[str, Any]] = [{"text": part, "quick_replies": []} for part in parts or [""]]
    events[-1]["quick_replies"] = [
        {"content_type": "text", "title": button.title, "payload": button.payload} for button in message.buttons
    ]
    return events


def _said(message: Message) -> Iterator[str]:
    text = message.text.strip()
    if message.author == PERSON and message.author_name:
        text = f"**{message.author_name}:** {text}"
    yield from (part for part in text.split("\n\n") if part.strip())


def _card(card: Any) -> str:
    """Return a card as Markdown, which these windows show."""
    lines = [f"**{card['title']}**"] if card.get("title") else []
    lines += [str(line) for line in (card.get("text"), *card.get("lines", ()), card.get("url")) if line]
    return "  \n".join(lines)
