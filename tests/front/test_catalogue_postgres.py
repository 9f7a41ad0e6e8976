"""The own programs in PostgreSQL, with a copy on each machine: imports, their ends, concurrent ones, what copies make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import httpx
import psycopg
import pytest

from core.settings import Settings
from own_programs.errors import CatalogueUnreachable
from own_programs.records import BY_HAND, Offering, Price, ProgramRecord
from own_programs.search.find import CatalogueSearch
from own_programs.search.names import NameIndex
from own_programs.search.wishes import Wishes, WordWish
from own_programs.store.edits import NOT_THERE, EditedMeanwhile, edits_of, removals, state_of
from own_programs.store.master import refresh
from own_programs.store.reader import CatalogueReader
from own_programs.store.sources import all_sources
from own_programs.store.writer import FILE_NAME, master_of, schema_of, writing
from tests.front.fork_server import run_command
from tests.front.processes import free_port, until

pytestmark = pytest.mark.postgres
PACK = "alder-street"
TODAY = date(2027, 1, 15)
KILNS = ProgramRecord(
    "ours",
    "kilns",
    "Kiln Building at Night",
    provider="Harbour Mills College",
    subjects=("Pottery",),
    prices=(Price(90.0, "EUR"),),
    offerings=(Offering(date(2027, 3, 1), mode="in-person", place="Cork"),),
)
GLAZES = replace(KILNS, source_key="glazes", name="Glazes and Slips")
CSV = "code,title,fee,city\nk1,Kiln Building,90 EUR,Cork\nk2,Glazes,120 EUR,Galway\n"
TABLES = "catalogue_version, catalogue_source, catalogue_program, catalogue_removed, catalogue_edit"


@dataclass(frozen=True)
class Machine:
    """A machine of the advisor, with its copy in a folder of its own."""

    folder: Path
    master: str

    @property
    def file(self) -> Path:
        """Return the copy's file."""
        return self.folder / "catalogue" / FILE_NAME

    def put(self, *programs: ProgramRecord) -> None:
        """Write programs of the source "ours"."""
        with writing(self.file, self.master) as writer:
            writer.source("ours")
            for program in programs:
                writer.put(program)

    def names(self) -> dict[int, str]:
        """Return ids and names of all programs, after the copy was brought up to date."""
        refresh(self.file, self.master)
        with closing(CatalogueReader(self.file)) as reader:
            return {row[0]: row[1] for row in reader.rows("SELECT id, name FROM program WHERE missing_since IS NULL")}

    def advisor(self, *arguments: str | Path, **environment: str) -> CompletedProcess[str]:
        """Run a command of the advisor here."""
        ours = {
            "ADVISOR_VAR_DIR": str(self.folder),
            "ADVISOR_KNOWLEDGE_DB": str(Settings().knowledge_db),
            "ADVISOR_DATABASE_URL": self.master,
            "PATH": "/usr/bin:/bin",
        }
        return run_command(*map(str, arguments), environment={**ours, **environment})


@pytest.fixture
def machine(postgres: str, tmp_path: Path) -> Iterator[Callable[[str], Machine]]:
    """Return a function that makes a machine by its name; at the end all that they have written is removed."""
    yield lambda name: Machine(tmp_path / name, postgres)
    with psycopg.connect(libpq(postgres), autocommit=True) as server:
        server.execute(f"DROP TABLE IF EXISTS {TABLES}; DROP SCHEMA IF EXISTS {schema_of(PACK)} CASCADE")


