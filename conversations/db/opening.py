"""Opens the conversations database that the settings name."""

from __future__ import annotations

from conversations.db.store import Store, sqlite_url
from core.settings import Settings


def open_store(settings: Settings, alone: bool = True) -> Store:
    """Return the conversations database, its tables migrated to this version.

    With `alone`, lock it so that no other front works on it; raises StoreError if one does already.
    """
    url = settings.database_url or sqlite_url(settings.var_dir / "conversations.db")
    store = Store(url, settings.database_synchronous)
    if alone:
        store.lock()
    store.upgrade()
    return store
