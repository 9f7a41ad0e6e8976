"""The trained model that the engine serves: its name and its file."""

from __future__ import annotations

from pathlib import Path

from core.settings import Settings

MODEL_NAME = "advisor"


def served_model(settings: Settings) -> Path:
    """Return the path of the model that the engine serves, whether or not it exists.

    `./advisor train` and a release write it; models that Rasa's own commands leave beside it are not served.
    """
    return settings.models_dir / f"{MODEL_NAME}.tar.gz"


def trained_model(settings: Settings) -> Path | None:
    """Return the model that the engine serves, or None if none has been trained yet."""
    model = served_model(settings)
    return model if model.is_file() else None
