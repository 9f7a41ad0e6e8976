"""The engine's working memory: bounded, one read and one write a turn, never on the event loop.

It stands in a file, or, where several engines share it, in PostgreSQL (bot/engine/postgres_state.py).

The record of what was said is elsewhere (the front's database); this holds the slots and the last turns that the policies
look back on, so turn 1,000 costs what turn 10 does, and the last replies, so that a message sent again is not run again.
"""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.current_turn import CURRENT_TURN
from bot.engine.state_db import StateChanged, StateDatabase
from core.settings import Settings
from core.traces import spans

if TYPE_CHECKING:
    from bot.engine.postgres_state import PostgresState

logger = logging.getLogger(__name__)
__all__ = ["KEPT_TURNS", "SnapshotStore", "StateChanged", "bounded"]
KEPT_TURNS = 6  # more than any policy looks back on (config.yml: max_history)
KEPT_TRACKERS = 300  # conversations held in memory as well, about 50 kB each
READ_LATER = ("text", "intent", "entities", "topic", "about_me")  # of what was understood; the rest no later turn reads
VERSION, WRITTEN = "_advisor_version", "_advisor_json"  # what we note on a tracker, on an event


class SnapshotStore(TrackerStore):
    """Tracker store of one bounded row a conversation.

    Configured in endpoints.yml as `tracker_store: {type: bot.engine.tracker_store.SnapshotStore}`.
    """

    def __init__(
        self, domain: Domain, event_broker: Any = None, host: str | None = None, db: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(domain, event_broker)
        unknown = [*(["url"] if host else []), *sorted(kwargs)]  # Rasa hands on `url` as `host`
        if unknown:
            raise ValueError(f"endpoints.yml: unknown settings of the tracker store: {', '.join(unknown)}")
        self._state = StateDatabase(Path(db)) if db else _state_of(Settings.from_environment())
        self._held: OrderedDict[str, DialogueStateTracker] = OrderedDict()

    @TrackerStore.domain.setter
    def domain(self, domain: Domain) -> None:
        """Replace the domain; held trackers are dropped."""
        TrackerStore.domain.fset(self, domain)
        self._held.clear()  # their slots are those of the domain before

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation's recent turns, or None if it is new.

        A held tracker belongs to its caller until it is saved, so that a turn which fails half-way leaves nothing of itself
        behind; it is used only if the database still holds the same version.
        """
        held = self._held.pop(sender_id, None)
        with spans.span("recall"):
            row = await self._state.read(sender_id, getattr(held, VERSION, 0))
        if not row:
            return None
        version, events = row
        tracker = held if events is None else self._read(sender_id, events)
        if tracker is None:
            await self._state.drop(sender_id)
            return None
        setattr(tracker, VERSION, version)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the bounded state together with the turn's reply; a failed turn is not written."""
        turn = CURRENT_TURN.get()
        if not tracker.events or not tracker.latest_message or not tracker.latest_message.intent:
            return  # Rasa saves each new conversation once more before its first turn
        if turn is not None and turn.failures:
            return
        reply = json.dumps(turn.finish(tracker)) if turn is not None else None
        version = getattr(tracker, VERSION, 0)
        kept = bounded(tracker)
        events = f"[{','.join(map(_as_json, kept))}]"
        message_id = turn.message_id if turn else None
        with spans.span("remember"):
            written = await self._state.write(tracker.sender_id, version, events, message_id, reply)
        self._hold(tracker if len(kept) == len(tracker.events) else self._tracker(tracker.sender_id, kept), written)

    async def stored_reply(self, conversation: str, message_id: str) -> dict[str, Any] | None:
        """Return the reply that a message of the conversation got, or None if it is not among the last ones."""
        reply = await self._state.reply(conversation, message_id)
        try:
            return json.loads(reply) if reply else None
        except ValueError as error:
            logger.error("a stored reply cannot be read (%s)", type(error).__name__)
            return None

    async def forget(self, conversation: str) -> bool:
        """Delete a conversation; return whether there was anything."""
        self._held.pop(conversation, None)
        return await self._state.forget(conversation)

    async def keys(self) -> list[str]:
        """Return the ids of all conversations."""
        return await self._state.keys()

    async def check_writable(self) -> None:
        """Raise sqlite3.Error or OSError if nothing can be written now."""
        await self._state.check_writable()

    def _read(self, sender_id: str, events: str) -> DialogueStateTracker | None:
        """Return the tracker of a row, or None if it cannot be read: the conversation begins afresh then."""
        try:
            return self._tracker(sender_id, deserialise_events(json.loads(events)))
        except Exception as error:  # whatever Rasa makes of what isn't its own
            logger.error("a conversation cannot be read and begins afresh (%s)", type(error).__name__)
            return None

    def _tracker(self, sender_id: str, events: list[Event]) -> DialogueStateTracker:
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    def _hold(self, tracker: DialogueStateTracker, version: int) -> None:
        setattr(tracker, VERSION, version)
        self._held[tracker.sender_id] = tracker
        if len(self._held) > KEPT_TRACKERS:
            self._held.popitem(last=False)


def _state_of(settings: Settings) -> StateDatabase | PostgresState:
    """Return the tables in PostgreSQL, if the settings name one, else those of a file."""
    if settings.database_url.startswith("postgresql"):
        from bot.engine.postgres_state import PostgresState  # its driver is read only where it is used

        return PostgresState(settings.database_url)
    return StateDatabase(settings.var_dir / "engine.db")


def bounded(tracker: DialogueStateTracker) -> list[Event]:
    """Return the events of the last KEPT_TURNS turns or more, after a session start with the slots as they stood before."""
    events = list(tracker.events)
    turns = [position for position, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= 2 * KEPT_TURNS:  # cut now and then, not at every turn
        return events
    cut = turns[-KEPT_TURNS]
    before = DialogueStateTracker.from_events(tracker.sender_id, events[:cut], tracker.slots.values())
    slots = [SlotSet(name, value) for name, value in before.current_slot_values().items() if value is not None]
    return [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(),
        *slots,
        ActionExecuted(ACTION_LISTEN_NAME),
        *events[cut:],
    ]


def _as_json(event: Event) -> str:
    """Return an event as JSON, made once, since a held tracker's events are written again at every turn."""
    written = event.__dict__.get(WRITTEN)
    if written is None:
        if isinstance(event, UserUttered):
            event.parse_data = {key: value for key, value in event.parse_data.items() if key in READ_LATER}
        written = event.__dict__[WRITTEN] = json.dumps(event.as_dict())
    return written
