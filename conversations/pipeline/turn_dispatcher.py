"""Decides who answers an inbound message (a person, the front itself or the engine) and stores the turn in one transaction."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from conversations.db.mappers import find_conversation, find_message
from conversations.db.store import Store
from conversations.handoff import alerts, contact_requests, ratings, states
from conversations.integrations import webhooks
from conversations.models import ADVISOR, PERSON, TRY, WAITING, Accepted, Message, Reply, Turn
from conversations.pipeline import inbox, message_store, outbox
from conversations.pipeline.by_model.model_turns import ModelTurns
from conversations.pipeline.engine_client import EngineError
from conversations.pipeline.events import TYPING, Event, EventBus
from conversations.pipeline.metrics import Metrics
from conversations.pipeline.outbox import BY_FETCH, BY_PUSH
from conversations.pipeline.ports import ALWAYS_OPEN, OfficeHours, OutboundChannel
from conversations.pipeline.scheduling.retry_policy import REJECTED
from conversations.pipeline.system_messages import HANDOFF, SystemMessages
from core.traces import spans

logger = logging.getLogger(__name__)
GIVES_CONTACT = "give_contact"  # the intent of a visitor who leaves contact details
DISTRESS = "distress"  # the intent of a visitor in need: the engine's replies are sent beside those about the hand-off
TOO_FAST = "too_fast"  # key in a message's context: it exceeded the rate limit
ANSWER_WITH = "answer_with"  # key in a message's context: the name of the system message that answers it
EVEN_TO_PERSON = frozenset({"really_delete"})  # system messages that are sent even while a person has the conversation
NOTICE_EVERY = timedelta(minutes=1)  # between two notices in a conversation that messages come too fast
LONGEST_CONTACT = 255
MOST_NOTED = 5000  # turns of which is remembered that nothing is held


@dataclass(frozen=True)
class PendingTurn:
    """A message that is being answered.

    `replies` is None if the engine is to be asked. `has_more` if other messages of the conversation wait behind it.
    """

    message: Message
    replies: list[Message] | None
    has_more: bool


class TurnDispatcher:
    """Has the messages of conversations answered and stores what was said.

    `outbound` holds the channels to whose platforms replies are sent. On the channels of `waiting_channels` a client waits
    for the reply to each message; on those of `polling_channels` it fetches messages later.
    """

    def __init__(
        self,
        store: Store,
        engine: ModelTurns,
        system_messages: SystemMessages,
        events: EventBus,
        metrics: Metrics,
        outbound: Mapping[str, OutboundChannel],
        waiting_channels: Container[str],
        polling_channels: Container[str] = (),
    ) -> None:
        self._store, self._engine, self._system_messages = store, engine, system_messages
        self._events, self._metrics, self._outbound = events, metrics, outbound
        self._waiting_channels, self._polling_channels = waiting_channels, polling_channels
        self.office_hours: OfficeHours = ALWAYS_OPEN
        self._nothing_held: set[int] = set()  # messages, until their clients ask

    def delivery_mode(self, channel: str) -> str:
        """Return how a message that answers nothing reaches the visitor: BY_PUSH, BY_FETCH, or "" if a page shows it."""
        if channel in self._outbound:
            return BY_PUSH
        return BY_FETCH if channel in self._waiting_channels or channel in self._polling_channels else ""

    def nothing_was_held(self, message_id: int) -> bool:
        """Return whether nothing was held for the client as the engine's answer to a message was stored here; told once.

        Saves a read in most turns. False if it is not known, so that the database is to be asked.
        """
        is_known = message_id in self._nothing_held
        self._nothing_held.discard(message_id)
        return is_known

    def try_fast_path(self, accepted: Accepted) -> PendingTurn | None:
        """Return the turn of a message that was just stored if the engine is certainly to be asked about it, else None.

        Saves a transaction before most turns. `claim` handles the rest: messages that wait behind others, that a person is
        to answer, or that the front answers itself.
        """
        message = accepted.message
        if message is None or not accepted.is_next or accepted.state == PERSON or self._is_answered_by_front(message):
            return None
        return PendingTurn(message, None, has_more=False)

    async def claim(self, conversation_id: str) -> PendingTurn | None:
        """Return the oldest open message of a conversation, answered already unless it needs the engine; None if all are."""
        return await self._store.write(self._claim, conversation_id)

    async def complete(self, pending: PendingTurn, seconds: float) -> list[Message]:
        """Have a turn answered by the engine within `seconds`, if it needs it, and return the stored replies.

        Returns no replies if the conversation was deleted. Raises EngineError if the engine gave no answer that can be
        stored; the message is then still open.
        """
        message, replies = pending.message, pending.replies
        with spans.span("answer", parent=message.traceparent, channel=message.channel) as span:
            if replies is None:
                replies = await self._ask_engine(message, seconds)
            return self._counted(message, replies, span)

    async def fail(self, message: Message, reason: str) -> list[Message]:
        """Answer a message with an apology and return it; staff see the message as failed and can have it tried again."""
        logger.error("a turn failed", extra={"conversation": message.conversation_id, "reason": reason})
        with spans.span("apologise", parent=message.traceparent, channel=message.channel) as span:
            return self._counted(message, await self._store.write(self._record_failure, message, reason), span)

    async def send_delay_notice(self, message_id: int, within: timedelta) -> str | None:
        """Tell the visitor that the answer to a message takes longer; return the conversation's id, or None if not sent.

        Not sent if the message is answered by now, if a person has the conversation, or if the notice was sent there
        `within` this time.
        """
        return await self._store.write(self._add_delay_notice, message_id, within)

    def _counted(self, message: Message, replies: list[Message], span: spans.Span) -> list[Message]:
        outcome = next((reply.outcome for reply in replies if reply.outcome), "left")
        span.set(outcome=outcome)
        self._metrics.answered.labels(message.channel, outcome).inc()
        return replies

    async def _ask_engine(self, message: Message, seconds: float) -> list[Message]:
        if seconds <= 0:
            raise EngineError("it waited its time out behind others, so the engine was not asked", REJECTED)
        with self._typing_shown(message):
            turn = await self._engine.run(message, seconds)
        self._metrics.engine.observe((turn.engine_ms or 0) / 1000)
        try:
            with spans.span("save"):
                replies, is_any_held = await self._store.write(self._record, message, turn)
        except (OperationalError, InterfaceError):
            raise  # the database is unavailable, the answer is not at fault: the whole turn is tried again
        except (SQLAlchemyError, ValueError) as error:  # no database takes this answer, however often it is tried
            reason = f"the engine's answer cannot be stored ({type(error).__name__})"
            raise EngineError(reason, REJECTED) from None
        if not is_any_held:
            if len(self._nothing_held) >= MOST_NOTED:
                self._nothing_held.clear()  # their clients have gone without asking
            self._nothing_held.add(message.id)
        return replies

    @contextlib.contextmanager
    def _typing_shown(self, message: Message) -> Iterator[None]:
        self._events.publish(Event(TYPING, message.conversation_id, ADVISOR, True))
        channel = self._outbound.get(message.channel)
        showing = asyncio.create_task(self._show_typing(channel, message)) if channel else None
        try:
            yield
        finally:
            if showing:
                showing.cancel()
            self._events.publish(Event(TYPING, message.conversation_id, ADVISOR, False))

    async def _show_typing(self, channel: OutboundChannel, message: Message) -> None:
        conversation = await self._store.read(find_conversation, message.conversation_id)
        if conversation:
            await channel.show_typing(conversation)

    # Each of the methods below runs in one transaction with the conversation's row locked, so that nobody takes or deletes
    # the conversation meanwhile.
    def _claim(self, connection: Connection, conversation_id: str) -> PendingTurn | None:
        messages = inbox.open_messages(connection, conversation_id, limit=2)
        if not messages:
            return None
        return PendingTurn(messages[0], self._answer_without_engine(connection, messages[0]), len(messages) > 1)

    def _answer_without_engine(self, connection: Connection, message: Message) -> list[Message] | None:
        """Answer a message that a person has or that the front answers; None if the engine is to be asked."""
        locked = message_store.lock_conversation(connection, message)
        if locked is None:
            return []
        if (rating := ratings.value_in(message.payload)) is not None:
            return self._take_rating(connection, message, rating)
        if locked.state == PERSON and message.context.get(ANSWER_WITH) not in EVEN_TO_PERSON:
            return self._leave_to_person(connection, message, locked)
        if not self._is_answered_by_front(message):
            return None
        turn = Turn(self._front_replies(connection, message))
        return message_store.record_turn(connection, message, turn, self._reply_mode(message))

    def _take_rating(self, connection: Connection, message: Message, value: int) -> list[Message]:
        was_asked = ratings.answer(connection, message.conversation_id, value)
        turn = Turn((self._system_messages.rating_taken(),) if was_asked else ())
        return message_store.record_turn(connection, message, turn, self._reply_mode(message))

    def _is_answered_by_front(self, message: Message) -> bool:
        if ratings.value_in(message.payload) is not None:
            return True
        if len(message.text) > self._system_messages.longest:
            return True
        return bool(message.context.get(TOO_FAST) or message.context.get(ANSWER_WITH))

    def _front_replies(self, connection: Connection, message: Message) -> tuple[Reply, ...]:
        if len(message.text) > self._system_messages.longest:
            return (self._system_messages.too_long(),)
        if not message.context.get(TOO_FAST):
            return (self._system_messages.by_name(message.context[ANSWER_WITH]),)
        notice = self._system_messages.too_fast()
        was_sent = message_store.was_said_within(connection, message.conversation_id, notice, NOTICE_EVERY)
        return () if was_sent else (notice,)

    def _record(self, connection: Connection, message: Message, turn: Turn) -> tuple[list[Message], bool]:
        """Store a turn of the engine; return its replies and whether anything may be held for the client beside them."""
        replies = self._record_turn(connection, message, turn)
        if message.channel not in self._waiting_channels:
            return replies, True  # no client of such a channel asks
        return replies, outbox.any_held(connection, message.conversation_id)

    def _record_turn(self, connection: Connection, message: Message, turn: Turn) -> list[Message]:
        """Store a turn of the engine and, if the visitor asked for a person, begin the hand-off."""
        locked = message_store.lock_conversation(connection, message)
        if locked is None:
            return []
        if locked.state == PERSON:  # taken while the engine was running: only the person answers
            return self._leave_to_person(connection, message, locked)
        asks_for_person = any(reply.outcome == HANDOFF for reply in turn.replies)
        if asks_for_person and message_store.is_open(connection, message.id):
            turn = self._with_handoff(connection, message, turn)
        return message_store.record_turn(connection, message, turn, self._reply_mode(message))

    def _record_failure(self, connection: Connection, message: Message, reason: str) -> list[Message]:
        locked = message_store.lock_conversation(connection, message)
        if locked is None:
            return []
        if locked.state == PERSON:
            return self._leave_to_person(connection, message, locked)
        if message.channel != TRY and message_store.is_open(connection, message.id):
            alerts.raise_alert(connection, alerts.FAILED, message.conversation_id)
            facts = {"conversation": message.conversation_id, "message": message.id}
            webhooks.record_event(connection, webhooks.FAILED, **facts)
        apology, mode = self._system_messages.for_pack(locked.pack).apology(), self._reply_mode(message)
        return message_store.record_failure(connection, message, reason, apology, mode)

    def _add_delay_notice(self, connection: Connection, message_id: int, within: timedelta) -> str | None:
        message = find_message(connection, message_id)
        if message is None:
            return None
        locked = message_store.lock_conversation(connection, message)
        if locked is None or locked.state == PERSON or not message_store.is_open(connection, message_id):
            return None
        notice, conversation_id = self._system_messages.takes_longer(), message.conversation_id
        if message_store.was_said_within(connection, conversation_id, notice, within):
            return None
        message_store.add_message(connection, conversation_id, message.channel, notice, self._reply_mode(message))
        return conversation_id

    def _leave_to_person(
        self, connection: Connection, message: Message, locked: message_store.LockedConversation
    ) -> list[Message]:
        must_reply = message.channel in self._waiting_channels
        replies = [self._system_messages.for_pack(locked.pack).person_will_answer(locked.held_as)] if must_reply else []
        return message_store.record_for_person(connection, message, replies, self._reply_mode(message))

    def _with_handoff(self, connection: Connection, message: Message, turn: Turn) -> Turn:
        """Store the contact request or the wait for a person, and return the turn with the front's reply about it.

        Staff who try the advisor get the same reply, and nothing is stored.
        """
        conversation = find_conversation(connection, message.conversation_id)
        assert conversation, "its row is locked"
        words = self._system_messages.for_pack(conversation.pack)
        intent, is_real = turn.understanding.get("intent"), message.channel != TRY
        if intent == GIVES_CONTACT:
            contact = message.words[:LONGEST_CONTACT]
            if is_real:
                contact_requests.add_contact_request(connection, conversation.id, contact, text=message.text)
            reply = words.contact_taken()
        elif conversation.state != WAITING and (until := self.office_hours.away_until(conversation)) is not None:
            reply = words.office_closed(until)  # the conversation does not wait: nobody could come
        else:
            reply = words.waiting(already=conversation.state == WAITING)
            if is_real:
                states.change_state(connection, conversation, WAITING, by="visitor")
                alerts.raise_alert(connection, alerts.WAITING, conversation.id)
        others = [each for each in turn.replies if intent == DISTRESS or each.outcome != HANDOFF]
        return replace(turn, replies=(*others, reply))

    def _reply_mode(self, message: Message) -> message_store.DeliveryMode:
        """Return how the answer to a message reaches the visitor; False if a client waits for it or a page shows it."""
        client_waits = message.channel in self._waiting_channels
        if client_waits and not message.context.get(message_store.CLIENT_GONE):
            return False
        return self.delivery_mode(message.channel) or False
