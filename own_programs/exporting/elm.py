"""Writes programs as learning opportunities of the European Learning Model, as far as it has terms that are certain.

Each offering is an opportunity of its own; what they share is their learning achievement specification. Concepts that the
model keeps in lists of its own (modes, levels, currencies) are named by their addresses, all others by a label.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from own_programs.formats.cells import number_text
from own_programs.formats.schema_org import stated
from own_programs.records import Credit, Offering, Price, ProgramRecord

Node = dict[str, Any]
CONTEXT = {
    "elm": "http://data.europa.eu/snb/model/elm/",
    "adms": "http://www.w3.org/ns/adms#",
    "dc": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rov": "http://www.w3.org/ns/regorg#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
LEFT_OUT = ("seats", "hours_per_week", "quality_assurance", "recognitions", "part_of", "leads_to", "checked_on")
"""What the model has no term for that is certain."""
_MODES = {
    "online": "http://data.europa.eu/snb/learning-assessment/920fbb3cbe",
    "in-person": "http://data.europa.eu/snb/learning-assessment/9191af2ed9",
    "hybrid": "http://data.europa.eu/snb/learning-assessment/e92d221e4d",
}
_EQF = "http://data.europa.eu/snb/eqf/"
_CREDIT_SYSTEMS = {"ECTS": "http://data.europa.eu/snb/education-credit/6fcec5c5af"}
_CURRENCY = "http://publications.europa.eu/resource/authority/currency/"


def nodes(programs: Iterable[ProgramRecord], language: str) -> Iterator[Node]:
    """Yield a learning opportunity for each offering; texts are said to be in `language`, a BCP 47 tag."""
    writer = _Writer(language)
    for number, program in enumerate(programs, 1):
        shared = f"_:achievement-{number}"
        yield writer.achievement(shared, program)
        for place, offering in enumerate(program.offerings or (Offering(),), 1):
            yield writer.opportunity(f"_:opportunity-{number}-{place}", offering, program, shared)


class _Writer:
    """Writer of the nodes of one file."""

    def __init__(self, language: str) -> None:
        self._language = language

    def achievement(self, identity: str, program: ProgramRecord) -> Node:
        kind = "LearningAchievementSpecification" if program.eqf is None else "Qualification"
        return stated(
            {
                "@id": identity,
                "@type": f"elm:{kind}",
                "adms:identifier": _identifier(program.source_key),
                "dc:title": self._text(program.name),
                "dc:type": self._concept(program.type),
                "elm:EQFLevel": {"@id": f"{_EQF}{program.eqf}"} if program.eqf is not None else None,
                "elm:educationLevel": self._concept(program.level),
                "elm:educationSubject": [self._concept(name) for name in program.subjects],
                "elm:learningOutcome": [self._outcome(name) for name in program.skills],
                "elm:volumeOfLearning": _duration(program.hours, "PT{}H"),
                "elm:creditPoint": [self._credit(each) for each in program.credits],
                "elm:entryRequirement": self._note(program.prerequisites),
                "dc:language": [self._concept(tag) for tag in program.languages],
            }
        )

    def opportunity(self, identity: str, offering: Offering, program: ProgramRecord, shared: str) -> Node:
        prices = offering.prices or program.prices
        url = offering.url or program.url
        when = "; ".join(part for part in (offering.start_text, offering.schedule) if part)
        place = ", ".join(part for part in (offering.campus, offering.place, offering.country) if part)
        days = program.weeks * 7 if program.weeks is not None else None
        return stated(
            {
                "@id": identity,
                "@type": "elm:LearningOpportunity",
                "adms:identifier": _identifier(offering.source_key or program.source_key),
                "dc:title": self._text(program.name),
                "dc:description": self._text(program.description),
                "foaf:homepage": {"@type": "elm:WebResource", "elm:contentUrl": url} if url else None,
                "dc:temporal": _period(offering),
                "elm:duration": _duration(days if days and days == int(days) else None, "P{}D"),
                "elm:mode": {"@id": _MODES[offering.mode]} if offering.mode in _MODES else None,
                "elm:scheduleInformation": self._note(when),
                "elm:applicationDeadline": _moment(offering.deadline),
                "elm:priceDetail": [self._price(price) for price in prices],
                "elm:providedBy": self._organisation(program),
                "elm:location": self._location(place),
                "elm:learningAchievementSpecification": {"@id": shared},
                "elm:defaultLanguage": self._concept(offering.language),
                "elm:additionalNote": self._note(program.duration),
            }
        )

    def _organisation(self, program: ProgramRecord) -> Node | None:
        contact = program.contact
        point = {"@type": "elm:ContactPoint", **self._way_to_reach(contact)} if contact else None
        parts = stated({"rov:legalName": self._text(program.provider), "elm:contactPoint": point})
        return {"@type": "elm:Organisation", **parts} if parts else None

    def _way_to_reach(self, contact: str) -> Node:
        if "@" in contact and " " not in contact:
            return {"elm:emailAddress": {"@id": f"mailto:{contact}", "@type": "elm:Mailbox"}}
        return {"dc:description": self._text(contact)}

    def _credit(self, credit: Credit) -> Node:
        known = _CREDIT_SYSTEMS.get(credit.unit)
        framework = {"@id": known} if known else self._concept(credit.unit)
        point = number_text(credit.amount)
        return stated({"@type": "elm:CreditPoint", "elm:framework": framework, "elm:point": point})

    def _price(self, price: Price) -> Node:
        amount = {"@value": number_text(price.amount), "@type": "xsd:decimal"}
        unit = {"@id": _CURRENCY + price.currency} if price.currency else None
        full = stated({"@type": "elm:Amount", "rdf:value": amount, "elm:unit": unit})
        return stated({"@type": "elm:PriceDetail", "elm:amount": full, "skos:prefLabel": self._text(price.category)})

    def _location(self, place: str) -> Node | None:
        return {"@type": "dc:Location", "elm:geographicName": self._text(place)} if place else None

    def _outcome(self, name: str) -> Node:
        return {"@type": "elm:LearningOutcome", "dc:title": self._text(name)}

    def _note(self, text: str) -> Node | None:
        return {"@type": "elm:Note", "elm:noteLiteral": self._text(text)} if text else None

    def _concept(self, name: str) -> Node | None:
        return {"@type": "skos:Concept", "skos:prefLabel": self._text(name)} if name else None

    def _text(self, text: str) -> Node | None:
        return {"@value": text, "@language": self._language} if text else None


def _identifier(key: str) -> Node:
    return {"@type": "elm:Identifier", "skos:notation": key}


def _period(offering: Offering) -> Node | None:
    parts = stated({"elm:startDate": _moment(offering.start), "elm:endDate": _moment(offering.end)})
    return {"@type": "dc:PeriodOfTime", **parts} if parts else None


def _moment(day: date | None) -> Node | None:
    return {"@value": f"{day.isoformat()}T00:00:00", "@type": "xsd:dateTime"} if day else None


def _duration(amount: float | None, form: str) -> Node | None:
    return None if amount is None else {"@value": form.format(number_text(amount)), "@type": "xsd:duration"}
