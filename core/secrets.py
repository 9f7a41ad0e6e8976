"""The secret between the front and the engine, where no setting gives one: made once, kept in a file for its owner only.

It outlives the run that made it, so that a release can tell the running engine of its new model.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from pathlib import Path

from core.settings import Settings

NAME = "engine.key"  # in var/
KEY_BYTES = 32


def with_engine_key(settings: Settings) -> Settings:
    """With the secret: that of the settings, else the kept one, which is made where there is none."""
    return settings if settings.engine_key else replace(settings, engine_key=_kept(settings.var_dir / NAME))


def running_engine_key(settings: Settings) -> str:
    """What an engine that runs now asks for; empty where it asks for nothing."""
    file = settings.var_dir / NAME
    return settings.turns_key or (file.read_text(encoding="ascii").strip() if file.exists() else "")


def _kept(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    key = secrets.token_urlsafe(KEY_BYTES)
    with os.fdopen(opened, "w", encoding="ascii") as out:
        out.write(key)
    return key
