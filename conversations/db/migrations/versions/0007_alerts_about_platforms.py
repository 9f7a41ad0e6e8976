"""Allow alerts about a platform, which have no conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("alert") as table:
        table.alter_column("conversation_id", existing_type=sa.String(32), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM alert WHERE conversation_id IS NULL")
    with op.batch_alter_table("alert") as table:
        table.alter_column("conversation_id", existing_type=sa.String(32), nullable=False)
