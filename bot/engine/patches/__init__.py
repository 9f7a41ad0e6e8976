"""Patches: faster replacements of parts of Rasa, one file each, guarded by the digests of the code that they replace.

Each file says what Rasa does and why that is slow, what is done instead, what guards it, and what it gains: the CPU time of a
turn without this patch less that with all of them. `registry.py` lists them and applies those that are safe for a loaded
model. docs/engine.md says how the gains were measured.
"""
