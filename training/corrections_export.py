"""Corrections as a release gets them: through `./advisor corrections`, since the front's environment reads the database."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.guide_pack import shared_dir
from core.processes import last_line, run_to_end
from core.settings import Settings, env_name, process_environment
from training.lessons import Sorted
from training.train import ReleaseRefused

Say = Callable[[str], None]
LESSONS, TALKS, SETTLED = "lessons.jsonl", "talks", "settled.json"


@dataclass(frozen=True)
class CorrectionsExport:
    """A folder with the console's corrections and its regression conversations, for one release."""

    settings: Settings
    folder: Path

    @property
    def lessons(self) -> Path:
        """The file of lessons."""
        return self.folder / LESSONS

    @property
    def talks(self) -> list[Path]:
        """The files of the regression conversations."""
        return sorted((self.folder / TALKS).glob("*.yml"))

    def settle(self, release: str, found: Sorted, kept: list[Path], report: Mapping[str, Any], say: Say) -> None:
        """Note in the console what was learned, why the rest was left, and how the models compare (`report`).

        If that fails, say so; the release stands.
        """
        done = {"release": release, **outcome_of(found, kept), "report": dict(report)}
        (self.folder / SETTLED).write_text(json.dumps(done), encoding="utf-8")
        try:
            _corrections(self.settings, "settle", str(self.folder))
        except ReleaseRefused as error:
            say(f"The console does not know of it yet: {error} Then run: ./advisor corrections settle {self.folder}")
            return
        self.drop()

    def drop(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def outcome_of(found: Sorted, kept: list[Path]) -> dict[str, Any]:
    """Return what the console is to note of corrections: those `learned`, those `left` with the reason, talks `kept`."""
    # A name may be left where a check of the same correction is kept; a phrasing that was left is tried again.
    waiting = {lesson.id for lesson, _ in found.left if not lesson.name_of}
    return {
        "learned": sorted({int(lesson.id) for lesson in found.learned if lesson.id not in waiting}),
        "left": {lesson.id: why for lesson, why in found.left},
        "kept": [int(path.stem.removeprefix("console-")) for path in kept],
    }


def export_corrections(settings: Settings) -> CorrectionsExport:
    """Export what the console has collected for the next release; raises ReleaseRefused if that fails."""
    folder = settings.var_dir / "handed-over"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _corrections(settings, "export", str(folder))
    return CorrectionsExport(settings, folder)


def reopen_released(settings: Settings, release: str, say: Say) -> None:
    """Have the console collect again what a release had learned. If that fails, say so."""
    try:
        _corrections(settings, "take-back", release)
    except ReleaseRefused as error:
        say(f"The console does not know of it yet: {error} Then run: ./advisor corrections take-back {release}")


def _corrections(settings: Settings, *arguments: str) -> None:
    log, program = settings.var_dir / "corrections.log", settings.root / "advisor"
    if not program.exists():
        raise ReleaseRefused(f"The console's corrections could not be reached: there is no {program}.")
    told = {"var_dir": str(shared_dir(settings).resolve()), "pack": settings.pack}
    environment = process_environment({env_name(name): value for name, value in told.items()})
    if run_to_end([str(program), "corrections", *arguments], log, environment, settings.root):
        raise ReleaseRefused(f"The console's corrections could not be reached: {last_line(log)}")
