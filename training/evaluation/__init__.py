"""Evaluation: scores of held-out phrasings, and regression conversations."""
