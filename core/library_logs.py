"""Log lines of libraries, without their text: only that there was a line, and the place in the library's code.

Libraries put into their lines what they were given: whole bodies of requests, addresses, values of database statements. So
their text is left out when a record is made, for all libraries, at any level and whatever handlers they bring. Our own lines,
those of the rooms below, are written with that in mind and stay as they are.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections import defaultdict
from pathlib import PurePath
from typing import Any

OURS = frozenset(
    {
        "__main__",
        "actions",
        "bot",
        "channels",
        "console",
        "conversations",
        "core",
        "demo",
        "knowledge",
        "language_model",
        "nlu",
        "training",
    }
)
# The server's lines about itself: there is nothing of anybody in them, and who starts it wants to read them.
SERVER = "uvicorn.error"
ABOUT_ITSELF = (
    *("Started server process", "Waiting for ", "Application startup", "Application shutdown", "Uvicorn running on"),
    *("Shutting down", "Finished server process", "Invalid HTTP request received.", "Exception in ASGI application"),
)
LEFT_OUT = "words_left_out"
MOST_A_MINUTE = 10  # lines from one place in a library

logger = logging.getLogger(__name__)


def hush() -> None:
    """Keep the text of libraries' log lines and of uncaught errors out of all logs of this process, from now on."""
    logging.setLogRecordFactory(_record)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a line that cannot be formatted would be printed with all that was to go into it
    threading.excepthook = lambda caught: _uncaught("a thread", caught.exc_value)
    sys.unraisablehook = lambda caught: _uncaught("cleaning up", caught.exc_value)


def is_ours(name: str) -> bool:
    """Tell whether a logger is one of the project's own."""
    return name.partition(".")[0] in OURS


def kinds_of(error: BaseException | None) -> list[str]:
    """Return the class names of an error and of its causes; never their messages."""
    kinds = []
    while error is not None:
        kinds.append(type(error).__name__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return kinds


def places_of(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the frames that an error passed, without the text of their lines."""
    return list(traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False))


class LibrariesAside(logging.Filter):
    """Filter for a handler: of libraries it passes warnings and errors only, MOST_A_MINUTE from one place."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[tuple[str, str, int], list[float]] = defaultdict(list)

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is logged."""
        if not getattr(record, LEFT_OUT, False):
            return is_ours(record.name) or self._is_seldom(record)
        return record.levelno >= logging.WARNING and self._is_seldom(record)

    def _is_seldom(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        lines = self._lines[record.name, record.pathname, record.lineno]
        lines[:] = [at for at in lines if at > now - 60]
        if len(lines) >= MOST_A_MINUTE:
            return False
        lines.append(now)
        return True


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **kwargs)
    if record.name is None or is_ours(record.name) or _is_about_itself(record):  # without a name it is to be a copy
        return record
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    where = f"{PurePath(record.pathname).name}:{record.lineno} {record.funcName or ''}".strip()
    record.msg, record.args = f"{record.name} reports something, left out here, at {where}{_named(error)}", None
    record.exc_info = record.exc_text = record.stack_info = None
    setattr(record, LEFT_OUT, True)
    return record


def _is_about_itself(record: logging.LogRecord) -> bool:
    if record.name != SERVER:
        return False
    return isinstance(record.msg, OSError) or str(record.msg).startswith(ABOUT_ITSELF)


def _named(error: BaseException | None) -> str:
    if error is None:
        return ""
    places = ", ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in places_of(error))
    return f": {' from '.join(kinds_of(error))}" + (f" at {places}" if places else "")


def _uncaught(where: str, error: BaseException | None) -> None:
    logger.error("an error of %s was caught by nobody%s", where, _named(error))
