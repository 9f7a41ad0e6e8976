"""All that a language model gets to see of people: put together here, and masked here."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from conversations import pii
from conversations.db import schema
from conversations.db.mappers import find_conversation
from conversations.models import ADVISOR, VISITOR, Message
from conversations.pipeline import message_store
from conversations.pipeline.by_model.told_persons import Told, cover, told_in
from core.contract.intents import DISTRESS, FEEL_LOW, GIVE_CONTACT, WANT_PERSON
from core.contract.queries import EarlierTurn, MaskedMessage

STAY_HERE = (DISTRESS, FEEL_LOW, GIVE_CONTACT, WANT_PERSON)  # intents of messages that no language model sees
EARLIER_MESSAGES = 6  # that a language model sees before the message, of visitor and advisor
EARLIER_CHARS = 400  # of each


@dataclass(frozen=True)
class Context:
    """What of a conversation a language model's reading depends on."""

    person_name: str = ""
    earlier: tuple[EarlierTurn, ...] = ()
    pack: str = ""  # whose knowledge it is read by
    ordinary: Container[str] = ()  # words that are no names of persons, in small letters


def masked(message: Message, context: Context) -> MaskedMessage:
    """Return a message with its context as they may leave: without what they tell of persons, wherever they tell it."""
    told = told_of(message, context)
    # Cut when it is masked: half of an address or number would not be seen to be one.
    earlier = [EarlierTurn(each.by, mask(each.words, told)[:EARLIER_CHARS]) for each in context.earlier]
    return MaskedMessage(mask(message.words, told), earlier)


def told_of(message: Message, context: Context) -> Told:
    """Return what a message and those before it tell of persons."""
    visitors = (each.words for each in context.earlier if each.by == VISITOR)
    return told_in((message.words, *visitors), context.person_name, context.ordinary)


def mask(text: str, told: Told) -> str:
    """Return a text without personal data."""
    return cover(pii.mask(text), told)


def context_of(connection: Connection, message: Message) -> Context:
    """Return what of the conversation before a message may go with it."""
    conversation = find_conversation(connection, message.conversation_id)
    if conversation is None:
        return Context()
    latest = message_store.latest_messages(connection, conversation.id, EARLIER_MESSAGES + 1)
    before = [each for each in latest if each.id < message.id and each.author in (VISITOR, ADVISOR) and each.words]
    earlier = tuple(_earlier(before, _private(connection, before)))
    return Context(conversation.person_name, earlier, conversation.pack)


def _earlier(messages: list[Message], private: set[int]) -> Iterator[EarlierTurn]:
    """Yield what visitor and advisor said before a message, whole, but for what is private and the replies to that."""
    for each in messages:
        if not {each.id, each.answers} & private:
            yield EarlierTurn(each.author, each.words)


def _private(connection: Connection, messages: list[Message]) -> set[int]:
    """Return which messages were of danger, low spirits or contact details; none of these is ever put to a language model."""
    table = schema.message
    among = table.c.id.in_([each.id for each in messages]), table.c.intent.in_(STAY_HERE)
    return set(connection.execute(select(table.c.id).where(*among)).scalars())
