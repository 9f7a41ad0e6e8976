"""Note which guide pack conversations, and what staff write for the knowledge, belong to; empty for the first."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

TABLES = ("conversation", "entry_draft", "entry_version", "guide_import", "publication")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("pack", sa.String(40), nullable=False, server_default=""))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "pack")  # in batch mode, SQLite would drop the table, and with it all that belongs to it
