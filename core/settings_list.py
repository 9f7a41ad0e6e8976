"""Lists all settings: their names, defaults, meanings and values in force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from core.settings import Settings, env_name


def settings_table() -> Iterator[tuple[str, str, str]]:
    """Yield (environment variable, default, help) of each setting, in order."""
    for item in fields(Settings):
        default = "" if item.default is None else str(item.default)
        yield env_name(item.name), item.metadata.get("shown", default), item.metadata["help"]


def values_in_force(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield (environment variable, value) of each setting; of a secret, only "(set)"."""
    for item in fields(settings):
        value = getattr(settings, item.name)
        text = "" if value is None else str(value)
        yield env_name(item.name), "(set)" if item.metadata.get("secret") and text else text
