"""The build: whole or not at all, the same bytes each time, and honest about what is stale."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from knowledge.building.build import BuildReport, build, check, is_current, remarks_on
from knowledge.db_format import APPLICATION_ID, AXES, SCHEMA_VERSION, WITH_WORDS
from knowledge.errors import BuildFailed, SourcesRefused, VectorsUnusable
from knowledge.knowledge_base import open_knowledge
from tests.knowledge_fixtures import SOURCES, word_vectors, write_sources

ROOT = Path(__file__).parent.parent


def build_in(folder: Path, encode=None) -> BuildReport:
    return build(folder / "knowledge", folder / "var" / "knowledge.db", folder / "data" / "generated", encode)


def current(folder: Path, **options: bool) -> bool:
    return is_current(folder / "knowledge", folder / "var" / "knowledge.db", folder / "data" / "generated", **options)


def test_report_says_what_was_built(sources, tmp_path) -> None:
    report = build_in(tmp_path, word_vectors)
    assert (report.counts["topic"], report.counts["program"], report.counts["open_subject"]) == (3, 3, 1)
    assert report.counts["passage"] == report.vectors == 6
    assert report.generated == ("topics.yml", "names.json")


def test_names_that_are_everyday_words_are_noted(sources, tmp_path) -> None:
    assert build_in(tmp_path).remarks == ()
    country = "catalogue/destinations.yml"
    write_sources(
        sources, {country: SOURCES[country].replace("aliases: [canadian]", "aliases: [canadian, no, more]", 1)}
    )
    told = [str(each) for each in build_in(tmp_path).remarks]
    assert len(told) == 2 and "'no' is an everyday word, so it names 'canada' only where the words around it" in told[0]
    assert "'more' is an everyday word" in told[1] and "longer name" in told[1]
    assert remarks_on(sources) == list(build_in(tmp_path).remarks)


def test_database_is_marked_ours(sources, tmp_path) -> None:
    with sqlite3.connect(build_in(tmp_path).database) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_every_reference_is_a_foreign_key(sources, tmp_path) -> None:
    with sqlite3.connect(build_in(tmp_path).database) as connection:
        for table, column in (("program", "type"), ("destination", "platform"), ("topic_item", "leads_to")):
            keys = {row[3] for row in connection.execute(f"PRAGMA foreign_key_list({table})")}
            indexed = {
                row[2]
                for index in connection.execute(f"PRAGMA index_list({table})").fetchall()
                for row in connection.execute(f"PRAGMA index_info({index[1]})")
            }
            assert column in keys and (column in indexed or column == "platform")


@pytest.mark.parametrize("encode", [None, word_vectors], ids=["words", "vectors"])
def test_same_sources_same_bytes(tmp_path, encode) -> None:
    built = []
    for name in ("one", "two"):
        write_sources(tmp_path / name / "knowledge")
        report = build_in(tmp_path / name, encode)
        generated = tmp_path / name / "data" / "generated"
        built.append([path.read_bytes() for path in (report.database, *sorted(generated.iterdir()))])
    assert built[0] == built[1]


def test_rebuild_gives_same_bytes(sources, tmp_path) -> None:
    first = build_in(tmp_path).database.read_bytes()
    report = build_in(tmp_path)
    assert report.database.read_bytes() == first and report.generated == ()


def test_hash_seed_changes_nothing(sources, tmp_path) -> None:
    first = build_in(tmp_path).database.read_bytes()
    assert run_build(tmp_path, environment={"PYTHONHASHSEED": "1"}) == 0
    assert (tmp_path / "var" / "knowledge.db").read_bytes() == first


def test_only_the_product_is_left(sources, tmp_path) -> None:
    build_in(tmp_path)
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == [".knowledge.db.lock", "knowledge.db"]
    assert sorted(path.name for path in (tmp_path / "data" / "generated").iterdir()) == ["names.json", "topics.yml"]


def test_unchanged_generated_files_stay(sources, tmp_path) -> None:
    build_in(tmp_path)
    topics = tmp_path / "data" / "generated" / "topics.yml"
    os.utime(topics, (1, 1))
    build_in(tmp_path)
    assert topics.stat().st_mtime == 1


def test_failed_encoder_changes_nothing(sources, tmp_path) -> None:
    before = build_in(tmp_path).database.read_bytes()
    for encode in (lambda texts: np.zeros((len(texts), 3)), lambda texts: np.full((len(texts), 384), np.nan)):
        with pytest.raises(VectorsUnusable):
            build_in(tmp_path, encode)
    assert (tmp_path / "var" / "knowledge.db").read_bytes() == before


def test_failed_write_leaves_old(sources, tmp_path, monkeypatch) -> None:
    before = build_in(tmp_path).database.read_bytes()
    monkeypatch.setattr(
        "knowledge.building.schema.create_indexes", lambda db: db.execute("INSERT INTO nowhere VALUES (1)")
    )
    with pytest.raises(BuildFailed, match="no such table: nowhere"):
        build_in(tmp_path)
    assert (tmp_path / "var" / "knowledge.db").read_bytes() == before
    assert not list((tmp_path / "var").glob("*.building*"))


def test_unwritable_place_is_said(sources, tmp_path) -> None:
    (tmp_path / "var").write_text("a file, not a folder")
    with pytest.raises(BuildFailed, match="Check the disk"):
        build_in(tmp_path)


BUILD = """
import os, sys
from pathlib import Path
import knowledge.building.build as build

