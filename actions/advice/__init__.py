"""Advises a person from what they said of themselves."""
