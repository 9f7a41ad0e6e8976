"""Writes proposals as a draft of a guide pack: YAML that a person reads and accepts, topic by topic. All or nothing."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import FoldedScalarString, LiteralScalarString

from guide_import.errors import ImportRefused
from guide_import.proposal import Proposal, key_of, title_of
from guide_import.records import one_line
from knowledge.building.build import check_drafts
from knowledge.building.load import collect
from knowledge.building.source_schema import FEWEST_ASKS
from knowledge.building.sources import Findings

GUIDE = Path("knowledge/guide")
REPORT = "import-report.md"
WIDTH = 120
FOLDED_FROM = 90  # characters from which a text is written on several lines
NOTE = "# Drafts of an import. Read each topic, mend it, and set `accepted: true` (or: ./advisor guide accept).\n"


@dataclass(frozen=True)
class About:
    """What a new pack says of itself: the subject in the words that texts need, who looks after it, whom to ask."""

    subject: str
    thing: str = "course"
    things: str = "courses"
    owner: str = "office"
    contact: str = "the people behind this guide"


def write_draft(folder: Path, proposals: list[Proposal], about: About, report: str) -> dict[str, list[str]]:
    """Write a new pack, or add to one that is there; return the keys of the new topics by their file.

    Raises ImportRefused; the folder is then as it was.
    """
    beside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        if folder.exists():
            _require_pack(folder)
            shutil.copytree(folder, beside, symlinks=True)
        else:
            _begin(beside, about)
        written = _add(beside, proposals, about)
        (beside / REPORT).write_text(report, encoding="utf-8")
        problems, _ = check_drafts(beside / "knowledge")
        if problems:
            raise ImportRefused(f"What was made would not pass the checks, so nothing was written: {problems[0]}")
        _swap(beside, folder)
    except OSError as error:
        raise ImportRefused(f"{folder}: nothing was written ({error.strerror or error}).") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return written


def replace_files(texts: Mapping[Path, str]) -> None:
    """Give files new texts: all of them or, raising ImportRefused, none.

    All are written beside the old ones first, so that what can fail does before the first is replaced; if a replacement
    fails all the same, those before it are put back.
    """
    made = {path: path.with_name(f".{path.name}.new") for path in texts}
    before = {path: path.read_bytes() for path in texts}
    replaced: list[Path] = []
    try:
        for path, text in texts.items():
            made[path].write_text(text, encoding="utf-8")
        for path in texts:
            os.replace(made[path], path)
            replaced.append(path)
    except OSError as error:
        for path in replaced:
            path.write_bytes(before[path])
        raise ImportRefused(f"{error.filename}: nothing was changed ({error.strerror or error}).") from None
    finally:
        for path in made.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)


def taken_phrasings(folder: Path) -> list[str]:
    """Return the phrasings that a pack has already, its drafts' as well."""
    collection = collect(folder / "knowledge", Findings(), with_drafts=True)
    return [text for kind in ("topic", "subject") for row in collection.of(kind) for text in row.list("ask")]


def _require_pack(folder: Path) -> None:
    if not (folder / GUIDE / "sections.yml").is_file():
        raise ImportRefused(f"{folder}: this folder is no guide pack. Name a new folder, or one of an earlier import.")


def _swap(made: Path, folder: Path) -> None:
    """Put the new folder in place of the old one, which is kept until that is done."""
    before = folder.with_name(f".{folder.name}.before")
    shutil.rmtree(before, ignore_errors=True)
    if folder.exists():
        os.replace(folder, before)
    try:
        os.replace(made, folder)
    except OSError:
        if before.exists():
            os.replace(before, folder)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _begin(folder: Path, about: About) -> None:
    """Write the files that a new pack has beside its topics."""
    (folder / GUIDE).mkdir(parents=True)
    (folder / "evaluation" / "phrasings").mkdir(parents=True)
    (folder / "evaluation" / "talks").mkdir()
    head = {"owner": about.owner, "reviewed": date.today()}
    other = {
        "key": "other",
        "title": "Something else",
        "say": "I don't find an answer to that in what I know.",
        "nearest": "Perhaps one of these comes near to it.",
        "whom": about.contact,
        "ask": ["something that none of these answers tells"],
    }
    _put(folder / GUIDE / "pack.yml", _pack(about), "# What this guide is about, in the words that replies need.\n")
    _put(folder / GUIDE / "sections.yml", {"sections": []})
    _put(folder / GUIDE / "not-stated.yml", {**head, "subjects": [other]})
    _put(folder / GUIDE / "roles.yml", {"roles": [{"key": "anything-else", "topic": "not-stated/other"}]})


