"""Create the tables of corrections, judgements, unanswered questions, topic drafts and regression conversations."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import NUMBER, UtcTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _corrections()
    _questions()
    op.create_table(
        "draft",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("phrasings", sa.JSON(), nullable=False),
        *_who(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "talk_test",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("turns", sa.JSON(), nullable=False),
        *_who(),
        sa.Column("release", sa.String(length=40), nullable=False),
        _of("talk_test", "conversation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_test")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_talk_test_conversation_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    for table in ("talk_test", "draft", "unanswered", "judgement", "correction"):
        op.drop_table(table)


def _corrections() -> None:
    op.create_table(
        "correction",
        *_message(),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("intent", sa.String(length=60), nullable=False),
        *_who(),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("release", sa.String(length=40), nullable=False),
        *_of_message("correction"),
    )
    op.create_index("ix_correction_state", "correction", ["state", "at"])
    op.create_index("ix_correction_conversation", "correction", ["conversation_id"])


def _questions() -> None:
    op.create_table(
        "judgement",
        *_message(),
        sa.Column("what", sa.String(length=10), nullable=False),
        *_who(),
        *_of_message("judgement"),
    )
    op.create_index("ix_judgement_conversation", "judgement", ["conversation_id"])
    op.create_table(
        "unanswered",
        *_message(),
        sa.Column("meaning", sa.LargeBinary(), nullable=True),
        *_of_message("unanswered"),
    )
    op.create_index("ix_unanswered_conversation", "unanswered", ["conversation_id"])


def _message() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("message_id", NUMBER, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
    )


def _who() -> tuple[sa.Column[Any], ...]:
    return sa.Column("by", sa.String(length=60), nullable=False), sa.Column("at", UtcTime(), nullable=False)


def _of_message(table: str) -> tuple[sa.Constraint, ...]:
    key = sa.PrimaryKeyConstraint("message_id", name=op.f(f"pk_{table}"))
    return key, _of(table, "message"), _of(table, "conversation")


def _of(table: str, other: str) -> sa.ForeignKeyConstraint:
    column = f"{other}_id"
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")
