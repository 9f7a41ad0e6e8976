"""The migrations make just what tables.py says, on both databases."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from conversations import tables
from conversations.searching import search
from conversations.store import MIGRATIONS
from tests.front.console_fixtures import postgres_url, said, store


def migrate(store, way, revision):
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        getattr(command, way)(config, revision)


def test_migrations_make_the_picture(store):
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": tables.in_picture})
        assert compare_metadata(context, tables.metadata) == []


def test_console_tables_can_be_taken_back(store):
    one = said(store, "a", "what was said before stays")
    migrate(store, "downgrade", "0001")
    migrate(store, "upgrade", "head")
    assert list(store.run(search, "before stays").by_conversation) == [one]


def test_search_index_survives_its_own_check(store):
    said(store, "a", "one")
    said(store, "a", "two")
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE message SET text = 'three' WHERE text = 'one'")
        if store.is_sqlite:
            connection.exec_driver_sql("INSERT INTO message_words(message_words, rank) VALUES ('integrity-check', 1)")
    assert store.run(search, "three").by_conversation and not store.run(search, "one").by_conversation
