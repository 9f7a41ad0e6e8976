"""Normalise text and judge its wording: spelling, code mixing, language, negation."""
