"""The database of the organisation's own programs."""
