"""Writes programs to files that other programs read."""
