"""Make room for the names of the catalogue's kinds, and create the table of what staff bring for the guide."""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import NUMBER, UtcTime

revision = "0013"
down_revision = "0012"
TABLES = ("entry_draft", "entry_version")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite holds to no length
        for table in TABLES:
            op.alter_column(table, "kind", type_=sa.String(20), existing_type=sa.String(10), existing_nullable=False)
    op.create_table(
        "guide_import",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("proposals", sa.JSON(), nullable=False),
        sa.Column("left", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(60), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_import")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("guide_import")
    for table in TABLES:  # the release before knows no such kinds
        op.execute(f"DELETE FROM {table} WHERE kind NOT IN ('topic', 'subject')")
        if op.get_bind().dialect.name == "postgresql":
            op.alter_column(table, "kind", type_=sa.String(10), existing_type=sa.String(20), existing_nullable=False)
