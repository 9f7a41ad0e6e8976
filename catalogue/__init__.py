"""The organisation's own programs: their records, how they are imported, kept, found and exported."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any


def __getattr__(name: str) -> Any:
    """Return a name of the library called "catalogue", which spaCy imports and which this room stands before on the path."""
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(_library(), name)


@cache
def _library() -> ModuleType:
    here = Path(__file__).resolve().parents[1]
    elsewhere = [folder for folder in sys.path if Path(folder).resolve() != here]
    spec = PathFinder.find_spec("catalogue", elsewhere)
    if spec is None or spec.loader is None:
        raise AttributeError("there is no library called catalogue here")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
