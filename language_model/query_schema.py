"""The form of a query as JSON Schema: what a language model is told to answer, and what is taken of its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, cast

from jsonschema import Draft7Validator, ValidationError

from core.contract.queries import (
    ACTS,
    LONGEST_UNKNOWN,
    MOST_ATTRIBUTES,
    MOST_CLAIMS,
    MOST_QUESTIONS,
    MOST_THINGS,
    MOST_UNKNOWN,
    ModelQuery,
)
from core.contract.question_forms import FORMS
from language_model.closed_list import ClosedList, attributes

_COVERED = re.compile(r"\[[\w -]+\]")
FENCE = "```"  # which some models put around JSON


class InvalidQuery(ValueError):
    """An answer that is no query of the closed list; the message names the part and holds no word of it."""


def query_schema(choices: ClosedList) -> dict[str, Any]:
    """Return the schema of the queries that may be made of the closed list; each part has a type, which some insist on."""
    thing = _object(thing=_one_of(choices.things), left_out={"type": "boolean"})
    question = _object(
        act=_one_of(ACTS),
        topic={"type": ["string", "null"], "enum": [*choices.topics, *choices.open_subjects, None]},
        claims=_list(_one_of(choices.claims) if choices.claims else None, MOST_CLAIMS),
        things=_list(thing if choices.things else None, MOST_THINGS),
        form=_one_of(FORMS),
        attributes=_list(_one_of(attributes()), MOST_ATTRIBUTES),
        unknown=_list({"type": "string", "minLength": 1, "maxLength": LONGEST_UNKNOWN}, MOST_UNKNOWN),
        answerable={"type": "boolean"},
    )
    return _object(questions={**_list(question, MOST_QUESTIONS), "minItems": 1}, language=_one_of(choices.languages))


def read_query(answer: str, schema: dict[str, Any], words: str) -> ModelQuery:
    """Return the query of an answer that is JSON of this schema, and nothing beside; raises InvalidQuery.

    `words` are those of the visitor's message, in which what is called unknown must stand.
    """
    query = read_json(answer)
    try:
        Draft7Validator(schema).validate(query)
    except ValidationError as error:
        raise InvalidQuery(f"{_place(error)} is not of the list") from None
    said = words.casefold()
    for question in query["questions"]:  # what stands for something that was covered was not said
        question["unknown"] = [name for name in question["unknown"] if not _COVERED.search(name)]
    for name in (name for question in query["questions"] for name in question["unknown"]):
        if not (name.strip() and len(name) <= LONGEST_UNKNOWN and name.casefold() in said):
            raise InvalidQuery("unknown names something that was not said")
    return cast(ModelQuery, query)


def read_json(answer: str) -> Any:
    """Return the JSON that an answer is, with or without a fence; raises InvalidQuery."""
    try:
        return json.loads(_without_fence(answer.strip()))
    except (ValueError, RecursionError):
        raise InvalidQuery("it is no JSON") from None


def _without_fence(answer: str) -> str:
    if not (answer.startswith(FENCE) and answer.endswith(FENCE)):
        return answer
    return answer.removesuffix(FENCE).partition("\n")[2]


def _place(error: ValidationError) -> str:
    """Return which part of a query is wrong, by the schema's own names: a model's words go nowhere, to no log either."""
    steps = [str(step) for step in error.absolute_schema_path if step in _PARTS]
    return ".".join(steps) or "the whole"


_PARTS = frozenset(
    ("questions", "act", "topic", "claims", "things", "form", "attributes", "unknown", "answerable", "language")
)


def _object(**parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": parts, "required": list(parts), "additionalProperties": False}


def _one_of(choices: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(choices)}


def _list(item: dict[str, Any] | None, most: int) -> dict[str, Any]:
    return {"type": "array", "items": item or {"type": "string"}, "maxItems": most if item else 0}
