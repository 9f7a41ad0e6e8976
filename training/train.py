"""Prepares what the engine serves: sentence model, knowledge base, trained model; each only if its inputs changed."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from core.contract.messages import REPLY_OUTCOMES
from core.fingerprint import fingerprint, keep, recorded
from core.guide_pack import generated_dir, is_foreign, made_dir, sources_dir
from core.pack_registry import pack_environment
from core.processes import last_line, run_to_end
from core.served_model import MODEL_NAME, served_model, trained_model
from core.settings import Settings, env_name, process_environment

# Inputs that change what training makes, or whether its result can be loaded.
TRAINING_FILES = (
    "config.yml",
    "domain.yml",
    "endpoints.yml",
    "data/**/*.yml",
    "data/**/*.json",
    "nlu/**/*.py",
    "nlu/data/*.yml",
    "bot/engine/**/*.py",
    "requirements/engine.lock",
)


class TrainingFailed(Exception):
    """Failure of `rasa train`; the message names its log."""


class DomainRefused(TrainingFailed):
    """A fault of domain.yml with which training must not begin; the message says what and the remedy."""


class ReleaseRefused(Exception):
    """Refusal of a release; nothing was changed. The message says why and what to do."""


def prepare_all(settings: Settings, say: Callable[[str], None], force: bool = False) -> None:
    """Prepare everything that must be there before the engine starts; `force` trains even if nothing changed."""
    prepare_model_files(settings, say)
    prepare_knowledge(settings, say)
    if force or not model_is_current(settings):
        train(settings, say)


def prepare_model_files(settings: Settings, say: Callable[[str], None]) -> None:
    """Prepare the sentence model if it is missing or damaged; raises ModelFilesError."""
    from nlu.encoding.model_files import check, prepare

    if check(settings.encoder_dir) is None:
        return
    say("Preparing the sentence model ...")
    root = logging.getLogger()
    root.addFilter(_is_no_advice)
    try:
        prepare(settings.encoder_dir, settings.model_source)
    finally:
        root.removeFilter(_is_no_advice)


def _is_no_advice(record: logging.LogRecord) -> bool:
    """Return whether a record is other than onnxruntime's advice on graphs that were exported, which ours is not."""
    return "pre-processing before quantization" not in record.getMessage()


def prepare_knowledge(settings: Settings, say: Callable[[str], None]) -> None:
    """Build the knowledge base if its sources or the sentence model changed; raises KnowledgeError."""
    if not knowledge_is_current(settings):
        say("Building the knowledge base ...")
        build_knowledge(settings, say)


def build_knowledge(settings: Settings, say: Callable[[str], None]) -> None:
    """Build the knowledge base, whole or not at all; raises KnowledgeError with every problem in the sources."""
    from knowledge.building.build import build
    from knowledge.required_roles import NEEDED as NEEDED_ROLES
    from nlu.encoding.encoder import open_encoder
    from nlu.encoding.vector_cache import VectorCache

    encode = VectorCache(open_encoder(settings.encoder_dir), settings.encoder_dir).encode
    report = build(*_knowledge_places(settings), encode=encode, roles=NEEDED_ROLES)
    keep(encoder_record(settings), _encoder_fingerprint(settings))
    held = ", ".join(f"{report.counts[kind]} {kind}s" for kind in ("topic", "phrasing", "institution", "program"))
    say(f"Built {report.database}: {held}.")
    for remark in report.remarks:
        say(f"Please note: {remark}")
    if report.generated:
        say(f"Changed in {_knowledge_places(settings)[2]}: {', '.join(report.generated)}.")


def check_knowledge(settings: Settings, say: Callable[[str], None] = lambda text: None) -> None:
    """Raise KnowledgeError if the sources or the files generated from them have problems, DomainRefused if responses have.

    What is no problem, but may surprise, is said.
    """
    from knowledge.building.build import check, remarks_on
    from knowledge.errors import SourcesRefused
    from knowledge.required_roles import NEEDED as NEEDED_ROLES

    sources, _, generated = _knowledge_places(settings)
    problems = check(sources, generated, NEEDED_ROLES)
    if problems:
        raise SourcesRefused(problems)
    check_responses(settings.root / "domain.yml")
    for remark in remarks_on(sources):
        say(f"Please note: {remark}")


def knowledge_is_current(settings: Settings) -> bool:
    """Tell whether knowledge.db was built from the present sources with the present sentence model."""
    from knowledge.building.build import is_current

    same_encoder = recorded(encoder_record(settings)) == _encoder_fingerprint(settings)
    return same_encoder and is_current(*_knowledge_places(settings), vectors=True)


