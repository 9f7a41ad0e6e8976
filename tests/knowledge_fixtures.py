"""A tiny knowledge base for tests: 2 countries, 3 programs, 3 topics, one open subject, built by the real builder."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest

from knowledge.building.build import build
from knowledge.knowledge_base import Knowledge, open_knowledge
from knowledge.required_roles import NEEDED

HEAD = "owner: Guide editors\nreviewed: 2026-11-23\n"

SOURCES = {
    "guide/sections.yml": """\
sections:
  - key: benefits
    title: Benefits
    heading: Why study a short course abroad?
  - key: challenges
    title: Challenges
    heading: What makes it hard?
  - key: faq
    title: Frequent questions
    heading: Frequent questions
""",
    "guide/roles.yml": """\
roles:
  - key: travel
    topic: faq/5-visa
""",
    "guide/challenges.yml": HEAD
    + """\
topics:
  - key: challenges/visa
    also: [faq/5-visa]
    title: Visas and travel
    answer: >-
      Short courses do not always come with a **student visa**.
    items:
      - name: Travel
        text: going there costs money
        topic: challenges/timezone
      - name: Paperwork
    more: Ask early.
    related: [challenges/timezone, not-stated/fees]
    ask:
      - Do I need a visa?
      - visa probs
  - key: challenges/timezone
    title: Time zones
    answer: Live sessions may fall in the middle of your night.
    related: [faq/5-visa]
    ask:
      - are classes at night for me
""",
    "guide/benefits.yml": HEAD
    + """\
topics:
  - key: benefits/language
    title: Language practice
    answer: Living abroad helps you speak better.
    ask:
      - will my English improve
      - "¿mejora mi inglés? 😀"
""",
    "guide/not-stated.yml": HEAD
    + """\
subjects:
  - key: fees
    title: Fees and prices
    say: The guide gives no fees.
    nearest: It does say that travel costs money.
    near_topics: [faq/5-visa]
    whom: the provider's admissions office
    ask:
      - how much does it cost
""",
    "catalogue/fields.yml": """\
fields:
  - key: data-analytics
    name: Data analytics
    aliases: [data analysis, analytics]
    source: benefits
  - key: leadership
    name: Leadership
    source: benefits
  - key: public-health
    name: Public health
    source: benefits
  - key: nursing
    name: Nursing
    near: [public-health, leadership]
    listed: false
""",
    "catalogue/destinations.yml": """\
destinations:
  - key: canada
    name: Canada
    short: Canada
    adjective: Canadian
    aliases: [canadian]
    about: Colleges in Canada teach short courses.
    topic: benefits/language
    fields: [data-analytics, leadership]
    source: benefits
  - key: uk
    name: United Kingdom
    short: the UK
    adjective: British
    aliases: [UK, uk, british]
    about: Universities in the UK run short courses.
    fields: [public-health, data-analytics]
    platform: skillhub
    source: benefits
""",
    "catalogue/institutions.yml": """\
institutions:
  - key: mcmaster
    name: McMaster University
    aliases: [mcmaster]
    destination: canada
    country: Canada
    source: benefits
  - key: oxford
    name: University of Oxford
    destination: uk
    country: United Kingdom
    note: Runs short courses.
    source: benefits
""",
    "catalogue/places.yml": """\
places:
  - key: london
    name: London
    part_of: uk
    note: Known for analytics.
  - key: france
    name: France
    aliases: [francia]
""",
    "catalogue/strengths.yml": """\
strengths:
  - field: data-analytics
    place: london
    source: benefits
  - field: public-health
    place: canada
    source: benefits
""",
    "catalogue/types.yml": """\
types:
  - key: nanodegree
    name: Nanodegree
    plural: Nanodegrees
    offered_by: Udacity
    focus: technical skills
    examples: [Data Analyst Nanodegree]
    providers: [udacity]
    fields: [data-analytics]
    source: benefits
  - key: short-diploma
    name: Short diploma
    plural: Short diplomas
    topic: faq/5-visa
    source: benefits
""",
    "catalogue/providers.yml": """\
providers:
  - key: udacity
    name: Udacity
    role: company
    about: Sells nanodegrees.
    types: [nanodegree]
    topic: benefits/language
    source: benefits
  - key: skillhub
    name: SkillHub
    role: government-platform
    about: Lists courses.
    destination: uk
    source: benefits
""",
    "catalogue/industries.yml": """\
industries:
  - key: healthcare
    name: Healthcare
    aliases: [nursing, doctor]
    areas: [public health, health informatics]
    embraces: true
    acceptance: prefers-degrees
    topic: challenges/visa
    source: benefits
  - key: law
    name: Law
    embraces: false
    source: benefits
""",
    "catalogue/modes.yml": """\
modes:
  - key: online
    name: Online
    aliases: [remote]
  - key: in-person
    name: In person
    aliases: [on campus]
""",
    "catalogue/programs.yml": """\
programs:
  - key: data-analyst
    name: Data Analyst Nanodegree
    aliases: [udacity data analyst]
    type: nanodegree
    provider: udacity
    fields: [data-analytics]
    mode: online
    price: 900.50
    currency: USD
    start: 2027-02-01
    deadline: 2027-01-15
    duration: 4 months
    hours_per_week: 10
    level: Beginner
    credits: "12 ECTS"
    url: https://example.org/data
    checked_on: 2026-11-20
    source: benefits
  - key: health-diploma
    name: Public Health Diploma
    type: short-diploma
    provider_text: a university in the UK
    fields: [public-health, leadership]
    destination: uk
    institution: oxford
    price: 700
    currency: GBP
    source: benefits
  - key: leadership-diploma
    name: Leadership Diploma
    type: short-diploma
    fields: [leadership]
    destination: canada
    source: benefits
""",
    "catalogue/other-names.yml": """\
names:
  - kind: institution
    key: stanford
    name: Stanford University
    aliases: [stanford]
  - kind: provider
    key: udemy
    name: Udemy
""",
}
# Another guide/roles.yml, with every role that a guide must give.
ALL_ROLES = "roles:\n" + "".join(f"  - key: {role}\n    topic: challenges/visa\n" for role in NEEDED)


def write_sources(folder: Path, changes: dict[str, str | bytes | None] | None = None) -> Path:
    """Write the tiny knowledge base; `changes` puts other content under a name, or leaves the file out (None)."""
    for name, content in {**SOURCES, **(changes or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def word_vectors(texts: list[str]) -> np.ndarray:
    """Return vectors as a stand-in for the sentence encoder: texts that share words are near each other."""
    vectors = np.zeros((len(texts), 384), dtype=np.float32)
    for vector, text in zip(vectors, texts, strict=True):
        for word in text.lower().split():
            vector[zlib.crc32(word.strip(".,?*").encode()) % 384] += 1
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Return a folder of sources that the test may change."""
    return write_sources(tmp_path / "knowledge")


@pytest.fixture(scope="session")
def knowledge_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the tiny knowledge base, once for a run of tests."""
    folder = tmp_path_factory.mktemp("tiny")
    build(write_sources(folder / "knowledge"), folder / "knowledge.db", folder / "generated", word_vectors)
    return folder / "knowledge.db"


@pytest.fixture
def knowledge(knowledge_db: Path) -> Knowledge:
    """Open the tiny knowledge base."""
    return open_knowledge(knowledge_db)
