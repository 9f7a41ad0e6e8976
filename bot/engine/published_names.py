"""Keeps the reader in step with the catalogue's names as they are published, so that new ones need no training."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

from nlu.reader import Reader

logger = logging.getLogger(__name__)


class PublishedNames:
    """The names in a file that the knowledge base's build writes, looked at for each message and read when it was replaced."""

    def __init__(self, file: Path) -> None:
        self._file = str(file)  # as text: a path as an object costs more than the look
        self._stamp: tuple[int, ...] = ()

    def known_to(self, reader: Reader) -> Reader:
        """Return a reader that knows the names as they are published now; a file that cannot be read changes nothing."""
        try:
            stat = os.stat(self._file)
        except OSError:
            return reader  # the model's own names are all that there are
        stamp = stat.st_mtime_ns, stat.st_size, stat.st_ino
        if stamp == self._stamp:
            return reader
        self._stamp = stamp
        try:
            made: dict[str, Any] = json.loads(Path(self._file).read_text(encoding="utf-8"))
            return reader.with_names(made["names"], made["words"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.error("the published names cannot be read: %s", type(error).__name__)
            return reader
