"""Three fronts and two engines on one PostgreSQL database break at random while people write: nothing is lost or out of order.

Small here; `make chaos` sets more people, real engines and ten minutes.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from tests.chaos.chaos import Options, run

QUESTIONS = (
    "What is a micro-credential?",
    "Do I need a visa for Canada?",
    "Show me free programs",
    "Is it recognised?",
)
# Of the small engine: one that fails however often it is asked, so that somebody gets an apology in every run.
SMALL_QUESTIONS = ("one", "two", "three", "four", "five", "six", "a poison")
OPTIONS = Options(
    seed=int(os.environ.get("CHAOS_SEED", "1")),
    seconds=float(os.environ.get("CHAOS_SECONDS", "40")),
    pause=float(os.environ.get("CHAOS_PAUSE", "2.5")),
    conversations=int(os.environ.get("CHAOS_CONVERSATIONS", "12")),
    messages=int(os.environ.get("CHAOS_MESSAGES", "10")),
    with_real_engines=os.environ.get("CHAOS_ENGINES", "") == "real",
)


def test_nothing_is_lost(tmp_path, capsys) -> None:
    log = Path(os.environ.get("CHAOS_LOG") or tmp_path / "chaos.log")
    log.parent.mkdir(exist_ok=True)
    log.write_text("", encoding="utf-8")
    questions = QUESTIONS if OPTIONS.with_real_engines else SMALL_QUESTIONS
    with capsys.disabled():
        print(f"\n{OPTIONS}, log: {log}")
        outcome, broken = asyncio.run(run(OPTIONS, questions, tmp_path, log))
        print(f"{broken}\n\n{outcome.table()}")
    assert outcome.wrong == [], f"CHAOS_SEED={OPTIONS.seed} chooses the same again; what was done:\n{log.read_text()}"
