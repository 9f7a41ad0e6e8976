"""Answers from the organisation's own catalogue: search, facts, comparison, overview."""
