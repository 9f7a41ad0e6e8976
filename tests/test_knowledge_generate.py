"""The generated files: what Rasa and the name matcher read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.building.build import build
from tests.knowledge_fixtures import SOURCES, write_sources


@pytest.fixture
def generated(sources, tmp_path) -> Path:
    build(sources, tmp_path / "knowledge.db", tmp_path / "generated")
    return tmp_path / "generated"


def names_of(generated) -> dict[tuple[str, str], dict]:
    return {
        (entry["kind"], entry["key"]): entry for entry in json.loads((generated / "names.json").read_bytes())["names"]
    }


def test_files_say_who_wrote_them(generated) -> None:
    for path in generated.iterdir():
        assert "written by advisor knowledge build" in path.read_text(encoding="utf-8").splitlines()[0]


def test_rasa_reads_every_phrasing(generated) -> None:
    rasa_yaml = pytest.importorskip("rasa.shared.nlu.training_data.formats.rasa_yaml")
    reader = rasa_yaml.RasaYAMLReader()
    data = reader.reads((generated / "topics.yml").read_text(encoding="utf-8"))
    found = [(each.get("text"), each.get("metadata")["intent"]["topic"]) for each in data.training_examples]
    assert found == [
        ("will my English improve", "benefits/language"),
        ("¿mejora mi inglés? 😀", "benefits/language"),
        ("Do I need a visa?", "challenges/visa"),
        ("visa probs", "challenges/visa"),
        ("are classes at night for me", "challenges/timezone"),
        ("how much does it cost", "not-stated/fees"),
    ]
    assert {each.get("intent") for each in data.training_examples} == {"ask_topic"}


@pytest.mark.parametrize(
    "phrasing",
    [
        "what's it: # cost?",
        "yes",
        "no",
        "123 go",
        "'quoted'",
        "* star",
        "& and > more",
        "100% sure @ home",
        "--- dashes",
        "naïve über ñ",
    ],
)
def test_awkward_phrasings_reach_rasa(tmp_path, phrasing) -> None:
    rasa_yaml = pytest.importorskip("rasa.shared.nlu.training_data.formats.rasa_yaml")
    source = SOURCES["guide/benefits.yml"].replace("- will my English improve", f"- {json.dumps(phrasing)}")
    sources = write_sources(tmp_path / "knowledge", {"guide/benefits.yml": source})
    build(sources, tmp_path / "knowledge.db", tmp_path / "generated")
    data = rasa_yaml.RasaYAMLReader().reads((tmp_path / "generated" / "topics.yml").read_text(encoding="utf-8"))
    assert data.training_examples[0].get("text") == phrasing


def test_names_of_every_kind(generated) -> None:
    kinds = {kind for kind, _ in names_of(generated)}
    assert kinds == {"destination", "place", "institution", "field", "type", "provider", "industry", "program", "mode"}


def test_name_carries_its_aliases(generated) -> None:
    names = names_of(generated)
    assert names["destination", "uk"] == {
        "kind": "destination",
        "key": "uk",
        "name": "United Kingdom",
        "aliases": ["UK", "uk", "british"],
    }
    assert names["type", "nanodegree"]["aliases"] == ["Nanodegrees"]
    assert names["institution", "mcmaster"]["aliases"] == ["mcmaster"]


def test_other_names_stand_among_kinds(generated) -> None:
    names = names_of(generated)
    assert names["institution", "stanford"]["aliases"] == ["stanford"] and ("provider", "udemy") in names


def test_repeated_alias_is_given_once(tmp_path) -> None:
    source = SOURCES["catalogue/modes.yml"].replace("[remote]", "[remote, ONLINE, Remote]")
    sources = write_sources(tmp_path / "knowledge", {"catalogue/modes.yml": source})
    build(sources, tmp_path / "knowledge.db", tmp_path / "generated")
    assert names_of(tmp_path / "generated")["mode", "online"]["aliases"] == ["remote"]
