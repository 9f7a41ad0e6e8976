"""Entries are written into their files as a person would: what is not changed stays, and each file is parsed once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from difflib import unified_diff
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from core.settings import PROJECT_ROOT
from knowledge.building.load import collect_files
from knowledge.building.source_schema import Slot
from knowledge.building.sources import Findings, SourceFile, read_folder
from knowledge.editing.csv_rows import with_rows
from knowledge.editing.draft_check import SourceChecks
from knowledge.editing.entries import Change, Entry, entries_of
from knowledge.editing.overlay import Place, overlaid, require_written
from tests.knowledge_fixtures import write_sources

OURS = PROJECT_ROOT / "knowledge"
CSV = (
    "key,name,type,fields,price,currency,source\r\n"
    + '"nurse","Nursing, short",short-diploma,nursing; leadership,12.5,EUR,benefits\r\n'
)
CSV += "other,Other one,short-diploma,nursing,,,benefits\r\n"


def live_in(files: list[SourceFile]) -> dict[Place, Entry]:
    return entries_of(collect_files(files, "knowledge", Findings()))


def changed_lines(files: list[SourceFile], changes: list[Change]) -> list[str]:
    """Return the lines that changes take out of the sources and put in; what they say must stand there after it."""
    live = live_in(files)
    written = overlaid(files, changes, live, "knowledge")
    require_written(live, changes, live_in(written))
    before, after = ([line for each in side for line in each.data.decode().splitlines()] for side in (files, written))
    return [line for line in unified_diff(before, after, lineterm="", n=0) if not line.startswith(("---", "+++", "@@"))]


def with_fields(entry: Entry, **fields: object) -> Change:
    return Change(entry.kind, entry.key, {**entry.content, **fields}, entry.fingerprint)


@pytest.fixture(scope="module")
def ours() -> list[SourceFile]:
    """Return the project's own sources."""
    return read_folder(OURS)


def test_entries_that_are_as_they_were_change_no_byte(ours) -> None:
    live = live_in(ours)
    assert len({kind for kind, _ in live}) == 14
    assert changed_lines(ours, [with_fields(entry) for entry in live.values()]) == []


def test_change_of_a_row_is_the_change_of_a_line(ours) -> None:
    live = live_in(ours)
    place, field, name = live["place", "london"], live["field", "nursing"], live["other name", "institution/duke"]
    changes = [
        with_fields(place, aliases=[*place.content["aliases"], "big: smoke"]),
        with_fields(field, name="Nursing science"),
        Change("strength", "nursing/uk", {"field": "nursing", "place": "uk", "source": "benefits"}),
        Change(name.kind, name.key, None, name.fingerprint),
    ]
    lines = changed_lines(ours, changes)
    assert sorted(line[0] for line in lines) == ["+", "+", "+", "-", "-", "-"]
    assert "+  - {key: london, name: London, aliases: [londres, 'big: smoke'], part_of: uk}" in lines
    assert "+  - {field: nursing, place: uk, source: benefits}" in lines
    assert any("name: Nursing science" in line for line in lines)


def test_many_changes_parse_a_file_once(ours) -> None:
    """A page of 300 drafts took half a minute."""
    live = live_in(ours)
    changes = [with_fields(entry, note="Changed.") for entry in live.values() if entry.kind == "place"]
    parsed = 0

    def count(frame, event, argument) -> None:
        nonlocal parsed
        parsed += event == "call" and frame.f_code is YAML.compose.__code__

    sys.setprofile(count)
    try:
        overlaid(ours, changes, live, "knowledge")
    finally:
        sys.setprofile(None)
    assert len(changes) > 100 and parsed <= 1


def test_row_of_a_table_is_changed_and_the_others_stay(tmp_path) -> None:
    sources = tmp_path / "knowledge"
    write_sources(sources, {"catalogue/programs.csv": CSV.encode(), "catalogue/programs.yml": None})
    files = read_folder(sources)
    nurse = live_in(files)["program", "nurse"]
    new = {"key": "late", "name": 'The "late" one', "type": "short-diploma", "mode": "online", "source": "benefits"}
    lines = changed_lines(files, [with_fields(nurse, price=13.0), Change("program", "late", new)])
    assert lines == [
        "-key,name,type,fields,price,currency,source",
        '-"nurse","Nursing, short",short-diploma,nursing; leadership,12.5,EUR,benefits',
        "+key,name,type,fields,price,currency,source,mode",
        '+nurse,"Nursing, short",short-diploma,nursing; leadership,13,EUR,benefits,',
        '+late,"The ""late"" one",short-diploma,,,,benefits,online',
    ]


