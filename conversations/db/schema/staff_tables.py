"""Staff accounts, their sessions and second factors."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint, false

from conversations.db.schema.base import LONGEST_ID, NUMBER, UtcTime, belongs_to, metadata, now

staff = Table(
    "staff",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("name", String(60), nullable=False),
    # what visitors read; empty: the account's name, unless that is an address
    Column("display_name", String(60), nullable=False, default="", server_default=""),
    Column("role", String(10), nullable=False),  # viewer, adviser, trainer, admin
    Column("password", Text, nullable=False),  # argon2id hash
    Column("failures", Integer, nullable=False, default=0),  # wrong passwords in a row
    Column("locked_until", UtcTime, nullable=True),
    Column("created_at", UtcTime, nullable=False, default=now),
    # TOTP secret in base 32; empty without a second factor
    Column("code_secret", String(64), nullable=False, default=""),
    # step of the last accepted code, so that none is accepted twice
    Column("code_step", NUMBER, nullable=False, default=0),
    # subject of the account at the identity provider
    Column("subject", String(LONGEST_ID), nullable=False, default=""),
    # code of the language in which the console speaks with them; empty: the installation's
    Column("language", String(10), nullable=False, default="", server_default=""),
    # by whose clock the console tells times and days, such as Europe/Dublin; empty: the installation's
    Column("time_zone", String(40), nullable=False, default="", server_default=""),
    # e-mail address for notifications while they do not have the console open; empty: none are sent
    Column("notify_address", String(320), nullable=False, default="", server_default=""),
    Column("is_away", Boolean, nullable=False, default=False, server_default=false()),  # as they say of themselves
    Column("seen_at", UtcTime, nullable=True),  # when a page of the console was last open
    UniqueConstraint("name"),
    sqlite_autoincrement=True,  # the id of a removed account is never used again
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the cookie, so that a copy of this table opens no session
    Column("staff_id", NUMBER, belongs_to("staff"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("browser", String(200), nullable=False, default=""),
    Column("address", String(60), nullable=False, default=""),
    Column("created_at", UtcTime, nullable=False, default=now),
    Column("last_at", UtcTime, nullable=False, default=now),
    # the password was accepted, the second factor is pending
    Column("lacks_code", Boolean, nullable=False, default=False),
    Column("is_outside", Boolean, nullable=False, default=False),  # opened by the identity provider
    Index("ix_staff_session_staff", "staff_id"),
)

# Codes that replace the second factor once, for somebody who lost their phone.
recovery_code = Table(
    "recovery_code",
    metadata,
    Column("staff_id", NUMBER, belongs_to("staff"), primary_key=True),
    Column("hash", String(64), primary_key=True),
)

# Sign-ins that wait for the answer of an identity provider.
outside_sign_in = Table(
    "outside_sign_in",
    metadata,
    Column("state", String(64), primary_key=True),  # SHA-256 of the state
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(128), nullable=False),
    Column("following", Text, nullable=False, default=""),
    Column("at", UtcTime, nullable=False, default=now),
)

# What somebody is told by name, unread until its conversation was opened.
notification = Table(
    "notification",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("staff_id", NUMBER, belongs_to("staff"), nullable=False),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("note_id", NUMBER, belongs_to("note"), nullable=True),  # the note with the mention
    Column("kind", String(12), nullable=False),  # mention, transfer
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    Column("read_at", UtcTime, nullable=True),
    Column("mailed_at", UtcTime, nullable=True),
    Column("mail_attempts", Integer, nullable=False, default=0),
    Index("ix_notification_staff", "staff_id", "id"),
    Index("ix_notification_conversation", "conversation_id"),
    Index("ix_notification_note", "note_id"),
    sqlite_autoincrement=True,
)

# Browsers in which staff want to be told that somebody waits, by web push.
push_subscription = Table(
    "push_subscription",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("staff_id", NUMBER, belongs_to("staff"), nullable=False),
    Column("endpoint", String(1000), nullable=False),  # the address of the browser at its push service
    Column("p256dh", String(100), nullable=False),  # the browser's public key, and what it shares with the front
    Column("auth", String(40), nullable=False),
    Column("browser", String(200), nullable=False, default=""),
    Column("at", UtcTime, nullable=False, default=now),
    Column("failing_since", UtcTime, nullable=True),  # since when the push service has refused what is sent to it
    UniqueConstraint("endpoint"),
    Index("ix_push_subscription_staff", "staff_id"),
    sqlite_autoincrement=True,
)
