"""Create the tables of what visitors say of talking with a person, of counts by own clocks, and of browsers that are told."""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import NUMBER, UtcTime

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "rating",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("person", sa.String(120), nullable=False),
        sa.Column("scale", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_rating_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rating_conversation", "rating", ["conversation_id", "id"])
    op.create_index("ix_rating_person", "rating", ["person", "conversation_id"])
    op.create_index("ix_rating_at", "rating", ["at"])
    op.add_column("staff", sa.Column("time_zone", sa.String(40), nullable=False, server_default=""))
    op.create_table(
        "zone_daily",
        sa.Column("zone", sa.String(40), nullable=False),
        sa.Column("measure", sa.String(20), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("site", sa.String(60), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("count", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("zone", "measure", "day", "channel", "site", "name", name=op.f("pk_zone_daily")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "push_subscription",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("endpoint", sa.String(1000), nullable=False),
        sa.Column("p256dh", sa.String(100), nullable=False),
        sa.Column("auth", sa.String(40), nullable=False),
        sa.Column("browser", sa.String(200), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_push_subscription_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscription_endpoint")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_push_subscription_staff", "push_subscription", ["staff_id"])


def downgrade() -> None:
    op.drop_table("push_subscription")
    op.drop_table("zone_daily")
    op.drop_column("staff", "time_zone")
    op.drop_table("rating")
