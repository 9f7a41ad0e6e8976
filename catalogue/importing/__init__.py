"""Brings an organisation's own programs from the files that it has."""
