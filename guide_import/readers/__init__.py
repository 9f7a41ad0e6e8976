"""Readers of files: each gives the passages of one kind of file."""
