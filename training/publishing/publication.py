"""Publishes what staff wrote in the console: facts at once, the rest after a training that is checked first.

Runs in the engine's environment, on a folder in var/publications/ into which the front has put what is to be published
(publication_exchange.py); what came of it is written there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from core.fingerprint import keep
from core.git_history import commit
from core.guide_pack import sources_dir
from core.settings import Settings
from knowledge.building.build import build
from knowledge.building.load import collect_files
from knowledge.building.sources import Findings, SourceFile, fingerprint, read_folder
from knowledge.editing.draft_check import must_be_learned
from knowledge.editing.entries import Change, entries_of
from knowledge.editing.overlay import overlaid, require_written
from knowledge.required_roles import NEEDED
from nlu.encoding.encoder import open_encoder
from nlu.encoding.vector_cache import VectorCache
from training.corrections_export import LESSONS, TALKS, outcome_of
from training.example_writer import held_out, what_is_taught
from training.lessons import Sorted, read_lessons, sort_lessons
from training.release import roll_back, trial_settings, tried
from training.reply_comparison import MOST, compare_replies, lesson_results, phrasings_in
from training.swap import fresh, last_kept, only_one, served, swap_in, swap_in_facts
from training.train import ReleaseRefused, model_is_current, training_fingerprint, training_record

Say = Callable[[str], None]
ASKED, RESULT, TRIAL = "publication.json", "result.json", "trial"


@dataclass(frozen=True)
class Order:
    """What is to be published: the changes, by whom and why."""

    changes: list[Change]
    by: str
    why: str

    @classmethod
    def read(cls, folder: Path) -> Order:
        """Read what the front has written; raises ReleaseRefused if it is not there."""
        try:
            asked = json.loads((folder / ASKED).read_text(encoding="utf-8"))
            return cls([Change(**each) for each in asked["changes"]], asked["by"], asked["why"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReleaseRefused(f"{folder / ASKED} cannot be read ({type(error).__name__}).") from None


def publish_facts(settings: Settings, folder: Path, say: Say) -> None:
    """Publish changes for which nothing has to be learned; raises ReleaseRefused or KnowledgeError, with nothing changed."""
    order = Order.read(folder)
    with only_one(settings):
        was_current = model_is_current(settings)
        files, changed = _written(settings, order, must_not_train=True)
        made = fresh(folder / "made")
        _write(files, made / "knowledge")
        _build(settings, made)
        say("Built the knowledge base.")
        swap_in_facts(settings, made, changed, folder.name)
        if was_current:  # new facts, and nothing that the model has to learn
            keep(training_record(settings), training_fingerprint(settings))
        shutil.rmtree(made)
        say("Published: the advisor answers with it from the next message on.")
        _keep_history(settings, order, say)


def check(settings: Settings, folder: Path, say: Say) -> None:
    """Train a model on the changes, and compare it with the one in use; it waits in the folder until it is published.

    Raises ReleaseRefused if it is worse, or KnowledgeError.
    """
    order = Order.read(folder)
    with only_one(settings):
        if not model_is_current(settings):
            raise ReleaseRefused(
                "The model in use is older than its sources, so nothing can be compared. Run: make train"
            )
        files, _ = _written(settings, order)
        lessons = _lessons(settings, folder, say)
        new_talks = sorted((folder / TALKS).glob("*.yml"))
        before = _state(settings)
        trial, kept, compared = tried(settings, fresh(folder / TRIAL), files, lessons, new_talks, say)
        taught = [lesson.text for lesson in phrasings_in(lessons.learned)]
        texts = [*taught, *compared.worse, *compared.better, *_new_phrasings(settings, order)]
        say("Asking both models the same questions ...")
        pairs = compare_replies(settings, trial, texts, MOST + len(taught))
    result = {
        "before": compared.before,
        "after": compared.after,
        "better": compared.better,
        "worse": compared.worse,
        "replies": [asdict(pair) for pair in pairs],
        "lessons": [asdict(each) for each in lesson_results(lessons.learned, pairs)],
        "state": before,
        **outcome_of(lessons, kept),
    }
    (folder / RESULT).write_text(json.dumps(result), encoding="utf-8")
    say("Checked. Nothing is changed until it is published.")


def take(settings: Settings, folder: Path, say: Say) -> None:
    """Put a checked model and its sources in the place of those in use; raises ReleaseRefused if these have changed since."""
    order = Order.read(folder)
    with only_one(settings):
        result = _result(folder)
        trial = _trial(settings, folder / TRIAL)
        if result["state"] != _state(settings):
            raise ReleaseRefused("The knowledge has been changed since this was checked. Check it again.")
        swap_in(settings, trial, folder.name)
        say("Published. " + served(settings))
        shutil.rmtree(folder / TRIAL, ignore_errors=True)
        _keep_history(settings, order, say)


def go_back(settings: Settings, folder: Path, say: Say) -> None:
    """Put back what the last publication replaced, which must be the one of this folder; raises ReleaseRefused."""
    order, kept = Order.read(folder), last_kept(settings)
    if kept is None or kept.name != folder.name:
        raise ReleaseRefused("Only the last publication can be taken back.")
    roll_back(settings, say)
    _keep_history(settings, replace(order, why=f"Back from: {order.why}" if order.why else "Back from"), say)


def _written(settings: Settings, order: Order, must_not_train: bool = False) -> tuple[list[SourceFile], list[str]]:
    """Return all sources with the changes in them, and the names of the changed ones; raises ReleaseRefused."""
    sources = sources_dir(settings)
    files = read_folder(sources)
    before = collect_files(files, sources.name, Findings())
    live = entries_of(before)
    for change in order.changes:
        entry = live.get((change.kind, change.key))
        if (entry.fingerprint if entry else "") != change.base:
            raise ReleaseRefused(f"'{change.key}' has been changed since its draft was begun. Compare them first.")
    written = overlaid(files, order.changes, live, sources.name)
    after = collect_files(written, sources.name, Findings())
    require_written(live, order.changes, entries_of(after))
    if must_not_train and must_be_learned(before, after):
        raise ReleaseRefused("These changes need a training. Check them first.")
    old = {file.path: file.data for file in files}
    return written, [file.path for file in written if old.get(file.path) != file.data]


def _build(settings: Settings, made: Path) -> None:
    encode = VectorCache(open_encoder(settings.encoder_dir), settings.encoder_dir).encode
    places = made / "knowledge", made / "knowledge.db", made / "generated"
    build(*places, encode=encode, roles=NEEDED, before=settings.knowledge_db)


def _write(files: list[SourceFile], folder: Path) -> None:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)


def _lessons(settings: Settings, folder: Path, say: Say) -> Sorted:
    """Return the corrections that go with the changes, if there are any."""
    path = folder / LESSONS
    if not path.exists() or not path.read_text(encoding="utf-8").strip():
        return Sorted()
    found = sort_lessons(read_lessons(path), what_is_taught(settings.guide_dir, held_out(settings.guide_dir)))
    say(f"{len(found.learned)} corrections to be learned, {len(found.left)} left.")
    return found


def _new_phrasings(settings: Settings, order: Order) -> list[str]:
    """Return the phrasings that the changes add, the first of each entry first."""
    live = entries_of(collect_files(read_folder(sources_dir(settings)), "knowledge", Findings()))
    added = []
    for change in order.changes:
        entry = live.get((change.kind, change.key))
        known = set(entry.content.get("ask", ())) if entry else set()
        added += [text for text in (change.content or {}).get("ask", ()) if text not in known]
    return added


def _state(settings: Settings) -> str:
    """Return a fingerprint of what a trial is compared with: the sources and the model in use."""
    return fingerprint(read_folder(sources_dir(settings)), training_record(settings).read_bytes())


def _trial(settings: Settings, scratch: Path) -> Settings:
    """Return the settings of a trial that was made before; raises ReleaseRefused if it is gone."""
    trial = trial_settings(settings, scratch)
    if not trial.knowledge_db.exists():
        raise ReleaseRefused("What was checked is no longer there. Check it again.")
    return trial


def _result(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        return found
    except (OSError, ValueError):
        raise ReleaseRefused("This was not checked to its end. Check it again.") from None


def _keep_history(settings: Settings, order: Order, say: Say) -> None:
    """Commit the change where the guide is a repository of its own; if that fails, say so: it is published all the same."""
    contents = [(change.key, change.content or {}) for change in order.changes]
    titles = ", ".join(str(content.get("title") or content.get("name") or key) for key, content in contents)
    told = commit(settings.guide_dir, settings.root, f"{order.why or 'Knowledge'}: {titles}"[:500], order.by)
    if told:
        say(told)
