"""Leaf modules that every room may import: settings, the contract of engine and front, processes, secrets."""
