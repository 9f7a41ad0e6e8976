"""Errors that a person can put right; the message says how."""


class TelegramSetupError(ValueError):
    """A token or secret that cannot be right."""


class PollingFailed(Exception):
    """Polling cannot work until somebody changes a setting or stops another program."""
