"""Writes lessons into the sources, each as one line in its place, so that the change reads like a person's."""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from ruamel.yaml import YAML

from core.contract.intents import ASK_TOPIC
from core.guide_pack import OF_PACK, evaluation_in
from core.settings import PROJECT_ROOT
from knowledge.building.load import NAME_KINDS, Collection, collect, entry_key
from knowledge.building.source_rows import Row
from knowledge.building.sources import Findings
from knowledge.building.text_normalisation import name_form, phrasing_form
from knowledge.building.validate import check_all
from knowledge.editing.name_checks import common_words
from knowledge.errors import SourcesRefused
from training.lessons import Lesson, Taught
from training.name_writer import add_name

CHECK_PREFIX, CHECK_DIGITS = "misread-", 10
WIDTH = 120  # of a line of YAML
COMMON = 5  # phrasings that hold a word which is then nobody's name
EXAMPLE_FILES = ("nlu.yml", "out_of_scope.yml")  # in data/, by hand
BLOCK = re.compile(r"^(?P<indent> *)- intent: (?P<intent>\S+)\s*$")
EXAMPLE = re.compile(r"^\s+- (?P<text>.+)$")


def what_is_taught(project: Path, held_out: Iterable[str] = ()) -> Taught:
    """Return everything that a project teaches now; raises SourcesRefused if its sources have problems."""
    collection = _collected(project)
    forms = {
        phrasing_form(text): entry_key(row)
        for row in collection.of("topic") + collection.of("subject")
        for text in row.list("ask")
    }
    intents = set()
    for intent, text in _examples(project):
        intents.add(intent)
        forms.setdefault(phrasing_form(text), intent)
    return Taught(
        forms,
        collection.entry_keys(),
        frozenset(intents - {ASK_TOPIC}),
        frozenset(held_out),
        names=_names(collection),
        things=frozenset(_nameable(collection)),
        common=common_words(collection, COMMON),
    )


def held_out(project: Path) -> list[str]:
    """Return every phrasing of the evaluation, which must not be taught."""
    read = YAML(typ="safe")
    files = sorted((project / evaluation_in(project) / "phrasings").glob("*.yml"))
    return [each["text"] for file in files for each in read.load(file).get("phrasings", ())]


def talks_dir(project: Path) -> Path:
    """Return the folder of the regression conversations, and of the checks of what was misread."""
    return project / evaluation_in(project) / "talks"


def sources(project: Path) -> list[Path]:
    """Return the files that say what is taught and what is held out."""
    return [
        path
        for folder in ("knowledge", "data", evaluation_in(project) / "phrasings")
        for path in sorted((project / folder).rglob("*.yml"))
    ]


def teach(project: Path, lessons: Iterable[Lesson]) -> dict[Path, int]:
    """Write the lessons into the project's files and return how many each file got; raises SourcesRefused.

    The files are read again afterwards to check them.
    """
    lessons, added = list(lessons), Counter[Path]()
    for lesson in lessons:
        if lesson.is_check:
            added[_write_check(project, lesson)] += 1
        elif lesson.name_of:  # read anew each time, since a new name moves the lines below it
            row = _nameable(_collected(project))[lesson.name_of]
            add_name(path := _file_of(project, row), row, lesson.text)
            added[path] += 1
    added.update(_teach_phrasings(project, [each for each in lessons if not each.is_check and not each.name_of]))
    _collected(project)
    return dict(added)


def _teach_phrasings(project: Path, lessons: list[Lesson]) -> dict[Path, int]:
    """Write the phrasings and return how many each file got."""
    places: dict[Path, list[tuple[int, str]]] = defaultdict(list)
    collection = _collected(project)
    for lesson in lessons:
        path, after, line = _place_of(project, collection, lesson)
        places[path].append((after, line))
    for path, added in places.items():
        _insert(path, added)
    return {path: len(added) for path, added in places.items()}


def _write_check(project: Path, lesson: Lesson) -> Path:
    """Write a check as a conversation of one message, in place of an earlier check of the same words."""
    number = hashlib.sha256(phrasing_form(lesson.text).encode()).hexdigest()[:CHECK_DIGITS]
    path = talks_dir(project) / f"{CHECK_PREFIX}{number}.yml"
    expected = {name: each for name, each in (("thing", lesson.thing), ("form", lesson.form)) if each}
    yaml = YAML()
    yaml.width = WIDTH
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump({"name": lesson.text, "misread": True, "turns": [{"say": lesson.text, **expected}]}, file)
    return path


