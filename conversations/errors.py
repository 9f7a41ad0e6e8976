"""Errors that a person can fix; each message says what happened and what to do."""


class StoreError(Exception):
    """Raised when the conversations database cannot be opened, migrated or locked."""


class BackupError(Exception):
    """Raised when a backup or restore fails; nothing has been changed."""


class StaffError(Exception):
    """Raised when a change of a staff account is refused."""


class AdminError(Exception):
    """What an admin entered in the console cannot be stored; the message says why."""


class EditError(Exception):
    """What staff write for the knowledge cannot be kept or published; the message says why."""


class TooBusy(Exception):
    """Raised when a message cannot be answered in acceptable time; the text tells the visitor if it was stored."""
