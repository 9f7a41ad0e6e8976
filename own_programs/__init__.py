"""The organisation's own programs: their records, how they are imported, kept, found and exported."""
