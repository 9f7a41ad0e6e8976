"""Create the table of conversations whose personal data retention has masked."""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import UtcTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "masked",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_masked_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_masked")),
    )


def downgrade() -> None:
    op.drop_table("masked")
