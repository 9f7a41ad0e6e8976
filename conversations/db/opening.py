"""Opens the conversations database that the settings name."""

from __future__ import annotations

from conversations.db.database_copy import is_unfinished
from conversations.db.store import Store, sqlite_url
from conversations.errors import StoreError
from core.guide_pack import shared_dir
from core.settings import Settings


def open_store(settings: Settings, alone: bool = True) -> Store:
    """Return the conversations database, its tables migrated to this version.

    With `alone`, lock it as a front: on SQLite no other one may work on it, on PostgreSQL several share it.

    Raises:
        StoreError: Another front works on it, somebody is replacing it, or it is an unfinished copy.
    """
    store = store_of(settings)
    if alone:
        store.lock()
    store.upgrade()
    if store.run(is_unfinished):
        store.close()
        raise StoreError("This database is an unfinished copy. Run the same `advisor db copy` again, then go on.")
    return store


def store_of(settings: Settings) -> Store:
    """Return the conversations database as it is, not opened yet."""
    url = settings.database_url or sqlite_url(shared_dir(settings) / "conversations.db")
    return Store(url, settings.database_synchronous)
