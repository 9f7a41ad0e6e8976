"""What the guide lists, row by row: destinations, institutions, fields, types, programs, providers, industries."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

# name: key, short name, institutions with what the guide adds to them, fields
DESTINATIONS = {
    "Australia": (
        "australia",
        "Australia",
        {"University of Melbourne": "", "RMIT University": "", "University of Sydney": ""},
        ["data analytics", "project management", "digital marketing", "cybersecurity"],
    ),
    "Canada": (
        "canada",
        "Canada",
        {"University of Toronto": "", "Humber College": "", "McMaster University": ""},
        ["healthcare management", "software development", "leadership", "sustainability"],
    ),
    "United Kingdom": (
        "uk",
        "UK",
        {"University of Oxford": "short courses", "University of Edinburgh": "", "London School of Economics": ""},
        ["business analytics", "public health", "digital transformation"],
    ),
    "New Zealand": (
        "new-zealand",
        "New Zealand",
        {"University of Auckland": "", "Massey University": ""},
        ["agribusiness", "digital technology", "environmental science"],
    ),
    "European Union": (
        "eu",
        "EU",
        {"KU Leuven": "Belgium", "University of Bologna": "Italy", "Technical University of Munich": "Germany"},
        ["green energy", "AI", "language skills", "intercultural communication"],
    ),
}
NOTES = {
    "Australia": "MicroCred Seeker",
    "Canada": "colleges and universities",
    "United Kingdom": "short courses",
    "New Zealand": "national qualifications framework",
    "European Union": "Erasmus+",
}
INSTITUTIONS = [(name, home, note) for home, (_, _, named, _) in DESTINATIONS.items() for name, note in named.items()]
FIELDS = [(field, home) for home, (*_, fields) in DESTINATIONS.items() for field in fields]
STRENGTHS = [("finance", "United Kingdom"), ("engineering", "Germany"), ("technology", "United States")]

# what people call it: key, offered by, focus, examples
TYPES = {
    "professional certificates": (
        "professional-certificate",
        ["universities", "edX", "Coursera", "professional organi[sz]ations"],
        ["project management", "digital marketing", "data analytics"],
        ["Google Project Management Professional Certificate"],
    ),
    "digital badges": (
        "digital-badge",
        ["industry bodies", "tech companies", "online learning platforms"],
        ["specific competencies", "soft skills", "niche technical"],
        ["IBM", "cloud computing", "cybersecurity"],
    ),
    "MicroMasters": (
        "micromasters",
        ["MIT", "Columbia", "University of Queensland", "edX"],
        ["graduate.level|level", "modular", "master's"],
        ["MicroMasters in Supply Chain Management"],
    ),
    "nanodegrees": (
        "nanodegree",
        ["Udacity"],
        ["programming", "data science", "AI", "machine learning"],
        ["Data Analyst Nanodegree"],
    ),
    "short-term diplomas": (
        "short-diploma",
        ["community colleges", "technical schools", "international institutions"],
        ["IT assistance", "hospitality", "healthcare"],
        ["digital marketing certificate from a Canadian university"],
    ),
    "industry-endorsed certifications": (
        "industry-certification",
        ["Google", "Amazon", "Microsoft"],
        ["tools", "platforms", "systems"],
        ["Google Analytics Certification", "AWS Certified Solutions Architect"],
    ),
    "CPD units": (
        "cpd",
        ["professional bodies"],
        ["law", "education", "healthcare", "licen[cs]e"],
        ["clinical skills", "nurses"],
    ),
    "bootcamps": (
        "bootcamp",
        ["universities", "IT schools", "boot ?camp providers"],
        ["business", "design", "technology", "intensive"],
        ["software development", "UX/UI"],
    ),
    "language certifications": (
        "language-certification",
        ["British Council", "Goethe Institute", "Alliance Française"],
        ["language (ability|competenc)", "work", "study"],
        ["IELTS", "TOEFL", "DELF", "TestDaF"],
    ),
}

# name: key, kind, offered by, field
PROGRAMS = {
    "Google Project Management Professional Certificate": (
        "google-project-management-certificate",
        "Professional certificate",
        "Google",
        "project management",
    ),
    "IBM Digital Badge in cloud computing": ("ibm-badge-cloud-computing", "Digital badge", "IBM", "cloud computing"),
    "IBM Digital Badge in cybersecurity": ("ibm-badge-cybersecurity", "Digital badge", "IBM", "cybersecurity"),
    "MicroMasters in Supply Chain Management": (
        "micromasters-supply-chain-management",
        "MicroMasters",
        "MIT",
        "supply chain management",
    ),
    "Data Analyst Nanodegree": ("data-analyst-nanodegree", "Nanodegree", "Udacity", "data anal"),
    "Digital marketing certificate from a Canadian university": (
        "digital-marketing-certificate-canada",
        "Short-term diploma",
        "Canadian university",
        "digital marketing",
    ),
    "Google Analytics Certification": (
        "google-analytics-certification",
        "Industry-endorsed certification",
        "Google",
        "analytics",
    ),
    "AWS Certified Solutions Architect": (
        "aws-certified-solutions-architect",
        "Industry-endorsed certification",
        "Amazon",
        "cloud computing",
    ),
    "Continuing education in clinical skills for foreign nurses": (
        "clinical-skills-foreign-nurses",
        "CPD",
        "professional bodies",
        "clinical skills|nursing",
    ),
    "Coding bootcamp in software development": (
        "coding-bootcamp-software-development",
        "Bootcamp",
        "universities",
        "software development",
    ),
    "Bootcamp in UX/UI design": ("bootcamp-ux-ui-design", "Bootcamp", "universities", "UX/UI"),
    "IELTS": ("ielts", "Language certification", "", "English"),
    "TOEFL": ("toefl", "Language certification", "", "English"),
    "DELF": ("delf", "Language certification", "", "French"),
    "TestDaF": ("testdaf", "Language certification", "", "German"),
}

# name: what the guide says of it
PROVIDERS = {
    "edX": "platform",
    "Coursera": "platform",
    "FutureLearn": "platform",
    "Udacity": "Nanodegree",
    "MicroCred Seeker": "Australia",
    "Erasmus+": "mobility|move",
    "Harvard": "top universities",
    "MIT": "MicroMasters in Supply Chain Management",
    "University of London": "top universities",
    "Columbia": "MicroMasters",
    "University of Queensland": "MicroMasters",
    "Google": "Analytics",
    "Amazon": "AWS Certified Solutions Architect",
    "Microsoft": "certification",
    "IBM": "digital badge",
    "British Council": "language certification",
    "Goethe Institute": "language certification",
    "Alliance Française": "language certification",
}
INDUSTRIES = {
    "information technology": ["cybersecurity", "cloud computing", "data science"],
    "healthcare": ["public health", "health informatics", "digital health solutions"],
    "business": ["entrepreneurship", "project management", "supply chain logistics"],
    "education": ["inclusive education", "educational leadership", "e-learning design"],
    "engineering": ["automation", "smart manufacturing", "sustainable engineering"],
}
INDUSTRY_KEYS = {"information technology": "it"}


def test_every_row_is_here() -> None:
    rows = (DESTINATIONS, INSTITUTIONS, FIELDS, STRENGTHS, PROGRAMS, PROVIDERS, TYPES, INDUSTRIES)
    assert sum(map(len, rows)) == 87


def says(reply, *facts: str) -> None:
    """Return the reply is an answer from the guide that matches every expression."""
    lacking = [fact for fact in facts if fact and not re.search(fact, reply.text, re.IGNORECASE)]
    assert lacking == [], reply.text
    assert reply.outcome == "answered" and reply.sources


def _press(advisor, intent: str, **names: str) -> Any:
    return advisor.ask(payload=f"/{intent}{json.dumps(names)}")


@pytest.mark.parametrize("name", DESTINATIONS)
def test_destination_is_described(advisor, name) -> None:
    key, _, institutions, fields = DESTINATIONS[name]
    for reply in (_press(advisor, "ask_about", destination=key), advisor.ask(f"tell me about the {name}")):
        says(
            reply, re.escape(name), re.escape(NOTES[name]), *institutions, *filter(None, institutions.values()), *fields
        )


@pytest.mark.parametrize(("name", "home", "note"), INSTITUTIONS)
def test_institution_is_described(advisor, name, home, note) -> None:
    _, short, _, fields = DESTINATIONS[home]
    reply = advisor.ask(f"Do you know {name}?")
    says(reply, name, rf"\b({home}|{short})\b", re.escape(note), *fields)
    assert re.search("(doesn't|does not) say which", reply.text), (
        "fields belong to the destination, not to one institution"
    )


@pytest.mark.parametrize("name", TYPES)
def test_type_is_described(advisor, name) -> None:
    key, offered_by, focus, examples = TYPES[name]
    for reply in (_press(advisor, "ask_about", type=key), advisor.ask(f"tell me about {name}")):
        says(reply, *offered_by, *focus, *examples)


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_is_described(advisor, name) -> None:
    key, kind, by, field = PROGRAMS[name]
    reply = _press(advisor, "ask_about", program=key)
    says(reply, re.escape(name), kind, by, field)
    assert re.search("price.*not stated", reply.text)
    if by == "":
        assert field in reply.text, "a language is written with a capital"


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_is_known_by_name(advisor, name) -> None:
    key, kind, by, _ = PROGRAMS[name]
    says(advisor.ask(f"What is the {name}?"), kind.split(" (")[0], by)


@pytest.mark.parametrize("name", PROVIDERS)
def test_provider_is_described(advisor, name) -> None:
    says(advisor.ask(f"What is {name}?"), re.escape(name), PROVIDERS[name])


@pytest.mark.parametrize("name", INDUSTRIES)
def test_industry_is_described(advisor, name) -> None:
    key = INDUSTRY_KEYS.get(name, name)
    for reply in (
        _press(advisor, "ask_about", industry=key),
        advisor.ask(f"which areas are there in the {name} industry?"),
    ):
        says(reply, name, *INDUSTRIES[name])


@pytest.mark.parametrize("kind", ["Digital badge", "Bootcamp", "Language certification"])
def test_programs_of_a_type_are_listed(advisor, kind) -> None:
    keys = {
        program_kind: TYPES[name][0]
        for name, program_kind in (
            ("digital badges", "Digital badge"),
            ("bootcamps", "Bootcamp"),
            ("language certifications", "Language certification"),
        )
    }
    named = [re.escape(name) for name, (_, of_kind, *_) in PROGRAMS.items() if of_kind == kind]
    says(_press(advisor, "find_programs", type=keys[kind]), *named)
