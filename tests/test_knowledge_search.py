"""Search: by words, by meaning, and never tripped by what people type."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.building.build import build
from knowledge.knowledge_base import open_knowledge
from tests.knowledge_fixtures import word_vectors, write_sources


@pytest.mark.parametrize(
    "text, first",
    [
        ("visa", "challenges/visa"),
        ("student VISAS", "challenges/visa"),
        ("classes at night", "challenges/timezone"),
        ("inglés", "benefits/language"),
        ("ingles", "benefits/language"),
        ("how much", "not-stated/fees"),
    ],
)
def test_words_find_the_entry(knowledge, text, first) -> None:
    assert knowledge.search(text)[0].topic_key == first


@pytest.mark.parametrize("text", ["", "   ", "?!", "😀", "\ud83d", "\0"])
def test_no_words_find_nothing(knowledge, text) -> None:
    assert knowledge.search(text) == []


@pytest.mark.parametrize(
    "text", ['"', "visa AND", "NEAR(visa", "visa*", "title:visa", "-visa", "visa'); --", "visa " * 5000]
)
def test_operators_are_only_words(knowledge, text) -> None:
    assert isinstance(knowledge.search(text), list)


def test_meaning_finds_without_words(knowledge) -> None:
    (vector,) = word_vectors(["speak better"])
    assert knowledge.search("zzz", vector)[0].topic_key == "benefits/language"


def test_both_rankings_count(knowledge) -> None:
    text = "travel costs money"
    (vector,) = word_vectors([text])
    found = knowledge.search(text, vector)
    assert {found[0].topic_key, found[1].topic_key} == {"not-stated/fees", "challenges/visa"}
    assert 1 >= found[0].score > 0.5


def test_score_is_likeness_of_meaning(knowledge) -> None:
    (vector,) = word_vectors(["Time zones. Live sessions may fall in the middle of your night."])
    assert knowledge.search("night", vector)[0].score == pytest.approx(1)
    assert knowledge.search("night")[0].score == 0


def test_each_entry_stands_once(knowledge) -> None:
    found = [passage.topic_key for passage in knowledge.search("visa travel paperwork costs money", limit=10)]
    assert len(found) == len(set(found)) >= 2


def test_limit_is_kept(knowledge) -> None:
    (vector,) = word_vectors(["visa"])
    assert len(knowledge.search("visa", vector, limit=2)) == 2


def test_passage_is_the_matching_part(knowledge) -> None:
    assert knowledge.search("going there")[0].text == "Travel: going there costs money"


def test_wrong_vector_is_refused(knowledge) -> None:
    with pytest.raises(ValueError, match="3 numbers"):
        knowledge.search("visa", np.zeros(3))


def test_database_without_vectors_searches_words(tmp_path) -> None:
    build(write_sources(tmp_path / "knowledge"), tmp_path / "knowledge.db", tmp_path / "generated")
    (vector,) = word_vectors(["visa"])
    assert open_knowledge(tmp_path / "knowledge.db").search("visa", vector)[0].topic_key == "challenges/visa"
