"""Checks of settings' values, each with a message that names the variable and says what would do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")
LEAST_SECRET = 24  # characters; Standard Webhooks asks for 24 bytes


class SettingsError(Exception):
    """A setting's value cannot be used; the message names it and says what would do."""


def env_name(name: str) -> str:
    """Return the environment variable of a setting, for example ADVISOR_ENGINE_PORT for engine_port."""
    return f"ADVISOR_{name.upper()}"


def read_value(item: Any, text: str) -> Any:
    """Return the value of a setting's dataclass field from its text; raises SettingsError if it cannot be used."""
    kind = item.metadata.get("kind") or type(item.default)
    kind = Path if issubclass(kind, Path) else kind
    try:
        value = kind(text)
    except ValueError:
        wanted = "a whole number" if kind is int else "a number"
        raise SettingsError(f"{env_name(item.name)} must be {wanted}, not '{text}'.") from None
    low, high = item.metadata.get("low"), item.metadata.get("high")
    choices = item.metadata.get("choices")
    if choices and value not in choices:
        raise SettingsError(f"{env_name(item.name)} must be {' or '.join(choices)}, not '{text}'.")
    # Written so that "nan" fails as well.
    if low is not None and not value >= low:
        raise SettingsError(f"{env_name(item.name)} must be at least {low}, not '{text}'.")
    if high is not None and not value <= high:
        raise SettingsError(f"{env_name(item.name)} must be at most {high}, not '{text}'.")
    return value


def reachable(host: str) -> str:
    """Return the host by which this machine reaches what listens on an address."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)


def parts_of_list(text: str) -> tuple[str, ...]:
    """Return the non-empty parts between commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def require_origins(name: str, text: str) -> None:
    """Raise SettingsError if a list holds anything but origins, such as https://www.example.org."""
    for origin in parts_of_list(text):
        if not ORIGIN.fullmatch(origin):
            raise SettingsError(
                f"{env_name(name)} holds '{origin}', which is no origin. Write https://www.example.org: no path, no slash "
                "at the end, no *."
            )


def require_time_zone(name: str) -> None:
    """Raise SettingsError if a zone is not in the time-zone database."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone; no name of a file; a folder of zones, such as Europe
        raise SettingsError(
            f"{env_name('time_zone')} must be a zone of the time-zone database, such as Europe/Dublin, not '{name}'."
        ) from None


def require_callback(url: str, secret: str) -> None:
    """Raise SettingsError if the callback's address is none, or its secret is too short."""
    try:
        parts = urlsplit(url)
        is_address = parts.hostname and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or parts.scheme not in ("http", "https") or parts.username or parts.fragment:
        raise SettingsError(
            "ADVISOR_REST_CALLBACK_URL must be an address such as https://app.example.org/advisor, without a user or a #."
        )
    if len(secret) < LEAST_SECRET:
        raise SettingsError(
            f"ADVISOR_REST_CALLBACK_URL needs ADVISOR_REST_CALLBACK_SECRET, with {LEAST_SECRET} characters or more, "
            "so that your address knows that it is we who call. Make one: openssl rand -base64 32"
        )
