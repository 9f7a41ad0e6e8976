"""The migrations make just what tables.py says, on both databases."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from conversations.db import schema
from conversations.db.search_index import index_batch, unindexed_messages
from conversations.db.store import MIGRATIONS
from conversations.review.filters import Filters, conditions
from conversations.review.search import search_messages
from tests.front.console_fixtures import postgres_url, said, store


def migrate(store, way, revision) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        getattr(command, way)(config, revision)


def test_migrations_make_the_picture(store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": schema.is_ours})
        assert compare_metadata(context, schema.metadata) == []


def test_console_tables_can_be_taken_back(store) -> None:
    one = said(store, "a", "what was said before stays")
    migrate(store, "downgrade", "0001")
    migrate(store, "upgrade", "head")
    assert list(store.run(search_messages, "before stays").by_conversation) == [one]


def test_counts_from_before_guide_packs_stand_with_the_first(store) -> None:
    migrate(store, "downgrade", "0020")
    columns, row = "measure, day, channel, site, name, count", "'asked', '2026-11-30', 'web', '', '', 5"
    with store.engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO daily ({columns}) VALUES ({row})")
        connection.exec_driver_sql(f"INSERT INTO zone_daily (zone, {columns}) VALUES ('Europe/Berlin', {row})")
    migrate(store, "upgrade", "head")
    counted = ("asked", "2026-11-30", "web", "", "", "", 5)
    with store.engine.connect() as connection:
        assert [tuple(each) for each in connection.execute(schema.daily.select())] == [counted]
        assert [tuple(each) for each in connection.execute(schema.zone_daily.select())] == [("Europe/Berlin", *counted)]


def test_index_made_before_is_made_anew(store) -> None:
    one = said(store, "a", "我想学习微证书课程 ＡＢＣ")
    migrate(store, "downgrade", "0006")
    if store.is_sqlite:  # as the version before indexed it
        with store.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO message_words(message_words) VALUES ('rebuild')")
    migrate(store, "upgrade", "head")
    assert list(store.run(search_messages, "微证书 abc").by_conversation) == [one] and not store.run(
        unindexed_messages, 1000
    )


@pytest.mark.parametrize("fact", ["intent", "topic", "outcome", "confidence"])
def test_filter_is_helped_by_its_index(store, fact) -> None:
    [condition] = conditions(Filters(**{fact: "30"}))
    asked = condition.candidates[0].compile(store.engine, compile_kwargs={"literal_binds": True})
    with store.engine.begin() as connection:
        if not store.is_sqlite:  # which else reads a small table whole
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if store.is_sqlite else ''}{asked}").all()
    # PostgreSQL may prefer the index over all the facts, which holds all that is asked for.
    assert f"ix_message_{fact} " in f"{plan} " or (not store.is_sqlite and "ix_message_facts " in f"{plan} ")


def test_search_index_survives_its_own_check(store) -> None:
    said(store, "a", "one")
    said(store, "b", "gone")
    store.run(index_batch)
    said(store, "a", "two")
    late = said(store, "c", "gone before it was indexed")
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE message SET text = 'three' WHERE text = 'one'")
        connection.exec_driver_sql("UPDATE message SET text = 'four' WHERE text = 'two'")
        connection.exec_driver_sql("DELETE FROM message WHERE text = 'gone'")
        connection.exec_driver_sql(f"DELETE FROM conversation WHERE id = '{late}'")
    store.run(index_batch)
    if store.is_sqlite:
        with store.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO message_words(message_words, rank) VALUES ('integrity-check', 1)")
    hits = {
        word: len(store.run(search_messages, word).by_conversation) for word in ("three", "four", "one", "two", "gone")
    }
    assert hits == {"three": 1, "four": 1, "one": 0, "two": 0, "gone": 0}


def test_words_are_indexed_some_at_a_time(store) -> None:
    for text in ("one", "two", "three"):
        said(store, "a", text)  # and an answer to each
    at_a_time = [store.run(index_batch, 4) for _ in range(3)]
    assert at_a_time == ([4, 2, 0] if store.is_sqlite else [0, 0, 0])
    assert not store.run(unindexed_messages, 1000)
    assert all(store.run(search_messages, word).by_conversation for word in ("one", "two", "three"))
