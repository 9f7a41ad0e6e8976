"""Turns a program into a schema.org Course and back, nothing lost.

What schema.org has no term for stands under a prefix of our own, OURS; docs/own-programs-export.md lists these terms. Other
readers pass over them. A document's nodes stand in one `@graph` under CONTEXT.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from own_programs.records import Credit, Offering, Price, ProgramRecord, Recognition

Node = dict[str, Any]
SCHEMA_ORG = "https://schema.org"
OURS = "https://advisor.example/terms#"
"""Our own terms. The name is one that nobody can own: nothing is fetched from it."""
CONTEXT: list[Any] = [SCHEMA_ORG, {"own": OURS}]
EQF = "European Qualifications Framework"
COURSE_MODES = {"online": "Online", "in-person": "Onsite", "hybrid": "Blended"}  # as search engines know them
_MODES = {value: key for key, value in COURSE_MODES.items()}
_EMAIL = re.compile(r"(?<![^\s@])[^\s@]+@[^\s@]+")
_HOURS = re.compile(r"PT([\d.]+)H")


def to_course(program: ProgramRecord) -> Node:
    """Return a program as a node of type Course, without `@context`."""
    return stated(
        {
            "@type": "Course",
            "identifier": program.source_key,
            "name": program.name,
            "description": program.description,
            "url": program.url,
            "provider": _provider(program),
            "about": [_named("Thing", subject) for subject in program.subjects],
            "teaches": list(program.skills),
            "inLanguage": list(program.languages),
            "educationalLevel": _levels(program),
            "numberOfCredits": [_credit(each) for each in program.credits],
            "timeRequired": f"PT{plain_number(program.hours)}H" if program.hours is not None else None,
            "coursePrerequisites": program.prerequisites,
            "educationalCredentialAwarded": _credential(program),
            "isPartOf": [_named("CreativeWork", name) for name in program.part_of],
            "offers": [_offer(price, program.url) for price in program.prices],
            "hasCourseInstance": [_instance(offering) for offering in program.offerings],
            "own:hoursPerWeek": plain_number(program.hours_per_week),
            "own:duration": program.duration,
            "own:weeks": plain_number(program.weeks),
            "own:qualityAssurance": program.quality_assurance,
            "own:recognition": [stated({"own:by": r.by, "own:purpose": r.purpose}) for r in program.recognitions],
            "own:leadsTo": list(program.leads_to),
            "own:checkedOn": _day(program.checked_on),
        }
    )


def from_course(node: Mapping[str, Any], source: str) -> ProgramRecord:
    """Return the program whose node `to_course` made; raises KeyError or ValueError for what it did not make."""
    provider, awarded = node.get("provider", {}), node.get("educationalCredentialAwarded", {})
    hours = _HOURS.fullmatch(node.get("timeRequired", ""))
    return ProgramRecord(
        source=source,
        source_key=node["identifier"],
        name=node["name"],
        description=node.get("description", ""),
        type=awarded.get("credentialCategory", ""),
        provider=provider.get("name", ""),
        subjects=_names(node.get("about", [])),
        skills=tuple(node.get("teaches", [])),
        languages=tuple(node.get("inLanguage", [])),
        level=next((each for each in node.get("educationalLevel", []) if isinstance(each, str)), ""),
        eqf=next((int(each["termCode"]) for each in node.get("educationalLevel", []) if isinstance(each, dict)), None),
        credits=tuple(Credit(float(c["value"]), c.get("unitText", "")) for c in node.get("numberOfCredits", [])),
        hours=float(hours[1]) if hours else None,
        hours_per_week=_read_number(node.get("own:hoursPerWeek")),
        duration=node.get("own:duration", ""),
        weeks=_read_number(node.get("own:weeks")),
        prerequisites=node.get("coursePrerequisites", ""),
        quality_assurance=node.get("own:qualityAssurance", ""),
        recognitions=tuple(
            Recognition(each.get("own:by", ""), each.get("own:purpose", "")) for each in node.get("own:recognition", [])
        ),
        part_of=_names(node.get("isPartOf", [])),
        leads_to=tuple(node.get("own:leadsTo", [])),
        prices=_read_prices(node),
        offerings=tuple(_read_instance(each) for each in node.get("hasCourseInstance", [])),
        contact=_read_contact(provider.get("contactPoint", {})),
        url=node.get("url", ""),
        checked_on=_read_day(node.get("own:checkedOn")),
    )


def _provider(program: ProgramRecord) -> Node | None:
    contact = program.contact
    point = {"@type": "ContactPoint", "email" if _EMAIL.fullmatch(contact) else "description": contact}
    parts = stated({"name": program.provider, "contactPoint": point if contact else None})
    return {"@type": "Organization", **parts} if parts else None


def _levels(program: ProgramRecord) -> list[Any]:
    eqf = {
        "@type": "DefinedTerm",
        "name": f"EQF level {program.eqf}",
        "termCode": str(program.eqf),
        "inDefinedTermSet": EQF,
    }
    return [*([program.level] if program.level else []), *([eqf] if program.eqf is not None else [])]


def _credential(program: ProgramRecord) -> Node | None:
    recognised = [_named("Organization", name) for name in dict.fromkeys(r.by for r in program.recognitions) if name]
    if not program.type and not recognised:
        return None
    return stated(
        {
            "@type": "EducationalOccupationalCredential",
            "name": program.name,
            "credentialCategory": program.type,
            "recognizedBy": recognised,
        }
    )


def _credit(credit: Credit) -> Node:
    return stated({"@type": "QuantitativeValue", "value": plain_number(credit.amount), "unitText": credit.unit})


def _offer(price: Price, url: str) -> Node:
    return stated(
        {
            "@type": "Offer",
            "price": plain_number(price.amount),
            "priceCurrency": price.currency,
            "category": "Paid" if price.amount else "Free",
            "url": url,
            "own:payer": price.category,
        }
    )


def _instance(offering: Offering) -> Node:
    return stated(
        {
            "@type": "CourseInstance",
            "identifier": offering.source_key,
            "startDate": _day(offering.start),
            "endDate": _day(offering.end),
            "courseMode": COURSE_MODES.get(offering.mode, offering.mode),
            "inLanguage": offering.language,
            "location": _place(offering),
            "maximumAttendeeCapacity": offering.seats,
            "offers": [_offer(price, offering.url) for price in offering.prices],
            "url": offering.url,
            "own:startText": offering.start_text,
            "own:applicationDeadline": _day(offering.deadline),
            "own:schedule": offering.schedule,
        }
    )


def _place(offering: Offering) -> Node | None:
    address = stated({"addressLocality": offering.place, "addressCountry": offering.country})
    place = stated({"name": offering.campus, "address": {"@type": "PostalAddress", **address} if address else None})
    return {"@type": "Place", **place} if place else None


def _read_instance(node: Mapping[str, Any]) -> Offering:
    place = node.get("location", {})
    address = place.get("address", {})
    mode = node.get("courseMode", "")
    return Offering(
        start=_read_day(node.get("startDate")),
        start_text=node.get("own:startText", ""),
        end=_read_day(node.get("endDate")),
        deadline=_read_day(node.get("own:applicationDeadline")),
        mode=_MODES.get(mode, mode),
        schedule=node.get("own:schedule", ""),
        place=address.get("addressLocality", ""),
        campus=place.get("name", ""),
        country=address.get("addressCountry", ""),
        language=node.get("inLanguage", ""),
        seats=node.get("maximumAttendeeCapacity"),
        prices=_read_prices(node),
        url=node.get("url", ""),
        source_key=node.get("identifier", ""),
    )


def _read_prices(node: Mapping[str, Any]) -> tuple[Price, ...]:
    return tuple(
        Price(float(offer["price"]), offer.get("priceCurrency", ""), offer.get("own:payer", ""))
        for offer in node.get("offers", [])
    )


def _read_contact(point: Mapping[str, Any]) -> str:
    return str(point.get("email", point.get("description", "")))


def _named(kind: str, name: str) -> Node:
    return {"@type": kind, "name": name}


def _names(nodes: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(node["name"] for node in nodes)


def stated(node: Node) -> Node:
    """Return a node without what is empty."""
    return {name: value for name, value in node.items() if value is not None and value not in ("", [], {})}


def plain_number(value: float | None) -> float | int | None:
    """Return a number without a needless fraction."""
    return int(value) if value is not None and value == int(value) else value


def _read_number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _read_day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
