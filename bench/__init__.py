"""Measures the advisor, and Rasa's defaults beside it; run by `./advisor bench ...` (docs/bench.md)."""
