"""The front's log: one JSON object a line, with no message text, no tokens and no query strings.

An error is logged by its kind and place, never by its words: those of databases and libraries hold what people wrote.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

QUIET = (
    "httpx",
    "httpcore",
    "alembic",
    "sqlalchemy",
    "telegram",
    "slack_bolt",
    "slack_sdk",
    "asyncio",
    "uvicorn.access",
)


ROOT = Path(__file__).resolve().parent.parent


def set_up() -> None:
    """All of Python's logging goes through structlog; libraries that print addresses or payloads speak only of trouble."""
    shared = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _kind_and_place,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").addFilter(_names_no_socket)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _names_no_socket(record: logging.LogRecord) -> bool:
    """uvicorn writes each websocket's network address and query down."""
    return '"WebSocket' not in str(record.msg)


def _kind_and_place(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For structlog: an exception becomes its kind, its causes' kinds and the places it passed."""
    error = (event.pop("exc_info", None) or (None, None))[1]
    if event.get("logger") == "asyncio":
        event["event"] = str(event["event"]).splitlines()[0]  # the next lines show the error's words
    if error is None:
        return event
    event["places"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in _frames(error)]
    kinds = []
    while error is not None:
        kinds.append(type(error).__name__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    event["error"] = kinds
    return event


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    return list(traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False))


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