def test_row_below_one_with_a_rare_line_separator_is_changed() -> None:
    table = 'key,name\na,"one\u2028two\x0cthree"\nb,old\nc,last\n'.encode()
    slots = {"key": Slot("key"), "name": Slot("text")}
    assert with_rows(table, {"b": {"key": "b", "name": "new"}}, slots) == table.replace(b"old", b"new")


@pytest.mark.parametrize("before", ["strengths: []\n", "# none yet\n", None])
def test_first_row_of_a_file_and_the_last_one(tmp_path, before) -> None:
    sources = tmp_path / "knowledge"
    write_sources(sources, {"catalogue/strengths.yml": before})
    files = read_folder(sources)
    row = {"field": "nursing", "place": "uk", "source": "benefits"}
    first = overlaid(files, [Change("strength", "nursing/uk", row)], live_in(files), "knowledge")
    assert live_in(first)["strength", "nursing/uk"].content == row
    gone = overlaid(first, [Change("strength", "nursing/uk", None)], live_in(first), "knowledge")
    assert next(each for each in gone if each.path.endswith("strengths.yml")).data.endswith(b"strengths: []\n")


@pytest.mark.parametrize(
    ("fields", "field", "what"),
    [
        ({"part_of": "ukk"}, "part_of", "names the unknown destination"),
        ({"aliases": ["manchester"]}, "aliases", "names two entries"),
        ({"name": ""}, "name", "'name' is missing"),
    ],
)
def test_problem_of_a_row_on_one_line_is_told_beside_its_field(fields, field, what) -> None:
    checks = SourceChecks(OURS)
    entry = checks.entries()["place", "london"]
    content = {name: value for name, value in {**entry.content, **fields}.items() if value}
    checked = checks.check([Change("place", "london", content, entry.fingerprint)])
    [problem] = checked.problems["place", "london"]
    assert problem.field.split("/")[0] == field and what in problem.what and checked.elsewhere == ()


def test_copy_of_the_projects_guide_merges_what_a_release_changes(tmp_path) -> None:
    """The commands of the docs, done as they stand: other lines are put together, the same ones are told."""
    text = (PROJECT_ROOT / "docs/guide-packs.md").read_text(encoding="utf-8")
    begin, upgrade = (part for part in re.findall(r"```sh\n(.*?)```", text, re.S) if "$own" in part)
    project, own = tmp_path / "project", tmp_path / "own"
    for place in ("data", "knowledge/guide", "knowledge/catalogue", "training/evaluation"):
        shutil.copytree(PROJECT_ROOT / place, project / place)
    begin = begin.replace("/opt/advisor", str(project)).replace("~/our-guide", str(own))
    shell(begin)
    guide, visa = "knowledge/guide/challenges.yml", "short-term visa limits can be a challenge"
    change(own / guide, visa, "visa limits are a challenge")
    shell(f"git -C {own} commit -qam 'by an editor'")
    change(project / guide, "owner: Guide editors", "owner: The guide's editors")
    upgrade = begin.splitlines()[0] + "\n" + begin[begin.index("take()") : begin.index("git init")] + upgrade
    shell(upgrade.replace("./advisor knowledge check", ""))
    merged = (own / guide).read_text(encoding="utf-8")
    assert "visa limits are a challenge" in merged and "owner: The guide's editors" in merged
    change(project / guide, visa, "short visas can be a challenge")
    told = shell(upgrade.replace("./advisor knowledge check", ""), well=False)
    assert f"Merge conflict in {guide}" in told
    shell(f"git -C {own} merge --abort")
    assert (own / guide).read_text(encoding="utf-8") == merged


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def shell(commands: str, well: bool = True) -> str:
    """Run commands in a shell with nobody's own settings of git, and return what they said."""
    who = {f"GIT_{role}_{what}": "them@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", **who}
    done = subprocess.run(["bash", "-ec", commands], capture_output=True, text=True, env=environment)
    assert (done.returncode == 0) == well, done.stdout + done.stderr
    return done.stdout
