"""The engine's working memory: one row a conversation, bounded, one write a turn, never on the event loop.

The record of what was said is elsewhere (the front's database); this holds the slots and the last turns that the policies
look back on, so turn 1,000 costs what turn 10 does, and the last replies, so that a message sent again is not run again.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

KEPT_TURNS = 6  # more than any policy looks back on (config.yml: max_history)
BUSY_SECONDS = 0.4  # a locked database is an error to the caller, soon, and delays nobody else
KEPT_REPLIES = 20  # of each conversation: a message sent again within so many turns is not run again
SCHEMA = """
CREATE TABLE IF NOT EXISTS conversation (id TEXT PRIMARY KEY, version INTEGER NOT NULL, events TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reply (
    conversation TEXT NOT NULL, message_id TEXT NOT NULL, version INTEGER NOT NULL, reply TEXT NOT NULL,
    PRIMARY KEY (conversation, message_id)) WITHOUT ROWID;
"""
WRITE = """INSERT INTO conversation (id, version, events) VALUES (:id, :next, :events)
    ON CONFLICT (id) DO UPDATE SET version = :next, events = :events WHERE version = :version"""
REMEMBER = "INSERT OR REPLACE INTO reply (conversation, message_id, version, reply) VALUES (?, ?, ?, ?)"
FORGET_OLDER = "DELETE FROM reply WHERE conversation = ? AND version <= ?"


class StateChanged(Exception):
    """Another engine has answered in this conversation since it was read; the turn must be sent again."""


class SnapshotStore(TrackerStore):
    """Configured in endpoints.yml as `tracker_store: {type: bot.engine.tracker_store.SnapshotStore}`."""

    def __init__(self, domain, event_broker=None, host=None, db: str | None = None, **kwargs: Any):
        super().__init__(domain, event_broker)
        if kwargs:
            raise ValueError(f"endpoints.yml: unknown settings of the tracker store: {', '.join(sorted(kwargs))}")
        from bot.settings import Settings

        self.path = Path(db) if db else Settings.from_environment().var_dir / "engine.db"
        self._versions: dict[str, int] = {}
        # One thread: SQLite has one writer anyway, and a connection belongs to its thread.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tracker-store")
        self._connection: sqlite3.Connection | None = None

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation's recent turns, or None."""
        row = await self._in_thread("SELECT version, events FROM conversation WHERE id = ?", sender_id)
        self._versions[sender_id] = row[0] if row else 0
        if not row:
            return None
        return DialogueStateTracker.from_events(sender_id, deserialise_events(json.loads(row[1])), self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the bounded state together with the turn's reply; a failed turn is not written."""
        from bot.engine.turn import TURN

        turn = TURN.get()
        if not tracker.events or not tracker.latest_message or not tracker.latest_message.intent:
            return  # Rasa saves each new conversation once more before its first turn
        if turn is not None and turn.failures:
            return
        reply = json.dumps(turn.finish(tracker)) if turn is not None else None
        events = json.dumps([_lean(event) for event in bounded(tracker)])
        version = self._versions.pop(tracker.sender_id, 0)
        await asyncio.get_running_loop().run_in_executor(
            self._thread, self._write, tracker.sender_id, version, events, turn.message_id if turn else None, reply
        )

    async def stored_reply(self, conversation: str, message_id: str) -> dict[str, Any] | None:
        """The reply that this message of the conversation got, where it is among the last ones."""
        row = await self._in_thread(
            "SELECT reply FROM reply WHERE conversation = ? AND message_id = ?", conversation, message_id
        )
        return json.loads(row[0]) if row else None

    async def forget(self, conversation: str) -> bool:
        """Delete all that is known of a conversation; whether there was anything."""
        self._versions.pop(conversation, None)
        await self._in_thread("DELETE FROM reply WHERE conversation = ? RETURNING 1", conversation)
        return bool(await self._in_thread("DELETE FROM conversation WHERE id = ? RETURNING 1", conversation))

    async def keys(self) -> list[str]:
        """The ids of all conversations."""
        rows = await self._in_thread("SELECT json_group_array(id) FROM conversation")
        return json.loads(rows[0])

    async def check_writable(self) -> None:
        """Raise sqlite3.Error where nothing could be written now."""
        await self._in_thread("BEGIN IMMEDIATE")
        await self._in_thread("ROLLBACK")

    async def _in_thread(self, statement: str, *values: Any) -> tuple | None:
        def run():
            return self._open().execute(statement, values).fetchone()

        return await asyncio.get_running_loop().run_in_executor(self._thread, run)

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(SCHEMA)
            self._connection = connection
        return self._connection

    def _write(self, conversation: str, version: int, events: str, message_id: str | None, reply: str | None) -> None:
        row = {"id": conversation, "version": version, "next": version + 1, "events": events}
        with _transaction(self._open()) as connection:
            if not connection.execute(WRITE, row).rowcount:
                raise StateChanged(conversation)
            if message_id and reply:
                connection.execute(REMEMBER, (conversation, message_id, version + 1, reply))
                connection.execute(FORGET_OLDER, (conversation, version + 1 - KEPT_REPLIES))


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def bounded(tracker: DialogueStateTracker) -> list[Event]:
    """The tracker's events from the last KEPT_TURNS turns, after a fresh session start with the slots as they stood."""
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


def _lean(event: Event) -> dict[str, Any]:
    """An event as JSON, without what no later turn reads: rankings and nearest passages of past messages."""
    kept = event.as_dict()
    if isinstance(event, UserUttered):
        kept["parse_data"] = {
            key: value for key, value in kept["parse_data"].items() if key in ("text", "intent", "entities", "topic")
        }
    return kept
