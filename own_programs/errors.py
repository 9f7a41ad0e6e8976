"""Errors of the catalogue; each message says what to do."""

from __future__ import annotations


class CatalogueError(Exception):
    """Base of the catalogue's errors that a person can put right."""


class CatalogueMissing(CatalogueError):
    """There is no catalogue yet."""


class CatalogueDamaged(CatalogueError):
    """The catalogue's file cannot be read, or another version wrote it."""


class CatalogueUnreachable(CatalogueError):
    """The catalogue's master in PostgreSQL does not answer, or refuses."""


class CatalogueTooSlow(CatalogueError):
    """A query was cut off at its time limit."""


class UnknownSource(CatalogueError):
    """The catalogue has no source of this name."""


class UnknownProgram(CatalogueError):
    """The catalogue has no program of this key or name."""


class FileUnreadable(CatalogueError):
    """A file that was to be imported is not one that can be read."""


class MappingWrong(CatalogueError):
    """A mapping file cannot be used."""


class ImportUsage(CatalogueError):
    """An import was asked for in a way that cannot be done."""


class UploadGone(CatalogueError):
    """An uploaded file is no longer kept."""
