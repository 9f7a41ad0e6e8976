"""The second factor: six-digit codes that an authenticator app makes every half minute (TOTP, RFC 6238).

Recovery codes, each valid once, replace it when the phone is lost. Too many wrong codes lock the account.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time

import pyotp
from sqlalchemy import Connection, delete, insert, select, update

from conversations.accounts.accounts import Member
from conversations.accounts.login_attempts import LOCKED_FOR, MOST_FAILURES, AccountLocked
from conversations.db import schema
from conversations.db.schema import now
from conversations.erasure import record_audit
from conversations.errors import StaffError
from core.translations import gettext as _

STAFF, CODES = schema.staff, schema.recovery_code
ISSUER = "Advisor console"
STEP_SECONDS = 30  # for which a code is valid
TOLERANCE = 1  # steps by which a phone's clock may be wrong; more is not advised (RFC 6238, 5.2)
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without characters that look alike
SECRET = re.compile(r"[A-Z2-7]{32}")


def new_secret() -> str:
    """Return a random secret of 160 bits in base 32, as RFC 4226 advises."""
    return pyotp.random_base32(32)


def provisioning_uri(secret: str, name: str) -> str:
    """Return the URI that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def turn_on(connection: Connection, member: Member, secret: str, code: str) -> list[str]:
    """Turn the second factor on and return the recovery codes, which are not stored and so can be shown only now.

    Raises StaffError if the code does not belong to the secret.
    """
    step = _step_of(secret, code, 0) if SECRET.fullmatch(secret) else None
    if step is None:
        raise StaffError(_("This code is not right. Look whether the phone's clock is, and type the newest code."))
    connection.execute(update(STAFF).where(STAFF.c.id == member.id).values(code_secret=secret, code_step=step))
    record_audit(connection, member.name, "turned the second factor on", member.name)
    return _new_recovery_codes(connection, member)


def turn_off(connection: Connection, name: str, by: str) -> None:
    """Turn the second factor of an account off; raises StaffError if the account does not exist."""
    staff_id = connection.execute(select(STAFF.c.id).where(STAFF.c.name == name)).scalar()
    if staff_id is None:
        raise StaffError(_("There is no account %(name)s.") % {"name": name})
    connection.execute(update(STAFF).where(STAFF.c.id == staff_id).values(code_secret="", code_step=0))
    connection.execute(delete(CODES).where(CODES.c.staff_id == staff_id))
    record_audit(connection, by, "turned the second factor off", name)


def check(connection: Connection, member: Member, code: str) -> bool:
    """Return True if a code, or a recovery code, is right; the code cannot be used again.

    Raises AccountLocked if too many codes were wrong.
    """
    row = connection.execute(select(STAFF).where(STAFF.c.id == member.id).with_for_update()).one()
    if row.locked_until and row.locked_until > now():
        raise AccountLocked(
            _("Too many wrong codes. Try again after %(locked_until)s UTC, or ask an admin.")
            % {"locked_until": f"{row.locked_until:%H:%M}"}
        )
    step = _step_of(row.code_secret, code, row.code_step)
    if step is not None:
        connection.execute(update(STAFF).where(STAFF.c.id == member.id).values(code_step=step))
        return True
    if _use_recovery_code(connection, member, code):
        record_audit(connection, member.name, "signed in with a recovery code", member.name)
        return True
    _record_failure(connection, member, row.failures + 1)
    return False


def count_recovery_codes(connection: Connection, member: Member) -> int:
    """Return how many recovery codes are not used yet."""
    return len(connection.execute(select(CODES.c.hash).where(CODES.c.staff_id == member.id)).all())


def _step_of(secret: str, code: str, last: int) -> int | None:
    """Return the time step (RFC 6238) of a code, or None if it is wrong or its step is not after `last`, the last one used."""
    digits = "".join(code.split())
    if not (secret and digits.isascii() and digits.isdecimal() and len(digits) == 6):
        return None
    totp, current = pyotp.TOTP(secret), int(time.time()) // STEP_SECONDS
    for step in range(current - TOLERANCE, current + TOLERANCE + 1):
        if step > last and secrets.compare_digest(totp.generate_otp(step), digits):
            return step
    return None


def _record_failure(connection: Connection, member: Member, failures: int) -> None:
    is_last = failures >= MOST_FAILURES
    values = {"failures": 0, "locked_until": now() + LOCKED_FOR} if is_last else {"failures": failures}
    connection.execute(update(STAFF).where(STAFF.c.id == member.id).values(**values))
    if is_last:
        record_audit(connection, member.name, "was locked out after wrong codes", member.name)


def _new_recovery_codes(connection: Connection, member: Member) -> list[str]:
    connection.execute(delete(CODES).where(CODES.c.staff_id == member.id))
    codes = [
        "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]
    connection.execute(insert(CODES), [{"staff_id": member.id, "hash": _hash_of(code)} for code in codes])
    return codes


def _use_recovery_code(connection: Connection, member: Member, code: str) -> bool:
    wanted = CODES.c.staff_id == member.id, CODES.c.hash == _hash_of(code.strip().lower())
    return connection.execute(delete(CODES).where(*wanted)).rowcount == 1


def _hash_of(code: str) -> str:
    # A random code of fifty bits needs no slow hash.
    return hashlib.sha256(code.encode(errors="backslashreplace")).hexdigest()
