"""Signs what is sent to other programs as Standard Webhooks says (standardwebhooks.com), for which there are libraries.

The signature is over the id, the time and the body, so that a call can be neither changed nor repeated later.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256

PREFIX = "whsec_"  # of a secret in base64, as Standard Webhooks writes them


def signed(key: bytes, identity: str, at: int, body: bytes) -> dict[str, str]:
    """Return the signature headers of a call. `at` is in seconds since 1970.

    `identity` stays the same when something is sent again, so that the receiver can leave out what it has.
    """
    signature = hmac.digest(key, f"{identity}.{at}.".encode() + body, sha256)
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def signing_key(secret: str) -> bytes:
    """Return the bytes of a secret: base64 after `whsec_`, else the text itself. Raises ValueError for bad base64."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret[len(PREFIX) :], validate=True)
    except binascii.Error:
        raise ValueError("what follows whsec_ is not base64") from None
