"""Parsing of messages in threads of their own, before Rasa is handed the result.

Rasa parses on the event loop, where one message holds up everybody's turns, though most of the work is done by libraries that
release Python's lock. Here as many messages are parsed at once as there are processors. Nothing of Rasa is replaced, so the
registry does not list this: if parsing waits for anything, it is left to Rasa. Gain: 76 to 84 turns a second instead of 64 to
66 with 32 conversations at once (docs/bench.md).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Coroutine
from typing import Any

from rasa.core.channels.channel import UserMessage

from core.loop_pool import LoopPool

logger = logging.getLogger(__name__)
_threads = LoopPool(max(2, os.cpu_count() or 1), "understand")


async def understand(processor: Any, message: UserMessage) -> dict[str, Any] | None:
    """Return the result of Rasa's `parse_message`, or None if that waits for something; Rasa calls it itself then."""
    return await _threads.run(understand_here, processor.parse_message(message))


def understand_here(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Return the result of a coroutine that waits for nothing, and so needs no event loop; else None."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    finally:
        coroutine.close()
    logger.warning("messages are understood on the event loop: parsing one waits for something. It works, but slower.")
    return None
