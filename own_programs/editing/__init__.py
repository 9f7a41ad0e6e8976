"""Changing single programs by hand: their fields as a form holds them, read by the checks of an import."""
