"""Count each day's events by guide pack, too, in tables of their own; what was counted before stands with the first."""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import NUMBER

revision = "0021"
down_revision = "0020"

COUNTED_BY = {"measure": 20, "day": 10, "channel": 20, "site": 60, "name": 120, "pack": 40}


def upgrade() -> None:
    # The tables before have another primary key, and fronts of the release before go on counting in them.
    _create("daily_count", COUNTED_BY)
    _create("zone_daily_count", {"zone": 40, **COUNTED_BY})
    op.execute(
        "INSERT INTO daily_count (measure, day, channel, site, name, pack, count) "
        "SELECT measure, day, channel, site, name, '', count FROM daily"
    )
    op.execute(
        "INSERT INTO zone_daily_count (zone, measure, day, channel, site, name, pack, count) "
        "SELECT zone, measure, day, channel, site, name, '', count FROM zone_daily"
    )


def downgrade() -> None:
    op.drop_table("zone_daily_count")
    op.drop_table("daily_count")


def _create(table: str, keys: dict[str, int]) -> None:
    columns = (sa.Column(name, sa.String(length), nullable=False) for name, length in keys.items())
    op.create_table(
        table,
        *columns,
        sa.Column("count", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )
