"""The catalogue in PostgreSQL, its master: this machine's SQLite file is then a copy of it, for searching.

A write holds a lock of the database, brings the copy up to date, writes into it, and publishes what has changed as the next
version; the copy's transaction ends only after that of the database. Each version has a stamp, so that a copy knows whether
the master still has the history that it has (a backup may have been put back); if not, the copy is made anew.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from own_programs.errors import CatalogueDamaged, CatalogueUnreachable
from own_programs.store.edits import COLUMNS as EDIT
from own_programs.store.edits import INSERT as INSERT_EDIT
from own_programs.store.schema import MASTER_SCHEMA, SOURCE, is_current
from own_programs.store.transaction import CatalogueWriter, bring_up_to_date, transaction

FORMAT = 1  # of the records; raised when an older version of the advisor could not read them
LOCK_NUMBER = 0x6D63_6170  # arbitrary; PostgreSQL identifies advisory locks by number
KEPT_VERSIONS = 1000  # a copy that is further behind is made anew
MANY = 500  # programs that are read or sent at once
CONNECT_SECONDS = 5
WAITS = "SET lock_timeout = '30s'; SET statement_timeout = '300s'; SET idle_in_transaction_session_timeout = '3600s'"
TABLES = """
CREATE TABLE IF NOT EXISTS catalogue_version (
    version bigint PRIMARY KEY, stamp text NOT NULL, format integer NOT NULL, written_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS catalogue_source (
    name text PRIMARY KEY, mapping text NOT NULL, files text NOT NULL,
    imported_at text NOT NULL, owner text NOT NULL, review_on text NOT NULL, unmapped text NOT NULL
);
CREATE TABLE IF NOT EXISTS catalogue_program (
    id bigint PRIMARY KEY, source text NOT NULL, source_key text NOT NULL, record text NOT NULL, missing_since text,
    changed bigint NOT NULL, UNIQUE (source, source_key)
);
CREATE INDEX IF NOT EXISTS catalogue_program_changed ON catalogue_program (changed);
CREATE TABLE IF NOT EXISTS catalogue_removed (id bigint PRIMARY KEY, changed bigint NOT NULL);
CREATE TABLE IF NOT EXISTS catalogue_edit (
    id text PRIMARY KEY, source text NOT NULL, source_key text NOT NULL, before text NOT NULL, after text NOT NULL,
    who text NOT NULL, at text NOT NULL, why text NOT NULL
);
"""
_COLUMNS = "id, source, source_key, record, missing_since"
_LOCAL = "SELECT p.id, s.name, p.source_key, p.record, p.missing_since FROM program p JOIN source s ON s.id = p.source"
Version = tuple[int, str]  # number and stamp
Server = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def publishing(path: Path, master: str) -> Iterator[CatalogueWriter]:
    """Yield a writer of the copy whose changes are published when the block ends, and kept nowhere if it raises.

    Raises CatalogueUnreachable.
    """
    bring_up_to_date(path)
    with _connected(master) as server:
        server.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK_NUMBER,))
        if schema := make_url(master).query.get(MASTER_SCHEMA):
            server.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(str(schema))))
        for statement in TABLES.split(";"):
            if statement.strip():
                server.execute(statement)
        latest = _latest(server)
        _put_foreign_aside(path, latest)
        with transaction(path) as (writer, copy):
            _adopt(writer, copy) if latest is None else _catch_up(writer, copy, server, latest)
            yield writer
            writer.finish()
            _publish(writer, copy, server, (latest[0] if latest else 0) + 1)
            server.commit()


def refresh(path: Path, master: str) -> bool:
    """Bring the copy up to date and return whether anything was to do; a catalogue that is there already becomes the master.

    Raises CatalogueUnreachable.
    """
    bring_up_to_date(path)
    copied = _copied(path)  # before the master is asked, so that what it answers is no older
    with _connected(master) as server:
        server.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        known = server.execute("SELECT to_regclass('catalogue_version')").fetchone() != (None,)
        latest = _latest(server) if known else None
        if latest is not None and copied != latest:
            _put_foreign_aside(path, latest)
            with transaction(path) as (writer, copy):
                if _version_of(copy) == copied:  # else another process has brought it further while this one waited
                    _catch_up(writer, copy, server, latest)
            return True
    if latest is None and path.is_file():
        with publishing(path, master):
            return True
    return False


@contextmanager
def _connected(master: str) -> Iterator[Server]:
    """Yield a connection in a transaction, which is rolled back unless it was committed."""
    url = make_url(master)
    schema = url.query.get(MASTER_SCHEMA)
    url = url.difference_update_query([MASTER_SCHEMA])
    _, options = url.get_dialect()().create_connect_args(url)
    try:
        with closing(psycopg.connect(**{"connect_timeout": CONNECT_SECONDS, **options})) as server:
            server.execute(WAITS)
            if schema:
                server.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(str(schema))))
            server.commit()
            yield server
    except psycopg.Error as error:
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CatalogueUnreachable(
            f"The own programs are in PostgreSQL (ADVISOR_DATABASE_URL), which cannot be used now: {why}. Nothing was changed."
        ) from error


def _latest(server: Server) -> Version | None:
    row = server.execute(
        "SELECT version, stamp, format FROM catalogue_version ORDER BY version DESC LIMIT 1"
    ).fetchone()
    if row and row[2] != FORMAT:
        raise CatalogueDamaged(
            "Another version of the advisor wrote the own programs in PostgreSQL. Bring this one up to date."
        )
    return (row[0], row[1]) if row else None


def _copied(path: Path) -> Version | None:
    """Return which version a file is a copy of; None if it is no copy, or not to be read."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        if is_current(copy):
            return _version_of(copy)
    return None


def _version_of(copy: sqlite3.Connection) -> Version | None:
    version: Version | None = copy.execute("SELECT version, stamp FROM copy_of").fetchone()
    return version


def _put_foreign_aside(path: Path, latest: Version | None) -> None:
    """Move a file away that is no copy though the master holds programs: what is in it stays with its owner."""
    if latest is None or not path.is_file() or _copied(path):
        return
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ending = f"before-postgresql-{datetime.now():%Y%m%d-%H%M%S}"
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with suppress(FileNotFoundError):
            file.rename(file.with_name(f"{file.name}.{ending}"))


def _adopt(writer: CatalogueWriter, copy: sqlite3.Connection) -> None:
    """Have all that stands in the file published, since the master holds nothing yet."""
    writer.touched.update(key for (key,) in copy.execute("SELECT id FROM program"))


def _catch_up(writer: CatalogueWriter, copy: sqlite3.Connection, server: Server, latest: Version) -> None:
    """Bring a copy to the master's latest version; it is made anew if it has another history."""
    since = _version_of(copy)
    if since == latest:
        return
    shared = (
        since and server.execute("SELECT 1 FROM catalogue_version WHERE version = %s AND stamp = %s", since).fetchone()
    )
    if not shared:
        writer.clear()
    after = since[0] if since and shared else 0
    for (key,) in server.execute("SELECT id FROM catalogue_removed WHERE changed > %s", (after,)).fetchall():
        writer.remove_copy(key)
    _copy_sources(writer, copy, server)
    with server.cursor(name="changed") as rows:
        rows.itersize = MANY
        rows.execute(f"SELECT {_COLUMNS} FROM catalogue_program WHERE changed > %s ORDER BY id", (after,))
        for key, _, _, record, missing_since in rows:
            writer.put_copy(key, record, missing_since)
    _copy_edits(copy, server)
    _note(copy, latest)
    writer.touched.clear()


def _copy_sources(writer: CatalogueWriter, copy: sqlite3.Connection, server: Server) -> None:
    found = server.execute(f"SELECT {', '.join(SOURCE)} FROM catalogue_source").fetchall()
    for name, *values in found:
        writer.source(name, **dict(zip(SOURCE[1:], values, strict=True)))
    kept = {name for name, *_ in found}
    gone = [name for (name,) in copy.execute("SELECT name FROM source") if name not in kept]
    for name in gone:
        writer.remove_source(name)


def _copy_edits(copy: sqlite3.Connection, server: Server) -> None:
    """Have just those changes by staff in a copy that the master has; an older version's master has none."""
    if server.execute("SELECT to_regclass('catalogue_edit')").fetchone() == (None,):
        return
    theirs = {key for (key,) in server.execute("SELECT id FROM catalogue_edit").fetchall()}
    ours = {key for (key,) in copy.execute("SELECT id FROM edit")}
    copy.executemany("DELETE FROM edit WHERE id = ?", [(key,) for key in ours - theirs])
    sql = f"SELECT {', '.join(EDIT)} FROM catalogue_edit WHERE id = ANY(%s)"
    copy.executemany(INSERT_EDIT, server.execute(sql, (list(theirs - ours),)).fetchall())


def _publish_edits(copy: sqlite3.Connection, server: Server) -> None:
    """Have just those changes by staff in the master that the copy has, which was brought up to date before."""
    ours = {key for (key,) in copy.execute("SELECT id FROM edit")}
    theirs = {key for (key,) in server.execute("SELECT id FROM catalogue_edit").fetchall()}
    server.execute("DELETE FROM catalogue_edit WHERE id = ANY(%s)", (list(theirs - ours),))
    new = [row for row in copy.execute(f"SELECT {', '.join(EDIT)} FROM edit") if row[0] not in theirs]
    with server.cursor() as cursor:
        cursor.executemany(f"INSERT INTO catalogue_edit VALUES ({', '.join(['%s'] * len(EDIT))})", new)


def _publish(writer: CatalogueWriter, copy: sqlite3.Connection, server: Server, version: int) -> None:
    """Write what has changed into the master, as its next version."""
    stamp = uuid.uuid4().hex
    server.execute(
        "INSERT INTO catalogue_version (version, stamp, format) VALUES (%s, %s, %s)", (version, stamp, FORMAT)
    )
    server.execute("DELETE FROM catalogue_source")
    with server.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO catalogue_source ({', '.join(SOURCE)}) VALUES ({', '.join(['%s'] * len(SOURCE))})",
            copy.execute(f"SELECT {', '.join(SOURCE)} FROM source").fetchall(),
        )
    touched = sorted(writer.touched)
    for table in ("catalogue_program", "catalogue_removed"):
        server.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", (touched,))
    there = set(_send(copy, server, touched, version))
    with server.cursor().copy("COPY catalogue_removed (id, changed) FROM STDIN") as rows:
        for key in touched:
            if key not in there:
                rows.write_row((key, version))
    _publish_edits(copy, server)
    _forget(server, version - KEPT_VERSIONS)
    _note(copy, (version, stamp))


def _send(copy: sqlite3.Connection, server: Server, keys: Iterable[int], version: int) -> Iterator[int]:
    """Send programs to the master and yield their ids; those that are gone are left out."""
    with server.cursor().copy(f"COPY catalogue_program ({_COLUMNS}, changed) FROM STDIN") as rows:
        left = iter(keys)
        while some := list(islice(left, MANY)):
            for row in copy.execute(f"{_LOCAL} WHERE p.id IN ({', '.join(map(str, some))})"):
                rows.write_row((*row, version))
                yield row[0]


def _forget(server: Server, before: int) -> None:
    """Forget versions that hardly a copy still has, and which programs were removed by then."""
    server.execute("DELETE FROM catalogue_version WHERE version < %s", (before,))
    server.execute("DELETE FROM catalogue_removed WHERE changed < %s", (before,))


def _note(copy: sqlite3.Connection, version: Version) -> None:
    copy.execute("DELETE FROM copy_of")
    copy.execute("INSERT INTO copy_of VALUES (?, ?)", version)
