"""The front's side of a publication: writes what is to be published, publishes facts, and runs the commands for the rest.

The front's environment cannot train, so `./advisor publication` runs in the engine's. Facts need no training: a process of
their own would spend more time on its start than on them.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from conversations.db.store import Store
from conversations.editing.publications import Publication
from core.pack_registry import pack_scope
from core.processes import last_line, run_to_end
from core.settings import Settings, env_name
from knowledge.editing.entries import Change
from knowledge.errors import KnowledgeError
from nlu.encoding.model_files import ModelFilesError
from training.corrections_exchange import ReleaseOutcome, mark_released, write_collected
from training.publishing import publication
from training.swap import WHOLE, last_kept, only_one
from training.train import ReleaseRefused, places_of

ASKED, RESULT, LOG = "publication.json", "result.json", "log"
PASSED_ON = (
    "host",
    "engine_port",
    "engine_addresses",
    "engine_key",
    "rest_key",
)  # beside the places: how the running engine is reached
KEPT = 5  # folders of publications
STOPPED = "It was stopped before its end."


class PublicationFailed(Exception):
    """Raised when a command on a publication has failed; the message is written for staff."""


def folder_of(settings: Settings, name: str) -> Path:
    """Return the folder of a publication."""
    return settings.var_dir / "publications" / name


def write_order(settings: Settings, publication: Publication, store: Store | None = None) -> None:
    """Write down what is to be published; with a store, the corrections that are collected in it go along."""
    folder = folder_of(settings, publication.name)
    _drop_old(folder.parent)
    folder.mkdir(parents=True, exist_ok=True)
    changes = [Change(each["kind"], each["key"], each["content"], each["base"]) for each in publication.entries]
    asked = {"changes": [asdict(change) for change in changes], "by": publication.by, "why": publication.why}
    (folder / ASKED).write_text(json.dumps(asked), encoding="utf-8")
    if store is not None:
        write_collected(store, folder, pack_scope(settings))


def run_command(settings: Settings, what: str, name: str) -> None:
    """Run `./advisor publication WHAT` on a publication to its end; raises PublicationFailed with its last line."""
    program, log = settings.root / "advisor", folder_of(settings, name) / LOG
    if not program.exists():
        raise PublicationFailed(f"Nothing can be published from here: there is no {program}.")
    environment = places_of(settings) | {env_name(each): str(getattr(settings, each)) for each in PASSED_ON}
    argv = [str(program), "publication", what, str(folder_of(settings, name))]
    if code := run_to_end(argv, log, environment, settings.root):
        was_killed = code < 0  # then its last line tells how far it came, and not why it ended
        raise PublicationFailed(STOPPED if was_killed else last_line(log) or STOPPED)


def publish_facts(settings: Settings, name: str) -> None:
    """Publish changes for which nothing has to be learned; raises PublicationFailed or ReleaseRefused."""
    folder = folder_of(settings, name)
    with (folder / LOG).open("a", encoding="utf-8") as log:
        try:
            publication.publish_facts(settings, folder, lambda line: print(line, file=log, flush=True))
        except (KnowledgeError, ModelFilesError) as error:
            raise PublicationFailed(str(error)) from error
        except (ReleaseRefused, OSError):
            raise
        except Exception as error:  # else it would be tried for ever; the log names the kind of error, as of a command
            raise PublicationFailed(f"It was stopped before its end ({type(error).__name__}).") from error


def log_lines(settings: Settings, name: str) -> list[str]:
    """Return what a publication has said so far."""
    try:
        return (folder_of(settings, name) / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def result_of(settings: Settings, name: str) -> dict[str, Any]:
    """Return what a check has found; {} if it has found nothing yet."""
    try:
        found: dict[str, Any] = json.loads((folder_of(settings, name) / RESULT).read_text(encoding="utf-8"))
        return found
    except (OSError, ValueError):
        return {}


def is_published(settings: Settings, name: str) -> bool:
    """Tell whether a publication is in place, after putting in place what a killed one had prepared whole."""
    finish_killed(settings)
    return (settings.var_dir / "releases" / name / WHOLE).exists()


def finish_killed(settings: Settings) -> None:
    """Put in place what a killed release or publication had prepared whole, unless another one is running."""
    with suppress(ReleaseRefused), only_one(settings):
        pass  # it does so first of all


def last_published(settings: Settings) -> str:
    """Return the name of the last release or publication that can be taken back, or ""."""
    kept = last_kept(settings)
    return kept.name if kept else ""


def settle_corrections(store: Store, name: str, result: dict[str, Any]) -> None:
    """Note which corrections a publication has learned, and why the others were left."""
    told = result.get("learned", []), result.get("left", {}), result.get("kept", [])
    mark_released(store, ReleaseOutcome(name, *told))


def _drop_old(folder: Path) -> None:
    for old in sorted(folder.glob("*"))[: -KEPT or None]:
        shutil.rmtree(old, ignore_errors=True)
