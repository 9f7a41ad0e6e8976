"""Checks whether collected corrections can be learned, in the same way as a release does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from conversations.learning.corrections import Correction
from core.translations import gettext as _
from knowledge.errors import KnowledgeError, SourcesRefused
from training.corrections import to_lessons
from training.example_writer import held_out, sources, what_is_taught
from training.lessons import Lesson, Taught, sort_lessons


class CorrectionChecks:
    """Checks corrections against the sources in `root`, which are read again, in a thread, when they have changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
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
            what = _("the check") if lesson.is_check else _("the message")
            what = _("“%(name)s” as a name") % {"name": lesson.text} if lesson.name_of else what
            reasons.setdefault(int(lesson.id), []).append(f"{what} {reason}")
        return {message_id: "; ".join(each) for message_id, each in reasons.items()}

    def _read_sources(self) -> Taught | None:
        """Return what is taught, or None if the sources are invalid; a release then says what is wrong with them."""
        return _taught(self._root, max((path.stat().st_mtime_ns for path in sources(self._root)), default=None))


@lru_cache(maxsize=1)  # reading takes seconds; of the process, as several consoles in one read the same
def _taught(root: Path, mtime: int | None) -> Taught | None:
    try:
        return what_is_taught(root, held_out(root))
    except (SourcesRefused, KnowledgeError, OSError):
        return None
