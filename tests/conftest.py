"""Fixtures of all rooms; each room keeps its own in a file of its own."""

pytest_plugins = ["tests.knowledge_fixtures", "tests.engine_fixtures"]
