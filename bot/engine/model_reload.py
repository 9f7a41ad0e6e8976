"""Takes up a new model while turns go on: loads it in a thread, tries it on a message, then replaces the old one."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor

from bot.engine import rasa_integration
from bot.engine.errors import TurnFailed

logger = logging.getLogger(__name__)
TRIAL = "what can you tell me"


async def use_model(app: Any, model: Path) -> str:
    """Serve the model in this file from now on, and return its name; raises TurnFailed if it cannot be used.

    Turns under way end with the model that they began with; what the engine remembers of conversations is kept.
    """
    agent = rasa_integration.ready_agent(app)
    rasa_integration.store_of(agent)
    try:
        processor = await asyncio.to_thread(_load, agent, model)
    except Exception as error:  # whatever a broken archive raises
        raise TurnFailed(f"the new model cannot be used ({type(error).__name__}: {error})", 409) from error
    # As Agent.load_model does, which would load on the event loop and let everybody wait.
    agent.processor, agent.domain = processor, processor.domain
    agent.tracker_store.domain = processor.domain
    if isinstance(agent.nlg, TemplatedNaturalLanguageGenerator):
        agent.nlg.responses = processor.domain.responses
    logger.info("now serving %s", processor.model_filename)
    return processor.model_filename


def _load(agent: Any, model: Path) -> MessageProcessor:
    processor = MessageProcessor(
        model_path=model,
        tracker_store=agent.tracker_store,
        lock_store=agent.lock_store,
        action_endpoint=agent.action_endpoint,
        generator=agent.nlg,
        http_interpreter=agent.http_interpreter,
    )
    if not asyncio.run(processor.parse_message(UserMessage(TRIAL))).get("topic"):
        raise ValueError("it understands nothing")
    return processor
