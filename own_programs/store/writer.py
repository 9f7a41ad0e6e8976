"""Opens the catalogue for changes, all of one import or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.settings import Settings
from own_programs.store.schema import MASTER_SCHEMA
from own_programs.store.transaction import CatalogueWriter, transaction

FILE_NAME = "catalogue.db"


def master_of(settings: Settings) -> str:
    """Return the address of the PostgreSQL database that holds the programs; empty if they stand in a file alone.

    Those of a further guide pack stand in a schema of their own there, which the address names.
    """
    url = "" if settings.database_url.startswith("sqlite") else settings.database_url
    return (
        f"{url}{'&' if '?' in url else '?'}{MASTER_SCHEMA}={schema_of(settings.pack)}" if url and settings.pack else url
    )


def schema_of(pack: str) -> str:
    """Return the name of the schema that holds a further pack's programs; hyphens would have to be quoted."""
    return f"guide_{pack.replace('-', '_')}"


@contextmanager
def writing(path: Path, master: str = "") -> Iterator[CatalogueWriter]:
    """Yield a writer whose changes are kept together when the block ends, and not at all if it raises.

    The file is made if need be. Readers see what was there before until then. `master` is the address of the PostgreSQL
    database of which the file is a copy (`master_of`), empty if the file stands alone. Raises
    CatalogueDamaged for a file that is no catalogue of this version, CatalogueUnreachable if the master cannot be written.
    """
    if master:
        from own_programs.store.master import publishing  # whose driver only the front's environment has

        with publishing(path, master) as writer:
            yield writer
    else:
        with transaction(path) as (writer, connection):
            connection.execute("DELETE FROM copy_of")
            yield writer
