"""Fixtures of all rooms; each room keeps its own in a file of its own."""

import sys

pytest_plugins = ["tests.knowledge_fixtures", "tests.engine_fixtures", "tests.patch_fixtures"]
# Each environment runs its own: ./advisor pytest the engine's, ./advisor front pytest the front's.
collect_ignore_glob = ["front"] if sys.version_info < (3, 11) else ["test_*.py"]
