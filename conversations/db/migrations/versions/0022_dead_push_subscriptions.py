"""Note since when a browser's push service takes nothing for it, so that one that never will is forgotten."""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import UtcTime

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("push_subscription", sa.Column("failing_since", UtcTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("push_subscription", "failing_since")