def libpq(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")


def test_import_on_one_machine_is_there_on_another(machine, tmp_path) -> None:
    here, there, file = machine("here"), machine("there"), tmp_path / "courses.csv"
    file.write_text(CSV, encoding="utf-8")
    done = here.advisor("catalogue", "import", file, "--yes")
    assert done.returncode == 0 and "2 new" in done.stdout, done.stdout + done.stderr
    shown = there.advisor("catalogue", "show")
    assert "Kiln Building" in shown.stdout and "Glazes" in shown.stdout, shown.stderr
    assert here.names() == there.names(), "an id is the same everywhere: pages and conversations name it"
    again = there.advisor("catalogue", "import", file, "--yes")
    assert "2 the same" in again.stdout, again.stdout + again.stderr


def test_guide_packs_have_programs_of_their_own(machine, postgres, tmp_path) -> None:
    first, settings = machine("first"), Settings(database_url=postgres)
    own = [Machine(tmp_path / name, master_of(replace(settings, pack=PACK))) for name in ("here", "there")]
    first.put(KILNS)
    assert not refresh(own[0].file, own[0].master), "the first pack's are not theirs"
    own[0].put(GLAZES)
    assert list(own[1].names().values()) == ["Glazes and Slips"]
    assert list(first.names().values()) == ["Kiln Building at Night"]


def test_round_trip_loses_nothing(machine, tmp_path) -> None:
    here, there, file = machine("here"), machine("there"), tmp_path / "all.jsonld"
    made = here.advisor("demo", "catalogue")
    assert made.returncode == 0, made.stderr
    assert there.advisor("catalogue", "export", file, "--format", "schema-org").returncode == 0
    back = there.advisor("catalogue", "import", file, "--source", "sample")
    assert "0 new, 0 changed, 300 the same" in back.stdout, back.stdout + back.stderr


def test_what_ends_changes_and_goes_is_followed(machine) -> None:
    here, there = machine("here"), machine("there")
    here.put(KILNS, GLAZES, replace(KILNS, source_key="wheels", name="Wheels"))
    assert sorted(there.names().values()) == ["Glazes and Slips", "Kiln Building at Night", "Wheels"]
    with writing(here.file, here.master) as writer:
        writer.put(replace(KILNS, name="Kilns by Day"))
        writer.mark_missing("ours", "glazes", TODAY)
        writer.remove("ours", "wheels")
    assert there.names() == here.names() and list(there.names().values()) == ["Kilns by Day"]
    there.put(GLAZES)
    assert sorted(here.names().values()) == ["Glazes and Slips", "Kilns by Day"], "it has come back"
    assert here.advisor("catalogue", "remove", "ours").returncode == 0
    assert there.names() == {}
    with closing(CatalogueReader(there.file)) as reader:
        assert all_sources(reader) == []


def test_copy_is_searched_as_the_file_is(machine) -> None:
    here, there = machine("here"), machine("there")
    here.put(KILNS, GLAZES)
    assert there.names()
    with closing(CatalogueSearch(there.file)) as search:
        found = search.find(Wishes(words=(WordWish(("kiln",)),), places=("cork",), max_price=100.0), TODAY)
        assert [match.record for match in found.matches] == [KILNS]
        assert [(facet.label, facet.count) for facet in search.facets("places")] == [("Cork", 2)]
    with closing(NameIndex(there.file)) as names:
        assert "Glazes and Slips" in [match.label for match in names.find("how much is glazes and slips?")]
    here.put(replace(GLAZES, name="Slipware"))
    assert there.names()
    with closing(NameIndex(there.file)) as names:
        assert names.find("glazes and slips") == [] and names.find("slipware")


def test_what_staff_changed_is_known_everywhere(machine) -> None:
    one, other = machine("one"), machine("other")
    one.put(KILNS, GLAZES)
    other.names()
    with writing(other.file, other.master) as writer:
        writer.edit(replace(KILNS, contact="Ann"), state_of(KILNS), "ann", "she answers now")
    one.names()
    with closing(CatalogueReader(one.file)) as reader:
        [edit] = edits_of(reader, "ours", "kilns")
        assert (edit.who, edit.why, edit.after.contact) == ("ann", "she answers now", "Ann")
    with writing(one.file, one.master) as writer, pytest.raises(EditedMeanwhile):
        writer.edit(replace(KILNS, contact="Bo"), state_of(KILNS), "bo", "")
    with writing(one.file, one.master) as writer:
        assert list(writer.standing_edits("ours")) == ["kilns"]
        writer.remove_source("ours")
    other.names()
    with closing(CatalogueReader(other.file)) as reader:
        assert edits_of(reader, "ours", "kilns") == []


def test_what_staff_entered_and_removed_is_known_everywhere(machine) -> None:
    one, other = machine("one"), machine("other")
    raku = ProgramRecord(BY_HAND, "0123456789ab", "Raku Firing")
    with writing(one.file, one.master) as writer:
        writer.edit(raku, NOT_THERE, "ann", "")
    with writing(other.file, other.master) as writer:
        writer.take_out(raku, state_of(raku), "bo", "they closed", TODAY)
    assert list(one.names().values()) == []
    with closing(CatalogueReader(one.file)) as reader:
        assert [(each.program, each.who, each.after) for each in removals(reader)] == [(raku, "bo", None)]
    with writing(one.file, one.master) as writer:
        writer.edit(raku, NOT_THERE, "cleo", "Put back")
    assert list(other.names().values()) == ["Raku Firing"]
    with closing(CatalogueReader(other.file)) as reader:
        assert removals(reader) == []
        assert [each.who for each in edits_of(reader, BY_HAND, raku.source_key)] == ["cleo", "bo", "ann"]


def test_concurrent_imports_lose_nothing(machine) -> None:
    machines = [machine(name) for name in ("one", "two", "three")]

    def bring(number: int) -> None:
        own = [replace(KILNS, source_key=f"{number}-{each}", name=f"Course {number}-{each}") for each in range(40)]
        machines[number % 3].put(*own)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(bring, range(6)))
    named = [each.names() for each in machines]
    assert named[0] == named[1] == named[2] and len(set(named[0].values())) == 240


