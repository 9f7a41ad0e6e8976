"""Understands messages in threads of their own, before Rasa is handed them.

Understanding is most of a turn, and most of it is done by libraries that let go of Python's lock. On the event loop, as
Rasa has it, one message's understanding would hold up everybody's turns; here each processor understands one.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rasa.core.channels.channel import UserMessage

logger = logging.getLogger(__name__)
_threads = ThreadPoolExecutor(max(2, os.cpu_count() or 1), thread_name_prefix="understand")


async def understand(processor, message: UserMessage) -> dict[str, Any] | None:
    """What Rasa's `parse_message` makes of a message; None where that waits for something, and is left to Rasa."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _run, processor.parse_message(message))


def _run(coroutine: Coroutine) -> Any:
    """The result of a coroutine that waits for nothing, which needs no event loop; else None."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    finally:
        coroutine.close()
    logger.warning("messages are understood on the event loop: parsing one waits for something. It works, but slower.")
    return None