def die_in(holder, name, after):
    real, calls = getattr(holder, name), []
    def dying(*given, **named):
        calls.append(name)
        if len(calls) > after:
            os._exit(9)
        return real(*given, **named)
    setattr(holder, name, dying)

where, folder = sys.argv[1], Path(sys.argv[2])
if where:
    holder, name, after = where.split(".")
    die_in({"build": build, "schema": build.schema, "os": os}[holder], name, int(after))
build.build(folder / "knowledge", folder / "var" / "knowledge.db", folder / "data" / "generated")
"""


def run_build(folder: Path, where: str = "", environment: dict | None = None) -> int:
    """In a process of its own, which ends itself (9) when it reaches `where`: module, function, calls let through."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    command = [sys.executable, "-c", BUILD, where, str(folder)]
    return subprocess.run(command, env=environment, timeout=60).returncode


@pytest.mark.parametrize(
    "where",
    [
        "build._write_database.0",
        "schema.create_tables.0",
        "schema.create_indexes.0",
        "schema.finish_file.0",
        "os.fsync.0",
        "os.replace.0",
        "os.fsync.1",
        "os.replace.1",
        "os.replace.2",
    ],
)
def test_killed_build_leaves_whole_database(sources, tmp_path, where) -> None:
    build_in(tmp_path)
    new = {
        "guide/benefits.yml": ("will my", "does my"),
        "catalogue/modes.yml": ("remote", "home"),
    }  # so all files are new
    write_sources(sources, {place: SOURCES[place].replace(*words) for place, words in new.items()})
    assert run_build(tmp_path, where) == 9
    knowledge = open_knowledge(tmp_path / "var" / "knowledge.db")
    assert knowledge.topic("challenges/visa").title == "Visas and travel"
    assert not current(tmp_path) and json.loads((tmp_path / "data" / "generated" / "names.json").read_bytes())
    build_in(tmp_path)
    assert current(tmp_path)
    assert not list(tmp_path.glob("*/*.building*")) + list(tmp_path.glob("*/*/*.building*"))


def test_builds_wait_for_each_other(sources, tmp_path) -> None:
    trouble: list[BaseException] = []

    def attempt() -> None:
        try:
            build_in(tmp_path)
        except BaseException as error:
            trouble.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not trouble and current(tmp_path)


@pytest.mark.parametrize(
    "place, content",
    [
        ("knowledge/guide/faq.yml", "x"),
        ("knowledge/catalogue/modes.yml", SOURCES["catalogue/modes.yml"] + "# note\n"),
        ("data/generated/topics.yml", "x"),
        ("data/generated/names.json", None),
        ("var/knowledge.db", None),
        ("var/knowledge.db", "x"),
        ("var/knowledge.db", ""),
    ],
)
def test_any_change_makes_stale(sources, tmp_path, place, content) -> None:
    build_in(tmp_path)
    assert current(tmp_path)
    (tmp_path / place).unlink(missing_ok=True)
    if content is not None:
        (tmp_path / place).write_text(content)
    assert not current(tmp_path)


def test_vectors_asked_for_are_missed(sources, tmp_path) -> None:
    build_in(tmp_path)
    assert current(tmp_path) and not current(tmp_path, vectors=True)
    build_in(tmp_path, word_vectors)
    assert current(tmp_path, vectors=True)


