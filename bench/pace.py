"""Measures how fast this machine is just now: if others use it, a turn costs more CPU time, not only more waiting."""

from __future__ import annotations

import time

from bench.figures import percentile
from core.settings import Settings
from nlu.encoding.encoder import Encoder, open_encoder

MESSAGE = "will I need a visa for a short course abroad, it is only three months"
TIMES = 60


def pace() -> tuple[float, float]:
    """Return (median, least) CPU ms that the sentence model takes for a message now."""
    encoder = open_encoder(Settings.from_environment().encoder_dir)
    taken = [_milliseconds(encoder) for _ in range(TIMES)]
    return percentile(taken, 0.5), min(taken)


def pace_told(before: tuple[float, float], after: tuple[float, float]) -> str:
    """Return the pace in words, for the end of a report."""
    return "\n".join(
        f"the sentence model alone, {when}: {usual:.2f} CPU ms a message, {best:.2f} at best"
        for when, (usual, best) in (("before", before), ("after", after))
    )


def _milliseconds(encoder: Encoder) -> float:
    began = time.thread_time()
    encoder.encode([MESSAGE])
    return (time.thread_time() - began) * 1000
