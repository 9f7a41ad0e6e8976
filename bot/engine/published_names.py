"""Keeps the reader in step with the catalogue's names as they are published, so that new ones need no training."""

from __future__ import annotations

import json
import logging
import os
import threading
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
    """The names in a file that the knowledge base's build writes, looked at for each message and read when it was replaced.

    Messages are understood in several threads: one of them reads the file, and the others go on with the names before.
    """

    def __init__(self, file: Path) -> None:
        self._file = str(file)  # as text: a path as an object costs more than the look
        self._stamp: tuple[int, ...] = ()
        self._known: Reader | None = None  # kept here: a thread may bring an older reader than another has made
        self._looking = threading.Lock()

    def known_to(self, reader: Reader | None) -> Reader | None:
        """Return a reader that knows the names as they are published now; a file that cannot be read changes nothing."""
        if reader is None:
            return None  # nothing is trained yet
        if self._looking.acquire(blocking=False):
            try:
                self._look(reader)
            finally:
                self._looking.release()
        return self._known or reader

    def _look(self, reader: Reader) -> None:
        try:
            stat = os.stat(self._file)
        except OSError:
            return  # the names so far are all that there are
        stamp = stat.st_mtime_ns, stat.st_size, stat.st_ino
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            made = read_names(Path(self._file))
            self._known = reader.with_names(made["names"], made["words"])
        except Exception as error:  # whatever stands in the file: no message may be lost by it
            logger.error("the published names cannot be read: %s", type(error).__name__)
