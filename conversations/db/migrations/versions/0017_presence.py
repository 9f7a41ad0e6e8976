"""Note when staff were last seen, and whether they say that they are away."""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import UtcTime

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("staff", sa.Column("is_away", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("staff", sa.Column("seen_at", UtcTime(), nullable=True))


def downgrade() -> None:
    for column in ("seen_at", "is_away"):
        op.drop_column("staff", column)
