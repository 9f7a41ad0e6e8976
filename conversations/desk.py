"""The desk: takes what comes in, has it answered in order, sees that replies go out. Everything is written before it is done.

A message is written (inbox), answered by the engine or left to a person (turns, one transaction with its replies), and where
a platform must be sent to, delivered (outbox). A restart finds what was open and goes on.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from conversations import handoff, inbox, outbox, privacy, turns
from conversations.answering import TOO_FAST, Answering, Begun
from conversations.engine import Engine, EngineFailed
from conversations.lanes import Lanes
from conversations.meter import Meter
from conversations.news import GONE, MESSAGES, STATE, TYPING, News, Notice
from conversations.outbox import BY_FETCH, BY_PUSH
from conversations.post import Post
from conversations.records import BOT, PERSON, RECEIVED, WAITING, Accepted, Conversation, Inbound, Message, Reply
from conversations.rows import find_conversation, find_message
from conversations.store import Store
from conversations.tables import now
from conversations.ways import Office, SendingChannel
from conversations.words import Words

CUT = " \u2026"  # stands where a message that is too long was cut
LEAST_SECONDS = 1.0  # what the engine gets for a message that has waited its time out behind others


@dataclass(frozen=True)
class DeskRules:
    """What clients of channels do.

    `answering`: the client waits for a reply to each message, even while a person has the conversation; `fetching`: it comes
    for all that is said. What is said unasked in a conversation of either is held until the client comes, unless the
    channel has an address of its own to send it to.
    """

    answering: frozenset[str] = frozenset({"rest"})
    fetching: frozenset[str] = frozenset({"socketio"})
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
        self._answering = Answering(
            store, engine, words, self.news, self._meter, self._sending, self._rules.answering, self._rules.fetching
        )
        self._answers = Lanes(self._answer_all)
        self._begun: dict[str, Begun] = {}  # conversations whose next message was looked at while it was written
        self._waiting: dict[tuple[str, int], list[asyncio.Future[list[Message]]]] = defaultdict(list)
        self._settled_lately: deque[int] = deque(maxlen=100)
        self._since = now()  # what came in earlier, or is tried again, has waited for reasons of ours
        self._tried_again: set[int] = set()

    def keep_hours(self, office: Office) -> None:
        """From now on, whether somebody is there is known from this."""
        self._answering.office = office

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
        inbound = _as_long_as_is_read(inbound, self.words.longest)
        if too_fast:
            inbound = replace(inbound, context={**inbound.context, TOO_FAST: True})
        channel = self._sending.get(inbound.channel)
        try:
            accepted, begun = await self.store.write(self._accept, inbound, channel and channel.greeting)
        except IntegrityError:  # the same, or the first of the same conversation, came in at the same moment
            accepted, begun = await self.store.write(self._accept, inbound, None)
        self._note_begun(accepted, begun)
        self._answers.wake(accepted.conversation_id)
        self._post.wake(accepted.conversation_id)
        if not accepted.again:
            self._meter.received.labels(inbound.channel).inc()
            self.news.tell(Notice(MESSAGES, accepted.conversation_id))
        return accepted

    def _note_begun(self, accepted: Accepted, begun: Begun | None) -> None:
        """Have the next turn begin with what was found while the message was written, if that still holds."""
        if self._answers.busy(accepted.conversation_id) or accepted.message_id in self._settled_lately:
            # Whoever is at it, or about to be, reads on by itself; what was found for it knew nothing of this message.
            self._begun.pop(accepted.conversation_id, None)
        elif begun:
            self._begun[accepted.conversation_id] = begun

    def _accept(self, connection: Connection, inbound: Inbound, greeting: Reply | None) -> tuple[Accepted, Begun | None]:
        """Write a message; a platform's first one in a conversation is greeted, in the same transaction."""
        is_new = greeting is not None and inbox.conversation_at(connection, inbound.channel, inbound.address) is None
        accepted = inbox.accept(connection, inbound)
        if is_new:
            turns.say_in(connection, accepted.conversation_id, inbound.channel, greeting, push=True)
        return accepted, self._answering.asks_at_once(accepted)

    async def replies(self, accepted: Accepted) -> list[Message]:
        """What a message was answered with, once it has been."""
        settled = asyncio.get_running_loop().create_future()
        waiting = self._waiting[accepted.conversation_id, accepted.message_id]
        waiting.append(settled)
        try:
            if not await self._is_settled(accepted):
                return await settled
        finally:
            waiting.remove(settled)
            if not waiting:
                self._waiting.pop((accepted.conversation_id, accepted.message_id), None)
        return await self.store.read(turns.replies_to, accepted.message_id)

    async def said_meanwhile(self, accepted: Accepted) -> list[Message]:
        """What was said unasked since the client last came, handed to it with the reply to this message."""
        if accepted.again or await self.store.read(outbox.held, accepted.conversation_id):
            return await self.store.write(outbox.hand_over, accepted.conversation_id, accepted.message_id)
        return []

    async def said_after(self, conversation_id: str, after: int, limit: int) -> list[Message]:
        """The messages of a conversation after one, both ways, in order; what was held for the client is delivered by that."""
        found = await self.store.read(turns.said_since, conversation_id, after, limit)
        if found and await self.store.read(outbox.held, conversation_id):
            await self.store.write(outbox.fetched, [one.id for one in found])
            self.news.tell(Notice(MESSAGES, conversation_id))  # staff see that it was read
        return found

    def reaches(self, channel: str) -> str:
        """How what is said unasked on a channel gets to the person: pushed, held until their client comes, or shown."""
        if channel in self._sending:
            return BY_PUSH
        return BY_FETCH if channel in self._rules.answering | self._rules.fetching else ""

    async def _is_settled(self, accepted: Accepted) -> bool:
        if not accepted.again:  # it came in just now, so that only the last ones need be looked at
            return accepted.message_id in self._settled_lately
        message = await self.store.read(find_message, accepted.message_id)
        return message is None or message.state != RECEIVED

    async def try_again(self, message_id: int) -> bool:
        """Have a failed message answered after all; whether it was a failed one."""
        self._tried_again.add(message_id)
        message = await self.store.write(turns.try_again, message_id)
        if message is None:
            self._tried_again.discard(message_id)
            return False
        self._answers.wake(message.conversation_id)
        return True

    # --- who answers ----------------------------------------------------------------------------------------------
    async def ask_for_person(self, conversation_id: str) -> Conversation:
        """The visitor asks for a person, whatever the engine does; HandoffRefused where there is no such conversation.

        Outside office hours nobody is waited for: the visitor is told when somebody is back.
        """
        conversation = await self.store.write(self._ask_for, conversation_id)
        self._said(conversation_id, state_too=True)
        return conversation

    async def leave(self, conversation_id: str) -> None:
        """The visitor began a new conversation in place of this one."""
        await self.store.write(handoff.leave, conversation_id)
        self._said(conversation_id, state_too=True)

    async def take(self, conversation_id: str, person: str) -> Conversation:
        """A member of staff takes a conversation. HandoffRefused where another one has it."""
        return await self._change(conversation_id, handoff.take, person, self.words.person_joined(person))

    async def assign(self, conversation_id: str, to: str, by: str) -> Conversation:
        """Hand a conversation to a colleague. HandoffRefused where a third one has it."""
        return await self._change(
            conversation_id, lambda *about: handoff.assign(*about, by), to, self.words.person_joined(to)
        )

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

    async def take_back_overdue(self, waiting: timedelta, silent: timedelta) -> int:
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
            for message_id in [message_id for held, message_id in self._waiting if held == conversation_id]:
                self._settle(conversation_id, message_id, [])  # nobody will answer them now
            self.news.tell(Notice(GONE, conversation_id))
            await self._forgotten_by_engine(conversation_id)
        return gone

    async def finish_erasures(self) -> int:
        """Ask the engine to forget what is deleted here; how many are still to be asked for."""
        asked = [await self._forgotten_by_engine(one) for one in await self.store.read(privacy.to_be_forgotten)]
        return asked.count(False)

    async def _forgotten_by_engine(self, conversation_id: str) -> bool:
        if self._answers.busy(conversation_id):
            return False  # a turn under way would be remembered after it was forgotten
        try:
            await self.engine.forget(conversation_id)
        except EngineFailed:
            return False
        await self.store.write(privacy.forgotten, conversation_id)
        return True

    # --- answering ------------------------------------------------------------------------------------------------
    async def _answer_all(self, conversation_id: str) -> None:
        """What comes in meanwhile wakes the lane again."""
        more = True
        while more and not self._answers.stopping and (begun := await self._next(conversation_id)):
            late = begun.message.id in self._tried_again
            said = await self._answering.finish(begun, self._seconds_for(begun.message), late)
            self._settle(conversation_id, begun.message.id, said)
            self._said(conversation_id, state_too=True)
            more = begun.more

    async def _next(self, conversation_id: str) -> Begun | None:
        return self._begun.pop(conversation_id, None) or await self._answering.begin(conversation_id)

    def _settle(self, conversation_id: str, message_id: int, said: list[Message]) -> None:
        self._tried_again.discard(message_id)
        self._settled_lately.append(message_id)
        for settled in self._waiting.get((conversation_id, message_id), ()):
            if not settled.done():
                settled.set_result(said)

    def _seconds_for(self, message: Message) -> float:
        """How long the engine may take: nobody waits longer in all for a word, whoever was before them in the queue."""
        if message.id in self._tried_again:
            return self.engine.seconds
        waited = (now() - max(message.at, self._since)).total_seconds()
        return max(self.engine.seconds - waited, min(LEAST_SECONDS, self.engine.seconds))

    # --- staff ----------------------------------------------------------------------------------------------------
    async def _change(self, conversation_id: str, change, person: str, words: Reply) -> Conversation:
        conversation = await self.store.write(self._change_and_say, conversation_id, change, person, words)
        self._said(conversation_id, state_too=True)
        return conversation

    def _change_and_say(self, connection: Connection, conversation_id: str, change, person: str, words: Reply):
        before = find_conversation(connection, conversation_id, lock=True)
        after = change(connection, conversation_id, person)
        if before != after:
            self._say_unasked(connection, after, words)
        return after

    def _ask_for(self, connection: Connection, conversation_id: str) -> Conversation:
        before = find_conversation(connection, conversation_id, lock=True)
        if before and before.state not in (WAITING, PERSON):
            until = self._answering.office.away_until(before)
            if until is not None:
                words = self.words.nobody_there(until)
                self._say_unasked(connection, before, words)
                return before
        after = handoff.ask_for(connection, conversation_id)
        if before != after:
            words = self.words.waiting(already=False)
            self._say_unasked(connection, after, words)
        return after

    def _say_as(self, connection: Connection, conversation_id: str, person: str, text: str) -> Message:
        conversation = handoff.require_holder(connection, conversation_id, person)
        reply = Reply(text=text, author=PERSON, author_name=person)
        return self._say_unasked(connection, conversation, reply)

    def _say_unasked(self, connection: Connection, conversation: Conversation, words: Reply) -> Message:
        """What nobody's message is answered with: staff's words, and who answers from now on."""
        way = self.reaches(conversation.channel)
        return turns.say_in(connection, conversation.id, conversation.channel, words, way)

    def _take_back(self, connection: Connection, seen: Conversation) -> bool:
        held = find_conversation(connection, seen.id, lock=True)
        if held is None or (held.state, held.state_since) != (seen.state, seen.state_since):
            return False  # somebody took it at the last moment
        words = self.words.nobody_came() if held.state == WAITING else self.words.person_went_silent(held.held_by)
        handoff.change_state(connection, held, BOT, by="front")
        self._say_unasked(connection, held, words)
        return True

    # --- telling --------------------------------------------------------------------------------------------------
    def _said(self, conversation_id: str, state_too: bool = False) -> None:
        self._post.wake(conversation_id)
        self.news.tell(Notice(MESSAGES, conversation_id))
        if state_too:
            self.news.tell(Notice(STATE, conversation_id))


def _as_long_as_is_read(inbound: Inbound, longest: int) -> Inbound:
    """A message without what nobody reads: its end. The mark of that keeps it longer than allowed, and so answered as such."""
    if len(inbound.text) <= longest + len(CUT):
        return inbound
    return replace(inbound, text=inbound.text[:longest] + CUT)
