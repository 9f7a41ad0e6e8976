"""Create daily counts, sites, canned replies, tags and settings; add TOTP and sign-in through an identity provider."""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import NUMBER, UtcTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _counts()
    _described()
    _signing_in()
    op.add_column("contact_request", sa.Column("by", sa.String(60), nullable=False, server_default=""))
    op.add_column("contact_request", sa.Column("changed_at", UtcTime(), nullable=True))
    op.create_index("ix_contact_request_state", "contact_request", ["state", "id"])


def _counts() -> None:
    op.create_table(
        "daily",
        *(
            sa.Column(name, sa.String(length), nullable=False)
            for name, length in (("measure", 20), ("day", 10), ("channel", 20), ("site", 60), ("name", 120))
        ),
        sa.Column("count", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("measure", "day", "channel", "site", "name", name=op.f("pk_daily")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_handoff_at", "handoff", ["at"])
    op.create_index("ix_feedback_at", "feedback", ["at"])


def _described() -> None:
    """Create the tables of what admins set in the console, each row with who set it and when."""
    for name, *columns in (
        ("site", sa.Column("description", sa.JSON(), nullable=False)),
        ("canned_reply", sa.Column("text", sa.Text(), nullable=False)),
        ("known_tag",),
        ("kept_setting", sa.Column("value", sa.JSON(), nullable=False)),
    ):
        op.create_table(
            name,
            sa.Column("name", sa.String(40), nullable=False),
            *columns,
            sa.Column("by", sa.String(60), nullable=False),
            sa.Column("at", UtcTime(), nullable=False),
            sa.PrimaryKeyConstraint("name", name=op.f(f"pk_{name}")),
        )


def _signing_in() -> None:
    op.add_column("staff", sa.Column("code_secret", sa.String(64), nullable=False, server_default=""))
    op.add_column("staff", sa.Column("code_step", NUMBER, nullable=False, server_default="0"))
    op.add_column("staff", sa.Column("subject", sa.String(255), nullable=False, server_default=""))
    for column in ("lacks_code", "is_outside"):
        op.add_column("staff_session", sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "recovery_code",
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_code_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", "hash", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "outside_sign_in",
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("verifier", sa.String(128), nullable=False),
        sa.Column("following", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_outside_sign_in")),
    )


def downgrade() -> None:
    op.drop_table("outside_sign_in")
    op.drop_table("recovery_code")
    with op.batch_alter_table("staff_session") as table:
        table.drop_column("is_outside")
        table.drop_column("lacks_code")
    with op.batch_alter_table("staff") as table:
        for column in ("subject", "code_step", "code_secret"):
            table.drop_column(column)
    for name in ("kept_setting", "known_tag", "canned_reply", "site"):
        op.drop_table(name)
    op.drop_index("ix_feedback_at", "feedback")
    op.drop_index("ix_handoff_at", "handoff")
    op.drop_table("daily")
    op.drop_index("ix_contact_request_state", "contact_request")
    with op.batch_alter_table("contact_request") as table:
        table.drop_column("changed_at")
        table.drop_column("by")
