"""How to tell a database of ours, for those who write it and those who read it."""

from __future__ import annotations

APPLICATION_ID = 0x41447631  # "ADv1"
SCHEMA_VERSION = 1
PAGE_SIZE = 4096
VECTOR_LENGTH = 384
REBUILD = "Run 'advisor knowledge build'."
