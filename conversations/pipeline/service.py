"""The conversation service: takes messages in, has them answered in order and delivered, and deletes conversations.

Everything is stored before it is done: a message in the inbox, a turn together with its replies, a reply on its way to a
platform in the outbox. After a restart, `resume` finds what was open and goes on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from conversations import erasure
from conversations.db.store import Store
from conversations.errors import TooBusy
from conversations.models import TRY, Accepted, Inbound, Message, Reply
from conversations.pipeline import inbox, message_store, outbox
from conversations.pipeline.by_model.model_turns import ModelTurns
from conversations.pipeline.delivery_worker import DeliveryWorker
from conversations.pipeline.engine_client import EngineError
from conversations.pipeline.engine_router import Engines
from conversations.pipeline.events import ALL_CONVERSATIONS, GONE, MESSAGES, NOTIFIED, PRESENCE, TYPING, Event, EventBus
from conversations.pipeline.handoff_actions import HandoffActions
from conversations.pipeline.metrics import Metrics
from conversations.pipeline.ports import LanguageModel, OfficeHours, OutboundChannel
from conversations.pipeline.publisher import LateEvents, Publisher
from conversations.pipeline.scheduling.retry_policy import TimeLimits
from conversations.pipeline.system_messages import SystemMessages
from conversations.pipeline.turn_dispatcher import TOO_FAST, PendingTurn, TurnDispatcher
from conversations.pipeline.turn_worker import TurnWorker
from conversations.sharing.relay import Relay
from core.pack_registry import FIRST
from core.traces import spans

ELLIPSIS = " \u2026"  # in place of the end of a message that is too long
ACCEPT_SECONDS = 5.0  # within which a message must be stored, or it is not taken
SETTINGS = "settings"  # topic of notices that something was set in the console
LONGEST_WAIT = 0.75  # as a share of the engine's time; a client that would wait longer for its turn is refused at once


@dataclass(frozen=True)
class ServiceRules:
    """How channels behave, and time limits in seconds.

    `waiting_channels`: the client waits for a reply to each message, even while a person has the conversation.
    `polling_channels`: the client fetches its messages later. Messages that answer none of the visitor's are held for the
    clients of both, unless they are sent to an address of the client's own.

    On other channels a message is tried again for `patient_seconds`, and its visitor is told so after `notice_seconds`.
    `packs` says by channel to which guide pack a new conversation belongs; others belong to the first.
    """

    waiting_channels: frozenset[str] = frozenset({"rest"})
    polling_channels: frozenset[str] = frozenset({"socketio"})
    drain_seconds: float = 10.0
    patient_seconds: float = 600.0
    notice_seconds: float = 6.0
    packs: Mapping[str, str] = field(default_factory=dict)

    def is_patient(self, channel: str) -> bool:
        """Return True if no client of the channel waits for the answer to its request."""
        return channel not in self.waiting_channels and channel != TRY


class ConversationService:
    """The entrance to all conversations, for channels and the console."""

    def __init__(
        self,
        store: Store,
        engine: Engines,
        system_messages: SystemMessages,
        metrics: Metrics | None = None,
        channels: Iterable[OutboundChannel] = (),
        rules: ServiceRules | None = None,
        model: LanguageModel | None = None,
    ) -> None:
        self.store, self.engine, self.system_messages = store, engine, system_messages
        self.relay = Relay(store.session, store.engine) if store.session else None  # to other fronts on the database
        self.events, self._metrics = EventBus(self.relay), metrics or Metrics()
        self._rules = rules or ServiceRules()
        self.language_model = model
        self._outbound: Mapping[str, OutboundChannel] = {channel.name: channel for channel in channels}
        self._deliveries = DeliveryWorker(store, self._outbound, self._metrics, store.session)
        self._dispatcher = TurnDispatcher(
            store,
            ModelTurns(store, engine, self._metrics, model),
            system_messages,
            self.events,
            self._metrics,
            self._outbound,
            self._rules.waiting_channels,
            self._rules.polling_channels,
        )
        publisher = Publisher(self._deliveries, self.events)
        limits = TimeLimits(engine.seconds, self._rules.patient_seconds, self._rules.notice_seconds)
        self._turns = TurnWorker(store, self._dispatcher, publisher, limits, self._rules.is_patient, store.session)
        self.events.when_heard = self._turns.hear
        self._late_events = LateEvents(store, self.events)
        self.handoff = HandoffActions(store, self._dispatcher, self._turns, publisher, system_messages)

    @property
    def office_hours(self) -> OfficeHours:
        """The hours by which visitors who ask for a person are told whether staff are available."""
        return self._dispatcher.office_hours

    @office_hours.setter
    def office_hours(self, office_hours: OfficeHours) -> None:
        self._dispatcher.office_hours = office_hours

    async def start(self) -> None:
        """Go on with what was open when the front stopped."""
        if self.store.session and self.relay:
            self.store.session.start()
            self.relay.start()
        await self.resume()
        self._turns.start()

    async def resume(self) -> None:
        """Schedule whatever is open in the database, however it came to be so."""
        await self._turns.resume()
        await self._deliveries.resume()

    async def stop(self) -> None:
        """Finish what is under way; what has not begun stays open in the database."""
        seconds = self._rules.drain_seconds
        await asyncio.gather(self._turns.stop(seconds), self._deliveries.queue.stop(seconds))
        if self.store.session and self.relay:
            await self.relay.stop()
            await self.store.session.stop()

    async def catch_up(self) -> None:
        """Tell open pages what other fronts stored, in case the notice of it was lost; does nothing for a single front."""
        if self.relay:
            await self._late_events.look()

    async def receive(self, inbound: Inbound, too_fast: bool = False, source: str = "") -> Accepted:
        """Store an inbound message and have it answered; once this returns, the message cannot be lost.

        `too_fast` if it exceeds the rate limit. `source` says where it came from, for example a network address: when many
        messages wait, sources take turns.

        Raises TooBusy if the message could not be answered in time, and OperationalError if it cannot be stored in time;
        in both cases it is not taken.
        """
        with spans.turn("receive", channel=inbound.channel) as span:
            if span.traceparent:
                inbound = replace(inbound, context={**inbound.context, spans.TRACEPARENT: span.traceparent})
            accepted = await self._receive(inbound, too_fast, source)
            span.set(message=accepted.message_id, conversation=accepted.conversation_id, again=accepted.again)
            return accepted

    async def _receive(self, inbound: Inbound, too_fast: bool, source: str) -> Accepted:
        came_at = time.monotonic()
        self._require_room(inbound.channel, source)
        inbound = _shortened(inbound, self.system_messages.longest)
        pack = inbound.pack or self._rules.packs.get(inbound.channel, "")
        pack = "" if pack == FIRST else pack
        if pack != inbound.pack:
            inbound = replace(inbound, pack=pack)
        if too_fast:
            inbound = replace(inbound, context={**inbound.context, TOO_FAST: True})
        with self._turns.expecting(source):
            accepted, claimed = await self._store_inbound(inbound)
        self._turns.schedule(accepted, inbound.channel, claimed, source, came_at)
        self._deliveries.schedule(accepted.conversation_id)
        if not accepted.again:
            self._metrics.received.labels(inbound.channel).inc()
            self.events.publish(Event(MESSAGES, accepted.conversation_id))
        return accepted

    async def wait_for_replies(self, accepted: Accepted) -> list[Message]:
        """Return the replies to a message once there are any; raises TooBusy if that takes longer than a client may wait."""
        spans.answers_request()
        return await self._turns.wait_for_replies(accepted)

    async def collect_held_messages(self, accepted: Accepted) -> list[Message]:
        """Return the messages that were held for the client since it last came, to be sent with the reply to this one."""
        if not accepted.again:
            if self._dispatcher.nothing_was_held(accepted.message_id):
                return []
            if not await self.store.read(outbox.any_held, accepted.conversation_id):
                return []
        return await self.store.write(outbox.collect_held, accepted.conversation_id, accepted.message_id)

    async def fetch_messages(self, conversation_id: str, after: int, limit: int) -> list[Message]:
        """Return the messages with ids above `after`, both ways, in order, and mark the held ones as delivered."""
        messages = await self.store.read(message_store.messages_after, conversation_id, after, limit)
        if messages:
            any_held = await self.store.read(outbox.any_held, conversation_id)
            if any_held:
                await self.store.write(outbox.mark_fetched, [message.id for message in messages])
                self.events.publish(Event(MESSAGES, conversation_id))  # the console shows that they were delivered
        return messages

    def delivery_mode(self, channel: str) -> str:
        """Return how a person's words reach the visitor: `outbox.BY_PUSH`, `outbox.BY_FETCH`, or "" if a page shows them."""
        return self._dispatcher.delivery_mode(channel)

    async def retry_failed(self, message_id: int) -> bool:
        """Have a message answered now that failed or is being tried again; returns False if it is neither."""
        message = await self.store.write(message_store.reopen_failed, message_id)
        if message is None:
            return False
        self._turns.retry(message)
        return True

    def publish_typing(self, conversation_id: str, who: str, on: bool) -> None:
        """Show that the visitor or a member of staff has begun to type, or has stopped.

        `who` is VISITOR, the name that visitors read, or PERSON for a member of staff without one.
        """
        self.events.publish(Event(TYPING, conversation_id, who, on))

    def publish_presence(self, account: str) -> None:
        """Show open pages of the console that a colleague came, or is away or back."""
        self.events.publish(Event(PRESENCE, ALL_CONVERSATIONS, account))

    def publish_notified(self, account: str) -> None:
        """Show a member of staff, on their open pages, that their notifications have changed."""
        self.events.publish(Event(NOTIFIED, ALL_CONVERSATIONS, account))

    def publish_settings(self) -> None:
        """Have the other fronts read anew what the console sets."""
        if self.relay:
            self.relay.send(SETTINGS)

    async def erase(self, conversation_id: str, who: str) -> bool:
        """Delete a conversation everywhere; returns False if it does not exist. The engine is asked until it has deleted it."""
        is_erased = await self.store.write(erasure.erase_conversation, conversation_id, who)
        if is_erased:
            self._turns.drop_conversation(conversation_id)
            self.events.publish(Event(GONE, conversation_id))
            await self._erase_in_engine(conversation_id)
        return is_erased

    async def finish_erasures(self) -> int:
        """Ask the engine to delete the conversations that are deleted here; return how many are still to be deleted."""
        pending = await self.store.read(erasure.pending_engine_erasures)
        erased = [await self._erase_in_engine(conversation_id) for conversation_id in pending]
        return erased.count(False)

    async def _erase_in_engine(self, conversation_id: str) -> bool:
        async with self._turns.reserved(conversation_id) as is_idle:
            if not is_idle:
                return False  # the engine would store the turn under way again
            try:
                await self.engine.erase(conversation_id)
            except EngineError:
                return False
        await self.store.write(erasure.mark_erased_in_engine, conversation_id)
        return True

    def _require_room(self, channel: str, source: str) -> None:
        """Raise TooBusy if a client would wait too long; a platform stores what is not taken and sends it again later."""
        if channel in self._outbound or channel == TRY:
            return
        if self._turns.expected_wait(source) > LONGEST_WAIT * self.engine.seconds:
            raise TooBusy("too many ask at this moment, so this was not taken; please try again soon")

    async def _store_inbound(self, inbound: Inbound) -> tuple[Accepted, PendingTurn | None]:
        channel = self._outbound.get(inbound.channel)
        greeting = channel.greeting if channel else None
        try:
            return await self.store.write_within(ACCEPT_SECONDS, self._accept, inbound, greeting)
        except IntegrityError:  # the same message, or the first of the same conversation, was stored at the same moment
            return await self.store.write_within(ACCEPT_SECONDS, self._accept, inbound, None)

    def _accept(
        self, connection: Connection, inbound: Inbound, greeting: Reply | None
    ) -> tuple[Accepted, PendingTurn | None]:
        """Store a message and, if it is the first of a conversation, the platform's greeting, in one transaction."""
        is_new = greeting is not None and inbox.conversation_at(connection, inbound.channel, inbound.address) is None
        accepted = inbox.accept(connection, inbound)
        if is_new and greeting:
            message_store.add_message(connection, accepted.conversation_id, inbound.channel, greeting, delivery=True)
        return accepted, self._dispatcher.try_fast_path(accepted)


def _shortened(inbound: Inbound, longest: int) -> Inbound:
    """Cut off the end of a long message; with the ellipsis it is still longer than allowed, and so answered as too long."""
    if len(inbound.text) <= longest + len(ELLIPSIS):
        return inbound
    return replace(inbound, text=inbound.text[:longest] + ELLIPSIS)
