"""Finds in which form and how many things a message wants."""
