"""Finding in the organisation's own programs: by wishes, by names, side by side."""
