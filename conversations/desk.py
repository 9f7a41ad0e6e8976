"""The desk: takes what comes in, has it answered in order, sees that replies go out. Everything is written before it is done.

A message is written (inbox), answered by the engine or left to a person (turns, one transaction with its replies), and where
a platform must be sent to, delivered (outbox). A restart finds what was open and goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from conversations import alerts, asides, handoff, inbox, privacy, turns
from conversations.engine import Engine, EngineFailed
from conversations.lanes import Lanes
from conversations.meter import Meter
from conversations.news import GONE, MESSAGES, STATE, TYPING, News, Notice
from conversations.post import Post
from conversations.records import (
    ADVISOR,
    BOT,
    PERSON,
    RECEIVED,
    WAITING,
    Accepted,
    Conversation,
    Inbound,
    Message,
    Reply,
    Turn,
)
from conversations.rows import find_conversation, find_message
from conversations.store import Store
from conversations.ways import SendingChannel
from conversations.words import HANDOFF, Words

logger = logging.getLogger(__name__)
GIVES_CONTACT = "give_contact"  # the intent of somebody who says how to be reached
TOO_FAST = "too_fast"  # in a message's context: it came over the limit


@dataclass(frozen=True)
class DeskRules:
    """`answering` are channels whose client waits for a reply to each message, even while a person has the conversation."""

    answering: frozenset[str] = frozenset({"rest"})
    drain_seconds: float = 10.0


class Desk:
    def __init__(
        self,
        store: Store,
        engine: Engine,
        words: Words,
        meter: Meter | None = None,
        channels: Iterable[SendingChannel] = (),
        rules: DeskRules | None = None,
    ):
        self.store, self.engine, self.words = store, engine, words
        self.news, self._meter = News(), meter or Meter()
        self._rules = rules or DeskRules()
        self._sending: Mapping[str, SendingChannel] = {channel.name: channel for channel in channels}
        self._post = Post(store, self._sending, self._meter)
        self._answers = Lanes(self._answer_all)
        self._settled: dict[int, list[asyncio.Future[None]]] = defaultdict(list)

    async def start(self) -> None:
        """Go on with what was open when we stopped."""
        for conversation_id in await self.store.read(inbox.conversations_with_open_messages):
            self._answers.wake(conversation_id)
        await self._post.start()

    async def stop(self) -> None:
        """Finish what is being done; what has not begun waits in the database."""
        await asyncio.gather(*(lanes.stop(self._rules.drain_seconds) for lanes in (self._answers, self._post.lanes)))

    # --- what comes in --------------------------------------------------------------------------------------------
    async def receive(self, inbound: Inbound, too_fast: bool = False) -> Accepted:
        """Write a message down; from then on it cannot be lost. Its answer comes by itself."""
        if too_fast:
            inbound = replace(inbound, context={**inbound.context, TOO_FAST: True})
        channel = self._sending.get(inbound.channel)
        try:
            accepted = await self.store.write(_accept, inbound, channel and channel.greeting)
        except IntegrityError:  # the same, or the first of the same conversation, came in at the same moment
            accepted = await self.store.write(_accept, inbound, None)
        self._answers.wake(accepted.conversation_id)
        self._post.wake(accepted.conversation_id)
        if not accepted.again:
            self._meter.received.labels(inbound.channel).inc()
            self.news.tell(Notice(MESSAGES, accepted.conversation_id))
        return accepted

    async def replies(self, accepted: Accepted) -> list[Message]:
        """What a message was answered with, once it has been."""
        settled = asyncio.get_running_loop().create_future()
        waiting = self._settled[accepted.message_id]
        waiting.append(settled)
        try:
            message = await self.store.read(find_message, accepted.message_id)
            if message and message.state == RECEIVED:
                await settled
        finally:
            waiting.remove(settled)
            if not waiting:
                self._settled.pop(accepted.message_id, None)
        return await self.store.read(turns.replies_to, accepted.message_id)

    async def try_again(self, message_id: int) -> bool:
        """Have a failed message answered after all; whether it was a failed one."""
        message = await self.store.write(turns.try_again, message_id)
        if message:
            self._answers.wake(message.conversation_id)
        return message is not None

    # --- who answers ----------------------------------------------------------------------------------------------
    async def ask_for_person(self, conversation_id: str) -> Conversation:
        """The visitor asks for a person, whatever the engine does; HandoffRefused where there is no such conversation."""
        words = self.words.waiting(already=False)
        conversation = await self.store.write(self._ask_for, conversation_id, words)
        self._said(conversation_id, state_too=True)
        return conversation

    async def leave(self, conversation_id: str) -> None:
        """The visitor began a new conversation in place of this one."""
        await self.store.write(handoff.leave, conversation_id)
        self._said(conversation_id, state_too=True)

    async def take(self, conversation_id: str, person: str) -> Conversation:
        """A member of staff takes a conversation. HandoffRefused where another one has it."""
        return await self._change(conversation_id, handoff.take, person, self.words.person_joined(person))

    async def release(self, conversation_id: str, person: str) -> Conversation:
        """Back to the advisor."""
        return await self._change(conversation_id, handoff.release, person, self.words.back_to_advisor(person))

    async def close(self, conversation_id: str, person: str) -> Conversation:
        return await self._change(conversation_id, handoff.close, person, self.words.closed())

    async def reply_as(self, conversation_id: str, person: str, text: str) -> Message:
        """What a member of staff says to the visitor; HandoffRefused unless they have the conversation."""
        said = await self.store.write(self._say_as, conversation_id, person, text)
        self._said(conversation_id)
        return said

    async def take_back_overdue(self, waiting, silent) -> int:
        """Give conversations that no person takes, or whose person went silent, back to the advisor, honestly. How many."""
        late = await self.store.read(handoff.overdue, waiting, silent)
        for conversation in late:
            if await self.store.write(self._take_back, conversation):
                self._said(conversation.id, state_too=True)
        return len(late)

    def typing(self, conversation_id: str, who: str, on: bool) -> None:
        """Somebody (a member of staff by name, or the visitor) is typing, or has stopped."""
        self.news.tell(Notice(TYPING, conversation_id, who, on))

    # --- a person's data ------------------------------------------------------------------------------------------
    async def forget(self, conversation_id: str, who: str) -> bool:
        """Delete a conversation everywhere; whether there was one. The engine is asked until it has forgotten, too."""
        gone = await self.store.write(privacy.forget, conversation_id, who)
        if gone:
            self.news.tell(Notice(GONE, conversation_id))
            await self.finish_erasures()
        return gone

    async def finish_erasures(self) -> int:
        """Ask the engine to forget what is deleted here; how many are still to be asked for."""
        left = await self.store.read(privacy.to_be_forgotten)
        for conversation_id in list(left):
            if self._answers.busy(conversation_id):
                continue  # a turn under way would be remembered after it was forgotten
            try:
                await self.engine.forget(conversation_id)
            except EngineFailed:
                break
            await self.store.write(privacy.forgotten, conversation_id)
            left.remove(conversation_id)
        return len(left)

    # --- answering ------------------------------------------------------------------------------------------------
    async def _answer_all(self, conversation_id: str) -> None:
        while messages := await self.store.read(inbox.open_messages, conversation_id):
            for message in messages:
                await self._answer(message)
                for settled in self._settled.get(message.id, ()):
                    if not settled.done():
                        settled.set_result(None)

    async def _answer(self, message: Message) -> None:
        conversation = await self.store.read(find_conversation, message.conversation_id)
        if conversation is None:
            return
        if conversation.state == PERSON:
            done = self.store.write(self._leave, message, conversation)
        elif own := self._own_answer(message):
            done = self.store.write(turns.record_turn, message, Turn(own), self._push(message))
        else:
            done = await self._asked(message, conversation)
        with contextlib.suppress(IntegrityError):  # deleted by its owner in the meantime
            self._count(message, await done)
        self._said(conversation.id, state_too=True)

    def _own_answer(self, message: Message) -> tuple[Reply, ...] | None:
        """What the front says without asking the engine, if it does."""
        if len(message.text) > self.words.longest:
            return (self.words.too_long(),)
        return (self.words.too_fast(),) if message.context.get(TOO_FAST) else None

    async def _asked(self, message: Message, conversation: Conversation):
        self.news.tell(Notice(TYPING, conversation.id, ADVISOR, True))
        try:
            async with self._typing_shown(conversation):
                turn = await self.engine.ask(message)
        except EngineFailed as error:
            logger.error("a turn failed", extra={"conversation": conversation.id, "reason": str(error)})
            return self.store.write(self._record_failure, message, str(error))
        finally:
            self.news.tell(Notice(TYPING, conversation.id, ADVISOR, False))
        self._meter.engine.observe((turn.engine_ms or 0) / 1000)
        return self.store.write(self._record, message, turn)

    @contextlib.asynccontextmanager
    async def _typing_shown(self, conversation: Conversation):
        channel = self._sending.get(conversation.channel)
        showing = asyncio.create_task(channel.show_typing(conversation)) if channel else None
        try:
            yield
        finally:
            if showing:
                showing.cancel()

    def _leave(self, connection: Connection, message: Message, conversation: Conversation) -> list[Message]:
        words = [self.words.person_has_it(conversation.held_by)] if message.channel in self._rules.answering else []
        return turns.leave_to_person(connection, message, words, self._push(message))

    def _record(self, connection: Connection, message: Message, turn: Turn) -> list[Message]:
        """A turn's replies and, where a person was asked for, what follows from that."""
        conversation = find_conversation(connection, message.conversation_id, lock=True)
        if conversation is None:
            return []
        if conversation.state == PERSON:  # taken while the engine was thinking: never both
            return self._leave(connection, message, conversation)
        if any(reply.outcome == HANDOFF for reply in turn.replies):
            turn = self._handed_over(connection, message, conversation, turn)
        return turns.record_turn(connection, message, turn, self._push(message))

    def _handed_over(self, connection: Connection, message: Message, conversation: Conversation, turn: Turn) -> Turn:
        if turn.understanding.get("intent") == GIVES_CONTACT:
            asides.leave_contact(connection, conversation.id, contact=message.text[:255], text=message.text)
            words = self.words.contact_taken()
        else:
            words = self.words.waiting(already=conversation.state == WAITING)
            handoff.change_state(connection, conversation, WAITING, by="visitor")
            alerts.raise_alert(connection, alerts.WAITING, conversation.id)
        others = [reply for reply in turn.replies if reply.outcome != HANDOFF]
        return replace(turn, replies=(*others, words))

    def _record_failure(self, connection: Connection, message: Message, reason: str) -> list[Message]:
        if find_conversation(connection, message.conversation_id, lock=True) is None:
            return []
        alerts.raise_alert(connection, alerts.FAILED, message.conversation_id)
        return turns.record_failure(connection, message, reason, self.words.apology(), self._push(message))

    # --- staff ----------------------------------------------------------------------------------------------------
    async def _change(self, conversation_id: str, change, person: str, words: Reply) -> Conversation:
        conversation = await self.store.write(self._change_and_say, conversation_id, change, person, words)
        self._said(conversation_id, state_too=True)
        return conversation

    def _change_and_say(self, connection: Connection, conversation_id: str, change, person: str, words: Reply):
        before = find_conversation(connection, conversation_id)
        after = change(connection, conversation_id, person)
        if before != after:
            turns.say_in(connection, after.id, after.channel, words, after.channel in self._sending)
        return after

    def _ask_for(self, connection: Connection, conversation_id: str, words: Reply) -> Conversation:
        before, after = find_conversation(connection, conversation_id), handoff.ask_for(connection, conversation_id)
        if before != after:
            turns.say_in(connection, after.id, after.channel, words, after.channel in self._sending)
        return after

    def _say_as(self, connection: Connection, conversation_id: str, person: str, text: str) -> Message:
        conversation = handoff.require_holder(connection, conversation_id, person)
        reply = Reply(text=text, author=PERSON, author_name=person)
        return turns.say_in(
            connection, conversation.id, conversation.channel, reply, conversation.channel in self._sending
        )

    def _take_back(self, connection: Connection, seen: Conversation) -> bool:
        now = find_conversation(connection, seen.id, lock=True)
        if now is None or (now.state, now.state_since) != (seen.state, seen.state_since):
            return False  # somebody took it at the last moment
        words = self.words.nobody_came() if now.state == WAITING else self.words.person_went_silent(now.held_by)
        handoff.change_state(connection, now, BOT, by="front")
        turns.say_in(connection, now.id, now.channel, words, now.channel in self._sending)
        return True

    def _count(self, message: Message, said: list[Message]) -> None:
        outcome = next((one.outcome for one in said if one.outcome), "left")
        self._meter.answered.labels(message.channel, outcome).inc()

    # --- telling --------------------------------------------------------------------------------------------------
    def _push(self, message: Message) -> bool:
        return message.channel in self._sending

    def _said(self, conversation_id: str, state_too: bool = False) -> None:
        self._post.wake(conversation_id)
        self.news.tell(Notice(MESSAGES, conversation_id))
        if state_too:
            self.news.tell(Notice(STATE, conversation_id))


def _accept(connection: Connection, inbound: Inbound, greeting: Reply | None) -> Accepted:
    """Write a message; a platform's first one in a conversation is greeted, in the same transaction."""
    is_new = greeting is not None and inbox.conversation_at(connection, inbound.channel, inbound.address) is None
    accepted = inbox.accept(connection, inbound)
    if is_new:
        turns.say_in(connection, accepted.conversation_id, inbound.channel, greeting, push=True)
    return accepted
