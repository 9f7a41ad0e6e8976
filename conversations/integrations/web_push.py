"""Web push: a message that only the browser can read (RFC 8291), and the proof of who sends it (VAPID, RFC 8292).

No database, no network.
"""

from __future__ import annotations

import base64
import os
import struct
import time
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve's base point (SEC 2)
RECORD_SIZE, SALT_BYTES, AUTH_BYTES = 4096, 16, 16
VALID_SECONDS = 12 * 3600  # of a proof; 24 hours at most
LAST_RECORD = b"\x02"  # what ends the text of the last record (RFC 8188)


def signing_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """Return the key that signs for this installation, always the same for a secret."""
    number = int.from_bytes(_derived(secret.encode(), b"", b"advisor web push", 48), "big")
    return ec.derive_private_key(number % (ORDER - 1) + 1, CURVE)


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """Return the public half of a key as browsers want it: an uncompressed point, in base64url."""
    return to_text(_point(key.public_key()))


def is_subscription(endpoint: str, p256dh: str, auth: str) -> bool:
    """Return True if this may be a browser's subscription: an address, and keys that can be used."""
    try:
        parts = urlsplit(endpoint)
        _public_key(p256dh)
        return parts.scheme in ("https", "http") and bool(parts.hostname) and len(from_text(auth)) == AUTH_BYTES
    except ValueError:
        return False


def headers(key: ec.EllipticCurvePrivateKey, endpoint: str, subject: str, seconds: int) -> dict[str, str]:
    """Return the headers of a call of a push service.

    Args:
        subject: How the service reaches whoever sends: a mailto or https address; empty for none.
        seconds: How long the service keeps the message for a browser that is away.
    """
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(time.time()) + VALID_SECONDS}
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    token = jwt.encode({"alg": "ES256"}, {**claims, **({"sub": subject} if subject else {})}, ECKey.import_key(pem))
    return {
        "Authorization": f"vapid t={token}, k={public_text(key)}",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(seconds),
        "Urgency": "high",
    }


def encrypted(
    text: bytes,
    p256dh: str,
    auth: str,
    salt: bytes | None = None,
    own: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Return the body of a call that holds a text for the browser with these keys; `salt` and `own` are made anew if not given.

    Raises ValueError if the keys cannot be used.
    """
    salt, own = salt or os.urandom(SALT_BYTES), own or ec.generate_private_key(CURVE)
    theirs, ours = _public_key(p256dh), _point(own.public_key())
    shared = own.exchange(ec.ECDH(), theirs)
    material = _derived(shared, from_text(auth), b"WebPush: info\0" + _point(theirs) + ours, 32)
    content_key = _derived(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\0", 12)
    record = AESGCM(content_key).encrypt(nonce, text + LAST_RECORD, None)
    return salt + struct.pack("!LB", RECORD_SIZE, len(ours)) + ours + record


def to_text(data: bytes) -> str:
    """Return bytes in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Return the bytes of a base64url text; raises ValueError if it is none."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _public_key(text: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, from_text(text))


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt or None, info).derive(material)
