"""Keeps the reader in step with the catalogue's names as they are published, so that new ones need no training."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

from core.guide_pack import generated_dir
from core.settings import Settings
from nlu.reader import Reader

logger = logging.getLogger(__name__)


NAMES_FILE = "names.json"


def names_file(settings: Settings) -> Path:
    """Return the file of the names, with the words of answers."""
    return generated_dir(settings) / NAMES_FILE


def read_names(file: Path) -> dict[str, Any]:
    """Return what stands in the file: `names` and `words`; raises OSError or ValueError."""
    made: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return made


class PublishedNames:
    """The names in a file that the knowledge base's build writes, looked at for each message and read when it was replaced."""

    def __init__(self, file: Path) -> None:
        self._file = str(file)  # as text: a path as an object costs more than the look
        self._stamp: tuple[int, ...] = ()

    def known_to(self, reader: Reader | None) -> Reader | None:
        """Return a reader that knows the names as they are published now; a file that cannot be read changes nothing."""
        if reader is None:
            return None  # nothing is trained yet
        try:
            stat = os.stat(self._file)
        except OSError:
            return reader  # the model's own names are all that there are
        stamp = stat.st_mtime_ns, stat.st_size, stat.st_ino
        if stamp == self._stamp:
            return reader
        self._stamp = stamp
        try:
            made = read_names(Path(self._file))
            return reader.with_names(made["names"], made["words"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.error("the published names cannot be read: %s", type(error).__name__)
            return reader
