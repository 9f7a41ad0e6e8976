"""Finds what the catalogue has near a field: programs and places of the fields close to it, or of its industry.

Which fields are near, and which belong to an industry, the catalogue says.
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.knowledge_base import Knowledge
from knowledge.models import Destination, Field, FieldAnswer, Industry, Program

Homes = tuple[Field, tuple[Destination, ...]]


def close_programs(knowledge: Knowledge, answer: FieldAnswer) -> tuple[Program, ...]:
    """Return the programs of the fields near a field, in the order of these; one of each field comes before any second."""
    by_field = [knowledge.field_answer(field.key).programs for field in near_fields(knowledge, answer)]
    first = [programs[0] for programs in by_field if programs]
    further = [program for programs in by_field for program in programs[1:]]
    return tuple({program.key: program for program in (*first, *further)}.values())


def close_homes(knowledge: Knowledge, answer: FieldAnswer) -> tuple[Homes, ...]:
    """Return the fields near a field that are popular somewhere, with where, those first in which a program is named.

    Where none is, it is the fields near these.
    """
    near = [knowledge.field_answer(field.key) for field in near_fields(knowledge, answer)]
    found = {one.field.key: (one.field, one.destinations) for one in near if one.destinations}
    named = {one.field.key for one in near if one.programs}
    further = {field.key: (field, homes) for one in near for field, homes in one.near if homes}
    return tuple(sorted((found or further).values(), key=lambda one: one[0].key not in named))


def own_industry(answer: FieldAnswer) -> Industry | None:
    """Return the industry with areas of its own that a field belongs to without being one of these areas, or None."""
    name = answer.field.name.lower()
    whole = (one for one in answer.industries if one.embraces and name not in map(str.lower, one.areas))
    return next(whole, None)


def stands_for(knowledge: Knowledge, key: str) -> set[str]:
    """Return a refused field with what it stands for: the fields near one that no place lists, and those of its industry."""
    if not knowledge.has_name("field", key):
        return {key}
    answer = knowledge.field_answer(key)
    if answer.field.listed:
        return {key}
    industry = own_industry(answer)
    of_industry = knowledge.industry_fields(industry.key) if industry else ()
    return {key, *(field.key for field, _ in answer.near), *(field.key for field in of_industry)}


def near_fields(knowledge: Knowledge, answer: FieldAnswer) -> Iterator[Field]:
    """Yield the fields near a field: as the catalogue says, then areas of its industry and fields with a kind of it."""
    yield from (field for field, _ in answer.near)
    industry, kinds = own_industry(answer), {kind.key for kind in answer.types}
    if industry is None or answer.field.listed:
        return
    areas = set(map(str.lower, industry.areas))
    for field in knowledge.industry_fields(industry.key):
        is_area = field.name.lower() in areas
        if field.key != answer.field.key and (
            is_area or kinds & {one.key for one in knowledge.types_for_field(field.key)}
        ):
            yield field
