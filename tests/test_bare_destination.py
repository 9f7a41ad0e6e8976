"""A destination that is a row and nothing else: no institutions, no fields, no topic. No sentence about it is broken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from actions.comparison import compare
from actions.context import DialogueState, Understanding
from actions.describe import describe
from actions.dialogue.turn import answer_turn
from core.settings import PROJECT_ROOT
from knowledge.building.build import build
from knowledge.knowledge_base import Knowledge, open_knowledge
from tests.program_fixtures import write_catalogue

ROW = """
  - key: atlantis
    name: Atlantis
    short: Atlantis
    adjective: Atlantean
    aliases: [atlantean]
    about: Atlantis is described in one sentence.
    fields: []
    source: destinations
"""
# A colon or a verb before nothing, and two spaces where a list should have been.
BROKEN = re.compile(r"(?::\*{0,2}|\bnames|\bare|\bis|\bask|\bcould ask)\s*(?:\n\s*\n|\n- |[.,;)]|\Z)|\S  \S|\(\)")


@pytest.fixture(scope="module")
def atlantis(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """Build a knowledge base with the row."""
    folder = tmp_path_factory.mktemp("atlantis")
    sources = write_catalogue(folder / "knowledge")
    path = Path(sources / "catalogue/destinations.yml")
    path.write_text(path.read_text(encoding="utf-8").rstrip() + "\n" + ROW, encoding="utf-8")
    build(sources, folder / "knowledge.db", folder / "generated")
    return open_knowledge(folder / "knowledge.db")


@pytest.mark.parametrize(
    ("names", "form", "attributes"),
    [
        ({"destination": ("atlantis",)}, "", ()),
        ({"destination": ("atlantis",)}, "which", ("institutions",)),
        ({"destination": ("atlantis",)}, "how_many", ("institutions", "count")),
        ({"destination": ("atlantis",)}, "which", ("fields",)),
        ({"destination": ("atlantis",)}, "yes_no", ("listed",)),
        ({"destination": ("atlantis",), "field": ("ai",)}, "", ()),
        ({"destination": ("atlantis",), "field": ("ai",)}, "yes_no", ("popular",)),
        ({"destination": ("atlantis", "uk")}, "", ()),
    ],
)
def test_no_sentence_is_broken(atlantis: Knowledge, names, form, attributes) -> None:
    understanding = Understanding("ask_about", 1.0, names, form=form, attributes=attributes)
    answer = answer_turn(atlantis, understanding, DialogueState(), describe)
    assert answer.reply.text
    assert BROKEN.search(answer.reply.text) is None, answer.reply.text


def test_comparison_leaves_out_what_there_is_not(atlantis: Knowledge) -> None:
    understanding = Understanding("compare", 1.0, {"destination": ("atlantis", "uk")})
    text = compare(atlantis, understanding, DialogueState()).reply.text
    assert "**Atlantis** is described in one sentence." in text and text.count("Popular fields:") == 1
    assert BROKEN.search(text) is None, text


def test_broken_sentence_is_found() -> None:
    assert BROKEN.search("- **Institutions named**: \n- **Popular fields**: AI")
    assert BROKEN.search("It names  there, without saying more.")
    assert (PROJECT_ROOT / "knowledge/catalogue/destinations.yml").is_file()
