"""Give accounts the language in which the console speaks with them; empty for the installation's."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("staff", sa.Column("language", sa.String(10), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("staff", "language")  # in batch mode, SQLite would drop the table, and with it all sessions
