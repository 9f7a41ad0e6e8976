"""Looks for what is wrong or missing in the catalogue."""