def _nameable(collection: Collection) -> dict[str, Row]:
    """Return the entries that can get another name, by kind and key; programs of a CSV file cannot."""
    return {
        f"{kind}/{row['key']}": row for kind in NAME_KINDS for row in collection.of(kind) if row.file.endswith(".yml")
    }


def _names(collection: Collection) -> dict[str, str]:
    """Return the names of the catalogue with the entries that they stand for."""
    return {
        name_form(text): f"{kind}/{row['key']}"
        for kind in NAME_KINDS
        for row in collection.of(kind)
        for text in (*(row[each] for each in ("name", "plural") if each in row.values), *row.list("aliases"))
    }


def _file_of(project: Path, row: Row) -> Path:
    return project / "knowledge" / row.file.removeprefix("knowledge/")


def _place_of(project: Path, collection: Collection, lesson: Lesson) -> tuple[Path, int, str]:
    """Return (file, number of the line after which the lesson goes, counted from 1, the new line)."""
    if lesson.topic:
        row = next(row for row in collection.of("topic") + collection.of("subject") if entry_key(row) == lesson.topic)
        path = _file_of(project, row)
        last: int = row.lines["ask"][-1]
        lines = path.read_text(encoding="utf-8").splitlines()
        indent = " " * (len(lines[last - 1]) - len(lines[last - 1].lstrip()))
        return path, _end_of_item(lines, last, len(indent)), f"{indent}- {_as_scalar(lesson.text)}"
    path, last, indent = _last_example(project, lesson.intent)
    return path, last, f"{indent}- {lesson.text}"


def _end_of_item(lines: list[str], first: int, indent: int) -> int:
    """Return the last line of a list item that begins at a line; a long text goes on, indented deeper, on the next ones."""
    last = first
    while last < len(lines) and lines[last].strip() and len(lines[last]) - len(lines[last].lstrip()) > indent:
        last += 1
    return last


def _last_example(project: Path, intent: str) -> tuple[Path, int, str]:
    """Return the file and the line of an intent's last example, and what stands before it."""
    for path in _example_files(project):
        last: tuple[int, str] | None = None
        inside = False
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            block = BLOCK.match(line)
            if block:
                inside = block["intent"] == intent
            elif inside and EXAMPLE.match(line):
                last = number, line[: len(line) - len(line.lstrip())]
        if last:
            return path, *last
    return _begun(project / "data" / EXAMPLE_FILES[0], intent)


def _begun(path: Path, intent: str) -> tuple[Path, int, str]:
    """Begin a pack's own examples of an intent, and return where the first one goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.is_file() else 'version: "3.1"\n\nnlu:\n'
    text = f"{before.rstrip()}\n- intent: {intent}\n  examples: |\n"
    path.write_text(text, encoding="utf-8")
    return path, len(text.splitlines()), "    "


def _example_files(project: Path) -> list[Path]:
    return [path for name in EXAMPLE_FILES if (path := project / "data" / name).is_file()]


def _insert(path: Path, added: list[tuple[int, str]]) -> None:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    left = sorted(added, key=lambda addition: addition[0])
    while left:  # from below, so that the lines above keep their numbers
        lines.insert(*left.pop())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _as_scalar(text: str) -> str:
    """Return a text as a YAML scalar on one line: plain if possible, else in quotes."""
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 10 * len(text) + 100
    yaml.dump([text], out)
    return out.getvalue().removeprefix("- ").rstrip("\n")


def _examples(project: Path) -> Iterable[tuple[str, str]]:
    """Yield (intent, example) of the files that are written by hand."""
    inherited = _example_files(PROJECT_ROOT) if evaluation_in(project) == OF_PACK else []
    for path in (*_example_files(project), *inherited):
        intent = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            block, example = BLOCK.match(line), EXAMPLE.match(line)
            if block:
                intent = block["intent"]
            elif intent and example:
                yield intent, example["text"].strip()


def _collected(project: Path) -> Collection:
    findings = Findings()
    collection = collect(project / "knowledge", findings)
    check_all(collection, findings)
    if findings:
        raise SourcesRefused(findings)
    return collection
