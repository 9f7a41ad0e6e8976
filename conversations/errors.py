"""What a person can put right; the message says how. Phrased once, where a person reads it."""


class StoreError(Exception):
    """The conversations database cannot be used; the message says what to do."""


class BackupError(Exception):
    """No backup or no restore, and nothing was changed; the message says why and what to do."""


class StaffError(Exception):
    """What was asked for an account cannot be done; the message says why."""


class AdminError(Exception):
    """What an admin entered in the console cannot be stored; the message says why."""


class TooBusy(Exception):
    """Not now: it would take longer than a person should wait. The message says so, and what became of theirs."""
