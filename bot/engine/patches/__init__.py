"""Faster replacements of parts of Rasa, each guarded."""
