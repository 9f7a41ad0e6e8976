"""Has inbound messages answered: in order within a conversation, tried again while that helps, and tells those who wait."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from conversations.db.mappers import find_message
from conversations.db.store import Store
from conversations.errors import TooBusy
from conversations.models import RECEIVED, Accepted, Message
from conversations.pipeline import inbox, message_store
from conversations.pipeline.engine_client import EngineError
from conversations.pipeline.events import GONE, MESSAGES, WORK, Event
from conversations.pipeline.publisher import Publisher
from conversations.pipeline.scheduling.keyed_queue import KeyedQueue, Leases
from conversations.pipeline.scheduling.retry_policy import PendingAnswer, RetryPolicy, TimeLimits
from conversations.pipeline.turn_dispatcher import PendingTurn, TurnDispatcher
from conversations.sharing.front_session import lease_number, leased_numbers
from core.traces import spans

NOTICE_CHECK_SECONDS = 0.5  # between two checks for messages that have waited long
KIND = "turns"  # of the leases
MOST_SETTLED = 5000  # settled messages that are remembered


class TurnWorker:
    """Answers the open messages of conversations, one at a time for a conversation.

    A message is settled when it has got an answer, an apology, or none because a person has the conversation. On the
    channels for which `is_patient` is true, no client waits for the answer to its request.

    With `leases`, other fronts have such a worker over the same database, and each may settle what came in at another.
    """

    def __init__(
        self,
        store: Store,
        dispatcher: TurnDispatcher,
        publisher: Publisher,
        limits: TimeLimits,
        is_patient: Callable[[str], bool],
        leases: Leases | None = None,
    ) -> None:
        self._store, self._dispatcher, self._publisher = store, dispatcher, publisher
        self._limits, self._is_patient, self._leases = limits, is_patient, leases
        self._queue = KeyedQueue(self._answer_all, leases=leases, kind=KIND)
        self._left_open: set[int] | None = None  # the messages that were open at the last look, if there was one
        self._retries = RetryPolicy(limits)
        self._claimed: dict[
            str, PendingTurn
        ] = {}  # by conversation: the next turn, claimed while its message was stored
        self._waiting: dict[tuple[str, int], list[asyncio.Future[list[Message] | None]]] = defaultdict(list)
        self._settled: dict[int, None] = {}  # the ids of the messages that were settled last, in order
        # Conversations of which a write failed, so that only the database knows whether it was done.
        self._uncertain: set[str] = set()
        self._notices: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to tell visitors when their answer takes longer."""
        self._notices = asyncio.create_task(self._send_delay_notices())

    async def stop(self, seconds: float) -> None:
        """Finish the turns under way within `seconds`; messages that were not begun stay open in the database."""
        if self._notices:
            self._notices.cancel()
            await asyncio.gather(self._notices, return_exceptions=True)
        await self._queue.stop(seconds)

    async def resume(self) -> None:
        """Schedule every conversation that has open messages in the database.

        Where fronts share it: those that no front is at. What is found open for the first time is left to the front at
        which it came in just now, unless this one is only starting.
        """
        found = await self._store.read(inbox.open_everywhere)
        if self._leases:
            before, self._left_open = self._left_open, {message_id for message_id, *_ in found}
            found = [each for each in found if before is None or each[0] in before]
        leased = await self._store.read(leased_numbers) if found and self._leases else set()
        for message_id, conversation_id, channel in found:
            if lease_number(self._queue.lease_of(conversation_id)) in leased:
                continue
            self._retries.start(message_id, conversation_id, self._is_patient(channel))
            if not self.is_active(conversation_id):
                self._queue.schedule(conversation_id)

    def schedule(
        self, accepted: Accepted, channel: str, claimed: PendingTurn | None, source: str, came_at: float
    ) -> None:
        """Have a message answered that was just stored.

        `claimed` is its turn, if the fast path applies. Sources take turns when many conversations wait. `came_at` is on
        the monotonic clock.
        """
        conversation_id, is_settled = accepted.conversation_id, accepted.message_id in self._settled
        if not accepted.again and not is_settled:
            self._retries.start(accepted.message_id, conversation_id, self._is_patient(channel), came_at)
        if self.is_active(conversation_id) or is_settled:
            # The running job reads the next message itself; a turn claimed before does not know of this message.
            self._claimed.pop(conversation_id, None)
        elif claimed:
            self._claimed[conversation_id] = claimed
        self._queue.schedule(conversation_id, source)

    def end_pause(self, conversation_id: str) -> None:
        """End the pause before the next attempt in a conversation, if there is one."""
        if self.is_active(conversation_id):
            self._queue.schedule_now(conversation_id)

    def hear(self, event: Event) -> None:
        """Take up what happened at another front in a conversation that this one may be about to work on."""
        if event.kind == GONE:
            self.drop_conversation(event.conversation_id)
        elif event.kind == WORK:
            self.end_pause(event.conversation_id)
        elif event.kind == MESSAGES:
            self._queue.look_again(event.conversation_id)

    @contextlib.asynccontextmanager
    async def reserved(self, conversation_id: str) -> AsyncIterator[bool]:
        """Keep all fronts from answering in a conversation meanwhile; yields False if one of them is at it."""
        if self.is_active(conversation_id):
            yield False
            return
        lease = self._queue.lease_of(conversation_id)
        is_ours = self._leases is None or await self._leases.acquire(lease)
        try:
            yield is_ours
        finally:
            if is_ours and self._leases:
                self._leases.release(lease)

    def is_active(self, conversation_id: str) -> bool:
        """Return True if messages of the conversation are being answered or wait for an attempt."""
        return self._queue.is_active(conversation_id)

    def expected_wait(self, source: str) -> float:
        """Return an estimate of the seconds until a message from this source would be begun."""
        return self._queue.expected_wait(source)

    def expecting(self, source: str) -> AbstractContextManager[None]:
        """Count a message from this source that is being stored among those that wait, while the context lasts."""
        return self._queue.expecting(source)

    def retry(self, message: Message) -> None:
        """Have a message that failed, or that pauses before its next attempt, answered now, with a new clock."""
        self._retries.stop(message.id)
        self._settled.pop(message.id, None)
        self._queue.schedule_now(message.conversation_id)
        self._publisher.work(message.conversation_id)

    def drop_conversation(self, conversation_id: str) -> None:
        """Settle all messages of a conversation that was deleted, without replies."""
        for message_id in self._unsettled(conversation_id):
            self._settle(conversation_id, message_id, [])
        self.end_pause(conversation_id)

    async def wait_for_replies(self, accepted: Accepted) -> list[Message]:
        """Return the replies to a message once it is settled; raises TooBusy if that takes longer than a client may wait."""
        try:
            async with asyncio.timeout(self._retries.reply_seconds(accepted.message_id)):
                return await self._replies(accepted)
        except TimeoutError:
            reason = "this was taken, but its answer is not there yet; please ask for it again soon, with the same message_id"
            raise TooBusy(reason) from None

    async def _replies(self, accepted: Accepted) -> list[Message]:
        settled: asyncio.Future[list[Message] | None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting[accepted.conversation_id, accepted.message_id]
        waiting.append(settled)
        try:
            if not await self._is_settled(accepted):
                replies = await settled
                if replies is not None:
                    return replies
        finally:
            waiting.remove(settled)
            if not waiting:
                self._waiting.pop((accepted.conversation_id, accepted.message_id), None)
        return await self._store.read(message_store.replies_to, accepted.message_id)

    async def _is_settled(self, accepted: Accepted) -> bool:
        if not accepted.again:  # it came in just now: if it is settled, it is among the last ones
            return accepted.message_id in self._settled
        message = await self._store.read(find_message, accepted.message_id)
        return message is None or message.state != RECEIVED

    async def _answer_all(self, conversation_id: str) -> float | None:
        """Answer the open messages of a conversation; return the seconds until the next attempt, or None if all are settled."""
        if conversation_id in self._uncertain:
            await self._settle_by_database(conversation_id)
        try:
            pause = await self._answer_in_order(conversation_id)
            if self._leases and pause is None and self._unsettled(conversation_id):
                await self._settle_by_database(conversation_id)  # another front answered what came in here
            return pause
        except SQLAlchemyError:
            self._uncertain.add(conversation_id)  # the write may have been done and only its confirmation lost
            raise

    async def _answer_in_order(self, conversation_id: str) -> float | None:
        has_more = True
        while has_more and self._queue.may_go_on(conversation_id) and (turn := await self._next_turn(conversation_id)):
            message = turn.message
            pending = self._retries.start(message.id, conversation_id, self._is_patient(message.channel))
            if not pending.failures:
                spans.record("wait", message.traceparent, int(message.at.timestamp() * 1e9))
            try:
                replies = await self._dispatcher.complete(turn, self._retries.attempt_seconds(pending))
            except EngineError as error:
                pause = self._retries.next_pause(pending, error.kind)
                if pause is not None:
                    await self._note_retry(message, pending, error)
                    return pause
                replies = await self._dispatcher.fail(message, str(error))
            self._settle(conversation_id, message.id, replies)
            self._publisher.messages(conversation_id, state_changed=True)
            has_more = turn.has_more
        return None

    async def _next_turn(self, conversation_id: str) -> PendingTurn | None:
        claimed = self._claimed.pop(conversation_id, None)
        if claimed and not self._queue.was_elsewhere(conversation_id):
            return claimed
        return await self._dispatcher.claim(conversation_id)

    async def _note_retry(self, message: Message, pending: PendingAnswer, error: EngineError) -> None:
        """Show staff why a message is tried again, once for each kind of failure; not if it is over in seconds anyway."""
        if pending.is_patient and pending.failures[error.kind] == 1:
            await self._store.write(message_store.note_retrying, message.id, str(error))
            self._publisher.state(message.conversation_id)

    async def _settle_by_database(self, conversation_id: str) -> None:
        """Settle the messages that are not open in the database any more."""
        # Before the database is read: what comes in meanwhile is open, and not in it.
        asked = self._unsettled(conversation_id)
        still_open = {message.id for message in await self._store.read(inbox.open_messages, conversation_id)}
        for message_id in asked:
            if message_id not in still_open:
                self._settle(conversation_id, message_id, None)
        self._uncertain.discard(conversation_id)
        self._publisher.messages(conversation_id, state_changed=True)

    def _unsettled(self, conversation_id: str) -> set[int]:
        """Return the messages of a conversation that this front tracks, or that are still waited for here."""
        awaited = {
            message_id
            for (conversation, message_id), waiting in self._waiting.items()
            if conversation == conversation_id and not all(settled.done() for settled in waiting)
        }
        return awaited.union(self._retries.pending_in(conversation_id))

    def _settle(self, conversation_id: str, message_id: int, replies: list[Message] | None) -> None:
        """Stop a message's clock and wake those who wait for its replies; None if they are to read them themselves."""
        self._retries.stop(message_id)
        self._settled[message_id] = None
        if len(self._settled) > MOST_SETTLED:
            del self._settled[next(iter(self._settled))]
        for settled in self._waiting.get((conversation_id, message_id), ()):
            if not settled.done():
                settled.set_result(replies)

    async def _send_delay_notices(self) -> None:
        within = timedelta(seconds=self._limits.total)
        while True:
            await asyncio.sleep(NOTICE_CHECK_SECONDS)
            for message_id in self._retries.pop_due_notices():
                with contextlib.suppress(SQLAlchemyError):  # the database is unavailable: nothing can be said
                    conversation_id = await self._dispatcher.send_delay_notice(message_id, within)
                    if conversation_id:
                        self._publisher.messages(conversation_id)
