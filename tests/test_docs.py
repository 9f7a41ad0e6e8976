"""The docs name what exists, and everything that exists and matters to their reader is in them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT
from knowledge.building.catalogue_schema import FILES
from knowledge.building.source_schema import TOPIC_FILE
from tests.structure import structure

PAGES = [PROJECT_ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted((PROJECT_ROOT / "docs").glob("*.md"))
TEXTS = {page.relative_to(PROJECT_ROOT).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
TARGETS = re.findall(r"^([a-z-]+):.*##", (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
ROOMS = structure.ROOMS
# A path from a folder of the project, or the dotted name of a module; capitals stand for what the reader puts there.
PLACES = "|".join([*ROOMS, "data", "deploy", "docs", "requirements", "scripts", "widget"])
PATH = re.compile(rf"(?<![\w./-])((?:{PLACES})/[a-z0-9_./@-]*[a-z0-9_/])(?![\w*{{<])")
MODULE = re.compile(rf"(?<![\w./-])((?:{'|'.join(ROOMS)})(?:\.[a-z_]+)+)(?![\w.@/(-])")
SUFFIXES = (".md", ".html", ".db", ".log", ".service", ".target")  # of files, though they look like modules
MADE = re.compile(r"widget/dist|.*/\.|data/generated|channels/toy")  # what set-up or training makes; an example
SHAPES = {**{place: shape for place, shape in FILES.items() if place.endswith(".yml")}, "guide/SECTION.yml": TOPIC_FILE}


@pytest.mark.parametrize("page", TEXTS)
def test_make_commands_exist(page) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", TEXTS[page], re.MULTILINE))
    assert named <= set(TARGETS)


def test_every_make_command_has_help() -> None:
    shown = subprocess.run(["make", "help"], cwd=PROJECT_ROOT, capture_output=True, text=True).stdout
    assert re.findall(r"make ([a-z-]+) +[A-Z]", shown) == TARGETS


def test_readme_names_the_two_commands() -> None:
    assert re.search(r"^make run ", TEXTS["README.md"], re.MULTILINE)
    assert re.search(r"^make test ", TEXTS["README.md"], re.MULTILINE)


@pytest.mark.parametrize("page", TEXTS)
def test_links_lead_somewhere(page) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", TEXTS[page])
    missing = [link for link in links if not (PROJECT_ROOT / page).parent.joinpath(link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", [page for page in TEXTS if page != "CHANGELOG.md"])  # which tells of what was
def test_named_files_exist(page) -> None:
    """Find every file, folder and module that the page names in code or in a drawing."""
    missing = {name for name in _named(TEXTS[page]) if not _exists(name)}
    examples = set(re.findall(r"\bas `([^`]+)`", TEXTS[page]))  # "write the view as `console/views/new.py`"
    assert {name for name in missing - examples if not MADE.match(name)} == set()


def _named(text: str) -> list[str]:
    prose = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)  # examples have names of their own
    return PATH.findall(text) + [name for name in MODULE.findall(prose) if not name.endswith(SUFFIXES)]


def _exists(name: str) -> bool:
    if "/" in name:
        return (PROJECT_ROOT / name).exists()
    return structure.resolved(name) is not None and structure.resolved(name) not in ROOMS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("see `bot/nothing.py`", "bot/nothing.py"),
        ("`actions/nothing/` holds it", "actions/nothing/"),
        ("-> scripts/nothing  by hand", "scripts/nothing"),
        ("see `bot.nothing.main`", "bot.nothing.main"),
    ],
)
def test_missing_name_is_noticed(text, name) -> None:
    assert _named(text) == [name] and not _exists(name)


def test_index_lists_every_page() -> None:
    pages = {Path(page).name for page in TEXTS if page.startswith("docs/")} - {"index.md"}
    assert pages <= set(re.findall(r"\]\(([a-z-]+\.md)\)", TEXTS["docs/index.md"]))


@pytest.mark.parametrize("place", SHAPES)
def test_knowledge_page_has_every_field(place) -> None:
    sections = re.split(r"^## ", TEXTS["docs/knowledge.md"], flags=re.MULTILINE)
    section = next((each for each in sections if each.removeprefix("knowledge/").startswith(place)), None)
    assert section, f"docs/knowledge.md has no section '## {place}'"
    shape = SHAPES[place]
    required = re.findall(r"`([a-z_]+)` \*", section)
    named = re.findall(r"`([a-z_]+)`", section)
    fields = {**shape.entry, **shape.head}  # an entry may have an owner and a day of its own
    assert [name for name in fields if name not in named] == []
    assert [name for name, slot in fields.items() if slot.required != (name in required)] == []
