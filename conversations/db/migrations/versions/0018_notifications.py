"""Create the tables of what colleagues are told by name: notifications, and mentions in notes."""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import NUMBER, UtcTime

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "note_mention",
        sa.Column("note_id", NUMBER, nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("words", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_note_mention_note_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_note_mention_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("note_id", "staff_id", name=op.f("pk_note_mention")),
    )
    op.create_index("ix_note_mention_staff", "note_mention", ["staff_id"])
    op.create_table(
        "notification",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("note_id", NUMBER, nullable=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("by", sa.String(60), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("read_at", UtcTime(), nullable=True),
        sa.Column("mailed_at", UtcTime(), nullable=True),
        sa.Column("mail_attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_notification_staff_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_notification_conversation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_notification_note_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notification_staff", "notification", ["staff_id", "id"])
    op.create_index("ix_notification_conversation", "notification", ["conversation_id"])
    op.create_index("ix_notification_note", "notification", ["note_id"])
    op.add_column("staff", sa.Column("notify_address", sa.String(320), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("staff", "notify_address")
    for table in ("notification", "note_mention"):
        op.drop_table(table)
