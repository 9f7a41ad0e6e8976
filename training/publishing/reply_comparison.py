"""What the model in use and a new one reply to the same questions, side by side."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from core.processes import last_line, run_to_end
from core.settings import Settings
from training.train import ReleaseRefused, places_of

MOST = 40  # questions


@dataclass(frozen=True)
class ReplyPair:
    """Replies to one question; each has `text`, `outcome` and `topic`."""

    question: str
    before: dict[str, Any]
    after: dict[str, Any]


def compare_replies(settings: Settings, trial: Settings, questions: Iterable[str]) -> list[ReplyPair]:
    """Return what both models reply to the first MOST questions; raises ReleaseRefused if they cannot be asked."""
    asked = list(dict.fromkeys(questions))[:MOST]
    if not asked:
        return []
    with ThreadPoolExecutor(2) as asking:
        before, after = asking.map(lambda project: _replies(project, asked), (settings, trial))
    return [ReplyPair(*each) for each in zip(asked, before, after, strict=True)]


def _replies(project: Settings, questions: list[str]) -> list[dict[str, Any]]:
    given, out, log = (project.var_dir / f"replies.{end}" for end in ("questions", "json", "log"))
    given.write_text(json.dumps(questions), encoding="utf-8")
    argv = [sys.executable, "-m", "training.evaluation.replies", str(given), "--json", str(out)]
    if run_to_end(argv, log, places_of(project), project.root):
        raise ReleaseRefused(f"The models could not be asked: {last_line(log)} Nothing was changed.")
    replies: list[dict[str, Any]] = json.loads(out.read_text(encoding="utf-8"))
    return replies
