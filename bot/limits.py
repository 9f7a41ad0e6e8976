"""The limits of time that the settings give."""

from __future__ import annotations

from bot.settings import Settings
from conversations.limits import Limits


def limits_of(settings: Settings) -> Limits:
    return Limits(
        settings.mask_after_days,
        settings.delete_after_days,
        settings.handoff_wait_minutes,
        settings.person_silent_minutes,
    )
