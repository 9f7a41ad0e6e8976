"""The front's log: one JSON object a line, with no message text, no tokens and no query strings.

An error is logged by its kind and place, never by its words: those of databases and libraries hold what people wrote.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import Processor

from core.library_logs import LibrariesAside, hush, is_ours, kinds_of, places_of

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


ROOT = Path(__file__).resolve().parents[2]
_ADD_EXTRA = structlog.stdlib.ExtraAdder()


def set_up() -> None:
    """Send all logging through structlog; libraries log the place of trouble and nothing else (core.library_logs)."""
    hush()
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _extra,
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
    handler.addFilter(LibrariesAside())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _extra(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the extra fields of our own lines, for structlog; those of libraries may hold anything."""
    return _ADD_EXTRA(logger, method, event) if is_ours(event["_record"].name) else event


def _kind_and_place(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its class, its causes' classes and the places that it passed, for structlog."""
    error = (event.pop("exc_info", None) or (None, None))[1]
    event["event"] = str(event["event"]).strip()
    if error is None:
        return event
    event["places"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in places_of(error)]
    event["error"] = kinds_of(error)
    return event


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
