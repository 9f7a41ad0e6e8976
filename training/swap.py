"""Puts prepared files in the place of those in use, all or none: model, knowledge base, sources.

What is replaced is kept in var/releases/, so that one can go back. A prepared folder that is marked as whole is put in place
to the end, after a kill by whoever comes next; one that is not is dropped.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from core.contract.turns import MODEL_PATH
from core.guide_pack import generated_dir, is_foreign
from core.http_client import local_opener
from core.secrets import running_engine_key
from core.served_model import MODEL_NAME, model_digest, served_model
from core.settings import Settings
from training.example_writer import CHECK_PREFIX, talks_dir
from training.release_tests import RESULTS
from training.train import ReleaseRefused, encoder_record, training_record

WHOLE = "whole"  # marks a folder that holds all that belongs to it
NAME = "name"  # in a prepared folder: the release that it is of
BACK = "back"  # marks a prepared folder that puts back what its release replaced
ADDED = "added.json"  # sources that a publication added, beside what it replaced
GENERATED = "generated"  # folder of the generated files, beside the sources
RELOAD_SECONDS = 60
ONE, ABSENT = "The running engine serves it now.", "nothing answers there"


def new_name() -> str:
    """Return a name for a release or publication; names sort by time."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%d_%H%M%S_%f")


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Let nobody else release or publish until the end of the block; ends what an interrupted one has begun.

    Raises ReleaseRefused if somebody else is at it.
    """
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    with (settings.var_dir / ".release.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReleaseRefused("Another release or publication is running. Wait until it has ended.") from None
        finish_interrupted(settings)
        yield


def finish_interrupted(settings: Settings) -> bool:
    """Put in place what was prepared whole before a kill, drop what was not; tell whether anything was put in place."""
    prepared = _prepared(settings)
    is_whole = (prepared / WHOLE).exists()
    if is_whole:
        _put_in_place(settings, prepared)
        kept = _releases(settings) / (prepared / NAME).read_text(encoding="utf-8")
        if (prepared / BACK).exists():
            _remove_added(settings, prepared)
            shutil.rmtree(kept, ignore_errors=True)
        else:  # from here on it is in place, and what it replaced can be put back
            (kept / WHOLE).touch()
    shutil.rmtree(prepared, ignore_errors=True)
    return is_whole


def swap_in(settings: Settings, trial: Settings, name: str) -> None:
    """Keep the files that are replaced, then put the trial's in their place."""
    kept = fresh(_releases(settings) / name)
    _copy_served(settings, kept)
    added = sorted(_names(trial.guide_dir / "knowledge") - _names(settings.guide_dir / "knowledge"))
    (kept / ADDED).write_text(json.dumps([f"knowledge/{each}" for each in added]), encoding="utf-8")
    prepared = _begin_prepared(settings, name)
    _copy_served(trial, prepared)
    shutil.copy2(trial.var_dir / RESULTS, prepared / RESULTS)
    mark_whole(prepared)
    finish_interrupted(settings)


def swap_in_facts(settings: Settings, made: Path, changed: list[str], name: str) -> None:
    """Keep what is replaced, then put changed sources, the generated files and the knowledge base of `made` in place.

    `changed` are the ends of the sources' names, such as "guide/faq.yml"; the model stays.
    """
    kept, sources = fresh(_releases(settings) / name), settings.guide_dir / "knowledge"
    for name_of_file in changed:
        if (sources / name_of_file).exists():
            _copy(sources / name_of_file, kept / "knowledge" / name_of_file)
    own = [generated_dir(settings) / path.name for path in (made / GENERATED).iterdir()]
    for path in own:
        if path.exists():
            _copy(path, kept / GENERATED / path.name)
    for path in (settings.knowledge_db, encoder_record(settings), training_record(settings)):
        if path.exists():
            _copy(path, kept / path.name.replace(settings.knowledge_db.name, "knowledge.db"))
    added = [f"knowledge/{each}" for each in changed if not (sources / each).exists()]
    (kept / ADDED).write_text(json.dumps(added), encoding="utf-8")
    prepared = _begin_prepared(settings, name)
    for name_of_file in changed:
        _copy(made / "knowledge" / name_of_file, prepared / "knowledge" / name_of_file)
    shutil.copytree(made / GENERATED, prepared / GENERATED)
    _copy(made / "knowledge.db", prepared / "knowledge.db")
    mark_whole(prepared)
    finish_interrupted(settings)


def last_kept(settings: Settings) -> Path | None:
    """Return the folder of what the last release or publication replaced, or None."""
    kept = sorted(_releases(settings).glob(f"*/{WHOLE}"))
    return kept[-1].parent if kept else None


def holds_model(folder: Path) -> bool:
    """Return whether a folder of what was replaced holds a model."""
    return (folder / f"{MODEL_NAME}.tar.gz").exists()


def put_back(settings: Settings, folder: Path) -> None:
    """Put back what a release or a publication replaced, and drop its folder."""
    prepared = _begin_prepared(settings, folder.name)
    shutil.copytree(folder, prepared, ignore=shutil.ignore_patterns(WHOLE), dirs_exist_ok=True)
    (prepared / BACK).touch()
    mark_whole(prepared)
    finish_interrupted(settings)


