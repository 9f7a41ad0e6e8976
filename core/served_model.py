"""The trained model that the engine serves: its name and its file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from core.settings import Settings

MODEL_NAME = "advisor"
CHUNK = 1 << 20


def served_model(settings: Settings) -> Path:
    """Return the path of the model that the engine serves, whether or not it exists.

    `./advisor train` and a release write it; models that Rasa's own commands leave beside it are not served.
    """
    return settings.models_dir / f"{MODEL_NAME}.tar.gz"


def model_digest(model: Path) -> str:
    """Return a hash of a model's file, by which one tells whether an engine elsewhere reads the same one."""
    digest = hashlib.sha256()
    with model.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def trained_model(settings: Settings) -> Path | None:
    """Return the model that the engine serves, or None if none has been trained yet."""
    model = served_model(settings)
    return model if model.is_file() else None
