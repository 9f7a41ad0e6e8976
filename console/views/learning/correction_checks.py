"""Checks whether collected corrections can be learned, in the same way as a release does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from conversations.learning.corrections import Correction
from knowledge.errors import KnowledgeError, SourcesRefused
from training.corrections import to_lessons
from training.example_writer import held_out, sources, what_is_taught
from training.lessons import Lesson, Taught, sort_lessons


class CorrectionChecks:
    """Checks corrections against the sources in `root`, which are read again, in a thread, when they have changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._taught: Taught | None = None
        self._sources_mtime: int | None = None
        self._lock = asyncio.Lock()

    async def refusals(self, corrections: Iterable[Correction]) -> dict[int, str]:
        """Return what of corrections would be left aside, and why, by message; those that are learned whole are left out."""
        lessons = [lesson for correction in corrections for lesson in to_lessons(correction)]
        if not lessons:
            return {}
        async with self._lock:
            return await asyncio.to_thread(self._refusals, lessons)

    def _refusals(self, lessons: list[Lesson]) -> dict[int, str]:
        taught = self._read_sources()
        if taught is None:
            return {}
        reasons: dict[int, list[str]] = {}
        for lesson, reason in sort_lessons(lessons, taught).left:
            what = f"“{lesson.text}” as a name" if lesson.name_of else "the check" if lesson.is_check else "the message"
            reasons.setdefault(int(lesson.id), []).append(f"{what} {reason}")
        return {message_id: "; ".join(each) for message_id, each in reasons.items()}

    def _read_sources(self) -> Taught | None:
        """Return what is taught, or None if the sources are invalid; a release then says what is wrong with them."""
        mtime = max((path.stat().st_mtime_ns for path in sources(self._root)), default=None)
        if mtime != self._sources_mtime:
            try:
                self._taught = what_is_taught(self._root, held_out(self._root))
            except (SourcesRefused, KnowledgeError, OSError):
                self._taught = None
            self._sources_mtime = mtime
        return self._taught
