"""Fixtures of all rooms; each room keeps its own in a file of its own."""

import sys

pytest_plugins = ["tests.knowledge_fixtures", "tests.engine_fixtures"]
# The front's tests need the front's environment: ./advisor front pytest
collect_ignore_glob = ["front/*"] if sys.version_info < (3, 11) else []