def train(settings: Settings, say: Callable[[str], None]) -> None:
    """Train a model; the one that is served stays in place until the new one is there. Raises TrainingFailed."""
    check_responses(settings.root / "domain.yml")
    say("Training (about a minute) ...")
    wanted = training_fingerprint(settings)  # taken first: an edit while training means training again
    log, scratch = settings.log_dir / "train.log", settings.var_dir / "training"
    log.unlink(missing_ok=True)
    # --force, since Rasa's cache does not see a change in code that its components only call.
    argv = [sys.executable, "-m", "bot.engine.start", "train", "--force", "--out", str(scratch)]
    argv += ["--fixed-model-name", MODEL_NAME, *_data_of_pack(settings, say)]
    # Rasa's cache, which is of no use since all is trained, would be in the folder where it runs and grow to a gigabyte.
    cache = settings.var_dir / "rasa-cache"
    environment = places_of(settings) | {"RASA_CACHE_DIRECTORY": str(cache), "RASA_MAX_CACHE_SIZE": "0"}
    code = run_to_end(argv, log, environment, settings.root)
    shutil.rmtree(cache, ignore_errors=True)
    made = scratch / f"{MODEL_NAME}.tar.gz"
    if code != 0 or not made.is_file():
        raise TrainingFailed(f"Training failed: {last_line(log)} Its log: {log}")
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    training_record(settings).unlink(missing_ok=True)
    os.replace(made, settings.models_dir / made.name)
    keep(training_record(settings), wanted)


def _data_of_pack(settings: Settings, say: Callable[[str], None]) -> list[str]:
    """Return Rasa's option for the examples of a foreign pack, after writing them; nothing for the project's own guide."""
    if not is_foreign(settings):
        return []
    from nlu.encoding.encoder import open_encoder
    from nlu.encoding.vector_cache import VectorCache
    from training.pack_examples import write_examples

    left = write_examples(settings, VectorCache(open_encoder(settings.encoder_dir), settings.encoder_dir).encode)
    if left:
        say("Left out of the project's examples: " + ", ".join(f"{count} {why}" for why, count in left.items()) + ".")
    return ["--data", str(made_dir(settings))]


def places_of(settings: Settings) -> dict[str, str]:
    """Return the environment in which a command works on these settings' files."""
    places = ("var_dir", "models_dir", "knowledge_db", "encoder_dir", "guide_dir")
    told = {env_name(name): str(getattr(settings, name).resolve()) for name in places}
    return process_environment({**pack_environment(settings), **told})


def check_responses(domain: Path) -> None:
    """Raise DomainRefused if responses of the domain don't state their outcome; the message names each.

    Clients, daily counts and hand-offs rely on the outcome.
    """
    if not domain.is_file():
        return
    from ruamel.yaml import YAML

    responses = (YAML(typ="safe").load(domain) or {}).get("responses") or {}
    lacking = [
        name
        for name, variants in responses.items()
        for variant in variants or [{}]
        if (variant.get("metadata") or {}).get("outcome") not in REPLY_OUTCOMES
    ]
    if lacking:
        raise DomainRefused(
            "\n".join(
                f"{domain.name}: the response '{name}' has no outcome. Add 'metadata: {{outcome: ...}}' to each of its texts, "
                f"with one of {', '.join(REPLY_OUTCOMES)}."
                for name in dict.fromkeys(lacking)
            )
        )


def models_not_served(settings: Settings) -> list[Path]:
    """Return the models that are newer than the served one and not served: those of `rasa train` and `rasa interactive`."""
    served = trained_model(settings)
    since = served.stat().st_mtime if served else 0.0
    return sorted(
        path for path in settings.models_dir.glob("*.tar.gz") if path != served and path.stat().st_mtime > since
    )


def say_what_is_not_served(settings: Settings, say: Callable[[str], None]) -> None:
    """Print a line for each newer model that is not served, so that nobody wonders why it changes nothing."""
    for path in models_not_served(settings):
        say(f"{path} is newer than {MODEL_NAME}.tar.gz, but not served: that takes ./advisor train.")


def model_is_current(settings: Settings) -> bool:
    """Tell whether our last training saw the present files, and its model is still there."""
    return served_model(settings).is_file() and recorded(training_record(settings)) == training_fingerprint(settings)


def training_fingerprint(settings: Settings) -> str:
    """Return the fingerprint of all that a training depends on, as it is now."""
    with_tensorflow = Path(sys.prefix).with_name(".tensorflow")  # what scripts/setup notes: some models need it
    of_pack = [settings.encoder_dir / "origin.json", with_tensorflow]
    if is_foreign(settings):
        of_pack += sorted([*(settings.guide_dir / "data").glob("*.yml"), *generated_dir(settings).glob("*")])
        of_pack += [sources_dir(settings) / "guide/pack.yml", settings.root / "training/pack_examples.py"]
    return fingerprint(settings.root, TRAINING_FILES, *of_pack)


def training_record(settings: Settings) -> Path:
    """Return the file that holds the fingerprint of what the served model was trained on."""
    return settings.models_dir / "trained-from"


def _knowledge_places(settings: Settings) -> tuple[Path, Path, Path]:
    return sources_dir(settings), settings.knowledge_db, generated_dir(settings)


def _encoder_fingerprint(settings: Settings) -> str:
    return fingerprint(settings.root, (), settings.encoder_dir / "origin.json")


def encoder_record(settings: Settings) -> Path:
    """Return the file that holds the fingerprint of the sentence model by which the knowledge base was built."""
    return settings.knowledge_db.with_name(settings.knowledge_db.name + ".encoder")
