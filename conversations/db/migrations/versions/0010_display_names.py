"""Give accounts a name for visitors, and conversations the one under which they are held."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
COLUMNS = (("staff", "display_name", 60), ("conversation", "held_as", 120))


def upgrade() -> None:
    for table, name, longest in COLUMNS:
        op.add_column(table, sa.Column(name, sa.String(longest), nullable=False, server_default=""))
    op.execute("UPDATE conversation SET held_as = held_by WHERE held_by NOT LIKE '%@%'")


def downgrade() -> None:
    for table, name, _ in COLUMNS:
        op.drop_column(table, name)  # in batch mode, SQLite would drop the table, and all messages with it
