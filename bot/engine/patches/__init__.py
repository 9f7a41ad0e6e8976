"""Patches: faster replacements of parts of Rasa, one file each, guarded by the digests of the code that they replace.

Each file says what Rasa does and why that is slow, what is done instead, what guards it, and what it gains (CPU a turn,
measured by `scripts/measure-patches`). `registry.py` lists them and applies those that are safe for a loaded model.
"""
