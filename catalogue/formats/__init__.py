"""The forms in which programs leave and come back whole: rows of a table, and schema.org."""
