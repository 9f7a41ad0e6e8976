"""Create the table of e-mails that staff write to people who left an address."""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import NUMBER, UtcTime

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "contact_email",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("contact_id", NUMBER, nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("subject", sa.String(150), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(400), nullable=False),
        sa.Column("by", sa.String(60), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=True),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.Column("result", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact_request.id"],
            name=op.f("fk_contact_email_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_contact_email_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_email")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contact_email_contact", "contact_email", ["contact_id", "id"])
    op.create_index("ix_contact_email_conversation", "contact_email", ["conversation_id"])
    op.create_index("ix_contact_email_due", "contact_email", ["due_at"])


def downgrade() -> None:
    op.drop_table("contact_email")
