"""Defines a program and its offerings as an organisation states them. What is not stated stays empty."""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

MODES = ("online", "in-person", "hybrid")
SCHEDULES = ("daytime", "evening", "weekend", "self-paced")
BY_HAND = "by-hand"  # the source of programs that staff entered in the console; no file is one


@dataclass(frozen=True)
class Price:
    """What a program or an offering costs.

    `currency` is an ISO 4217 code, and may be missing for what is free; `category` says for whom, as stated ("home",
    "international", "member", "EU"), and is empty if it is for all.
    """

    amount: float
    currency: str = ""
    category: str = ""


@dataclass(frozen=True)
class Offering:
    """One occasion on which a program can be taken.

    `start_text` is a start that is no date ("January", "any Monday"). `mode` is one of MODES, `schedule` of SCHEDULES.
    `place` is a city or town, `campus` a building or site there, `country` a country as stated; `language` a BCP 47 tag.
    """

    start: date | None = None
    start_text: str = ""
    end: date | None = None
    deadline: date | None = None
    mode: str = ""
    schedule: str = ""
    place: str = ""
    campus: str = ""
    country: str = ""
    language: str = ""
    seats: int | None = None
    prices: tuple[Price, ...] = ()
    url: str = ""
    source_key: str = ""

    @property
    def last_day(self) -> date | None:
        """The last day on which it may be begun, for what begins at any time its end; None if it may go on for ever."""
        if self.schedule == "self-paced" or self.start_text:
            return self.end
        return self.start or self.end or self.deadline

    def is_over(self, today: date) -> bool:
        """Return whether nobody can begin any more."""
        return self.last_day is not None and self.last_day < today


@dataclass(frozen=True)
class Credit:
    """Credits of a program; `unit` is a system such as "ECTS", "CATS" or "CEU", empty if it is not stated."""

    amount: float
    unit: str = ""


@dataclass(frozen=True)
class Recognition:
    """Who recognises a program, and for what ("credit towards a degree", "CPD"); either may be empty."""

    by: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class ProgramRecord:
    """A program of the organisation's catalogue.

    `source` is the name of the import that it came by, `source_key` its identity there (ctid, @id, URL, code).
    `type` and `subjects` are in the source's words. `level` is as stated, `eqf` its level of the European
    Qualifications Framework (1 to 8). `hours` is the whole workload; `weeks` is `duration` as a number. `part_of` and
    `leads_to` name other programs or awards. `prices` hold for every offering that has none of its own.
    `languages` are BCP 47 tags. `checked_on` is the day on which somebody last held it against its page.
    """

    source: str
    source_key: str
    name: str
    description: str = ""
    type: str = ""
    provider: str = ""
    subjects: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    level: str = ""
    eqf: int | None = None
    credits: tuple[Credit, ...] = ()
    hours: float | None = None
    hours_per_week: float | None = None
    duration: str = ""
    weeks: float | None = None
    prerequisites: str = ""
    quality_assurance: str = ""
    recognitions: tuple[Recognition, ...] = ()
    part_of: tuple[str, ...] = ()
    leads_to: tuple[str, ...] = ()
    prices: tuple[Price, ...] = ()
    offerings: tuple[Offering, ...] = ()
    contact: str = ""
    url: str = ""
    checked_on: date | None = None

    @property
    def key(self) -> str:
        """Its identity in the whole catalogue."""
        return f"{self.source}:{self.source_key}"


def changed_parts(before: ProgramRecord, after: ProgramRecord) -> list[str]:
    """Return the names of the fields in which two programs differ; the day on which it was checked is none."""
    names = [name for name in _names(ProgramRecord) if name != "checked_on"]
    return [name.replace("_", " ") for name in names if getattr(before, name) != getattr(after, name)]


def from_json(text: str) -> ProgramRecord:
    """Return the program whose JSON `json_and_fingerprint` made."""
    program: ProgramRecord = _made(ProgramRecord, json.loads(text))
    return program


def json_and_fingerprint(program: ProgramRecord) -> tuple[str, str]:
    """Return a program as JSON, what is empty left out, and a short hash of all that it states but the day it was checked.

    The same program gives the same text.
    """
    stated = _stated(program)
    text = undated = _ENCODER.encode(stated)
    if stated.pop("checked_on", None):
        undated = _ENCODER.encode(stated)
    return text, hashlib.blake2b(undated.encode(), digest_size=16).hexdigest()


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


def _stated(record: Any) -> dict[str, Any]:
    """Return what a record states, in values of JSON."""
    found: dict[str, Any] = {}
    for name in _names(record.__class__):
        value = getattr(record, name)
        if value is None or value == "" or value == ():
            continue
        if isinstance(value, tuple):
            found[name] = [each if isinstance(each, str) else _stated(each) for each in value]
        else:
            found[name] = value.isoformat() if isinstance(value, date) else value
    return found


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _made(kind: Any, value: Any) -> Any:
    """Return a JSON value as the type that a record's field has."""
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(each for each in get_args(kind) if each is not type(None))
    if get_origin(kind) is tuple:
        return tuple(_made(get_args(kind)[0], each) for each in value)
    if is_dataclass(kind):
        return kind(**{name: _made(_hints(kind)[name], each) for name, each in value.items()})  # type: ignore[operator]
    if kind is date:
        return date.fromisoformat(value)
    return kind(value)


_HINTS: dict[Any, Mapping[str, Any]] = {}


def _hints(kind: Any) -> Mapping[str, Any]:
    if kind not in _HINTS:
        hints = get_type_hints(kind)
        _HINTS[kind] = {field.name: hints[field.name] for field in fields(kind)}
    return _HINTS[kind]
