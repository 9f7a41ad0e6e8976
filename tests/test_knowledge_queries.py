"""What the knowledge base answers, and how it behaves when the file will not do."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from knowledge.building.build import build
from knowledge.errors import KnowledgeDamaged, KnowledgeMissing, RoleMissing, UnknownKey
from knowledge.knowledge_base import open_knowledge
from tests.knowledge_fixtures import SOURCES, write_sources


@pytest.mark.parametrize("key", ["challenges/visa", "faq/5-visa"])
def test_topic_by_any_key(knowledge, key) -> None:
    topic = knowledge.topic(key)
    assert (topic.key, topic.title, topic.more) == ("challenges/visa", "Visas and travel", "Ask early.")
    assert topic.answer == "Short courses do not always come with a **student visa**."
    assert [source.title for source in topic.sources] == ["Challenges", "Frequent questions"]
    assert [link.title for link in topic.related] == ["Time zones", "Fees and prices"]
    assert (topic.owner, topic.reviewed) == ("Guide editors", date(2026, 11, 23))
    assert knowledge.has_topic(key)


def test_items_lead_to_topics(knowledge) -> None:
    travel, paperwork = knowledge.topic("challenges/visa").items
    assert (travel.name, travel.text, travel.topic.title) == ("Travel", "going there costs money", "Time zones")
    assert (paperwork.text, paperwork.topic) == ("", None)


def test_related_also_key_is_resolved(knowledge) -> None:
    assert [link.key for link in knowledge.topic("challenges/timezone").related] == ["challenges/visa"]


def test_open_subject_by_prefixed_key(knowledge) -> None:
    subject = knowledge.open_subject("not-stated/fees")
    assert (subject.say, subject.whom) == ("The guide gives no fees.", "the provider's admissions office")
    assert [link.key for link in subject.near_topics] == ["challenges/visa"]
    assert knowledge.has_open_subject("not-stated/fees") and not knowledge.has_topic("not-stated/fees")


def test_topics_stand_in_guide_order(knowledge) -> None:
    assert [(topic.key, topic.section.title) for topic in knowledge.topics()] == [
        ("benefits/language", "Benefits"),
        ("challenges/visa", "Challenges"),
        ("challenges/timezone", "Challenges"),
    ]
    assert [(subject.key, subject.section) for subject in knowledge.open_subjects()] == [("not-stated/fees", None)]
    assert [section.key for section in knowledge.sections()] == ["benefits", "challenges", "faq"]


def test_role_leads_to_topic(knowledge) -> None:
    assert knowledge.role("travel") == "challenges/visa"
    assert knowledge.section("faq").title == "Frequent questions"


def test_phrasings_of_an_entry(knowledge) -> None:
    assert knowledge.phrasings("faq/5-visa") == ["Do I need a visa?", "visa probs"]
    assert knowledge.phrasings("not-stated/fees") == ["how much does it cost"]


def test_destination_with_its_lists(knowledge) -> None:
    uk = knowledge.destination("uk")
    assert (uk.name, uk.short, uk.adjective, uk.topic) == ("United Kingdom", "the UK", "British", None)
    assert [field.key for field in uk.fields] == ["public-health", "data-analytics"]
    assert [institution.name for institution in uk.institutions] == ["University of Oxford"]
    assert uk.platform.name == "SkillHub" and uk.source.title == "Benefits"
    assert [field.key for field in knowledge.destination("canada").strengths] == ["public-health"]


def test_lists_keep_source_order(knowledge) -> None:
    assert [destination.key for destination in knowledge.destinations()] == ["canada", "uk"]
    assert [kind.key for kind in knowledge.types()] == ["nanodegree", "short-diploma"]
    assert [industry.key for industry in knowledge.industries()] == ["healthcare", "law"]
    assert [institution.key for institution in knowledge.institutions()] == ["mcmaster", "oxford"]
    assert [field.key for field in knowledge.fields()] == ["data-analytics", "leadership", "nursing", "public-health"]
    assert [provider.key for provider in knowledge.providers()] == ["skillhub", "udacity"]


def test_place_inside_and_outside(knowledge) -> None:
    london, france = knowledge.place("london"), knowledge.place("france")
    assert london.destination.key == "uk" and [field.key for field in london.strengths] == ["data-analytics"]
    assert (france.destination, france.note, france.strengths) == (None, "", ())


def test_catalogue_entries_by_key(knowledge) -> None:
    assert knowledge.institution("oxford").destination.short == "the UK"
    assert knowledge.field("nursing").listed is False and knowledge.field("leadership").listed is True
    assert knowledge.type("nanodegree").providers[0].name == "Udacity"
    assert knowledge.type("nanodegree").examples == ("Data Analyst Nanodegree",)
    assert knowledge.type("short-diploma").topic.key == "challenges/visa"
    assert knowledge.provider("udacity").types[0].name == "Nanodegree"
    assert knowledge.provider("skillhub").destination.short == "the UK"
    assert knowledge.industry("healthcare").acceptance == "prefers-degrees"
    assert (knowledge.industry("law").acceptance, knowledge.industry("law").embraces) == ("", False)
    assert knowledge.mode("online").name == "Online"
    assert knowledge.other_name("provider", "udemy").name == "Udemy"
    assert knowledge.name("destination", "uk").short == "the UK" and knowledge.name("mode", "online").short == "Online"


def test_program_with_all_stated(knowledge) -> None:
    program = knowledge.program("data-analyst")
    assert (program.type.name, program.provider.name, program.mode.name) == ("Nanodegree", "Udacity", "Online")
    assert (program.price, program.currency, program.start) == (900.5, "USD", date(2027, 2, 1))
    assert (program.hours_per_week, program.credits, program.checked_on) == (10, "12 ECTS", date(2026, 11, 20))


def test_program_with_little_stated(knowledge) -> None:
    program = knowledge.program("leadership-diploma")
    assert (program.provider, program.price, program.start, program.mode) == (None, None, None, None)
    assert (program.currency, program.url, program.duration) == ("", "", "")


@pytest.mark.parametrize(
    "ask",
    [
        "topic",
        "open_subject",
        "role",
        "section",
        "destination",
        "place",
        "institution",
        "field",
        "type",
        "provider",
        "industry",
        "program",
        "mode",
    ],
)
@pytest.mark.parametrize("key", ["nowhere", "", "'; DROP TABLE topic; --"])
def test_unknown_key_is_said(knowledge, ask, key) -> None:
    with pytest.raises(UnknownKey):
        getattr(knowledge, ask)(key)


def test_missing_role_names_role_and_file(knowledge) -> None:
    with pytest.raises(RoleMissing, match=r"guide/roles\.yml gives no topic for the role 'recognition'"):
        knowledge.role("recognition")
    assert knowledge.plays("challenges/visa", "travel") and not knowledge.plays(None, "recognition")


def test_unknown_names_are_said(knowledge) -> None:
    for ask in (
        lambda: knowledge.other_name("institution", "udemy"),
        lambda: knowledge.name("sqlite_master", "x"),
        lambda: knowledge.phrasings("faq/none"),
        lambda: knowledge.field_answer("none"),
        lambda: knowledge.types_for_field("none"),
    ):
        with pytest.raises(UnknownKey):
            ask()
    assert knowledge.has_name("field", "nursing") and not knowledge.has_name("field", "udemy")


def test_field_answer_for_listed(knowledge) -> None:
    answer = knowledge.field_answer("data-analytics")
    assert [destination.key for destination in answer.destinations] == ["canada", "uk"]
    assert [(one.field.key, one.where.key) for one in answer.strengths] == [("data-analytics", "london")]
    assert [kind.key for kind in answer.types] == ["nanodegree"]
    assert [program.key for program in answer.programs] == ["data-analyst"]
    assert (answer.near, answer.industries) == ((), ())


def test_field_answer_for_unlisted(knowledge) -> None:
    answer = knowledge.field_answer("nursing")
    assert (answer.destinations, answer.types, answer.programs) == ((), (), ())
    assert [(field.key, [each.key for each in found]) for field, found in answer.near] == [
        ("public-health", ["uk"]),
        ("leadership", ["canada"]),
    ]
    assert [(one.field.key, one.where.key) for one in answer.strengths] == [("public-health", "canada")]
    assert [industry.key for industry in answer.industries] == ["healthcare"]


def test_field_meets_industry_by_area(knowledge) -> None:
    assert [industry.key for industry in knowledge.field_answer("public-health").industries] == ["healthcare"]


def test_stats_count_everything(knowledge) -> None:
    stats = knowledge.stats()
    assert (stats["topic"], stats["phrasing"], stats["program"], stats["vectors"]) == (3, 6, 3, 6)
    assert len(stats["made_from"]) == 64


def test_nothing_can_be_written(knowledge) -> None:
    with pytest.raises(KnowledgeDamaged, match="readonly"):
        knowledge.rows("DELETE FROM topic")


def test_many_threads_ask_at_once(knowledge) -> None:
    def ask(number: int) -> str:
        return knowledge.topic("challenges/visa").title + knowledge.field_answer("nursing").field.name

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(ask, range(300))) == {"Visas and travelNursing"}


def test_entries_are_looked_up_once_and_strange_keys_not_kept(knowledge) -> None:
    assert knowledge.topic("challenges/visa") is knowledge.topic("challenges/visa")
    kept = len(knowledge.found)
    assert not knowledge.has_topic("made-up") and not knowledge.has_name("field", "made-up")
    with pytest.raises(UnknownKey):
        knowledge.topic("made-up")
    assert len(knowledge.found) == kept


def test_file_is_opened_once(knowledge_db, tmp_path, monkeypatch) -> None:
    assert open_knowledge(knowledge_db) is open_knowledge(str(knowledge_db))


def test_replaced_file_is_opened_anew(sources, tmp_path) -> None:
    database = tmp_path / "knowledge.db"
    build(sources, database, tmp_path / "generated")
    old = open_knowledge(database)
    write_sources(
        sources, {"guide/benefits.yml": SOURCES["guide/benefits.yml"].replace("Language practice", "Languages")}
    )
    build(sources, database, tmp_path / "generated")
    assert open_knowledge(database).topic("benefits/language").title == "Languages"
    assert old.topic("benefits/language").title == "Language practice"


def test_missing_file_is_said(tmp_path) -> None:
    with pytest.raises(KnowledgeMissing, match="advisor knowledge build"):
        open_knowledge(tmp_path / "none.db")
    with pytest.raises(KnowledgeMissing):
        open_knowledge(tmp_path)


def test_file_gone_is_said(knowledge_db, tmp_path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(knowledge_db, copy)
    assert open_knowledge(copy).has_topic("challenges/visa")
    copy.unlink()
    with pytest.raises(KnowledgeMissing):
        open_knowledge(copy)


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"\0" * 4096])
def test_foreign_file_is_said(tmp_path, content) -> None:
    (tmp_path / "knowledge.db").write_bytes(content)
    with pytest.raises(KnowledgeDamaged, match="advisor knowledge build"):
        open_knowledge(tmp_path / "knowledge.db")


def test_cut_file_is_said(knowledge_db, tmp_path) -> None:
    data = knowledge_db.read_bytes()
    (tmp_path / "knowledge.db").write_bytes(data[: len(data) // 2])
    with pytest.raises(KnowledgeDamaged):
        open_knowledge(tmp_path / "knowledge.db")


def test_garbled_file_is_said(knowledge_db, tmp_path) -> None:
    data = bytearray(knowledge_db.read_bytes())
    for page in range(2, len(data) // 4096, 2):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    (tmp_path / "knowledge.db").write_bytes(data)
    with pytest.raises(KnowledgeDamaged):
        open_knowledge(tmp_path / "knowledge.db")


def test_other_version_is_said(knowledge_db, tmp_path) -> None:
    shutil.copy(knowledge_db, tmp_path / "knowledge.db")
    with sqlite3.connect(tmp_path / "knowledge.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(KnowledgeDamaged, match="another version"):
        open_knowledge(tmp_path / "knowledge.db")


def test_odd_folder_names_work(knowledge_db, tmp_path) -> None:
    folder = tmp_path / "a b?c#d%20é"
    folder.mkdir()
    shutil.copy(knowledge_db, folder / "knowledge.db")
    assert open_knowledge(folder / "knowledge.db").has_topic("challenges/visa")


def test_asking_needs_no_builder() -> None:
    builders = {"ruamel.yaml", "sqlite_utils", "rasa", "spacy"}
    code = f"import sys, knowledge.knowledge_base; print(sorted({builders} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent.parent, capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr
