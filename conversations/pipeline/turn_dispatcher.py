"""What becomes of a message: a person has it, the front itself says something, or the engine is asked. Written as a whole."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Container, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from conversations.db.mappers import find_conversation, find_message
from conversations.db.store import Store
from conversations.handoff import alerts, contact_requests, states
from conversations.models import ADVISOR, PERSON, TRY, WAITING, Accepted, Message, Reply, Turn
from conversations.pipeline import inbox, message_store
from conversations.pipeline.engine_client import REFUSED, EngineClient, EngineError
from conversations.pipeline.events import TYPING, Event, EventBus
from conversations.pipeline.metrics import Metrics
from conversations.pipeline.outbox import BY_FETCH
from conversations.pipeline.ports import ALWAYS_OPEN, OfficeHours, OutboundChannel
from conversations.pipeline.system_messages import HANDOFF, SystemMessages

logger = logging.getLogger(__name__)
GIVES_CONTACT = "give_contact"  # the intent of somebody who says how to be reached
DISTRESS = "distress"  # the intent of somebody in need: what the engine says to them is more than how to reach a person
TOO_FAST = "too_fast"  # in a message's context: it came over the limit
ANSWER_WITH = "answer_with"  # in a message's context: the front answers in these of its words, the engine is not asked
EVEN_TO_PERSON = frozenset({"really_delete"})  # of them, those said whoever has the conversation
NOTICE_EVERY = timedelta(minutes=1)  # so long it is not said again that messages come too fast
LONGEST_CONTACT = 255


@dataclass(frozen=True)
class PendingTurn:
    """A message that is being answered: with `said`, if nobody need be asked. `more` where others wait behind it."""

    message: Message
    said: list[Message] | None
    more: bool


class TurnDispatcher:
    """`waiting_clients` and `fetching` are channels by what their clients do, as in `desk.DeskRules`."""

    def __init__(
        self,
        store: Store,
        engine: EngineClient,
        words: SystemMessages,
        events: EventBus,
        metrics: Metrics,
        sending: Mapping[str, OutboundChannel],
        waiting_clients: Container[str],
        fetching: Container[str] = (),
    ):
        self._store, self._engine, self._words = store, engine, words
        self._events, self._metrics = events, metrics
        self._sending, self._waiting_clients, self._fetching = sending, waiting_clients, fetching
        self._late: set[int] = set()  # messages of which the client has got an apology, and waits no more
        self.office: OfficeHours = ALWAYS_OPEN

    def asks_at_once(self, accepted: Accepted) -> PendingTurn | None:
        """Whether the engine is to be asked next about a message that was written just now.

        It saves another transaction before most turns. What is left to `begin`: all that waits behind others, that a person
        has, or that the front answers itself.
        """
        message = accepted.message
        if message is None or not accepted.is_next or accepted.state == PERSON or self._is_ours(message):
            return None
        return PendingTurn(message, None, more=False)

    async def begin(self, conversation_id: str) -> PendingTurn | None:
        """Take the oldest message that is not answered; if nobody need be asked, it is answered now. None where all are."""
        return await self._store.write(self._begin, conversation_id)

    async def finish(self, begun: PendingTurn, seconds: float) -> list[Message]:
        """Have it answered, by the engine within so many seconds; what was said. Deleted meanwhile: nothing.

        EngineFailed where the engine gave no answer that can be stored; then nothing is, and the message is still open.
        """
        said = begun.said
        if said is None:
            said = await self._ask(begun.message, seconds)
        return self._counted(begun.message, said)

    async def give_up(self, message: Message, reason: str) -> list[Message]:
        """Apologise for a message; what was said. It stays visible to staff, who can have it tried again."""
        logger.error("a turn failed", extra={"conversation": message.conversation_id, "reason": reason})
        return self._counted(message, await self._store.write(self._record_failure, message, reason))

    async def tell_of_delay(self, message_id: int, within: timedelta) -> str | None:
        """Tell whoever waits for this message's answer that it takes longer; in which conversation, if that was said.

        Not where it is answered by now, a person has it, or it was said there within such a time.
        """
        return await self._store.write(self._say_delay, message_id, within)

    def expect_late(self, message_id: int) -> None:
        """Note that the client of a message got an apology already, and does not wait for the answer that comes now."""
        self._late.add(message_id)

    def _counted(self, message: Message, said: list[Message]) -> list[Message]:
        self._late.discard(message.id)
        outcome = next((one.outcome for one in said if one.outcome), "left")
        self._metrics.answered.labels(message.channel, outcome).inc()
        return said

    async def _ask(self, message: Message, seconds: float) -> list[Message]:
        if seconds <= 0:
            raise EngineError("it waited its time out behind others, so the engine was not asked", REFUSED)
        async with self._typing_shown(message):
            turn = await self._engine.ask(message, seconds)
        self._metrics.engine.observe((turn.engine_ms or 0) / 1000)
        try:
            return await self._store.write(self._record, message, turn)
        except (OperationalError, InterfaceError):
            raise  # the database is away, not the answer at fault: all of it is tried again
        except (SQLAlchemyError, ValueError) as error:  # no database takes this answer, however often it is tried
            raise EngineError(f"the engine's answer cannot be stored ({type(error).__name__})", REFUSED) from None

    @contextlib.asynccontextmanager
    async def _typing_shown(self, message: Message) -> AsyncIterator[None]:
        self._events.tell(Event(TYPING, message.conversation_id, ADVISOR, True))
        channel = self._sending.get(message.channel)
        showing = asyncio.create_task(self._show_typing(channel, message)) if channel else None
        try:
            yield
        finally:
            if showing:
                showing.cancel()
            self._events.tell(Event(TYPING, message.conversation_id, ADVISOR, False))

    async def _show_typing(self, channel: OutboundChannel, message: Message) -> None:
        conversation = await self._store.read(find_conversation, message.conversation_id)
        if conversation:
            await channel.show_typing(conversation)

    # --- in one transaction each, with the conversation's row locked: nobody takes or deletes it meanwhile --------------
    def _begin(self, connection: Connection, conversation_id: str) -> PendingTurn | None:
        opened = inbox.open_messages(connection, conversation_id, limit=2)
        if not opened:
            return None
        return PendingTurn(opened[0], self._without_engine(connection, opened[0]), len(opened) > 1)

    def _without_engine(self, connection: Connection, message: Message) -> list[Message] | None:
        """What is said without asking the engine; None where it must be asked."""
        held = message_store.lock_conversation(connection, message)
        if held is None:
            return []
        if held.state == PERSON and message.context.get(ANSWER_WITH) not in EVEN_TO_PERSON:
            return self._leave(connection, message, held)
        own = self._own_answer(connection, message)
        return None if own is None else message_store.record_turn(connection, message, Turn(own), self._push(message))

    def _is_ours(self, message: Message) -> bool:
        context = message.context
        return len(message.text) > self._words.longest or bool(context.get(TOO_FAST) or context.get(ANSWER_WITH))

    def _own_answer(self, connection: Connection, message: Message) -> tuple[Reply, ...] | None:
        if not self._is_ours(message):
            return None
        if len(message.text) > self._words.longest:
            return (self._words.too_long(),)
        if not message.context.get(TOO_FAST):
            return (self._words.own(message.context[ANSWER_WITH]),)
        words = self._words.too_fast()
        told = message_store.was_said_within(connection, message.conversation_id, words, NOTICE_EVERY)
        return () if told else (words,)

    def _record(self, connection: Connection, message: Message, turn: Turn) -> list[Message]:
        """A turn's replies and, where a person was asked for, what follows from that."""
        held = message_store.lock_conversation(connection, message)
        if held is None:
            return []
        if held.state == PERSON:  # taken while the engine was thinking: never both
            return self._leave(connection, message, held)
        hands_over = message.channel != TRY and any(reply.outcome == HANDOFF for reply in turn.replies)
        if hands_over and message_store.is_open(connection, message.id):
            turn = self._handed_over(connection, message, turn)
        return message_store.record_turn(connection, message, turn, self._push(message))

    def _record_failure(self, connection: Connection, message: Message, reason: str) -> list[Message]:
        held = message_store.lock_conversation(connection, message)
        if held is None:
            return []
        if held.state == PERSON:
            return self._leave(connection, message, held)
        if message.channel != TRY and message_store.is_open(connection, message.id):
            alerts.raise_alert(connection, alerts.FAILED, message.conversation_id)
        return message_store.record_failure(connection, message, reason, self._words.apology(), self._push(message))

    def _say_delay(self, connection: Connection, message_id: int, within: timedelta) -> str | None:
        message = find_message(connection, message_id)
        held = message and message_store.lock_conversation(connection, message)
        if held is None or held.state == PERSON or not message_store.is_open(connection, message_id):
            return None
        words = self._words.takes_longer()
        if message_store.was_said_within(connection, message.conversation_id, words, within):
            return None
        message_store.add_message(connection, message.conversation_id, message.channel, words, self._push(message))
        return message.conversation_id

    def _leave(self, connection: Connection, message: Message, held: message_store.LockedConversation) -> list[Message]:
        must_say = message.channel in self._waiting_clients
        words = [self._words.person_has_it(held.by)] if must_say else []
        return message_store.record_for_person(connection, message, words, self._push(message))

    def _handed_over(self, connection: Connection, message: Message, turn: Turn) -> Turn:
        conversation = find_conversation(connection, message.conversation_id)
        if turn.understanding.get("intent") == GIVES_CONTACT:
            contact_requests.add_contact_request(
                connection, conversation.id, message.words[:LONGEST_CONTACT], text=message.text
            )
            words = self._words.contact_taken()
        elif conversation.state != WAITING and (until := self.office.away_until(conversation)) is not None:
            words = self._words.nobody_there(until)  # and nobody is waited for, who cannot come
        else:
            words = self._words.waiting(already=conversation.state == WAITING)
            states.change_state(connection, conversation, WAITING, by="visitor")
            alerts.raise_alert(connection, alerts.WAITING, conversation.id)
        in_need = turn.understanding.get("intent") == DISTRESS
        kept = [reply for reply in turn.replies if in_need or reply.outcome != HANDOFF]
        return replace(turn, replies=(*kept, words))

    def _push(self, message: Message) -> message_store.Way:
        """How the answer to a message gets to the person; where the client waits for it, it does so by itself."""
        waits = message.channel in self._waiting_clients
        if waits and message.id not in self._late:
            return False
        if message.channel in self._sending:
            return True
        return BY_FETCH if waits or message.channel in self._fetching else False
