"""Turns files of any kind into rows."""
