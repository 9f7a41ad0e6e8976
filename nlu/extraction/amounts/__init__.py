"""Finds amounts in a message: numbers, ordinals, dates, lengths of time and prices."""
