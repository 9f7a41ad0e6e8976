"""What REST clients are given: a message in Rasa's shape, with what Rasa has no place for in `metadata`. Pure."""

from __future__ import annotations

from typing import Any

from conversations.models import Message


def rasa_shape(sender: str, message: Message) -> dict[str, Any]:
    """A message said to the person: text, buttons with payloads, `custom` with cards.

    What no message of the person's was answered with says who said it (`person`, `front`), their name, and its number.
    """
    metadata: dict[str, Any] = {"outcome": message.outcome}
    if message.topic:
        metadata["topic"] = message.topic
    if message.sources:
        metadata["sources"] = list(message.sources)
    if message.answers is None:
        metadata |= {"author": message.author, "message": message.id, "at": message.at.isoformat()}
        if message.author_name:
            metadata["author_name"] = message.author_name
    shape: dict[str, Any] = {"recipient_id": sender, "text": message.text, "metadata": metadata}
    if message.buttons:
        shape["buttons"] = [{"title": one.title, "payload": one.payload} for one in message.buttons]
    if message.cards:
        shape["custom"] = {"cards": list(message.cards)}
    return shape


def listed_shape(sender: str, message: Message) -> dict[str, Any]:
    """A message of either side as it stands in the list of a conversation."""
    shape = rasa_shape(sender, message)
    return {
        "id": message.id,
        "author": message.author,
        "author_name": message.author_name,
        "at": message.at.isoformat(),
        "answers": message.answers,
        **shape,
    }
