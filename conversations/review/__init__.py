"""Find, read, annotate and export conversations."""