def test_refresh_that_waits_for_an_import_takes_nothing_back(machine, postgres) -> None:
    here, there = machine("here"), machine("there")
    here.put(KILNS)
    there.put(GLAZES)  # the copy here is behind now
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND query LIKE %s"
    with ThreadPoolExecutor(1) as pool, psycopg.connect(libpq(postgres), autocommit=True) as server:
        with writing(here.file, here.master) as writer:
            writer.put(replace(KILNS, source_key="wheels", name="Wheels"))
            following = pool.submit(refresh, here.file, here.master)
            until(lambda: server.execute(waiting, ("%FROM catalogue_version ORDER BY%",)).fetchone() == (1,))
        following.result()
    with closing(CatalogueReader(here.file)) as reader:
        assert sorted(one.name for one in reader.all_records()) == [
            "Glazes and Slips",
            "Kiln Building at Night",
            "Wheels",
        ]


def test_failing_import_is_kept_nowhere(machine, tmp_path) -> None:
    here, there = machine("here"), machine("there")
    here.put(KILNS)
    with pytest.raises(RuntimeError), writing(here.file, here.master) as writer:
        writer.put(GLAZES)
        raise RuntimeError
    assert list(here.names().values()) == list(there.names().values()) == ["Kiln Building at Night"]
    file = tmp_path / "courses.csv"
    file.write_text(CSV, encoding="utf-8")
    assert here.advisor("catalogue", "import", file, "--yes", "--dry-run").returncode == 0
    assert list(there.names().values()) == ["Kiln Building at Night"]


def test_catalogue_that_was_there_becomes_the_master(machine) -> None:
    here, there = machine("here"), machine("there")
    with writing(here.file) as writer:
        writer.source("ours", owner="ann@example.org")
        writer.put(KILNS)
    assert here.names() == there.names() != {}
    with closing(CatalogueReader(there.file)) as reader:
        assert [source.owner for source in all_sources(reader)] == ["ann@example.org"]


def test_file_of_its_own_is_put_aside(machine) -> None:
    here, there = machine("here"), machine("there")
    here.put(KILNS)
    with writing(there.file) as writer:
        writer.source("other")
        writer.put(replace(GLAZES, source="other"))
    assert list(there.names().values()) == ["Kiln Building at Night"]
    (aside,) = there.file.parent.glob(f"{FILE_NAME}.before-postgresql-*")
    with closing(CatalogueReader(aside)) as reader:
        assert [program.name for program in reader.all_records()] == ["Glazes and Slips"]


def test_copy_follows_a_backup_that_was_put_back(machine) -> None:
    """Put the rows of then in place of those of now, as pg_restore does with what pg_dump wrote."""
    here, tables = machine("here"), TABLES.split(", ")
    here.put(KILNS)
    with psycopg.connect(libpq(here.master)) as server:
        kept = {table: server.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
    here.put(replace(KILNS, name="Kilns by Day"), GLAZES)
    assert len(here.names()) == 2
    with psycopg.connect(libpq(here.master)) as server:
        server.execute(f"TRUNCATE {TABLES}")
        for table, rows in kept.items():
            marks = [", ".join(["%s"] * len(row)) for row in rows]
            for row, places in zip(rows, marks, strict=True):
                server.execute(f"INSERT INTO {table} VALUES ({places})", row)
    here.put(replace(GLAZES, name="Slipware"))  # a later version of the same number as before
    assert sorted(here.names().values()) == ["Kiln Building at Night", "Slipware"]
    with psycopg.connect(libpq(here.master)) as server:
        server.execute("DELETE FROM catalogue_program WHERE source_key = 'glazes'")
        server.execute("DELETE FROM catalogue_version WHERE version > 1")
    assert list(here.names().values()) == ["Kiln Building at Night"]


def test_copy_answers_while_postgresql_is_away(machine) -> None:
    here = machine("here")
    here.put(KILNS)
    away = replace(here, master=f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none")
    with pytest.raises(CatalogueUnreachable, match="Nothing was changed"):
        away.put(GLAZES)
    done = away.advisor("catalogue", "sources")
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "PostgreSQL" in done.stderr
    with closing(CatalogueSearch(here.file)) as search:
        assert search.count() == 1


def test_running_front_follows(machine, postgres_database, new_engine, new_front) -> None:
    there = machine("there")
    front = new_front(new_engine(), database_url=there.master, catalogue_pages="on")

    def shown(name: str) -> bool:
        return name in httpx.get(f"{front.url}/programs", trust_env=False).text

    assert not shown("Kiln Building")
    there.put(KILNS)
    until(lambda: shown("Kiln Building"), "the page of what was brought elsewhere")
