"""Create the tables of what staff write for the knowledge; drafts of topics move into them.

The table that they stood in stays, empty, since fronts of the release before may run on; the next release drops it and moves
what such a front may have put there meanwhile.
"""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import NUMBER, UtcTime

revision = "0011"
down_revision = "0010"

TIME = UtcTime()
HAS_KEY = sa.text("key <> ''")


def upgrade() -> None:
    _create_drafts()
    _create_history()
    _move_drafts()


def _create_drafts() -> None:
    op.create_table(
        "entry_draft",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("base", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(60), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("assigned", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_draft")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_entry_draft_key",
        "entry_draft",
        ["kind", "key"],
        unique=True,
        sqlite_where=HAS_KEY,
        postgresql_where=HAS_KEY,
    )
    op.create_table(
        "draft_comment",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("draft_id", NUMBER, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(60), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["entry_draft.id"], name=op.f("fk_draft_comment_draft_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_comment")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_draft_comment_draft", "draft_comment", ["draft_id"])


def _create_history() -> None:
    op.create_table(
        "entry_version",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("draft", NUMBER, nullable=True),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("by", sa.String(60), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("publication", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entry_version_key", "entry_version", ["kind", "key", "id"])
    op.create_index("ix_entry_version_draft", "entry_version", ["draft", "id"])
    op.create_table(
        "publication",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("training", sa.Integer(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("log", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.String(60), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_publication")),
    )


def _move_drafts() -> None:
    """Make a topic of each draft that was begun from unanswered questions; where it comes from becomes its reason."""
    connection = op.get_bind()
    names = ("kind", "key", "base", "version", "by", "why", "assigned")
    typed = (sa.column("content", sa.JSON()), sa.column("at", TIME))
    drafts = sa.table("entry_draft", *(sa.column(name) for name in names), *typed)
    old = sa.table(
        "draft",
        *(sa.column(name) for name in ("id", "title", "answer", "source", "by")),
        sa.column("phrasings", sa.JSON()),
        sa.column("at", TIME),
    )
    for row in connection.execute(sa.select(old).order_by(old.c.id)).all():
        content = {"title": row.title, "answer": row.answer, "ask": list(row.phrasings)}
        kept = {name: value for name, value in content.items() if value}
        values = {"kind": "topic", "key": "", "content": kept, "base": "", "version": 1, "assigned": ""}
        connection.execute(sa.insert(drafts).values(**values, by=row.by, at=row.at, why=row.source))
    connection.execute(sa.delete(old))


def downgrade() -> None:
    for table in ("publication", "entry_version", "draft_comment", "entry_draft"):
        op.drop_table(table)
    if sa.inspect(op.get_bind()).has_table("draft"):
        return
    op.create_table(  # an early form of this migration dropped it
        "draft",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("phrasings", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(60), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sqlite_autoincrement=True,
    )
