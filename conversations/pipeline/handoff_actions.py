"""Hand-off as visitors and staff ask for it: each change of who answers is stored with a message that says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection

from conversations.db.mappers import find_conversation
from conversations.db.store import Store
from conversations.handoff import ratings, states
from conversations.models import BOT, PERSON, WAITING, Conversation, Message, Reply
from conversations.pipeline import message_store
from conversations.pipeline.outbox import BY_FETCH
from conversations.pipeline.publisher import Publisher
from conversations.pipeline.system_messages import SystemMessages
from conversations.pipeline.turn_dispatcher import TurnDispatcher
from conversations.pipeline.turn_worker import TurnWorker

StateAction = Callable[[Connection, str, str], Conversation]  # arguments: connection, conversation id, person
# What the visitor is told, from the connection and the conversation before and after.
Words = Callable[[Connection, Conversation, Conversation], Reply]


class HandoffActions:
    """Changes who answers a conversation: the advisor or a member of staff.

    The methods raise HandoffRefused if the conversation does not exist or its state does not allow the change.
    """

    def __init__(
        self,
        store: Store,
        dispatcher: TurnDispatcher,
        turns: TurnWorker,
        publisher: Publisher,
        system_messages: SystemMessages,
    ) -> None:
        self._store, self._dispatcher, self._turns = store, dispatcher, turns
        self._publisher, self._system_messages = publisher, system_messages

    async def request_person(self, conversation_id: str) -> Conversation:
        """Put a conversation into the queue for a person, as its visitor asked.

        Outside office hours the conversation does not wait: the visitor is told when staff are back.
        """
        conversation = await self._store.write(self._request_person, conversation_id)
        self._publisher.messages(conversation_id, state_changed=True)
        return conversation

    async def abandon(self, conversation_id: str) -> None:
        """Close a conversation whose visitor has begun another in its place."""
        await self._store.write(states.abandon, conversation_id)
        self._publisher.messages(conversation_id, state_changed=True)

    async def take(self, conversation_id: str, person: str) -> Conversation:
        """Give a conversation to the member of staff who takes it; refused if a colleague has it."""
        return await self._change(conversation_id, states.take, person, self._joined)

    async def assign(self, conversation_id: str, to: str, by: str) -> Conversation:
        """Give a conversation to a colleague, who is notified; refused if a third person has it."""

        def assign(connection: Connection, conversation_id: str, person: str) -> Conversation:
            return states.assign(connection, conversation_id, person, by)

        conversation = await self._change(conversation_id, assign, to, self._joined)
        self._publisher.notified(to)
        return conversation

    async def give_back(self, conversation_id: str, person: str) -> Conversation:
        """Give a conversation back to the advisor; refused if the advisor has it."""
        return await self._change(conversation_id, states.give_back, person, self._left)

    async def close(self, conversation_id: str, person: str) -> Conversation:
        """Close a conversation; the visitor's next message opens it again with the advisor."""
        return await self._change(conversation_id, states.close, person, self._closed)

    async def reply(self, conversation_id: str, person: str, text: str) -> Message:
        """Send the words of a member of staff to the visitor; refused unless they have the conversation."""
        message = await self._store.write(self._reply, conversation_id, person, text)
        self._publisher.messages(conversation_id)
        return message

    async def give_back_overdue(self, waiting: timedelta, silent: timedelta) -> int:
        """Give conversations back to the advisor that have waited too long, and tell the visitors; return how many.

        These are the conversations that nobody took for `waiting`, and those whose person has not replied for `silent`.
        """
        overdue = await self._store.read(states.overdue, waiting, silent)
        for conversation in overdue:
            if await self._store.write(self._give_back_overdue, conversation):
                self._publisher.messages(conversation.id, state_changed=True)
        return len(overdue)

    async def _change(self, conversation_id: str, action: StateAction, person: str, words: Words) -> Conversation:
        conversation = await self._store.write(self._change_and_say, conversation_id, action, person, words)
        self._turns.end_pause(conversation_id)  # a message that is being tried again may be the person's to answer now
        self._publisher.work(conversation_id)
        self._publisher.messages(conversation_id, state_changed=True)
        return conversation

    # Each of the methods below runs in one transaction.
    def _change_and_say(
        self, connection: Connection, conversation_id: str, action: StateAction, person: str, words: Words
    ) -> Conversation:
        before = find_conversation(connection, conversation_id, lock=True)
        after = action(connection, conversation_id, person)
        if before and before != after:
            self._say(connection, after, words(connection, before, after))
        return after

    def _joined(self, connection: Connection, before: Conversation, after: Conversation) -> Reply:
        return self._system_messages.for_pack(after.pack).person_joined(after.held_as)

    def _left(self, connection: Connection, before: Conversation, after: Conversation) -> Reply:
        return self._system_messages.for_pack(before.pack).back_to_advisor(before.held_as)

    def _closed(self, connection: Connection, before: Conversation, after: Conversation) -> Reply:
        """Say that a conversation is closed and, if the installation asks that, ask about the person who had it."""
        is_shown = self._dispatcher.delivery_mode(after.channel) != BY_FETCH  # a client may come for it much later
        scale = ratings.scale_asked(connection) if before.state == PERSON and is_shown else 0
        if scale:
            ratings.ask(connection, after.id, before.held_by, scale)
        return self._system_messages.for_pack(after.pack).closed(scale, before.held_as)

    def _request_person(self, connection: Connection, conversation_id: str) -> Conversation:
        before = find_conversation(connection, conversation_id, lock=True)
        if before and before.state not in (WAITING, PERSON):
            until = self._dispatcher.office_hours.away_until(before)
            if until is not None:
                self._say(connection, before, self._system_messages.for_pack(before.pack).office_closed(until))
                return before
        after = states.request_person(connection, conversation_id)
        if before != after:
            self._say(connection, after, self._system_messages.for_pack(after.pack).waiting(already=False))
        return after

    def _reply(self, connection: Connection, conversation_id: str, person: str, text: str) -> Message:
        conversation = states.require_holder(connection, conversation_id, person)
        return self._say(connection, conversation, Reply(text=text, author=PERSON, author_name=conversation.held_as))

    def _give_back_overdue(self, connection: Connection, overdue: Conversation) -> bool:
        current = find_conversation(connection, overdue.id, lock=True)
        if current is None or (current.state, current.state_since) != (overdue.state, overdue.state_since):
            return False  # it was deleted, or taken at the last moment
        if current.state == WAITING:
            message = self._system_messages.for_pack(current.pack).nobody_came()
        else:
            message = self._system_messages.for_pack(current.pack).person_went_silent(current.held_as)
        states.change_state(connection, current, BOT, by="front")
        self._say(connection, current, message)
        return True

    def _say(self, connection: Connection, conversation: Conversation, reply: Reply) -> Message:
        """Store a message that answers none of the visitor's."""
        mode = self._dispatcher.delivery_mode(conversation.channel)
        return message_store.add_message(connection, conversation.id, conversation.channel, reply, mode)
