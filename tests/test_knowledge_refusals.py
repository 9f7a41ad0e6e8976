"""Every way in which sources can be wrong, and where the builder points."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT
from knowledge.building.build import build, check
from knowledge.errors import SourcesRefused
from knowledge.required_roles import NEEDED
from tests.knowledge_fixtures import HEAD, SOURCES, write_sources

TOPICS = "guide/challenges.yml"
PROGRAMS = "catalogue/programs.yml"
CSV = "catalogue/programs.csv"
CSV_HEAD = "key,name,type,fields,price,currency,source\n"


def changed(place: str, old: str, new: str) -> dict[str, str]:
    assert SOURCES[place].count(old) >= 1, f"{place} holds no {old!r}"
    return {place: SOURCES[place].replace(old, new, 1)}


def refusal(tmp_path: Path, changes: dict) -> list[str]:
    sources = write_sources(tmp_path / "knowledge", changes)
    with pytest.raises(SourcesRefused) as refused:
        build(sources, tmp_path / "var" / "knowledge.db", tmp_path / "generated")
    assert not (tmp_path / "var").exists() and not (tmp_path / "generated").exists()
    return [str(problem) for problem in refused.value.problems]


# what is changed; where it is found; part of what is said
REFUSALS = {
    "unknown key": (
        changed(TOPICS, "    more:", "    moer:"),
        "guide/challenges.yml:14: unknown key 'moer'. Did you mean 'more'?",
    ),
    "unknown key in item": (
        changed(TOPICS, "        text:", "        txt:"),
        "guide/challenges.yml:11: unknown key 'txt'",
    ),
    "unknown key in head": (changed(TOPICS, "owner:", "woner:"), "guide/challenges.yml:1: unknown key 'woner'"),
    "comma without quotes": (
        changed(
            "catalogue/modes.yml",
            "  - key: online\n    name: Online\n",
            "  - {key: online, name: On, line}\n  - key: hybrid\n    name: Hybrid\n",
        ),
        "catalogue/modes.yml:2: unknown key 'line'. If it belongs to the text before it, put that whole text in quotes",
    ),
    "missing head": (changed(TOPICS, "reviewed: 2026-11-23\n", ""), "guide/challenges.yml:1: 'reviewed' is missing"),
    "key given twice": (
        changed(TOPICS, "    more: Ask early.", "    title: Again"),
        "guide/challenges.yml:14: 'title' is given twice. Keep one; the first is on line 6",
    ),
    "missing title": (
        changed(TOPICS, "    title: Visas and travel\n", ""),
        "guide/challenges.yml:4: 'title' is missing",
    ),
    "title over 30": (
        changed(TOPICS, "Visas and travel", "Visas, travel and other papers!"),
        "guide/challenges.yml:6: 'title' has 31 characters",
    ),
    "empty answer": (
        changed(TOPICS, "answer: Live sessions may fall in the middle of your night.", "answer:"),
        "guide/challenges.yml:21: 'answer' is empty. Fill in 'answer'",
    ),
    "blank answer": (
        changed(TOPICS, "answer: Live sessions may fall in the middle of your night.", 'answer: " "'),
        "guide/challenges.yml:21: 'answer' is empty",
    ),
    "no phrasings": (
        changed(TOPICS, "    ask:\n      - are classes at night for me\n", "    ask: []\n"),
        "guide/challenges.yml:23: 'ask' is empty",
    ),
    "number for text": (
        changed(TOPICS, "title: Time zones", "title: 2024"),
        "guide/challenges.yml:20: 'title' is a number, not a text. Put it in quotes",
    ),
    "truth for text": (
        changed(TOPICS, "title: Time zones", "title: true"),
        "guide/challenges.yml:20: 'title' is a truth value, not a text",
    ),
    "text for list": (
        changed(TOPICS, "related: [faq/5-visa]", "related: faq/5-visa"),
        "guide/challenges.yml:22: 'related' is a text, not a list",
    ),
    "mapping for text": (
        changed(TOPICS, "- visa probs", "- visa: probs"),
        "guide/challenges.yml:18: 'ask 2' is a mapping, not a single value. Put it in quotes",
    ),
    "text for item": (
        changed(TOPICS, "      - name: Paperwork", "      - Paperwork"),
        "guide/challenges.yml:13: 'an entry of items' is a text",
    ),
    "list for file": ({TOPICS: "- a\n"}, "guide/challenges.yml:1: the file is a list. Begin it with 'topics:'"),
    "no list in file": ({TOPICS: HEAD}, "guide/challenges.yml:1: 'topics' is missing"),
    "list left empty": ({TOPICS: HEAD + "topics:\n"}, "guide/challenges.yml:3: 'topics' is empty"),
    "unknown tag": (
        changed(TOPICS, "title: Time zones", "title: !!python/x y"),
        "guide/challenges.yml:20: 'title' is a",
    ),
    "bad topic key": (
        changed(TOPICS, "key: challenges/timezone", "key: challenges/Time zone"),
        "guide/challenges.yml:19: 'challenges/Time zone' is not a topic key",
    ),
    "bad catalogue key": (
        changed("catalogue/modes.yml", "key: in-person", "key: in_person"),
        "catalogue/modes.yml:5: 'in_person' is not a key",
    ),
    "duplicate topic": (
        changed(TOPICS, "key: challenges/timezone", "key: challenges/visa"),
        "guide/challenges.yml:19: the topic key 'challenges/visa' is used twice",
    ),
    "duplicate field": (
        changed("catalogue/fields.yml", "key: leadership", "key: data-analytics"),
        "catalogue/fields.yml:6: the field key 'data-analytics' is used twice",
    ),
    "duplicate subject": (
        {
            "guide/not-stated.yml": SOURCES["guide/not-stated.yml"]
            + SOURCES["guide/not-stated.yml"].split("subjects:\n")[1].replace("how much", "what price")
        },
        "guide/not-stated.yml:12: the subject key 'fees' is used twice. Give one of them another key. "
        "It stands first in knowledge/guide/not-stated.yml:4.",
    ),
    "also served twice": (
        changed(TOPICS, "    title: Time zones", "    also: [faq/5-visa]\n    title: Time zones"),
        "guide/challenges.yml:20: the topic key 'faq/5-visa' is served twice",
    ),
    "also has own entry": (
        changed(TOPICS, "also: [faq/5-visa]", "also: [faq/5-visa, benefits/language]"),
        "guide/challenges.yml:5: the topic key 'benefits/language' is served twice",
    ),
    "unknown section": (
        changed(TOPICS, "also: [faq/5-visa]", "also: [fqa/5-visa, faq/5-visa]"),
        "guide/challenges.yml:5: the guide has no section 'fqa' (topic key 'fqa/5-visa')",
    ),
    "topic in wrong file": (
        changed("guide/benefits.yml", "key: benefits/language", "key: challenges/language"),
        "guide/benefits.yml:4: 'challenges/language' stands in another section's file. Move it to guide/challenges.yml",
    ),
    "reserved section": (
        changed("guide/sections.yml", "key: faq", "key: not-stated"),
        "guide/sections.yml:8: 'not-stated' cannot be a section",
    ),
    "dangling related": (
        changed(TOPICS, "related: [faq/5-visa]", "related: [challenges/vissa]"),
        "guide/challenges.yml:22: 'related' names the unknown topic or open subject 'challenges/vissa'. "
        "Did you mean 'challenges/visa'?",
    ),
    "dangling item": (
        changed(TOPICS, "        topic: challenges/timezone", "        topic: challenges/time"),
        "guide/challenges.yml:12: 'topic' names the unknown topic or open subject 'challenges/time'",
    ),
    "related to itself": (
        changed(TOPICS, "related: [faq/5-visa]", "related: [challenges/timezone]"),
        "guide/challenges.yml:22: 'related' leads back to the entry itself",
    ),
    "related twice": (
        changed(TOPICS, "related: [faq/5-visa]", "related: [challenges/visa, faq/5-visa]"),
        "guide/challenges.yml:22: 'faq/5-visa' and 'challenges/visa' are one entry",
    ),
    "same reference twice": (
        changed("catalogue/destinations.yml", "[data-analytics, leadership]", "[leadership, leadership]"),
        "catalogue/destinations.yml:9: 'fields' names 'leadership' twice",
    ),
    "unknown field name": (
        changed("catalogue/destinations.yml", "[data-analytics, leadership]", "[data-analitics, leadership]"),
        "catalogue/destinations.yml:9: 'fields' names the unknown field 'data-analitics'. Did you mean",
    ),
    "near itself": (
        changed("catalogue/fields.yml", "near: [public-health, leadership]", "near: [nursing]"),
        "catalogue/fields.yml:14: 'near' leads back to the entry itself",
    ),
    "unknown near topic": (
        changed("guide/not-stated.yml", "near_topics: [faq/5-visa]", "near_topics: [not-stated/fees]"),
        "guide/not-stated.yml:8: 'near_topics' names the unknown topic 'not-stated/fees'",
    ),
    "unknown place": (
        changed("catalogue/strengths.yml", "place: london", "place: lodnon"),
        "catalogue/strengths.yml:3: 'place' names the unknown destination or place 'lodnon'. Did you mean 'london'?",
    ),
    "missing source": (
        changed(PROGRAMS, "    checked_on: 2026-11-20\n    source: benefits\n", ""),
        "catalogue/programs.yml:2: 'source' is missing",
    ),
    "unknown source": (
        changed("catalogue/strengths.yml", "source: benefits", "source: benfits"),
        "catalogue/strengths.yml:4: 'source' names the unknown section 'benfits'. Did you mean 'benefits'?",
    ),
    "field without source": (
        changed("catalogue/fields.yml", "    listed: false\n", ""),
        "catalogue/fields.yml:12: 'source' is missing. Name the guide's section, or write 'listed: false'",
    ),
    "unlisted field offered": (
        changed("catalogue/destinations.yml", "[data-analytics, leadership]", "[data-analytics, nursing]"),
        "catalogue/destinations.yml:9: the field 'nursing' is not listed by the guide",
    ),
    "same phrasing here": (
        changed(TOPICS, "- visa probs", "- do i  need a VISA"),
        "guide/challenges.yml:18: the phrasing 'do i  need a VISA' is given twice",
    ),
    "same phrasing elsewhere": (
        changed(TOPICS, "are classes at night for me", "How much -- does it cost?!"),
        "guide/not-stated.yml:11: the phrasing 'how much does it cost' is given twice (under not-stated/fees). "
        "Keep it where it belongs most. It stands first in knowledge/guide/challenges.yml:24.",
    ),
    "markup in phrasing": (
        changed(TOPICS, "- visa probs", '- "[visa](topic) probs"'),
        "guide/challenges.yml:18: the phrasing '[visa](topic) probs' holds one of",
    ),
    "braces in phrasing": (
        changed(TOPICS, "- visa probs", "- visa {probs}"),
        "guide/challenges.yml:18: the phrasing 'visa {",
    ),
    "command as phrasing": (
        changed(TOPICS, "- visa probs", "- /visa"),
        "guide/challenges.yml:18: the phrasing '/visa' begins",
    ),
    "dash before phrasing": (
        changed(TOPICS, "- visa probs", '- "- visa"'),
        "guide/challenges.yml:18: the phrasing '- visa' begins with",
    ),
    "line break in phrasing": (
        changed(TOPICS, "- visa probs", '- "visa\\nprobs"'),
        "guide/challenges.yml:18: the phrasing 'visa\nprobs' has a line break",
    ),
    "phrasing without words": (
        changed(TOPICS, "- visa probs", '- "?!"'),
        "guide/challenges.yml:18: the phrasing '?!' has no letter or digit",
    ),
    "same name twice": (
        changed("catalogue/fields.yml", "name: Leadership", "name: ANALYTICS"),
        "catalogue/fields.yml:7: 'ANALYTICS' names two entries of the kind field",
    ),
    "other name known already": (
        changed("catalogue/other-names.yml", "name: Udemy", "name: udacity"),
        "catalogue/other-names.yml:8: 'udacity' names two entries of the kind provider",
    ),
    "wrong choice": (
        changed("catalogue/industries.yml", "acceptance: prefers-degrees", "acceptance: prefers-degree"),
        "catalogue/industries.yml:7: 'acceptance' cannot be 'prefers-degree'. Did you mean 'prefers-degrees'?",
    ),
    "wrong truth": (
        changed("catalogue/industries.yml", "embraces: true", "embraces: maybe"),
        "catalogue/industries.yml:6: 'embraces' is a text, not a truth value",
    ),
    "price without currency": (
        changed(PROGRAMS, "    currency: USD\n", ""),
        "catalogue/programs.yml:9: a price without a currency",
    ),
    "price with sign": (
        changed(PROGRAMS, "900.50", "$900"),
        "catalogue/programs.yml:9: 'price' is not a number: '$900'",
    ),
    "price below zero": (changed(PROGRAMS, "900.50", "-5"), "catalogue/programs.yml:9: 'price' is not a number: '-5'"),
    "unknown currency": (changed(PROGRAMS, "USD", "EURO"), "catalogue/programs.yml:10: 'EURO' is no ISO currency"),
    "currency in small letters": (
        changed(PROGRAMS, "USD", "usd"),
        "catalogue/programs.yml:10: 'usd' is no ISO currency",
    ),
    "date the other way": (
        changed(PROGRAMS, "start: 2027-02-01", "start: 01/02/2027"),
        "catalogue/programs.yml:11: 'start' is not a date: '01/02/2027'",
    ),
    "date that never comes": (
        changed(PROGRAMS, "deadline: 2027-01-15", "deadline: 2027-02-30"),
        "catalogue/programs.yml:12: 'deadline' is not a date: '2027-02-30'",
    ),
    "unsafe link": (
        changed(PROGRAMS, "https://example.org/data", "javascript:alert(1)"),
        "catalogue/programs.yml:17: 'javascript:alert(1)' is no web address",
    ),
    "link without scheme": (
        changed(PROGRAMS, "https://example.org/data", "www.example.org"),
        "catalogue/programs.yml:17: 'www.example.org' is no web address. Begin it with https://",
    ),
    "broken YAML": ({TOPICS: "topics:\n  - key: [a\n  - b: c\n"}, "guide/challenges.yml:3: broken YAML"),
    "tab in YAML": ({TOPICS: "topics:\n\t- key: a\n"}, "guide/challenges.yml:2: broken YAML"),
    "control character": ({TOPICS: "topics:\n  - key: a\a\n"}, "guide/challenges.yml:2: broken YAML"),
    "two documents": ({TOPICS: "--- a\n--- b\n"}, "guide/challenges.yml:2: broken YAML"),
    "alias of itself": (
        {TOPICS: HEAD + "topics: &all [*all]\n"},
        "guide/challenges.yml:3: a YAML alias that contains itself",
    ),
    "empty file": ({TOPICS: "# nothing yet\n"}, "guide/challenges.yml:1: the file is empty"),
    "not UTF-8": ({TOPICS: b"topics:\n  - key: caf\xe9\n"}, "guide/challenges.yml:2: this is not UTF-8 text"),
    "missing file": ({"catalogue/fields.yml": None}, "catalogue/fields.yml:1: the file is missing"),
    "no programs": ({PROGRAMS: None}, "catalogue/programs.yml:1: the file is missing. Restore it (or programs.csv)"),
    "unknown file": (
        {"catalogue/feilds.yml": "x"},
        "catalogue/feilds.yml:1: nothing reads a file of this name in catalogue/. Did you mean 'fields.yml'?",
    ),
    "guide file of other type": ({"guide/faq.yaml": "x"}, "guide/faq.yaml:1: nothing reads a file of this name"),
    "unclosed CSV quote": ({CSV: CSV_HEAD + 'a,"b\n'}, "catalogue/programs.csv:2: broken CSV"),
    "too many CSV cells": (
        {CSV: CSV_HEAD + "a,A, b,nanodegree,,,,benefits\n"},
        "catalogue/programs.csv:2: this row has 8 cells, the first line has 7 columns",
    ),
    "unknown CSV column": (
        {CSV: CSV_HEAD.replace("price", "prise") + "a,A,nanodegree,,5,EUR,benefits\n"},
        "catalogue/programs.csv:2: unknown key 'prise'. Did you mean 'price'?",
    ),
    "CSV column twice": (
        {CSV: CSV_HEAD.replace("price", "name") + "a,A,nanodegree,,B,EUR,benefits\n"},
        "catalogue/programs.csv:1: the column 'name' is given twice",
    ),
    "CSV row below text": (
        {CSV: CSV_HEAD + '"a","A\nlong",nanodegree,,,,benefits\nb,B,nanodegre,,,,benefits\n'},
        "catalogue/programs.csv:4: 'type' names the unknown type 'nanodegre'. Did you mean 'nanodegree'?",
    ),
    "CSV price without currency": (
        {CSV: CSV_HEAD + "a,A,nanodegree,leadership;nursing,5,,benefits\n"},
        "catalogue/programs.csv:2: a price without a currency",
    ),
    "CSV field unknown": (
        {CSV: CSV_HEAD + "a,A,nanodegree,leadership; nursin,,,benefits\n"},
        "catalogue/programs.csv:2: 'fields' names the unknown field 'nursin'. Did you mean 'nursing'?",
    ),
    "empty CSV": ({CSV: "\n"}, "catalogue/programs.csv:1: the file is empty"),
    "program in both files": (
        {CSV: CSV_HEAD + "data-analyst,A,nanodegree,,,,benefits\n"},
        "the program key 'data-analyst' is used twice",
    ),
}


@pytest.mark.parametrize("changes, said", REFUSALS.values(), ids=REFUSALS.keys())
def test_bad_source_is_refused(tmp_path, changes, said) -> None:
    problems = refusal(tmp_path, changes)
    assert any(said in problem for problem in problems), "\n".join(problems)


@pytest.mark.parametrize("changes, said", REFUSALS.values(), ids=REFUSALS.keys())
def test_refusal_names_file_and_remedy(tmp_path, changes, said) -> None:
    sources = write_sources(tmp_path / "knowledge", changes)
    for problem in check(sources, tmp_path / "generated"):
        assert problem.file.startswith("knowledge/") and problem.line >= 1
        assert not problem.what.endswith(".") and problem.remedy.endswith(".")


def test_one_slip_one_problem(tmp_path) -> None:
    assert len(refusal(tmp_path, changed(TOPICS, "    more:", "    moer:"))) == 1


def test_broken_file_hides_no_others(tmp_path) -> None:
    changes = {"catalogue/fields.yml": "fields:\n  - [}", **changed(PROGRAMS, "USD", "EURO")}
    problems = refusal(tmp_path, changes)
    assert len(problems) == 2 and "fields.yml:2: broken YAML" in problems[0] and "EURO" in problems[1]


def test_all_problems_in_one_run(tmp_path) -> None:
    changes = {
        **changed(TOPICS, "    more:", "    moer:"),
        **changed("catalogue/strengths.yml", "place: london", "place: lodnon"),
        **changed(PROGRAMS, "USD", "EURO"),
        **changed("guide/benefits.yml", "answer: Living", "answer: # Living"),
    }
    assert len(refusal(tmp_path, changes)) == 4


def test_old_files_survive_refusal(sources, tmp_path) -> None:
    database, generated = tmp_path / "knowledge.db", tmp_path / "generated"
    build(sources, database, generated)
    before = database.read_bytes(), (generated / "topics.yml").read_bytes()
    write_sources(sources, changed(TOPICS, "    more:", "    moer:"))
    with pytest.raises(SourcesRefused):
        build(sources, database, generated)
    assert (database.read_bytes(), (generated / "topics.yml").read_bytes()) == before


@pytest.mark.parametrize("name", ["guide/README.md", "guide/.challenges.yml.swp", "catalogue/fields.yml~"])
def test_notes_and_backups_are_left(tmp_path, name) -> None:
    sources = write_sources(tmp_path / "knowledge", {name: "not: [yaml"})
    build(sources, tmp_path / "knowledge.db", tmp_path / "generated")


@pytest.mark.parametrize("roles_file", [SOURCES["guide/roles.yml"], None])
def test_missing_roles_are_named(tmp_path, roles_file) -> None:
    sources = write_sources(tmp_path / "knowledge")
    if roles_file is None:
        (sources / "guide/roles.yml").unlink()
    needed = {"travel": "where to go", "prices": "what a course costs"}
    said = [str(problem) for problem in check(sources, tmp_path / "generated", needed)]
    wanted = {"prices"} if roles_file else set(needed)
    assert all(line.startswith("knowledge/guide/roles.yml:1: the role '") for line in said if "role '" in line)
    assert {line.split("'")[1] for line in said if "role '" in line} == wanted
    assert any(
        "Add '- key: prices' with the topic or open subject that it is (what a course costs)." in line for line in said
    )


def test_needed_roles_are_those_asked_for() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (PROJECT_ROOT / "actions").rglob("*.py"))
    assert set(re.findall(r"\.role\(\"([a-z-]+)\"\)", code)) == set(NEEDED)
