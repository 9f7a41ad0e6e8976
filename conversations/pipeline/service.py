"""The desk: takes what comes in, has it answered in order, sees that replies go out. Everything is written before it is done.

A message is written (inbox), answered by the engine or left to a person (turns, one transaction with its replies), and where
a platform must be sent to, delivered (outbox). A restart finds what was open and goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from conversations import erasure
from conversations.db.mappers import find_conversation, find_message
from conversations.db.store import Store
from conversations.errors import TooBusy
from conversations.handoff import states
from conversations.models import BOT, PERSON, RECEIVED, TRY, WAITING, Accepted, Conversation, Inbound, Message, Reply
from conversations.pipeline import inbox, message_store, outbox
from conversations.pipeline.delivery_worker import DeliveryWorker
from conversations.pipeline.engine_client import EngineClient, EngineError
from conversations.pipeline.events import GONE, MESSAGES, STATE, TYPING, Event, EventBus
from conversations.pipeline.keyed_queue import KeyedQueue
from conversations.pipeline.metrics import Metrics
from conversations.pipeline.outbox import BY_FETCH, BY_PUSH
from conversations.pipeline.ports import OfficeHours, OutboundChannel
from conversations.pipeline.retry_policy import Limits, PendingAnswer, RetryPolicy
from conversations.pipeline.system_messages import SystemMessages
from conversations.pipeline.turn_dispatcher import TOO_FAST, PendingTurn, TurnDispatcher

CUT = " \u2026"  # stands where a message that is too long was cut
logger = logging.getLogger(__name__)
ACCEPT_SECONDS = 5.0  # what is not written by then is not taken
LONGEST_LINE = 0.75  # of the seconds for a try: who would wait longer until theirs begins is sent away at once
LOOK_SECONDS = 0.5  # between two looks at who has waited long
SETTLED_LATELY = 5000


@dataclass(frozen=True)
class ServiceRules:
    """What clients of channels do.

    `answering`: the client waits for a reply to each message, even while a person has the conversation; `fetching`: it comes
    for all that is said. What is said unasked in a conversation of either is held until the client comes, unless the
    channel has an address of its own to send it to.

    Elsewhere a message is tried again for `patient_seconds`; whoever waits hears of it after `notice_seconds`.
    """

    answering: frozenset[str] = frozenset({"rest"})
    fetching: frozenset[str] = frozenset({"socketio"})
    drain_seconds: float = 10.0
    patient_seconds: float = 600.0
    notice_seconds: float = 6.0


class ConversationService:
    def __init__(
        self,
        store: Store,
        engine: EngineClient,
        words: SystemMessages,
        metrics: Metrics | None = None,
        channels: Iterable[OutboundChannel] = (),
        rules: ServiceRules | None = None,
    ):
        self.store, self.engine, self.words = store, engine, words
        self.events, self._metrics = EventBus(), metrics or Metrics()
        self._rules = rules or ServiceRules()
        self._sending: Mapping[str, OutboundChannel] = {channel.name: channel for channel in channels}
        self._deliveries = DeliveryWorker(store, self._sending, self._metrics)
        self._answering = TurnDispatcher(
            store, engine, words, self.events, self._metrics, self._sending, self._rules.answering, self._rules.fetching
        )
        self._answers = KeyedQueue(self._answer_all)
        self._begun: dict[str, PendingTurn] = {}  # conversations whose next message was looked at while it was written
        self._waiting: dict[tuple[str, int], list[asyncio.Future[list[Message] | None]]] = defaultdict(list)
        self._settled_lately: dict[int, None] = {}
        self._patience = RetryPolicy(Limits(engine.seconds, self._rules.patient_seconds, self._rules.notice_seconds))
        self._unsure: set[str] = set()  # conversations in which something was written of which we do not know the end
        self._watch: asyncio.Task | None = None

    def keep_hours(self, office: OfficeHours) -> None:
        """From now on, whether somebody is there is known from this."""
        self._answering.office = office

    async def start(self) -> None:
        """Go on with what was open when we stopped."""
        await self.go_on()
        self._watch = asyncio.create_task(self._tell_who_waits_long())

    async def go_on(self) -> None:
        """See that somebody is at whatever is open in the database, however it came to be so."""
        for message_id, conversation_id, channel in await self.store.read(inbox.open_everywhere):
            self._patience.begin(message_id, conversation_id, self._is_patient(channel))
            if not self._answers.busy(conversation_id):
                self._answers.wake(conversation_id)
        await self._deliveries.go_on()

    async def stop(self) -> None:
        """Finish what is being done; what has not begun waits in the database."""
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await asyncio.gather(
            *(queue.stop(self._rules.drain_seconds) for queue in (self._answers, self._deliveries.queue))
        )

    # --- what comes in --------------------------------------------------------------------------------------------
    async def receive(self, inbound: Inbound, too_fast: bool = False, source: str = "") -> Accepted:
        """Write a message down; from then on it cannot be lost. Its answer comes by itself.

        `source` is where it came from, say a network address: where many wait, sources are served in turn. TooBusy where it
        could not be answered in time; then it is not written. OperationalError where it cannot be written in time.
        """
        came = time.monotonic()
        self._require_room(inbound.channel, source)
        inbound = _as_long_as_is_read(inbound, self.words.longest)
        if too_fast:
            inbound = replace(inbound, context={**inbound.context, TOO_FAST: True})
        with self._answers.announced(source):
            accepted, begun = await self._write_down(inbound)
        if not accepted.again and accepted.message_id not in self._settled_lately:
            self._patience.begin(accepted.message_id, accepted.conversation_id, self._is_patient(inbound.channel), came)
        self._note_begun(accepted, begun)
        self._answers.wake(accepted.conversation_id, source)
        self._deliveries.wake(accepted.conversation_id)
        if not accepted.again:
            self._metrics.received.labels(inbound.channel).inc()
            self.events.tell(Event(MESSAGES, accepted.conversation_id))
        return accepted

    async def _write_down(self, inbound: Inbound) -> tuple[Accepted, PendingTurn | None]:
        channel = self._sending.get(inbound.channel)
        greeting = channel and channel.greeting
        try:
            return await self.store.write_within(ACCEPT_SECONDS, self._accept, inbound, greeting)
        except IntegrityError:  # the same, or the first of the same conversation, came in at the same moment
            return await self.store.write_within(ACCEPT_SECONDS, self._accept, inbound, None)

    def _require_room(self, channel: str, source: str) -> None:
        """A platform keeps what we do not take and sends it again; whoever waits here themselves should rather hear it now."""
        if channel in self._sending or channel == TRY:
            return
        if self._answers.expected_wait(source) > LONGEST_LINE * self.engine.seconds:
            raise TooBusy("too many ask at this moment, so this was not taken; please try again soon")

    def _is_patient(self, channel: str) -> bool:
        """Whether nobody waits for the answer as that to a request."""
        return channel not in self._rules.answering and channel != TRY

    def _note_begun(self, accepted: Accepted, begun: PendingTurn | None) -> None:
        """Have the next turn begin with what was found while the message was written, if that still holds."""
        if self._answers.busy(accepted.conversation_id) or accepted.message_id in self._settled_lately:
            # Whoever is at it, or about to be, reads on by itself; what was found for it knew nothing of this message.
            self._begun.pop(accepted.conversation_id, None)
        elif begun:
            self._begun[accepted.conversation_id] = begun

    def _accept(
        self, connection: Connection, inbound: Inbound, greeting: Reply | None
    ) -> tuple[Accepted, PendingTurn | None]:
        """Write a message; a platform's first one in a conversation is greeted, in the same transaction."""
        is_new = greeting is not None and inbox.conversation_at(connection, inbound.channel, inbound.address) is None
        accepted = inbox.accept(connection, inbound)
        if is_new:
            message_store.add_message(connection, accepted.conversation_id, inbound.channel, greeting, push=True)
        return accepted, self._answering.asks_at_once(accepted)

    async def replies(self, accepted: Accepted) -> list[Message]:
        """What a message was answered with, once it has been; TooBusy where that takes longer than anybody should wait."""
        try:
            async with asyncio.timeout(self._patience.left_to_reply(accepted.message_id)):
                return await self._replies(accepted)
        except TimeoutError:
            said = "this was taken, but its answer is not there yet; please ask for it again soon, with the same message_id"
            raise TooBusy(said) from None

    async def _replies(self, accepted: Accepted) -> list[Message]:
        settled = asyncio.get_running_loop().create_future()
        waiting = self._waiting[accepted.conversation_id, accepted.message_id]
        waiting.append(settled)
        try:
            if not await self._is_settled(accepted):
                said = await settled
                if said is not None:
                    return said
        finally:
            waiting.remove(settled)
            if not waiting:
                self._waiting.pop((accepted.conversation_id, accepted.message_id), None)
        return await self.store.read(message_store.replies_to, accepted.message_id)

    async def said_meanwhile(self, accepted: Accepted) -> list[Message]:
        """What was said unasked since the client last came, handed to it with the reply to this message."""
        if accepted.again or await self.store.read(outbox.held, accepted.conversation_id):
            return await self.store.write(outbox.hand_over, accepted.conversation_id, accepted.message_id)
        return []

    async def said_after(self, conversation_id: str, after: int, limit: int) -> list[Message]:
        """The messages of a conversation after one, both ways, in order; what was held for the client is delivered by that."""
        found = await self.store.read(message_store.messages_after, conversation_id, after, limit)
        if found and await self.store.read(outbox.held, conversation_id):
            await self.store.write(outbox.fetched, [one.id for one in found])
            self.events.tell(Event(MESSAGES, conversation_id))  # staff see that it was read
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
        """Have a message answered that failed, or is being tried again, now; whether it was one of these."""
        message = await self.store.write(message_store.reopen_failed, message_id)
        if message is None:
            return False
        if message_id not in self._patience.of(message.conversation_id):
            self._answering.expect_late(message_id)
        self._patience.end(message_id)
        self._settled_lately.pop(message_id, None)
        self._answers.hurry(message.conversation_id)
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
        await self.store.write(states.abandon, conversation_id)
        self._said(conversation_id, state_too=True)

    async def take(self, conversation_id: str, person: str) -> Conversation:
        """A member of staff takes a conversation. HandoffRefused where another one has it."""
        return await self._change(conversation_id, states.take, person, self.words.person_joined(person))

    async def assign(self, conversation_id: str, to: str, by: str) -> Conversation:
        """Hand a conversation to a colleague. HandoffRefused where a third one has it."""
        return await self._change(
            conversation_id, lambda *about: states.assign(*about, by), to, self.words.person_joined(to)
        )

    async def release(self, conversation_id: str, person: str) -> Conversation:
        """Back to the advisor."""
        return await self._change(conversation_id, states.give_back, person, self.words.back_to_advisor(person))

    async def close(self, conversation_id: str, person: str) -> Conversation:
        return await self._change(conversation_id, states.close, person, self.words.closed())

    async def reply_as(self, conversation_id: str, person: str, text: str) -> Message:
        """What a member of staff says to the visitor; HandoffRefused unless they have the conversation."""
        said = await self.store.write(self._say_as, conversation_id, person, text)
        self._said(conversation_id)
        return said

    async def take_back_overdue(self, waiting: timedelta, silent: timedelta) -> int:
        """Give conversations that no person takes, or whose person went silent, back to the advisor, honestly. How many."""
        late = await self.store.read(states.overdue, waiting, silent)
        for conversation in late:
            if await self.store.write(self._take_back, conversation):
                self._said(conversation.id, state_too=True)
        return len(late)

    def typing(self, conversation_id: str, who: str, on: bool) -> None:
        """Somebody (a member of staff by name, or the visitor) is typing, or has stopped."""
        self.events.tell(Event(TYPING, conversation_id, who, on))

    # --- a person's data ------------------------------------------------------------------------------------------
    async def forget(self, conversation_id: str, who: str) -> bool:
        """Delete a conversation everywhere; whether there was one. The engine is asked until it has forgotten, too."""
        gone = await self.store.write(erasure.erase_conversation, conversation_id, who)
        if gone:
            waited_for = {message_id for held, message_id in self._waiting if held == conversation_id}
            for message_id in waited_for.union(self._patience.of(conversation_id)):
                self._settle(conversation_id, message_id, [])  # nobody will answer them now
            self._hurry_if_waiting(conversation_id)
            self.events.tell(Event(GONE, conversation_id))
            await self._forgotten_by_engine(conversation_id)
        return gone

    async def finish_erasures(self) -> int:
        """Ask the engine to forget what is deleted here; how many are still to be asked for."""
        asked = [await self._forgotten_by_engine(one) for one in await self.store.read(erasure.pending_engine_erasures)]
        return asked.count(False)

    async def _forgotten_by_engine(self, conversation_id: str) -> bool:
        if self._answers.busy(conversation_id):
            return False  # a turn under way would be remembered after it was forgotten
        try:
            await self.engine.forget(conversation_id)
        except EngineError:
            return False
        await self.store.write(erasure.mark_erased_in_engine, conversation_id)
        return True

    # --- answering ------------------------------------------------------------------------------------------------
    async def _answer_all(self, conversation_id: str) -> float | None:
        """What comes in meanwhile wakes the lane again. Seconds, where the engine is to be asked again after them."""
        if conversation_id in self._unsure:
            await self._find_out(conversation_id)
        try:
            return await self._answer_in_order(conversation_id)
        except SQLAlchemyError:
            self._unsure.add(conversation_id)  # it may be written all the same: its word was lost on the way
            raise

    async def _answer_in_order(self, conversation_id: str) -> float | None:
        more = True
        while more and not self._answers.stopping and (begun := await self._next(conversation_id)):
            message = begun.message
            wait = self._patience.begin(message.id, conversation_id, self._is_patient(message.channel))
            try:
                said = await self._answering.finish(begun, self._patience.seconds_for(wait))
            except EngineError as error:
                pause = self._patience.next_try(wait, error)
                if pause is not None:
                    await self._note_retrying(message, wait, error)
                    return pause
                said = await self._answering.give_up(message, str(error))
            self._settle(conversation_id, message.id, said)
            self._said(conversation_id, state_too=True)
            more = begun.more
        return None

    async def _note_retrying(self, message: Message, wait: PendingAnswer, error: EngineError) -> None:
        """So that staff see it; once for each kind of trouble, and not where it is over in a moment anyway."""
        if wait.is_patient and wait.tries[error.kind] == 1:
            await self.store.write(message_store.note_retrying, message.id, str(error))
            self.events.tell(Event(STATE, message.conversation_id))

    def _hurry_if_waiting(self, conversation_id: str) -> None:
        """Something changed for what waits here for its next try."""
        if self._answers.busy(conversation_id):
            self._answers.hurry(conversation_id)

    async def _next(self, conversation_id: str) -> PendingTurn | None:
        return self._begun.pop(conversation_id, None) or await self._answering.begin(conversation_id)

    async def _find_out(self, conversation_id: str) -> None:
        """Settle by what the database says, after an error that left it open whether something was written."""
        still_open = {message.id for message in await self.store.read(inbox.open_messages, conversation_id)}
        for message_id in self._patience.of(conversation_id):
            if message_id not in still_open:
                self._settle(conversation_id, message_id, None)
        self._unsure.discard(conversation_id)
        self._said(conversation_id, state_too=True)

    def _settle(self, conversation_id: str, message_id: int, said: list[Message] | None) -> None:
        """`said` is None where it stands in the database alone."""
        self._patience.end(message_id)
        self._settled_lately[message_id] = None
        if len(self._settled_lately) > SETTLED_LATELY:
            del self._settled_lately[next(iter(self._settled_lately))]
        for settled in self._waiting.get((conversation_id, message_id), ()):
            if not settled.done():
                settled.set_result(said)

    async def _tell_who_waits_long(self) -> None:
        within = timedelta(seconds=self._rules.patient_seconds)
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for message_id, _ in self._patience.to_be_told():
                with contextlib.suppress(SQLAlchemyError):  # the database is away: nothing can be said in it
                    conversation_id = await self._answering.tell_of_delay(message_id, within)
                    if conversation_id:
                        self._said(conversation_id)

    # --- staff ----------------------------------------------------------------------------------------------------
    async def _change(self, conversation_id: str, change, person: str, words: Reply) -> Conversation:
        conversation = await self.store.write(self._change_and_say, conversation_id, change, person, words)
        self._hurry_if_waiting(
            conversation_id
        )  # what is being tried again is theirs to answer now, or the advisor's again
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
        after = states.request_person(connection, conversation_id)
        if before != after:
            words = self.words.waiting(already=False)
            self._say_unasked(connection, after, words)
        return after

    def _say_as(self, connection: Connection, conversation_id: str, person: str, text: str) -> Message:
        conversation = states.require_holder(connection, conversation_id, person)
        reply = Reply(text=text, author=PERSON, author_name=person)
        return self._say_unasked(connection, conversation, reply)

    def _say_unasked(self, connection: Connection, conversation: Conversation, words: Reply) -> Message:
        """What nobody's message is answered with: staff's words, and who answers from now on."""
        way = self.reaches(conversation.channel)
        return message_store.add_message(connection, conversation.id, conversation.channel, words, way)

    def _take_back(self, connection: Connection, seen: Conversation) -> bool:
        held = find_conversation(connection, seen.id, lock=True)
        if held is None or (held.state, held.state_since) != (seen.state, seen.state_since):
            return False  # somebody took it at the last moment
        words = self.words.nobody_came() if held.state == WAITING else self.words.person_went_silent(held.held_by)
        states.change_state(connection, held, BOT, by="front")
        self._say_unasked(connection, held, words)
        return True

    # --- telling --------------------------------------------------------------------------------------------------
    def _said(self, conversation_id: str, state_too: bool = False) -> None:
        self._deliveries.wake(conversation_id)
        self.events.tell(Event(MESSAGES, conversation_id))
        if state_too:
            self.events.tell(Event(STATE, conversation_id))


def _as_long_as_is_read(inbound: Inbound, longest: int) -> Inbound:
    """A message without what nobody reads: its end. The mark of that keeps it longer than allowed, and so answered as such."""
    if len(inbound.text) <= longest + len(CUT):
        return inbound
    return replace(inbound, text=inbound.text[:longest] + CUT)
