"""Count each day's events by guide pack, too; what was counted before stands with the first."""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import NUMBER

revision = "0021"
down_revision = "0020"

COUNTED_BY = {"measure": 20, "day": 10, "channel": 20, "site": 60, "name": 120}
TABLES = {"daily": COUNTED_BY, "zone_daily": {"zone": 40, **COUNTED_BY}}


def upgrade() -> None:
    for table, keys in TABLES.items():
        _made_anew(table, {**keys, "pack": 40}, keys)


def downgrade() -> None:
    for table, keys in TABLES.items():
        _made_anew(table, keys, keys)


def _made_anew(table: str, keys: dict[str, int], kept: dict[str, int]) -> None:
    """Give a table another primary key, which SQLite can do only with a new table, and keep what it holds."""
    op.rename_table(table, f"{table}_before")
    if op.get_context().dialect.name == "postgresql":  # where names of constraints are those of the whole schema
        op.execute(f"ALTER TABLE {table}_before DROP CONSTRAINT pk_{table}")
    op.create_table(
        table,
        *(
            sa.Column(name, sa.String(length), nullable=False, server_default="" if name == "pack" else None)
            for name, length in keys.items()
        ),
        sa.Column("count", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )
    columns = ", ".join(kept)
    op.execute(
        f"INSERT INTO {table} ({columns}, count) SELECT {columns}, SUM(count) FROM {table}_before GROUP BY {columns}"
    )
    op.drop_table(f"{table}_before")
