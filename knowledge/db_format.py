"""Identifies a knowledge database, for the code that writes it and the code that reads it."""

from __future__ import annotations

from knowledge.hashed_words import HASHED

APPLICATION_ID = 0x41447631  # "ADv1"
SCHEMA_VERSION = 5
PAGE_SIZE = 4096
VECTOR_LENGTH = 384
WITH_WORDS = VECTOR_LENGTH + HASHED  # numbers in the vector of a claim or question before it is turned along the axes
AXES = 128  # numbers in the vector of a claim or of a question that it answers (knowledge/axes.py)
REBUILD = "Run 'advisor knowledge build'."
