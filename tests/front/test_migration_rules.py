"""Migrations expand, and contract a release later: nothing is dropped, renamed or made stricter under a running old front."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conversations.db.store import MIGRATIONS

# From here on fronts of the release before may run while a migration does; before, a front had the database to itself.
FIRST_BESIDE_OTHERS = "0009"
LATER = "the release before may still use it, so this is for the next release (CONTRIBUTING.md, A new migration)"
# What these change, the release before writes as the new one does, or does not know at all.
STATEMENTS = {
    "UPDATE conversation SET held_as = held_by WHERE held_by NOT LIKE '%@%'",
    "INSERT INTO daily_count (measure, day, channel, site, name, pack, count) "
    "SELECT measure, day, channel, site, name, '', count FROM daily",
    "INSERT INTO zone_daily_count (zone, measure, day, channel, site, name, pack, count) "
    "SELECT zone, measure, day, channel, site, name, '', count FROM zone_daily",
}
WIDENED = {"kind"}  # columns of 0013 that take all that they took before


def _may_add_column(call: ast.Call, file: Path) -> bool:
    """Tell whether rows of code that does not know the column are taken."""
    column = call.args[1]
    options = (
        {option.arg: ast.unparse(option.value) for option in column.keywords} if isinstance(column, ast.Call) else {}
    )
    return options.get("nullable", "True") == "True" or "server_default" in options


def _may_create_index(call: ast.Call, file: Path) -> bool:
    """Tell whether no row that old code writes can be refused by the index."""
    return "unique" not in _options(call) or ast.unparse(call.args[1]) in _created(file)


def _may_alter(call: ast.Call, file: Path) -> bool:
    is_of_type_alone = _options(call) <= {"type_", "existing_type", "existing_nullable"}
    return is_of_type_alone and ast.literal_eval(call.args[1]) in WIDENED


def _may_execute(call: ast.Call, file: Path) -> bool:
    return isinstance(call.args[0], ast.Constant) and call.args[0].value in STATEMENTS


ALLOWED: dict[str, Callable[[ast.Call, Path], bool]] = {
    "create_table": lambda call, file: True,
    "get_bind": lambda call, file: True,
    "f": lambda call, file: True,  # a name that is complete
    "add_column": _may_add_column,
    "create_index": _may_create_index,
    "alter_column": _may_alter,
    "execute": _may_execute,
}


def _migrations() -> list[Path]:
    return [file for file in sorted(MIGRATIONS.glob("versions/0*.py")) if file.stem[:4] >= FIRST_BESIDE_OTHERS]


def _operations(file: Path) -> Iterator[tuple[str, ast.Call]]:
    """Yield the names and calls of Alembic's operations in a migration, but for those that undo it."""
    parts = ast.parse(file.read_text(encoding="utf-8")).body
    for part in parts:
        for node in () if isinstance(part, ast.FunctionDef) and part.name == "downgrade" else ast.walk(part):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="op"), attr=name)):
                    yield name, node


def _options(call: ast.Call) -> set[str | None]:
    return {option.arg for option in call.keywords}


def _created(file: Path) -> set[str]:
    return {ast.unparse(call.args[0]) for name, call in _operations(file) if name == "create_table"}


def refused(file: Path) -> list[str]:
    """Return the operations of a migration that the release before cannot work beside."""
    return [
        f"{file.name}:{call.lineno}: {ast.unparse(call)[:80]}: {LATER}"
        for name, call in _operations(file)
        if not (name in ALLOWED and ALLOWED[name](call, file))
    ]


@pytest.mark.parametrize("file", _migrations(), ids=lambda file: file.stem)
def test_release_before_can_work_beside_it(file) -> None:
    assert refused(file) == []


@pytest.mark.parametrize(
    "operation",
    [
        'op.drop_table("message")',
        'op.drop_column("message", "text")',
        'op.rename_table("message", "said")',
        'op.alter_column("message", "text", nullable=False)',
        'op.alter_column("message", "text", new_column_name="words")',
        'op.add_column("message", sa.Column("mood", sa.Text(), nullable=False))',
        'op.create_index("ix", "message", ["external_id"], unique=True)',
        'op.execute("DELETE FROM message")',
        'op.create_unique_constraint("uq", "message", ["text"])',
        'op.batch_alter_table("message")',
    ],
)
def test_what_takes_something_away_is_refused(operation, tmp_path) -> None:
    file = tmp_path / "9999_later.py"
    file.write_text(f"def upgrade():\n    {operation}\n\ndef downgrade():\n    op.drop_table('later')\n")
    assert len(refused(file)) == 1


def test_what_only_adds_is_taken(tmp_path) -> None:
    added = 'op.add_column("message", sa.Column("mood", sa.Text(), nullable=False, server_default=""))'
    table = 'op.create_table("later", sa.Column("id"))'
    index = 'op.create_index("ix", "later", ["id"], unique=True)'
    file = tmp_path / "9999_later.py"
    file.write_text(f"def upgrade():\n    {added}\n    {table}\n    {index}\n")
    assert refused(file) == []
