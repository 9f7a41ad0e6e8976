"""Makes up catalogues of any size for measurements, always the same ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from catalogue.records import Credit, Offering, Price, ProgramRecord

TODAY = date(2027, 1, 15)
_AREAS = (
    *(
        "Data",
        "Cybersecurity",
        "Nursing",
        "Leadership",
        "Project",
        "Marketing",
        "Pottery",
        "Food",
        "Energy",
        "Childhood",
    ),
    *("Accounting", "Psychology", "Software", "Hospitality", "Logistics", "Writing", "Sports", "Health", "Robotics"),
    *(
        "Law",
        "Forestry",
        "Textile",
        "Music",
        "Aviation",
        "Tourism",
        "Insurance",
        "Chemistry",
        "Dairy",
        "Housing",
        "Film",
    ),
)
_ASPECTS = (
    *("Analytics", "Management", "Safety", "Policy", "Ethics", "Design", "Quality", "Research", "Strategy", "Care"),
    *("Systems", "Law", "Finance", "Innovation", "Planning", "Communication", "Technology", "Operations", "Studies"),
)
SUBJECTS = tuple(f"{area} {aspect}" for area in _AREAS for aspect in _ASPECTS)
_PREFIXES = (
    "",
    "Introduction to",
    "Advanced",
    "Tools for",
    "Foundations of",
    "Case Studies in",
    "Applied",
    "Ethics of",
)
_FORMS = ("", "Essentials", "Masterclass", "in Practice", "(Bridge) Masterclass", "for Managers", "Lab", "(Part 2)")
_ADDED = ("with Python", "for Schools", "in Europe", "and Society", "after the Pandemic", "on a Budget", "at Scale")
_TYPES = ("Micro-credential", "Short Course", "Certificate", "Bootcamp", "Masterclass")
PLACES = ("Cork", "Dublin", "Galway", "Limerick", "Porto", "Lyon", "Graz", "Tampere", "Utrecht", "Valencia")
_LEVELS = (("Beginner", 4), ("Intermediate", 5), ("Advanced", 7), ("", None))
_SYLLABLES = ("lar", "mo", "ken", "tor", "vel", "ni", "sa", "brin", "dol", "qua", "hes", "pim", "ru", "gat", "zel")
_SENTENCE = "Participants work on {0} with examples from {1} and learn how {2} changes everyday work in teams."


def programs(count: int, seed: int = 1) -> Iterator[ProgramRecord]:
    """Yield that many programs with about two offerings each; the first ones are the same for every count."""
    for number in range(count):
        yield _program(number, random.Random(seed * 10_000_019 + number))


def made_up_word(number: int) -> str:
    """Return a word that no language has, the same for the same number."""
    size = len(_SYLLABLES)
    return "".join(_SYLLABLES[number // size**place % size] for place in range(4)).capitalize()


def _program(number: int, chance: random.Random) -> ProgramRecord:
    subjects = chance.sample(SUBJECTS, 2)
    level, eqf = chance.choice(_LEVELS)
    weeks = chance.choice((2.0, 4.0, 8.0, 12.0, None))
    provider = f"{made_up_word(chance.randrange(400) * 37)} {chance.choice(('College', 'University', 'Institute'))}"
    parts = (chance.choice(_PREFIXES), subjects[0], made_up_word(chance.randrange(20_000)), chance.choice(_FORMS))
    return ProgramRecord(
        source="bench",
        source_key=str(number),
        name=" ".join(part for part in (*parts, chance.choice(("", "", chance.choice(_ADDED)))) if part),
        description=" ".join(_SENTENCE.format(*chance.sample(SUBJECTS, 3)).lower() for _ in range(5)),
        type=chance.choice(_TYPES),
        provider=provider,
        subjects=tuple(subjects),
        skills=tuple(each.lower() for each in chance.sample(SUBJECTS, 2)),
        languages=(chance.choice(("en", "en", "en", "fr", "pt")),),
        level=level,
        eqf=eqf,
        credits=(Credit(float(chance.choice((3, 5, 10))), "ECTS"),) if chance.random() < 0.7 else (),
        hours=weeks and weeks * 5,
        hours_per_week=weeks and float(chance.choice((3, 5, 8))),
        weeks=weeks,
        prices=_prices(chance),
        offerings=tuple(_offering(chance) for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 4)))),
    )


def _offering(chance: random.Random) -> Offering:
    start = TODAY + timedelta(days=chance.randrange(-200, 400))
    mode = chance.choice(("online", "online", "in-person", "hybrid", ""))
    return Offering(
        start=start if chance.random() < 0.8 else None,
        deadline=start - timedelta(days=14) if chance.random() < 0.3 else None,
        mode=mode,
        schedule=chance.choice(("daytime", "evening", "weekend", "self-paced", "")),
        place=chance.choice(PLACES) if mode != "online" else "",
        country="Ireland" if mode == "in-person" else "",
        prices=_prices(chance) if chance.random() < 0.2 else (),
    )


def _prices(chance: random.Random) -> tuple[Price, ...]:
    if chance.random() < 0.2:
        return ()
    amount = float(chance.choice((0, 90, 250, 480, 750, 1200, 2400)))
    usual = Price(amount, chance.choice(("EUR", "EUR", "EUR", "USD")))
    return (usual, Price(amount * 0.8, usual.currency, "member")) if chance.random() < 0.3 else (usual,)