CLAIM = """\
    claims:
      - say: Yes, you speak better after living abroad.
        form: yes_no
        asks:
          - does living there help my English
          - would I speak better afterwards
"""


def test_axes_are_found_anew_only_for_other_claims(tmp_path) -> None:
    """A changed fact takes over the axes of the database that is there; changed claims do not, nor do broken axes."""
    folder, mark = tmp_path / "knowledge", np.full(AXES, 0.5, "<f4").tobytes()

    def first_axis(say: str = CLAIM, more: str = "", first: bytes = mark, left: int = WITH_WORDS) -> bytes:
        write_sources(folder, {"guide/benefits.yml": SOURCES["guide/benefits.yml"] + say})
        visa = folder / "guide/challenges.yml"
        visa.write_text(visa.read_text().replace("Ask early.", "Ask early." + more))
        with closing(sqlite3.connect(build_in(tmp_path, word_vectors).database)) as db, db:
            (axis,) = db.execute("SELECT vector FROM claim_axis WHERE position = 0").fetchone()
            db.execute("UPDATE claim_axis SET vector = ? WHERE position = 0", [first])
            db.execute("DELETE FROM claim_axis WHERE position >= ?", [left])
        return bytes(axis)

    other = CLAIM.replace("Yes", "Mostly")
    found = first_axis()
    assert found != mark and first_axis(more=" Or late.") == mark
    assert first_axis(other) not in (mark, b"") and first_axis(other, left=7) == mark
    assert first_axis(other, first=b"?") != mark and first_axis(other) not in (mark, b"?")
    assert first_axis(other) == mark and first_axis() == found
    there, before = tmp_path / "elsewhere" / "knowledge.db", tmp_path / "var" / "knowledge.db"
    build(folder, there, tmp_path / "generated", word_vectors, before=before)
    with closing(sqlite3.connect(there)) as db:
        assert db.execute("SELECT vector FROM claim_axis WHERE position = 0").fetchone() == (mark,)


def test_check_changes_nothing(sources, tmp_path) -> None:
    assert [(problem.file, problem.what) for problem in check(sources, tmp_path / "data" / "generated")] == [
        ("data/generated/names.json", "the file is missing"),
        ("data/generated/topics.yml", "the file is missing"),
    ]
    assert not (tmp_path / "data").exists()


def test_check_finds_stale_files(sources, tmp_path) -> None:
    build_in(tmp_path)
    generated = tmp_path / "data" / "generated"
    assert check(sources, generated) == []
    (generated / "topics.yml").write_text("edited by hand")
    assert [str(problem) for problem in check(sources, generated)] == [
        "data/generated/topics.yml:1: this is not what knowledge/ gives today. Run 'advisor knowledge build'."
    ]


def test_check_prefers_source_problems(sources, tmp_path) -> None:
    (sources / "guide" / "faq.yml").write_text("x: [")
    assert [problem.file for problem in check(sources, tmp_path / "generated")] == ["knowledge/guide/faq.yml"]


def test_spreadsheet_programs_are_read(tmp_path) -> None:
    csv = "\ufeffkey,name,type,fields,hours_per_week,start,price,currency,source\r\n"
    csv += '"nurse","Nursing, short",short-diploma,nursing; leadership,5,2027-03-01,12.5,EUR,benefits\r\n,,,,,,,,\r\n'
    write_sources(tmp_path / "knowledge", {"catalogue/programs.csv": csv.encode()})
    program = open_knowledge(build_in(tmp_path).database).program("nurse")
    assert program.name == "Nursing, short" and [field.key for field in program.fields] == ["nursing", "leadership"]
    assert (program.price, program.currency, program.start.isoformat()) == (12.5, "EUR", "2027-03-01")


def test_kind_is_listed_whole_or_refused(sources, tmp_path) -> None:
    roles, types = sources / "guide/roles.yml", sources / "catalogue/types.yml"
    roles.write_text(roles.read_text() + "  - key: types\n    topic: faq/5-visa\n")
    build(sources, tmp_path / "knowledge.db", tmp_path / "generated")
    types.write_text(types.read_text().replace("    focus:", "    topic: benefits/language\n    focus:", 1))
    with pytest.raises(SourcesRefused, match=r"types.yml:2: 'challenges/visa' lists each type and leaves"):
        build(sources, tmp_path / "knowledge.db", tmp_path / "generated")
