"""Let a correction say which thing was meant, in which words, and in which form a message asks."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
COLUMNS = (("thing", sa.String(160)), ("words", sa.Text()), ("form", sa.String(20)))


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("correction", sa.Column(name, kind, nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("correction") as table:
        for name, _ in COLUMNS:
            table.drop_column(name)
