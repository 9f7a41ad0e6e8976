"""Messages in the format of Rasa's REST channel; what Rasa has no field for goes into `metadata`."""

from __future__ import annotations

from typing import Any

from conversations.models import Message


def serialize_reply(sender: str, message: Message) -> dict[str, Any]:
    """Return a message to the person in Rasa's format: text, buttons with payloads, cards in `custom`.

    The metadata of a message that answers no other also holds its author (`person`, `front`), their name, and its number.
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
        shape["buttons"] = [{"title": button.title, "payload": button.payload} for button in message.buttons]
    if message.cards:
        shape["custom"] = {"cards": list(message.cards)}
    return shape


def serialize_listed(sender: str, message: Message) -> dict[str, Any]:
    """Return a message of either side as an entry of a conversation's message list."""
    shape = serialize_reply(sender, message)
    return {
        "id": message.id,
        "author": message.author,
        "author_name": message.author_name,
        "at": message.at.isoformat(),
        "answers": message.answers,
        **shape,
    }