def _pack(about: About) -> dict[str, Any]:
    subject = about.subject
    say = {
        "greet": f"Hello! I'm an automated advisor, and I answer questions on {subject}. What would you like to know?",
        "help": f"I answer questions on {subject} from a guide, and say so when it doesn't hold the answer; then a person can "
        "help. Just ask in your own words.",
        "out_of_scope": f"Sorry, that is outside what I know. I can only answer questions on {subject}.",
    }
    texts = [{"key": key, "say": _folded(text)} for key, text in say.items()]
    words = {"subject": subject, "short": subject, "thing": about.thing, "things": about.things}
    widget = [
        {
            "language": "en",
            "greeting": f"Questions on {subject}? Ask me.",
            "welcome": f"Hello! Ask me anything on {subject}.",
        }
    ]
    return {**words, "texts": texts, "widget": widget}


def _add(folder: Path, proposals: list[Proposal], about: About) -> dict[str, list[str]]:
    """Write a file for each section of the proposals; return the keys of its topics."""
    listed = YAML(typ="safe").load(folder / GUIDE / "sections.yml")["sections"] or []
    taken = {each["key"] for each in listed} | {"not-stated", "sections", "roles", "pack"}
    by_section: dict[str, list[Proposal]] = {}
    for proposal in proposals:
        by_section.setdefault(proposal.section or "Questions", []).append(proposal)
    written: dict[str, list[str]] = {}
    for heading, topics in by_section.items():
        key = key_of(heading, taken)
        listed.append({"key": key, "title": title_of(heading), "heading": heading})
        keys: set[str] = set()
        entries = [_entry(f"{key}/{key_of(each.title, keys)}", each) for each in topics]
        path = folder / GUIDE / f"{key}.yml"
        _put(path, {"owner": about.owner, "reviewed": date.today(), "topics": entries}, NOTE)
        written[path.name] = [entry["key"] for entry in entries]
    _put(folder / GUIDE / "sections.yml", {"sections": listed})
    return written


def _entry(key: str, each: Proposal) -> CommentedMap:
    """Return a topic as it is written, with where it was found as a comment."""
    entry = CommentedMap({"key": key, "accepted": False, "title": each.title, "answer": _folded(each.answer)})
    entry.yaml_add_eol_comment(one_line("; ".join(each.places)), "accepted")
    if each.items:
        entry["items"] = [{"name": text} for text in each.items]
    if each.more:
        entry["more"] = _folded(each.more)
    if each.claim and len(each.phrasings) >= FEWEST_ASKS:  # a claim that is asked in one way alone is taken too often
        entry["claims"] = [{"say": _folded(each.claim), "form": each.form, "asks": list(each.phrasings)}]
    entry["ask"] = list(each.phrasings)
    return entry


def _folded(text: str) -> str:
    """Return a text as it is written best: paragraphs as they stand, a long one over several lines."""
    if "\n" in text:
        text = LiteralScalarString(text)
    elif len(text) > FOLDED_FROM:
        text = FoldedScalarString(text)
    return text


def _put(path: Path, content: dict[str, Any], note: str = "") -> None:
    yaml, out = YAML(), io.StringIO()
    yaml.width, yaml.allow_unicode = WIDTH, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(content, out)
    path.write_text(note + out.getvalue(), encoding="utf-8")
