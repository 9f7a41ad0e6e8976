"""How fast this machine is just now. Others may be using it, and then a turn costs more CPU time, not only more waiting."""

from __future__ import annotations

import time

from bench.figures import percentile
from bot.settings import Settings
from language.encoder import open_encoder

MESSAGE = "will I need a visa for a short course abroad, it is only three months"
TIMES = 60


def pace() -> float:
    """CPU ms that the sentence model takes for one message, as measured now: the median of some."""
    encoder = open_encoder(Settings.from_environment().encoder_dir)
    return percentile([_milliseconds(encoder) for _ in range(TIMES)], 0.5)


def _milliseconds(encoder) -> float:
    began = time.thread_time()
    encoder.encode([MESSAGE])
    return (time.thread_time() - began) * 1000
