"""Session ids of chat windows, signed by the server, so that nobody can use another's or invent one."""

from __future__ import annotations

import secrets

from itsdangerous import BadSignature, URLSafeTimedSerializer

from channels.signed_tokens import read_signed

ADDRESS_BYTES = 18
LONGEST_ID = 300
DAY = 24 * 60 * 60
SALT = "advisor socketio session"


class SessionIds:
    """Signer of session ids that are valid for `days` from when they were made."""

    def __init__(self, key: str, days: int) -> None:
        self._signer = URLSafeTimedSerializer(key, salt=SALT)
        self._seconds = days * DAY

    def new(self) -> str:
        """Return a new session id."""
        return str(self._signer.dumps(secrets.token_urlsafe(ADDRESS_BYTES)))

    def address(self, session_id: object) -> str | None:
        """Return the address of a session's conversation; None if the id is invalid or too old."""
        if not isinstance(session_id, str) or len(session_id) > LONGEST_ID:
            return None
        try:
            return str(read_signed(self._signer, session_id, self._seconds)[0])
        except BadSignature:
            return None
