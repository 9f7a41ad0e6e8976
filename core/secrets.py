"""Secrets that are generated when no setting gives them: made once, kept in a file that only its owner can read.

They outlive the run that made them: a release tells the running engine of its new model, and sessions survive a restart.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from pathlib import Path

from core.guide_pack import shared_dir
from core.settings import Settings

ENGINE_KEY, SESSION_KEY = "engine.key", "session.key"  # files in var/
KEY_BYTES = 32


def with_engine_key(settings: Settings) -> Settings:
    """Return the settings with a secret between front and engine: their own, or the generated one."""
    return settings if settings.engine_key else replace(settings, engine_key=stored_key(key_file(settings, ENGINE_KEY)))


def running_engine_key(settings: Settings) -> str:
    """Return the secret that the running engine asks for; empty if it asks for none."""
    file = key_file(settings, ENGINE_KEY)
    return settings.turns_key or (file.read_text(encoding="ascii").strip() if file.exists() else "")


def key_file(settings: Settings, name: str) -> Path:
    """Return the file of a key, which all guide packs of the installation share."""
    return shared_dir(settings) / name


def session_key(settings: Settings) -> str:
    """Return the key that session tokens, links and invitations are signed with: the settings' own, or the generated one."""
    return settings.web_session_key or stored_key(key_file(settings, SESSION_KEY))


def stored_key(file: Path) -> str:
    """Return the key in a file; generate it if the file does not exist, readable by its owner only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    key = secrets.token_urlsafe(KEY_BYTES)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(key)
    return key
