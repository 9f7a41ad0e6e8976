"""Answers from relations and operations over the catalogue."""
