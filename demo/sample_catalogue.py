"""A made-up catalogue of six colleges, to try the advisor with programs of its own: `advisor demo catalogue`.

The same day gives the same programs. Words and numbers come from sample_catalogue.yml; some facts are left unstated on
purpose, some offerings are over, and some programs bear the same name.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import fields, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from own_programs.records import Credit, Offering, Price, ProgramRecord, Recognition
from own_programs.store.writer import writing

SOURCE = "sample"
PROGRAMS = 300
WORDS = Path(__file__).with_suffix(".yml")
FIRST_DAY, LAST_DAY = 25, 540  # of a start to come, counted from today
FREE, PAST, BY_OFFERING, ABROAD_IN_DOLLARS = 0.08, 0.3, 0.25, 0.1  # shares of programs, offerings, programs, prices
# How often a fact is left unstated.
UNSTATED = {
    "description": 0.04,
    "subjects": 0.01,
    "offerings": 0.02,
    "level": 0.1,
    "eqf": 0.2,
    "hours": 0.1,
    "hours_per_week": 0.25,
    "duration": 0.06,
    "prerequisites": 0.15,
    "quality_assurance": 0.35,
    "skills": 0.1,
    "prices": 0.1,
    "contact": 0.15,
    "url": 0.04,
    "checked_on": 0.06,
}
Words = dict[str, Any]


def write_sample(path: Path, today: date, master: str = "") -> int:
    """Replace the source "sample" of a catalogue by the made-up programs of a day; return how many they are."""
    programs = sample_programs(today)
    kept = {program.source_key for program in programs}
    with writing(path, master) as catalogue:
        catalogue.source(
            SOURCE,
            imported_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            files=json.dumps([WORDS.name]),
            owner="demo@example.org",
            review_on=(today + timedelta(days=180)).isoformat(),
        )
        for key in catalogue.keys(SOURCE) - kept:
            catalogue.remove(SOURCE, key)
        for _ in catalogue.put_all(programs):
            pass
    return len(programs)


def sample_programs(today: date) -> list[ProgramRecord]:
    """Return the made-up programs; starts lie within 18 months of the day, some before it."""
    return _Maker(YAML(typ="safe").load(WORDS), today).programs()


class _Maker:
    """Maker of the programs of one day."""

    def __init__(self, words: Words, today: date) -> None:
        self._words, self._today = words, today
        self._chance = random.Random(7)
        self._numbers: Counter[str] = Counter()
        self._names: set[tuple[str, str]] = set()

    def programs(self) -> list[ProgramRecord]:
        made: list[ProgramRecord] = []
        plans = [(subject, title) for subject in self._words["subjects"] for title in subject["titles"]]
        self._chance.shuffle(plans)
        while len(made) < PROGRAMS:  # first each title once, then some of them again
            for subject, title in plans:
                made += self._of_title(subject, title)
        return sorted(made[:PROGRAMS], key=lambda program: program.source_key)

    def _of_title(self, subject: Words, title: str) -> list[ProgramRecord]:
        colleges = {college["key"]: college for college in self._words["colleges"]}
        kind = self._kind(subject)
        frame = "{title}" if subject.get("same_everywhere") else self._chance.choice(kind["frames"])
        name = frame.format(title=title)
        taught_at = (
            subject["colleges"] if subject.get("same_everywhere") else [self._chance.choice(subject["colleges"])]
        )
        fresh = [key for key in taught_at if (key, name) not in self._names]
        self._names |= {(key, name) for key in fresh}
        return [self._program(subject, colleges[key], kind, name) for key in fresh]

    def _kind(self, subject: Words) -> Words:
        allowed = subject.get("only", [kind["name"] for kind in self._words["types"]])
        kinds = [
            kind for kind in self._words["types"] if kind["name"] in allowed and kind.get("needs", "name") in subject
        ]
        return dict(self._chance.choices(kinds, [kind["share"] for kind in kinds])[0])

    def _program(self, subject: Words, college: Words, kind: Words, name: str) -> ProgramRecord:
        chance = self._chance
        prefix = f"{college['key']}-{subject['code'].lower()}"
        self._numbers[prefix] += 1
        key = f"{prefix}-{self._numbers[prefix]:02d}"
        level, eqf = chance.choice(kind["levels"])
        credits, weeks = chance.choice(kind["credits"]), chance.choice(kind["weeks"])
        hours = float(credits * college["hours_per_credit"] or weeks * chance.choice((4, 6, 8)))
        prices = self._prices(kind, credits, hours, "body" in subject)
        program = ProgramRecord(
            source=SOURCE,
            source_key=key,
            name=name,
            description=self._description(subject, kind),
            type=kind["name"],
            provider=college["name"],
            subjects=(subject["name"],),
            skills=tuple(chance.sample(subject["skills"], k=min(3, len(subject["skills"])))),
            level=level,
            eqf=eqf,
            credits=(Credit(float(credits), "ECTS"),) if credits else self._points(hours),
            hours=hours,
            hours_per_week=round(hours / weeks, 1),
            duration=f"{weeks} weeks" if weeks > 1 else "1 week",
            weeks=float(weeks),
            prerequisites=self._prerequisites(eqf or 4),
            quality_assurance=chance.choice(self._words["quality"]),
            recognitions=self._recognitions(subject, college, credits),
            part_of=(subject["degree"],) if credits >= 3 and "degree" in subject else (),
            leads_to=self._leads_to(subject, eqf),
            prices=prices,
            offerings=self._offerings(subject, college, weeks, prices),
            contact=chance.choice((f"{college['key']}@example.org", "short-courses@example.org")),
            url=f"https://{college['site']}/programs/{key}",
            checked_on=self._today - timedelta(days=int(chance.triangular(1, 420, 20))),
        )
        return self._with_gaps(program)

    def _with_gaps(self, program: ProgramRecord) -> ProgramRecord:
        spoken = sorted({offering.language for offering in program.offerings if offering.language})
        blank: Words = {field.name: field.default for field in fields(program)}
        left_out = {name: blank[name] for name, share in UNSTATED.items() if self._chance.random() < share}
        if "duration" in left_out:
            left_out["weeks"] = None
        return replace(program, languages=tuple(spoken), **left_out)

    def _description(self, subject: Words, kind: Words) -> str:
        *first, last = self._chance.sample(subject["work"], k=min(3, len(subject["work"])))
        words = {
            "type": kind["name"].lower(),
            "work": f"{', '.join(first)} and {last}" if first else last,
            "people": subject["people"],
        }
        sentences = [self._chance.choice(self._words["openings"]), *self._chance.sample(self._words["closings"], k=2)]
        return " ".join(sentence.format(**words) for sentence in sentences)

    def _points(self, hours: float) -> tuple[Credit, ...]:
        return (Credit(hours, "CPD hours"),) if self._chance.random() < 0.4 else ()

    def _prerequisites(self, eqf: int) -> str:
        texts = next(each["texts"] for each in self._words["prerequisites"] if eqf <= each["up_to"])
        return str(self._chance.choice(texts))

    def _recognitions(self, subject: Words, college: Words, credits: int) -> tuple[Recognition, ...]:
        found = []
        if "body" in subject and self._chance.random() < 0.7:
            found.append(
                Recognition(subject["body"], self._chance.choice(("CPD", "membership", "licence to practise")))
            )
        if credits >= 3 and self._chance.random() < 0.7:
            whose = self._chance.choice((college["name"], self._words["network"]))
            found.append(Recognition(whose, self._chance.choice(self._words["credit_purposes"])))
        return tuple(found)

    def _leads_to(self, subject: Words, eqf: int | None) -> tuple[str, ...]:
        if self._chance.random() < 0.5:
            return ()
        degree = (subject["degree"],) if "degree" in subject and eqf and eqf >= 5 else ()
        return degree or (f"Certificate in {self._chance.choice(subject['titles'])}",)

    def _prices(self, kind: Words, credits: int, hours: float, has_members: bool) -> tuple[Price, ...]:
        if self._chance.random() < FREE:
            return (Price(0.0, "EUR"),)
        amount = 5.0 * round((credits * kind["price"] or hours * 12) * self._chance.uniform(0.8, 1.3) / 5)
        if has_members and self._chance.random() < 0.6:
            return (Price(amount, "EUR"), Price(5.0 * round(amount * 0.17), "EUR", "member"))
        if credits >= 3 and self._chance.random() < 0.6:
            currency = "USD" if self._chance.random() < ABROAD_IN_DOLLARS else "EUR"
            return (Price(amount, "EUR", "home"), Price(float(round(amount * 1.8)), currency, "international"))
        return (Price(amount, "EUR"),)

    def _offerings(self, subject: Words, college: Words, weeks: int, prices: tuple[Price, ...]) -> tuple[Offering, ...]:
        made = [self._offering(subject, college, weeks) for _ in range(self._chance.choice((1, 2, 2, 3, 3, 4, 5)))]
        if self._chance.random() < BY_OFFERING:
            made[-1] = replace(
                made[-1], prices=tuple(replace(one, amount=float(round(one.amount * 0.85))) for one in prices)
            )
        return tuple(sorted(made, key=lambda one: (one.start or date.max, one.mode, one.place)))

    def _offering(self, subject: Words, college: Words, weeks: int) -> Offering:
        chance = self._chance
        modes = (
            ("in-person", "in-person", "hybrid")
            if subject.get("hands_on")
            else ("online", "online", "in-person", "hybrid")
        )
        mode = chance.choice(modes)
        schedules = (
            ("daytime", "evening", "weekend", "self-paced") if mode == "online" else ("daytime", "evening", "weekend")
        )
        offering = Offering(
            mode=mode,
            schedule=chance.choice((*schedules, "evening", "")),
            place="" if mode == "online" else college["place"],
            campus="" if mode == "online" or chance.random() < 0.2 else chance.choice(college["campuses"]),
            country=college["country"],
            language=chance.choice(("en", "en", college["language"])),
            seats=chance.choice((None, None, 8, 12, 16, 20, 24, 40, 120)),
        )
        if chance.random() < (0.7 if offering.schedule == "self-paced" else 0.06):
            return replace(offering, start_text=chance.choice(self._words["vague_starts"]))
        start = self._start()
        return replace(
            offering,
            start=start,
            end=start + timedelta(weeks=weeks, days=-3) if chance.random() < 0.85 else None,
            deadline=start - timedelta(days=chance.choice((7, 14, 21, 30, 45, 60))) if chance.random() < 0.8 else None,
        )

    def _start(self) -> date:
        past = self._chance.random() < PAST
        days = -self._chance.randrange(10, 330) if past else self._chance.randrange(FIRST_DAY, LAST_DAY - 7)
        day = self._today + timedelta(days=days)
        return day + timedelta(days=-day.weekday() % 7)  # courses begin on a Monday
