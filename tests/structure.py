"""scripts/structure.py as a module, for the tests that read which module needs which."""

from __future__ import annotations

import importlib.util
import sys

from core.settings import PROJECT_ROOT

_spec = importlib.util.spec_from_file_location("structure", PROJECT_ROOT / "scripts" / "structure.py")
assert _spec is not None and _spec.loader is not None
structure = importlib.util.module_from_spec(_spec)
sys.modules["structure"] = structure
_spec.loader.exec_module(structure)
