"""A catalogue as an organisation would bring it: programs of a university that does not exist, with prices and dates.

The rest of the knowledge is the real one. Some programs leave facts open, and prices stand in two currencies, as in life.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT
from knowledge.building.build import build
from knowledge.knowledge_base import Knowledge, open_knowledge

UNIVERSITY = """
  - key: example-university-of-nowhere
    name: Example University of Nowhere
    aliases: [nowhere university, eun]
    source: listings
"""
SECTION = """
  - key: listings
    title: Example listings
    heading: Programs of the Example University of Nowhere
"""
# key: what differs; every program is of the university, comes from its listings and was checked on the same day.
PROGRAMS: dict[str, dict[str, str]] = {
    "data-basics": {
        "name": "Data Basics",
        "type": "professional-certificate",
        "fields": "[data-analytics]",
        "destination": "canada",
        "mode": "online",
        "price": "300",
        "currency": "EUR",
        "start": "2027-03-01",
        "duration": "6 weeks",
        "hours_per_week": "4",
        "level": "Beginner",
    },
    "data-stories": {
        "name": "Data Stories",
        "type": "professional-certificate",
        "fields": "[data-analytics]",
        "destination": "uk",
        "mode": "online",
        "price": "450",
        "currency": "EUR",
        "start": "2027-03-15",
        "deadline": "2027-02-15",
        "duration": "8 weeks",
        "hours_per_week": "5",
        "level": "Intermediate",
    },
    "data-engines": {
        "name": "Data Engines",
        "type": "bootcamp",
        "fields": "[data-analytics]",
        "destination": "uk",
        "mode": "in-person",
        "price": "900",
        "currency": "GBP",
        "start": "2027-04-05",
        "duration": "12 weeks",
        "hours_per_week": "30",
        "level": "Advanced",
    },
    "data-for-boards": {
        "name": "Data for Boards",
        "type": "digital-badge",
        "fields": "[data-analytics, leadership]",
        "destination": "canada",
        "mode": "hybrid",
        "price": "650",
        "currency": "EUR",
        "start": "2027-05-03",
        "duration": "1 month",
        "hours_per_week": "3",
    },
    "data-unpriced": {
        "name": "Data Open Lab",
        "type": "digital-badge",
        "fields": "[data-analytics]",
        "destination": "uk",
        "mode": "online",
        "duration": "self-paced",
    },
    "ai-first-steps": {
        "name": "AI First Steps",
        "type": "professional-certificate",
        "fields": "[ai]",
        "destination": "eu",
        "mode": "online",
        "price": "0",
        "currency": "EUR",
        "start": "2027-01-11",
        "duration": "4 weeks",
        "hours_per_week": "2",
        "level": "Beginner",
    },
    "ai-studio": {
        "name": "AI Studio",
        "type": "bootcamp",
        "fields": "[ai]",
        "destination": "eu",
        "mode": "in-person",
        "price": "1200",
        "currency": "EUR",
        "start": "2027-09-06",
        "duration": "3 months",
        "hours_per_week": "25",
        "level": "Advanced",
        "credits": '"12 ECTS"',
    },
    "cyber-watch": {
        "name": "Cyber Watch",
        "type": "bootcamp",
        "fields": "[cybersecurity]",
        "destination": "australia",
        "mode": "in-person",
        "price": "800",
        "currency": "EUR",
        "start": "2027-03-08",
        "duration": "10 weeks",
        "hours_per_week": "20",
    },
    "cyber-night-school": {
        "name": "Cyber Night School",
        "type": "bootcamp",
        "fields": "[cybersecurity]",
        "destination": "australia",
        "mode": "online",
        "price": "400",
        "currency": "GBP",
        "start": "2027-06-07",
        "duration": "10 weeks",
        "hours_per_week": "8",
    },
    "health-bridge": {
        "name": "Health Bridge",
        "type": "short-diploma",
        "fields": "[public-health]",
        "destination": "uk",
        "mode": "hybrid",
        "price": "750",
        "currency": "GBP",
        "start": "2027-09-20",
        "duration": "6 months",
        "hours_per_week": "6",
        "credits": '"20 ECTS"',
    },
    "green-futures": {
        "name": "Green Futures",
        "type": "short-diploma",
        "fields": "[sustainability]",
        "destination": "canada",
        "mode": "hybrid",
        "price": "500",
        "currency": "EUR",
        "start": "2027-03-22",
        "duration": "3 months",
        "hours_per_week": "5",
    },
    "lead-anywhere": {
        "name": "Lead Anywhere",
        "type": "digital-badge",
        "fields": "[leadership]",
        "mode": "online",
        "price": "150",
        "currency": "EUR",
        "duration": "2 weeks",
        "hours_per_week": "3",
    },
    "marketing-sprint": {
        "name": "Marketing Sprint",
        "type": "bootcamp",
        "fields": "[digital-marketing]",
        "destination": "canada",
        "mode": "in-person",
        "price": "950",
        "currency": "EUR",
        "start": "2027-05-10",
        "duration": "4 weeks",
        "hours_per_week": "35",
    },
    "marketing-notes": {
        "name": "Marketing Notes",
        "type": "digital-badge",
        "fields": "[digital-marketing]",
        "destination": "new-zealand",
        "mode": "online",
        "price": "200",
        "currency": "EUR",
        "start": "2027-02-01",
        "duration": "3 weeks",
        "hours_per_week": "4",
    },
}


def _program(key: str, stated: dict[str, str]) -> str:
    common = {
        "institution": "example-university-of-nowhere",
        "url": f"https://nowhere.example/{key}",
        "checked_on": "2026-11-20",
        "source": "listings",
    }
    lines = "".join(f"    {name}: {value}\n" for name, value in {**stated, **common}.items())
    return f"  - key: {key}\n{lines}"


def write_catalogue(folder: Path) -> Path:
    """Write the real sources, with these programs instead of the guide's, into a folder."""
    shutil.copytree(PROJECT_ROOT / "knowledge", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for name, addition in (("guide/sections.yml", SECTION), ("catalogue/institutions.yml", UNIVERSITY)):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").rstrip() + addition, encoding="utf-8")
    listed = "programs:\n" + "".join(_program(key, stated) for key, stated in PROGRAMS.items())
    (folder / "catalogue/programs.yml").write_text(listed, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """Build the knowledge base of an advisor of the Example University of Nowhere."""
    folder = tmp_path_factory.mktemp("nowhere")
    build(write_catalogue(folder / "knowledge"), folder / "knowledge.db", folder / "generated")
    return open_knowledge(folder / "knowledge.db")


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """Build the knowledge base of the guide's own listings, which state no facts of any program."""
    folder = tmp_path_factory.mktemp("guide")
    build(PROJECT_ROOT / "knowledge", folder / "knowledge.db", folder / "generated")
    return open_knowledge(folder / "knowledge.db")
