"""A chat window's session id: made and signed by the server, so that nobody can name another's, or one of their own."""

from __future__ import annotations

import secrets

from itsdangerous import BadSignature, URLSafeTimedSerializer

ADDRESS_BYTES = 18
LONGEST_ID = 300
DAY = 24 * 60 * 60
SALT = "advisor socketio session"


class SessionIds:
    """An id is good for so many days from when it was made."""

    def __init__(self, key: str, days: int):
        self._signer = URLSafeTimedSerializer(key, salt=SALT)
        self._seconds = days * DAY

    def new(self) -> str:
        return str(self._signer.dumps(secrets.token_urlsafe(ADDRESS_BYTES)))

    def address(self, session_id: object) -> str | None:
        """Where the channel finds the conversation of a session; None where the id is none of ours, or too old."""
        if not isinstance(session_id, str) or len(session_id) > LONGEST_ID:
            return None
        try:
            return str(self._signer.loads(session_id, max_age=self._seconds))
        except BadSignature:
            return None
