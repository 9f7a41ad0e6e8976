"""Limits of time that admins may set in the console, in place of what the environment says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from conversations.admin import settings_store
from conversations.admin.settings_store import SettingsStoreError
from conversations.data_rights.retention import RetentionPeriods
from conversations.input_parsing import whole_number
from core.settings import Settings

MASK, DELETE, WAIT, SILENT = "mask_after_days", "delete_after_days", "handoff_wait_minutes", "person_silent_minutes"
MOST = {MASK: 3650, DELETE: 3650, WAIT: 1440, SILENT: 1440}
LEAST = {MASK: 0, DELETE: 0, WAIT: 1, SILENT: 1}


@dataclass(frozen=True)
class Timeouts:
    """Days until personal data is covered, conversations are deleted (0: never); minutes until a hand-over ends by itself."""

    mask_after_days: int
    delete_after_days: int
    handoff_wait_minutes: float
    person_silent_minutes: float

    @property
    def periods(self) -> RetentionPeriods:
        return RetentionPeriods(self.mask_after_days, self.delete_after_days)

    @property
    def waiting(self) -> timedelta:
        return timedelta(minutes=self.handoff_wait_minutes)

    @property
    def silent(self) -> timedelta:
        return timedelta(minutes=self.person_silent_minutes)


def from_settings(settings: Settings) -> Timeouts:
    """Return the timeouts of the environment, which hold until the console sets others."""
    return Timeouts(
        settings.mask_after_days,
        settings.delete_after_days,
        settings.handoff_wait_minutes,
        settings.person_silent_minutes,
    )


def effective(connection: Connection, otherwise: Timeouts) -> Timeouts:
    """The console's limits and, for those that it does not set, the others."""
    found = settings_store.settings(connection)
    return Timeouts(**{name: found.get(name, getattr(otherwise, name)) for name in MOST})


def save(connection: Connection, given: Mapping[str, str], otherwise: Timeouts, by: str) -> None:
    """Set all limits from a form; KeptError where one is no number that it can be. What is as it is otherwise, is not set."""
    numbers = {name: _number(name, given.get(name, "")) for name in MOST}
    if 0 < numbers[DELETE] < numbers[MASK]:
        raise SettingsStoreError(
            "Conversations would be deleted before their personal data is covered: choose fewer days for covering."
        )
    before = effective(connection, otherwise)
    for name, number in numbers.items():
        if number != getattr(before, name):
            settings_store.save_setting(connection, name, None if number == getattr(otherwise, name) else number, by)


def _number(name: str, text: str) -> int:
    number = whole_number(text, MOST[name])
    if number is None or number < LEAST[name]:
        unit = "days" if name.endswith("days") else "minutes"
        raise SettingsStoreError(f"Write whole numbers of {unit}, from {LEAST[name]} to {MOST[name]:,}.")
    return number
