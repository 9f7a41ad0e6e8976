"""What the model in use and a new one reply to the same questions, side by side, and whether lessons are understood."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from core.processes import last_line, run_to_end
from core.settings import Settings
from training.lessons import Lesson
from training.train import ReleaseRefused, places_of

MOST = 40  # questions
MOST_LESSONS = 200  # that are asked, beside these questions


@dataclass(frozen=True)
class ReplyPair:
    """Replies to one question; each has `text`, `outcome`, `topic` and `intent`."""

    question: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class LessonResult:
    """What a lesson's text should mean, and what it was and is taken for: each a topic or, without one, an intent."""

    id: str
    text: str
    wanted: str
    before: str
    after: str

    @property
    def is_understood(self) -> bool:
        """Return True if the new model takes the text for what it should mean."""
        return self.after == self.wanted


def phrasings_in(lessons: Iterable[Lesson]) -> list[Lesson]:
    """Return the first MOST_LESSONS lessons that say what a text means; names and checks are shown by other tests."""
    return [each for each in lessons if each.topic or (each.intent and not each.is_check)][:MOST_LESSONS]


def lesson_results(lessons: Iterable[Lesson], pairs: Iterable[ReplyPair]) -> list[LessonResult]:
    """Return what came of the lessons that were among the questions."""
    asked = {pair.question: pair for pair in pairs}
    return [
        LessonResult(each.id, each.text, each.label, _taken_for(pair.before), _taken_for(pair.after))
        for each in phrasings_in(lessons)
        if (pair := asked.get(each.text))
    ]


def _taken_for(reply: dict[str, Any]) -> str:
    return str(reply["topic"] or reply["intent"])


def compare_replies(settings: Settings, trial: Settings, questions: Iterable[str], most: int = MOST) -> list[ReplyPair]:
    """Return what both models reply to the first `most` questions; raises ReleaseRefused if they cannot be asked."""
    asked = list(dict.fromkeys(questions))[:most]
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
