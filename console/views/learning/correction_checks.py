"""What stands in the way of learning a correction: looked at before a release is tried, as the release itself does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from conversations.learning.corrections import ASK_TOPIC, Correction
from knowledge.errors import KnowledgeError, SourcesRefused
from training.example_writer import held_out, sources, what_is_taught
from training.lessons import Lesson, Taught, sort_lessons


class CorrectionChecks:
    """Reads the project's sources when they have changed; that takes a second or two, in a thread."""

    def __init__(self, root: Path):
        self._root, self._taught, self._read_at = root, None, None
        self._reading = asyncio.Lock()

    async def of(self, corrections: Iterable[Correction]) -> dict[int, str]:
        """The reason why a correction would be left aside, by its message; those that would be learned are not in it."""
        lessons = [as_lesson(one) for one in corrections]
        if not lessons:
            return {}
        async with self._reading:
            return await asyncio.to_thread(self._look, lessons)

    def _look(self, lessons: list[Lesson]) -> dict[int, str]:
        taught = self._current()
        if taught is None:
            return {}
        return {int(lesson.id): why for lesson, why in sort_lessons(lessons, taught).left}

    def _current(self) -> Taught | None:
        """None where the sources cannot be read: then the release says what is wrong with them."""
        state = max((path.stat().st_mtime_ns for path in sources(self._root)), default=None)
        if state != self._read_at:
            try:
                self._taught = what_is_taught(self._root, held_out(self._root))
            except (SourcesRefused, KnowledgeError, OSError):
                self._taught = None
            self._read_at = state
        return self._taught


def as_lesson(one: Correction) -> Lesson:
    return Lesson(one.text, one.intent or ASK_TOPIC, one.topic, str(one.message_id))
