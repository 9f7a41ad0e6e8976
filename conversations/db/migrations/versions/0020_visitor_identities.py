"""Create the table of who visitors are, as the server of the page that carries the widget has confirmed."""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import UtcTime

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "visitor_identity",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_visitor_identity_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_visitor_identity")),
    )
    op.create_index("ix_visitor_identity_subject", "visitor_identity", ["subject", "site"])


def downgrade() -> None:
    op.drop_table("visitor_identity")
