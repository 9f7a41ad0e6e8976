"""What a person can put right; the message says how."""


class TelegramSetupError(ValueError):
    """A token or secret that cannot be right."""


class PollingFailed(Exception):
    """Polling is of no use as things are."""
