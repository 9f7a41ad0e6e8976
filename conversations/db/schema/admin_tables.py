"""What admins set in the console, daily counts, and facts about the database itself."""

from __future__ import annotations

from sqlalchemy import JSON, Column, String, Table, Text

from conversations.db.schema.base import NUMBER, UtcTime, metadata, now

# Sites as described in the console; each replaces the entry of its name in the sites file.
site = Table(
    "site",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("description", JSON, nullable=False),  # the same fields as in the sites file
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
)

# Replies that staff say often.
canned_reply = Table(
    "canned_reply",
    metadata,
    Column("name", String(40), primary_key=True),  # what staff type after the /
    Column("text", Text, nullable=False),
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
)

# Tags that the console offers, used or not.
known_tag = Table(
    "known_tag",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
)

# Settings made in the console, which replace those of the environment.
kept_setting = Table(
    "kept_setting",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
)

# What a count is of, in the order of the keys: one of MEASURES in conversations/analytics/daily_counts.py; a day such as
# 2026-11-25; channel; site; an outcome, topic or hour, empty for a measure with a single number; the guide pack, empty for
# the first.
COUNTED_BY = (("measure", 20), ("day", 10), ("channel", 20), ("site", 60), ("name", 120), ("pack", 40))

# Counts per day of the office's clock, which outlive the conversations that they were counted from.
daily = Table(
    "daily_count",
    metadata,
    *(Column(name, String(length), primary_key=True) for name, length in COUNTED_BY),
    Column("count", NUMBER, nullable=False),
    sqlite_with_rowid=False,  # rows are stored in key order, so that a query reads neighbouring ones
)

# The same counts by the clocks of zones that accounts have chosen.
zone_daily = Table(
    "zone_daily_count",
    metadata,
    Column("zone", String(40), primary_key=True),
    *(Column(name, String(length), primary_key=True) for name, length in COUNTED_BY),
    Column("count", NUMBER, nullable=False),
    sqlite_with_rowid=False,
)

# Facts about the database, such as holds: demo data, or front: the id of the current term.
about_database = Table(
    "about_database",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
