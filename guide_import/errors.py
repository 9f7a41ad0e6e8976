"""Errors of an import; each message is one line that names the file and says what to do."""

from __future__ import annotations


class GuideImportError(Exception):
    """Base of the errors of an import that a person can put right; nothing was written."""


class FileRefused(GuideImportError):
    """A file cannot be read as what it seems to be, or is larger than an import takes."""


class ImportRefused(GuideImportError):
    """An import was asked for in a way that cannot be done, or made nothing."""
