"""Turns what stands in a file into the values of a program record."""
