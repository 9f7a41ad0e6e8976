"""The sample catalogue: made-up programs to try the advisor with, the same for the same day."""

from __future__ import annotations

import subprocess
from collections import Counter
from contextlib import closing
from datetime import date, timedelta

from catalogue.store.reader import CatalogueReader
from catalogue.store.writer import FILE_NAME
from core.settings import PROJECT_ROOT, process_environment
from demo.sample_catalogue import PROGRAMS, sample_programs, write_sample

TODAY = date(2026, 11, 29)


def test_sample_is_the_same_for_a_day() -> None:
    programs = sample_programs(TODAY)
    assert programs == sample_programs(TODAY)
    assert len({program.key for program in programs}) == PROGRAMS


def test_sample_is_varied() -> None:
    programs = sample_programs(TODAY)
    offerings = [offering for program in programs for offering in program.offerings]
    assert len({subject for program in programs for subject in program.subjects}) >= 25
    assert {one.place for one in offerings} >= {"Cork", "Galway", "Limerick", "Leuven", "Porto", "Tartu"}
    assert {one.mode for one in offerings} >= {"online", "in-person", "hybrid"}
    assert {one.schedule for one in offerings} >= {"evening", "weekend", "self-paced"}
    categories = {price.category for program in programs for price in program.prices}
    assert categories == {"", "home", "international", "member"}
    assert any(price.amount == 0 for program in programs for price in program.prices)
    assert any(not program.prices for program in programs) and any(not program.level for program in programs)


def test_starts_lie_around_the_day() -> None:
    starts = [one.start for program in sample_programs(TODAY) for one in program.offerings if one.start]
    assert min(starts) < TODAY and max(starts) <= TODAY + timedelta(days=550)
    assert sum(start > TODAY for start in starts) > len(starts) / 2


def test_a_name_stands_at_two_colleges() -> None:
    named = Counter({(program.name, program.provider) for program in sample_programs(TODAY)})
    colleges = Counter(name for name, _ in named)
    assert colleges["First Aid at Work"] > 1


def test_sample_is_written_again_without_leftovers(tmp_path) -> None:
    write_sample(tmp_path / FILE_NAME, TODAY - timedelta(days=400))
    write_sample(tmp_path / FILE_NAME, TODAY)
    with closing(CatalogueReader(tmp_path / FILE_NAME)) as catalogue:
        assert list(catalogue.all_records("sample")) == sample_programs(TODAY)


def test_command_writes_the_sample(tmp_path) -> None:
    environment = {**process_environment(), "ADVISOR_CATALOGUE_DIR": str(tmp_path)}
    argv = ["./advisor", "demo", "catalogue", "--today", TODAY.isoformat()]
    done = subprocess.run(argv, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"{PROGRAMS} made-up programs" in done.stdout and "catalogue remove sample" in done.stdout
