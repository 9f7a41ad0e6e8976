"""Writes programs in CTDL, the vocabulary of Credential Engine, as far as it has terms for what they state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from own_programs.formats.cells import number_text
from own_programs.formats.schema_org import plain_number, stated
from own_programs.records import Offering, Price, ProgramRecord

Node = dict[str, Any]
CONTEXT = "https://credreg.net/ctdl/schema/context/json"
LEFT_OUT = (
    *("start", "start_text", "end", "deadline", "seats", "language of an offering"),
    *("eqf", "hours_per_week", "quality_assurance", "part_of", "leads_to", "checked_on"),
)
"""What CTDL has no term for that is certain."""
_TERMS = "https://credreg.net/ctdl/terms/"
_DELIVERY = {"online": "OnlineOnly", "in-person": "InPerson", "hybrid": "BlendedDelivery"}
_TIMING = {"daytime": "Daytime", "evening": "Evening", "weekend": "Weekends"}
_CTID = re.compile(r"ce-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def nodes(programs: Iterable[ProgramRecord], language: str) -> Iterator[Node]:
    """Yield a node for each program, offering and organisation; texts are said to be in `language`, a BCP 47 tag."""
    writer = _Writer(language)
    for number, program in enumerate(programs, 1):
        yield from writer.program(number, program)


class _Writer:
    """Writer of the nodes of one file; each organisation is written once."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._organisations: dict[str, str] = {}
        self._waiting: list[Node] = []

    def program(self, number: int, program: ProgramRecord) -> Iterator[Node]:
        identity = f"_:program-{number}"
        provider = self._organisation(program.provider, program.contact)
        offerings = [
            self._offering(f"_:offering-{number}-{place}", offering, provider)
            for place, offering in enumerate(program.offerings, 1)
        ]
        known = program.source_key if _CTID.fullmatch(program.source_key) else ""
        recognised = [self._organisation(each.by) for each in program.recognitions if each.by]
        yield stated(
            {
                "@id": identity,
                "@type": "ceterms:LearningOpportunityProfile",
                "ceterms:ctid": known,
                "ceterms:codedNotation": "" if known else program.source_key,
                "ceterms:name": self._text(program.name),
                "ceterms:description": self._text(program.description),
                "ceterms:subjectWebpage": program.url,
                "ceterms:offeredBy": provider,
                "ceterms:recognizedBy": [each for found in recognised for each in found],
                "ceterms:inLanguage": list(program.languages),
                "ceterms:subject": [self._alignment(name) for name in program.subjects],
                "ceterms:teaches": [self._alignment(name) for name in program.skills],
                "ceterms:keyword": {self._language: [program.type]} if program.type else {},
                "ceterms:audienceLevelType": [self._alignment(program.level)] if program.level else [],
                "ceterms:creditValue": self._credits(program),
                "ceterms:estimatedDuration": self._durations(program),
                "ceterms:estimatedCost": [self._cost(price, program.url) for price in program.prices],
                "ceterms:entryCondition": self._conditions(program),
                "ceterms:hasOffering": [offering["@id"] for offering in offerings],
            }
        )
        yield from offerings
        yield from self._waiting
        self._waiting.clear()

    def _offering(self, identity: str, offering: Offering, provider: list[str]) -> Node:
        mode, timing = _DELIVERY.get(offering.mode), _TIMING.get(offering.schedule)
        pace = [self._concept("ScheduleFrequency", "scheduleFrequency:SelfPaced")]
        return stated(
            {
                "@id": identity,
                "@type": "ceterms:ScheduledOffering",
                "ceterms:offeredBy": provider,
                "ceterms:deliveryType": [self._concept("Delivery", f"deliveryType:{mode}")] if mode else [],
                "ceterms:scheduleTimingType": [self._concept("ScheduleTiming", f"scheduleTiming:{timing}")]
                if timing
                else [],
                "ceterms:scheduleFrequencyType": pace if offering.schedule == "self-paced" else [],
                "ceterms:availableAt": self._places(offering),
                "ceterms:estimatedCost": [self._cost(price, offering.url) for price in offering.prices],
                "ceterms:subjectWebpage": offering.url,
            }
        )

    def _organisation(self, name: str, contact: str = "") -> list[str]:
        if not name:
            return []
        if name not in self._organisations:
            identity = self._organisations[name] = f"_:organisation-{len(self._organisations) + 1}"
            node = {"@id": identity, "@type": "ceterms:CredentialOrganization", "ceterms:name": self._text(name)}
            self._waiting.append({**node, **({"ceterms:email": [contact]} if "@" in contact else {})})
        return [self._organisations[name]]

    def _credits(self, program: ProgramRecord) -> list[Node]:
        return [
            stated(
                {
                    "@type": "ceterms:ValueProfile",
                    "schema:value": plain_number(credit.amount),
                    "schema:description": self._text(credit.unit),
                }
            )
            for credit in program.credits
        ]

    def _durations(self, program: ProgramRecord) -> list[Node]:
        days = program.weeks * 7 if program.weeks is not None else None
        parts = stated(
            {
                "ceterms:exactDuration": f"P{int(days)}D" if days and days == int(days) else "",
                "ceterms:timeRequired": f"PT{number_text(program.hours)}H" if program.hours is not None else "",
                "ceterms:description": self._text(program.duration),
            }
        )
        return [{"@type": "ceterms:DurationProfile", **parts}] if parts else []

    def _cost(self, price: Price, url: str) -> Node:
        return stated(
            {
                "@type": "ceterms:CostProfile",
                "ceterms:name": self._text(price.category),
                "ceterms:price": plain_number(price.amount),
                "ceterms:currency": price.currency,
                "ceterms:costDetails": url,
            }
        )

    def _conditions(self, program: ProgramRecord) -> list[Node]:
        text = self._text(program.prerequisites)
        return [{"@type": "ceterms:ConditionProfile", "ceterms:description": text}] if text else []

    def _places(self, offering: Offering) -> list[Node]:
        parts = stated(
            {
                "ceterms:name": self._text(offering.campus),
                "ceterms:addressLocality": self._text(offering.place),
                "ceterms:addressCountry": self._text(offering.country),
            }
        )
        return [{"@type": "ceterms:Place", **parts}] if parts else []

    def _alignment(self, name: str) -> Node:
        return {"@type": "ceterms:CredentialAlignmentObject", "ceterms:targetNodeName": self._text(name)}

    def _concept(self, framework: str, node: str) -> Node:
        parts = {"ceterms:framework": _TERMS + framework, "ceterms:targetNode": node}
        return {"@type": "ceterms:CredentialAlignmentObject", **parts}

    def _text(self, text: str) -> dict[str, str]:
        return {self._language: text} if text else {}