def served(settings: Settings) -> str:
    """Have every running engine take up the model, and return a sentence on what came of it."""
    digest = model_digest(served_model(settings))  # of a large file, once for all engines
    came = {url: _take_up(settings, url, digest) for url in settings.engine_urls}
    if list(came.values()) == [ABSENT]:
        return "No engine is running; the next start serves it."
    away = [f"{url} ({why})" for url, why in came.items() if why]
    if len(came) == 1:
        return f"The running engine did not take it up {away[0].partition(' ')[2]}; restart it." if away else ONE
    if not away:
        return f"All {len(came)} engines serve it now."
    return f"{len(came) - len(away)} of {len(came)} engines serve it now; see to {', '.join(away)}."


def _take_up(settings: Settings, url: str, digest: str) -> str:
    """Have the engine at an address take up the model of a digest; return "" if it serves it now, else why it does not."""
    key = running_engine_key(settings)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(url + MODEL_PATH, b"", headers, method="POST")
    try:
        with local_opener.open(request, timeout=RELOAD_SECONDS) as answer:
            told = json.load(answer).get("digest")
            return "" if told == digest else "it has another folder of models"
    except urllib.error.HTTPError as error:
        return _reason(error)
    except OSError:
        return ABSENT
    except (ValueError, AttributeError):
        return "no engine of this advisor answers there"


def _reason(error: urllib.error.HTTPError) -> str:
    """Return why a model was not taken up; what stands before an engine may answer in its place, in words of its own."""
    try:
        told = json.loads(error.read()).get("error")
    except (OSError, ValueError, AttributeError):
        told = None
    return str(told or f"it answered {error.code}")


def fresh(folder: Path) -> Path:
    """Return a folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def mark_whole(folder: Path) -> None:
    """Mark that a folder holds all that belongs to it, once that is on the disk."""
    for path in (*folder.rglob("*"), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    (folder / WHOLE).touch()


def _prepared(settings: Settings) -> Path:
    return settings.var_dir / "release-prepared"


def _begin_prepared(settings: Settings, name: str) -> Path:
    prepared = fresh(_prepared(settings))
    (prepared / NAME).write_text(name, encoding="utf-8")
    return prepared


def _releases(settings: Settings) -> Path:
    return settings.var_dir / "releases"


def _copy_served(project: Settings, folder: Path) -> None:
    """Copy what a project serves into a folder: model, training record, knowledge base, sources, generated files."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy2(served_model(project), folder / f"{MODEL_NAME}.tar.gz")
    shutil.copy2(training_record(project), folder / "trained-from")
    for path in (project.knowledge_db, encoder_record(project)):
        shutil.copy2(path, folder / path.name.replace(project.knowledge_db.name, "knowledge.db"))
    for name in _changed(project):
        if (project.guide_dir / name).is_dir():
            shutil.copytree(
                project.guide_dir / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.py")
            )
    if is_foreign(project):  # elsewhere they are in data/
        shutil.copytree(generated_dir(project), folder / GENERATED)


def _put_in_place(settings: Settings, folder: Path) -> None:
    """Put a folder's files in place, each in one step; the model, which is looked at last, at the end."""
    for name in _changed(settings):
        for path in sorted((folder / name).rglob("*")):
            if path.is_file():
                _replace(path, settings.guide_dir / name / path.relative_to(folder / name))
    for path in sorted((folder / GENERATED).glob("*")):
        _replace(path, generated_dir(settings) / path.name)
    model = f"{MODEL_NAME}.tar.gz"
    places = {
        RESULTS: settings.var_dir / RESULTS,
        "knowledge.db": settings.knowledge_db,
        "knowledge.db.encoder": encoder_record(settings),
        model: settings.models_dir / model,
        "trained-from": training_record(settings),
    }
    for name, target in places.items():
        if (folder / name).exists():
            _replace(folder / name, target)


def _remove_added(settings: Settings, folder: Path) -> None:
    """Delete the sources, the regression conversations and the checks that a release or a publication added."""
    if (folder / ADDED).exists():
        for name in json.loads((folder / ADDED).read_text(encoding="utf-8")):
            (settings.guide_dir / name).unlink(missing_ok=True)
    kept = folder / talks_dir(settings.guide_dir).relative_to(settings.guide_dir)
    if not kept.is_dir():  # kept before the conversations moved there
        return
    before = {path.name for path in kept.glob("*.yml")}
    for pattern in ("console-*.yml", f"{CHECK_PREFIX}*.yml"):
        for path in talks_dir(settings.guide_dir).glob(pattern):
            if path.name not in before:
                path.unlink()


def _changed(settings: Settings) -> tuple[str, ...]:
    """Return the folders of a guide that a release may change."""
    return "knowledge", "data", str(talks_dir(settings.guide_dir).relative_to(settings.guide_dir))


def _names(sources: Path) -> set[str]:
    return {str(path.relative_to(sources)) for path in sources.rglob("*") if path.is_file()}


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _replace(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, beside)  # its time is now, so that the newest model is this one
    os.replace(beside, target)
