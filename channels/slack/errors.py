"""Errors that a person can put right; the message says how."""


class SlackSetupError(ValueError):
    """A token or secret that is missing or cannot be right."""


class SocketFailed(Exception):
    """Socket Mode cannot work until somebody changes a setting."""
