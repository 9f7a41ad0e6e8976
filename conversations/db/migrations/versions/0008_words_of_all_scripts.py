"""Index scripts without spaces, such as Chinese, Japanese and Thai, by character; fold text with NFKC."""

from alembic import op

revision = "0008"
down_revision = "0007"

INDEXED = "old.id <= (SELECT max(id) FROM message_words_docsize)"
GONE, CHANGED = "message_words_gone AFTER DELETE ON message", "message_words_changed AFTER UPDATE OF text ON message"
TABLE = """CREATE VIRTUAL TABLE message_words USING fts5(
    text, content='{content}', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3')"""
REBUILD = "INSERT INTO message_words(message_words) VALUES ('rebuild')"
DROPPED = ("DROP TRIGGER message_words_gone", "DROP TRIGGER message_words_changed", "DROP TABLE message_words")

# The SQL function words_as_indexed is defined on every connection that the store opens (conversations/db/search_tokens.py).
SAID = "CREATE VIEW message_said AS SELECT id, words_as_indexed(text) AS text FROM message"

# The same in PostgreSQL. Texts are split into characters only if they may contain one of these scripts.
RANGES = (
    *((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x31F0, 0x31FF)),
    *((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xAC00, 0xD7A3), (0x20000, 0x3FFFF)),
)
IS_CHARACTER = " OR ".join(f"ascii(one) BETWEEN {first} AND {last}" for first, last in RANGES)
POSTGRES = rf"""CREATE OR REPLACE FUNCTION message_words_of(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    WITH folded AS (
        SELECT regexp_replace(normalize(regexp_replace(
            normalize(said, NFKD), U&'[\0300-\036F]', '', 'g'), NFC),
            '[!-/:-@\[-`{{-~\u2010-\u205E\u3000-\u3004\u3008-\u303F]+', ' ', 'g') AS text)
    SELECT to_tsvector('simple', CASE WHEN text ~ '[^\u0001-\u0DFF]' THEN (
        SELECT string_agg(
            CASE WHEN {IS_CHARACTER} THEN ' u' || lpad(to_hex(ascii(one)), 5, '0') || ' ' ELSE one END, '' ORDER BY place)
        FROM unnest(string_to_array(text, NULL)) WITH ORDINALITY AS characters(one, place)
    ) ELSE text END) FROM folded $$"""
POSTGRES_BEFORE = r"""CREATE OR REPLACE FUNCTION message_words_of(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT to_tsvector('simple', regexp_replace(regexp_replace(
        normalize(said, NFD), U&'[\0300-\036F]', '', 'g'), '[!-/:-@\[-`{-~]+', ' ', 'g')) $$"""
# Reindexes only texts that the two functions may tokenize differently, which are few.
OTHERWISE = (
    "UPDATE message_words SET words = message_words_of(text) FROM message"
    " WHERE id = message_id AND text ~ '[^\\u0001-\\u007F]'"
)


def upgrade() -> None:
    _either(_sqlite("message_said", "words_as_indexed({}.text)", SAID), (POSTGRES, OTHERWISE))


def downgrade() -> None:
    before = _sqlite("message", "{}.text")
    _either((*before[: len(DROPPED)], "DROP VIEW message_said", *before[len(DROPPED) :]), (POSTGRES_BEFORE, OTHERWISE))


def _sqlite(content: str, indexed: str, *first: str) -> tuple[str, ...]:
    old, new = indexed.format("old"), indexed.format("new")
    take_out = f"INSERT INTO message_words(message_words, rowid, text) VALUES ('delete', old.id, {old});"
    put_in = f"INSERT INTO message_words(rowid, text) VALUES (new.id, {new});"
    return (
        *DROPPED,
        *first,
        TABLE.format(content=content),
        REBUILD,
        f"CREATE TRIGGER {GONE} WHEN {INDEXED} BEGIN {take_out} END",
        f"CREATE TRIGGER {CHANGED} WHEN {INDEXED} BEGIN {take_out} {put_in} END",
    )


def _either(on_sqlite: tuple[str, ...], on_postgres: tuple[str, ...]) -> None:
    connection = op.get_bind()
    for line in on_sqlite if connection.dialect.name == "sqlite" else on_postgres:
        connection.exec_driver_sql(line)
