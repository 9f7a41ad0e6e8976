"""Reading signed, expiring tokens."""

from __future__ import annotations

from typing import Any

from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer


def read_signed(signer: URLSafeTimedSerializer, token: str, seconds: float) -> tuple[Any, float]:
    """Return the content of a token and its age in seconds.

    Raises BadSignature for a token that `signer` did not make, SignatureExpired for one older than `seconds`. A token from
    the future counts as new: a clock that was set back must not end sessions.
    """
    content, made = signer.loads(token, return_timestamp=True)
    clock = signer.make_signer()
    assert isinstance(clock, TimestampSigner)
    age = max(0.0, clock.get_timestamp() - made.timestamp())
    if age > seconds:
        raise SignatureExpired("too old", date_signed=made)
    return content, age
