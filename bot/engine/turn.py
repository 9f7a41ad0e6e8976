"""Turns: runs one message through Rasa and returns the answer of the turn contract, or fails as a whole.

A failed turn is an error with a reason, never an empty success: it leaves the conversation as it was and is not
remembered, so the same message may be sent again (design: the turn contract).
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from dataclasses import dataclass
from traceback import format_tb
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from bot.engine import rasa_integration
from bot.engine.current_turn import CURRENT_TURN, TurnInProgress, understanding_of
from bot.engine.errors import CANNOT, NOT_YET, TurnFailed
from bot.engine.model_query import RefusedQuery, unsure_turn, wants_model, with_query
from bot.engine.patches.threaded_parsing import understand
from bot.engine.state_db import StateChanged
from core.contract.queries import NEVER, ModelQuery, UnsureTurn
from core.contract.turns import TurnAnswer
from core.settings import Settings
from core.traces import spans
from knowledge.knowledge_base import open_knowledge

logger = logging.getLogger(__name__)
PASSING = (StateChanged, sqlite3.OperationalError, OSError)  # the memory is held, gone or full: later it may not be


_one_at_a_time: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True)
class AskedModel:
    """What a front has to do with a language model: when it can have one read a message, and what it read if it did."""

    when: str = NEVER
    has_read: bool = False
    query: ModelQuery | None = None


NO_MODEL = AskedModel()


class TurnOutput(CollectingOutputChannel):
    """Output channel that keeps each message whole; Rasa's own drops metadata and splits text at blank lines."""

    def __init__(self, turn: TurnInProgress, channel: str) -> None:
        super().__init__()
        self._turn, self._channel = turn, channel

    def name(self) -> str:  # shadows a classmethod: each turn says its own channel
        """Return the channel of the turn."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep a message of the reply: its text, buttons, cards and metadata."""
        kept = {key: message[key] for key in ("text", "buttons", "custom", "metadata") if message.get(key)}
        self._turn.messages.append({"text": "", **kept})


async def run_turn(
    app: Any,
    conversation: str,
    text: str,
    message_id: str | None = None,
    channel: str = "turns",
    metadata: dict[str, Any] | None = None,
    model: AskedModel = NO_MODEL,
) -> TurnAnswer | UnsureTurn:
    """Run a turn and return its answer, or run nothing if another reading is wanted that `model` allows; raises TurnFailed.

    `text` is a payload if it starts with a slash, so callers strip slashes from what people type.

    Asked again with the same message id, gives the stored reply and runs nothing. Turns of one conversation wait for
    each other here, since Rasa's own lock polls once a second.
    """
    agent = rasa_integration.ready_agent(app)
    lock = _one_at_a_time.setdefault(conversation, asyncio.Lock())
    async with lock:
        stored = await _from_store(agent, "stored_reply", conversation, message_id) if message_id else None
        if stored is not None:
            return stored
        # Shielded: a caller that gives up must not leave a turn half done.
        turn = TurnInProgress(conversation, message_id)
        return await asyncio.shield(_run(agent, turn, text, channel, metadata, model))


async def forget_conversation(app: Any, conversation: str) -> bool:
    """Delete all that the engine remembers of a conversation; return whether there was anything."""
    return await _from_store(rasa_integration.ready_agent(app), "forget", conversation)


async def _from_store(agent: Any, method: str, *arguments: str) -> Any:
    try:
        return await getattr(rasa_integration.store_of(agent), method)(*arguments)
    except (sqlite3.Error, OSError) as error:
        raise TurnFailed(f"the engine's memory cannot be used ({type(error).__name__}: {error})", NOT_YET) from error


async def _run(
    agent: Any, turn: TurnInProgress, text: str, channel: str, metadata: dict[str, Any] | None, model: AskedModel
) -> TurnAnswer | UnsureTurn:
    token = CURRENT_TURN.set(turn)
    try:
        message = UserMessage(
            text,
            TurnOutput(turn, channel),
            turn.conversation,
            input_channel=channel,
            message_id=turn.message_id,
            metadata=metadata,
        )
        processor = agent.processor
        with spans.span("read"):
            parsed = await understand(processor, message)
        if parsed is not None and model.query is not None:
            parsed = _as_read(parsed, model.query)
        elif parsed is not None and not model.has_read and model.when != NEVER and wants_model(parsed, model.when):
            return unsure_turn(parsed, understanding_of(parsed), await _frame(agent, turn.conversation))
        if agent.processor is processor:  # else a new model has come meanwhile, and reads the message anew
            message.parse_data = parsed
        # Not the agent's method of that name, which would lock the conversation once more, in a slower way.
        with spans.span("decide"):
            await agent.processor.handle_message(message)
    except Exception as error:
        raise _failed(error) from error
    finally:
        CURRENT_TURN.reset(token)
    if turn.failures:
        raise TurnFailed("; ".join(turn.failures), NOT_YET if turn.passing else CANNOT)
    if turn.reply is None or not turn.messages:
        raise TurnFailed("the engine gave no reply")
    return turn.reply


def _as_read(parsed: dict[str, Any], query: ModelQuery) -> dict[str, Any]:
    """Return the message as a language model read it, or as it was if its query cannot be taken."""
    try:
        return with_query(parsed, query, open_knowledge(Settings.from_environment().knowledge_db))
    except RefusedQuery as error:
        logger.warning("a language model's query was refused: its %s", error)
        return {**parsed, "by_model": False}


async def _frame(agent: Any, conversation: str) -> dict[str, Any] | None:
    tracker = await rasa_integration.store_of(agent).retrieve(conversation)
    return tracker.get_slot("frame") if tracker else None


def _failed(error: Exception) -> TurnFailed:
    """Log an error by its class and its place, since its words may be a visitor's, and return it as TurnFailed."""
    cause: BaseException = error
    is_passing = isinstance(cause, PASSING)
    while (
        cause.__cause__ is not None
    ):  # Rasa wraps what goes wrong in a component, as our state does what its driver raises
        cause = cause.__cause__
        is_passing = is_passing or isinstance(cause, PASSING)
    kind = type(cause).__name__
    logger.error("turn failed: %s at:\n%s", kind, "".join(format_tb(cause.__traceback__)))
    if isinstance(cause, TurnFailed):
        return cause
    return TurnFailed(kind, NOT_YET if is_passing else CANNOT)
