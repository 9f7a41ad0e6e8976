"""Tuning of the sentence model: a low-rank adapter, made by hand with PyTorch and committed (docs/encoder.md)."""
