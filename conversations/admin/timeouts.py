"""Retention periods and hand-off time-outs that admins may set in the console, in place of the environment's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from conversations.admin import settings_store
from conversations.data_rights.retention import RetentionPeriods
from conversations.errors import AdminError
from conversations.input_parsing import whole_number
from core.settings import Settings
from core.translations import gettext as _

MASK, DELETE, WAIT, SILENT = "mask_after_days", "delete_after_days", "handoff_wait_minutes", "person_silent_minutes"
MOST = {MASK: 3650, DELETE: 3650, WAIT: 1440, SILENT: 1440}
LEAST = {MASK: 0, DELETE: 0, WAIT: 1, SILENT: 1}


@dataclass(frozen=True)
class Timeouts:
    """Days until personal data is masked and conversations are deleted (0: never); minutes until a hand-off ends by itself."""

    mask_after_days: int
    delete_after_days: int
    handoff_wait_minutes: float
    person_silent_minutes: float

    @property
    def periods(self) -> RetentionPeriods:
        """The two retention periods."""
        return RetentionPeriods(self.mask_after_days, self.delete_after_days)

    @property
    def waiting(self) -> timedelta:
        """How long a conversation waits for a person."""
        return timedelta(minutes=self.handoff_wait_minutes)

    @property
    def silent(self) -> timedelta:
        """How long a person may leave a conversation that they have without a reply."""
        return timedelta(minutes=self.person_silent_minutes)


def from_settings(settings: Settings) -> Timeouts:
    """Return the timeouts of the environment, which hold until the console sets others."""
    return Timeouts(
        settings.mask_after_days,
        settings.delete_after_days,
        settings.handoff_wait_minutes,
        settings.person_silent_minutes,
    )


def effective(connection: Connection, defaults: Timeouts) -> Timeouts:
    """Return the time-outs that apply: the console's, and `defaults` for those that it does not set."""
    stored = settings_store.load_settings(connection)
    return Timeouts(**{name: stored.get(name, getattr(defaults, name)) for name in MOST})


def save(connection: Connection, form: Mapping[str, str], defaults: Timeouts, by: str) -> None:
    """Store all time-outs from a form; a value that equals the default is not stored, so that it follows the default.

    Raises AdminError if a value is not a whole number within LEAST and MOST, or if conversations would be deleted before
    they are masked.
    """
    numbers = {name: _number(name, form.get(name, "")) for name in MOST}
    if 0 < numbers[DELETE] < numbers[MASK]:
        raise AdminError(
            _("Conversations would be deleted before their personal data is covered: choose fewer days for covering.")
        )
    before = effective(connection, defaults)
    for name, number in numbers.items():
        if number != getattr(before, name):
            settings_store.save_setting(connection, name, None if number == getattr(defaults, name) else number, by)


def _number(name: str, text: str) -> int:
    number = whole_number(text, MOST[name])
    if number is None or number < LEAST[name]:
        bounds = {"least": LEAST[name], "most": f"{MOST[name]:,}"}
        if name.endswith("days"):
            raise AdminError(_("Write whole numbers of days, from %(least)s to %(most)s.") % bounds)
        raise AdminError(_("Write whole numbers of minutes, from %(least)s to %(most)s.") % bounds)
    return number
