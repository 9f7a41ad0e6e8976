"""Retention, data export and data subjects."""
