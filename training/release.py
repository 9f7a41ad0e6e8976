"""`advisor release`: puts a model that learned the lessons in place of the one in use.

Lessons go into the sources, a model is trained on them, compared with the one in use, and served while conversations go on;
or it is refused, and nothing is changed.

All work is done in a copy of the project under var/. The files that a release replaces are kept in var/releases/, so that
`advisor release --back` can put them back.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from core.guide_pack import is_foreign
from core.processes import last_line, run_to_end
from core.settings import Settings
from knowledge.building.sources import SourceFile
from training.corrections_export import export_corrections, reopen_released
from training.example_writer import CHECK_PREFIX, held_out, talks_dir, teach, what_is_taught
from training.lessons import Sorted, read_lessons, sort_lessons
from training.release_tests import keep_results, run_tests
from training.reply_comparison import MOST_LESSONS, LessonResult, compare_replies, lesson_results, phrasings_in
from training.swap import fresh, holds_model, last_kept, new_name, only_one, put_back, served, swap_in
from training.train import ReleaseRefused, model_is_current, places_of

Say = Callable[[str], None]
FROM_CONSOLE = "from-console"  # beside what a release replaced, where it learned what staff corrected
ROOMS = (
    "actions",
    "bot",
    "channels",
    "console",
    "conversations",
    "core",
    "data",
    "demo",
    "guide_import",
    "knowledge",
    "nlu",
    "own_programs",
    "training",
)
COPIED_FILES = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "requirements/engine.lock")
ALLOWED_LOSS = 0.003  # of the test phrasings' share; about two of six hundred, less is chance
SHOWN = 20  # phrasings that got better or worse
NO_TESTS = (
    "This guide has no test phrasings of its own (evaluation/phrasings/test.yml), so nothing tells whether the new model "
    "understands more or less than the one in use. docs/guide-packs.md says how to write them."
)


@dataclass(frozen=True)
class ModelComparison:
    """Comparison of two models on the same phrasings: shares understood, and the phrasings that changed."""

    before: float
    after: float
    better: tuple[str, ...]
    worse: tuple[str, ...]


def release(settings: Settings, lessons: Path | None, dry_run: bool, say: Say) -> None:
    """Learn from a file of lessons (training/lessons.py) or, without one, from the corrections in the console.

    With `dry_run`, only show what would come of it. Raises ReleaseRefused if nothing was released.
    """
    if not model_is_current(settings):
        raise ReleaseRefused("The model in use is older than its sources, so nothing can be compared. Run: make train")
    if lessons:
        _release(settings, lessons, [], dry_run, say)
        return
    name = new_name()
    given = export_corrections(settings)
    try:
        done = _release(settings, given.lessons, given.talks, dry_run, say, name)
    except BaseException:
        given.drop()
        raise
    if dry_run:
        given.drop()
    else:
        (settings.var_dir / "releases" / name / FROM_CONSOLE).touch()
        given.settle(name, *done, say)


def roll_back(settings: Settings, say: Say) -> None:
    """Put back what the last release replaced; raises ReleaseRefused if no release is kept."""
    with only_one(settings):
        folder = last_kept(settings)
        if folder is None:
            raise ReleaseRefused("There is no release to go back from.")
        from_console, has_model = (folder / FROM_CONSOLE).exists(), holds_model(folder)
        put_back(settings, folder)
    if from_console:
        reopen_released(settings, folder.name, say)
    told = served(settings) if has_model else ""
    say(f"Back to what was before the release of {folder.name}. {told}".rstrip())


def _release(
    settings: Settings, lessons: Path, new_talks: list[Path], dry_run: bool, say: Say, name: str = ""
) -> tuple[Sorted, list[Path], dict[str, Any]]:
    """Release, and return the sorted lessons, the new conversations that are kept as tests, and how the models compare."""
    sorted_lessons = sort_lessons(
        read_lessons(lessons), what_is_taught(settings.guide_dir, held_out(settings.guide_dir))
    )
    _tell_sorted(sorted_lessons, say)
    if not sorted_lessons.learned and not new_talks:
        raise ReleaseRefused("There is nothing to learn.")
    with only_one(settings):
        return sorted_lessons, *_tried_and_swapped(settings, sorted_lessons, new_talks, dry_run, say, name)


def _tried_and_swapped(
    settings: Settings, sorted_lessons: Sorted, new_talks: list[Path], dry_run: bool, say: Say, name: str
) -> tuple[list[Path], dict[str, Any]]:
    scratch = fresh(settings.var_dir / "release")
    try:
        trial, kept, compared = tried(settings, scratch, [], sorted_lessons, new_talks, say)
        taught = phrasings_in(sorted_lessons.learned)
        pairs = compare_replies(settings, trial, (lesson.text for lesson in taught), MOST_LESSONS)
        results = lesson_results(taught, pairs)
        _tell_lessons(results, say)
        if dry_run:
            say("Nothing was changed (--dry-run).")
        else:
            swap_in(settings, trial, name or new_name())
            say("Released. " + served(settings))
            of_pack = f" --pack {settings.pack}" if settings.pack else ""
            say(f"Look at the change with git diff, and commit it. To go back: ./advisor release --back{of_pack}")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return kept, {**asdict(compared), "lessons": [asdict(each) for each in results]}


def tried(
    settings: Settings,
    scratch: Path,
    written: Iterable[SourceFile],
    sorted_lessons: Sorted,
    new_talks: list[Path],
    say: Say,
) -> tuple[Settings, list[Path], ModelComparison]:
    """Return a copy of the project that has learned, the new conversations that go well in it, and how the models compare.

    `written` are sources that take the place of the copy's.

    Raises ReleaseRefused if its model is worse than the one in use.
    """
    trial = _trial_project(settings, scratch)
    for file in written:
        (trial.guide_dir / "knowledge" / file.path).write_bytes(file.data)
    for path, count in teach(trial.guide_dir, sorted_lessons.learned).items():
        say(f"{path.relative_to(trial.guide_dir)}: {count} new")
    for path in new_talks:
        talks_dir(trial.guide_dir).mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, talks_dir(trial.guide_dir) / path.name)
    _train(trial, say)
    before, after = run_tests(settings), run_tests(trial)
    compared = _compare(before.scores, after.scores)
    if after.scores:
        _tell_compared(compared, say)
    else:
        say(NO_TESTS)
    _require_no_loss(compared)
    kept = _require_talks(before.talks, after.talks, trial, new_talks, say)
    if len(kept) < len(new_talks):  # the files of the others are gone, and so what is kept must not name them
        left = {path.name for path in new_talks} - {path.name for path in kept}
        after = replace(after, talks={name: wrong for name, wrong in after.talks.items() if name not in left})
        keep_results(trial, after)
    return trial, kept, compared


def _trial_project(settings: Settings, scratch: Path) -> Settings:
    """Copy all that training reads, and return the copy's settings."""
    for name in ROOMS:
        if (settings.root / name).is_dir():
            shutil.copytree(settings.root / name, scratch / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in COPIED_FILES:
        (scratch / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(settings.root / name, scratch / name)
    trial = trial_settings(settings, scratch)
    if is_foreign(settings):
        shutil.copytree(settings.guide_dir, trial.guide_dir, ignore=shutil.ignore_patterns(".git"))
    return trial


def trial_settings(settings: Settings, scratch: Path) -> Settings:
    """Return the settings of a copy of the project in a folder."""
    return replace(
        settings,
        root=scratch,
        guide_dir=scratch / "guide" if is_foreign(settings) else scratch,
        var_dir=scratch / "var",
        models_dir=scratch / "models",
        knowledge_db=scratch / "var/knowledge.db",
    )


def _train(trial: Settings, say: Say) -> None:
    say("Training on it (about a minute) ...")
    log = trial.var_dir / "release.log"
    if run_to_end([sys.executable, "-m", "bot.cli.main", "train"], log, places_of(trial), trial.root):
        raise ReleaseRefused(f"The knowledge or the model could not be built: {last_line(log)} Nothing was changed.")


def _compare(before: dict[str, bool], after: dict[str, bool]) -> ModelComparison:
    changed = {text for text in after if before.get(text) != after[text]}
    return ModelComparison(
        sum(before.values()) / max(len(before), 1),
        sum(after.values()) / max(len(after), 1),
        tuple(sorted(text for text in changed if after[text])),
        tuple(sorted(text for text in changed if not after[text])),
    )


def _require_no_loss(compared: ModelComparison) -> None:
    if compared.after < compared.before - ALLOWED_LOSS:
        raise ReleaseRefused(
            f"Refused: the new model understands {compared.after:.1%} of the test phrasings, the one in use "
            f"{compared.before:.1%}. Look at the phrasings that got worse, and leave out the lessons that they are near to."
        )


def _require_talks(
    before: dict[str, list[str]], after: dict[str, list[str]], trial: Settings, new: list[Path], say: Say
) -> list[Path]:
    """Return the new conversations that go as they should; the others are removed from the trial.

    Raises ReleaseRefused if a conversation that went well before does not go well any more.
    """
    broken = [name for name, wrong in after.items() if wrong and not before.get(name, ["new"])]
    if broken:
        told = "; ".join(f"{name} ({', '.join(after[name])})" for name in broken)
        raise ReleaseRefused(f"Refused: conversations that are kept as tests go otherwise with the new model: {told}.")
    for path in new:
        if after[path.name]:
            say(f"not kept as a test: {path.name} ({', '.join(after[path.name])})")
            (talks_dir(trial.guide_dir) / path.name).unlink()
    _tell_talks(after, say)
    return [path for path in new if not after[path.name]]


def _tell_talks(played: dict[str, list[str]], say: Say) -> None:
    """Say how the conversations went; a check that fails is a known misreading, and hinders no release."""
    misread = [name for name, wrong in played.items() if wrong and name.startswith(CHECK_PREFIX)]
    as_should = sum(not wrong for wrong in played.values())
    say(f"Conversations kept as tests: {len(played)} played, {as_should} as they should.")
    for name in misread:
        say(f"known misreading: {name} ({', '.join(played[name])})")


def _tell_sorted(sorted_lessons: Sorted, say: Say) -> None:
    for lesson, why in sorted_lessons.left:
        say(f"left: '{lesson.text[:80]}' {why}")
    say(f"{len(sorted_lessons.learned)} to be learned, {len(sorted_lessons.left)} left.")


def _tell_lessons(results: list[LessonResult], say: Say) -> None:
    """Say of each lesson what it was taken for before, and what now."""
    for each in results:
        told = "understood now" if each.is_understood else f"still not {each.wanted}"
        say(f"{told}: '{each.text[:80]}' {each.before} -> {each.after}")


def _tell_compared(compared: ModelComparison, say: Say) -> None:
    for name, texts in (("better", compared.better), ("worse", compared.worse)):
        for text in texts[:SHOWN]:
            say(f"{name}: {text}")
        if len(texts) > SHOWN:
            say(f"{name}: and {len(texts) - SHOWN} more")
    say(f"Test phrasings understood: {compared.before:.1%} in use, {compared.after:.1%} new.")
