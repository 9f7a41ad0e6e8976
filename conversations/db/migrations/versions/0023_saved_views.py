"""Create the table of saved views of the list of conversations."""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import NUMBER, UtcTime

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("staff_id", NUMBER, nullable=True),
        sa.Column("by", sa.String(60), nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_saved_view_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index("ix_saved_view_staff", "saved_view", ["staff_id"])


def downgrade() -> None:
    op.drop_table("saved_view")
