"""Endpoints that call themselves compatible and are not quite: each is asked as it wants to be, after it has refused once."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from core.contract.queries import MaskedMessage, ModelReading, UnsureTurn
from core.settings import Settings
from knowledge.knowledge_base import open_knowledge
from language_model.closed_list import closed_list
from language_model.endpoint.request_form import without_lengths
from language_model.model import build_model
from language_model.query_schema import query_schema
from tests.front.model_endpoint import ModelEndpoint, running_endpoint
from tests.front.test_language_model import CLAIM, GOOD, using
from tests.harness import PATIENCE

UNSURE: UnsureTurn = {"understanding": {}, "claims": [CLAIM], "language": None, "state": {}}
# What endpoints refuse, with words as they say it, and how they are asked from then on.
REFUSALS: dict[str, tuple[str, dict[str, Any]]] = {
    "max_tokens": (
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        {"max_completion_tokens": 600},
    ),
    "temperature": ("Unsupported value: 'temperature' does not support 0.", {"max_tokens": 600}),
    "lengths": ("Invalid schema for response_format 'answer': 'maxLength' is not permitted.", {"temperature": 0}),
    "response_format": ("response_format is not supported", {"response_format": {"type": "json_object"}}),
}


@pytest.fixture
def endpoint() -> Iterator[ModelEndpoint]:
    with running_endpoint(GOOD) as running:
        yield running


def read(endpoint: ModelEndpoint, tmp_path: Path, times: int, at_once: int = 1, **settings: Any) -> list[ModelReading]:
    """Return what comes of having a message read some times, the first ones at once and the others one after another."""
    told = Settings(**using(endpoint, language_model_seconds=30, **settings))

    async def all_of_them() -> list[ModelReading]:
        model = build_model(told, tmp_path, told.knowledge_db, told.encoder_dir)
        assert model is not None
        found = [*await asyncio.gather(*(model.read(MaskedMessage("unsure"), UNSURE) for _ in range(at_once)))]
        found += [await model.read(MaskedMessage("unsure"), UNSURE) for _ in range(times - at_once)]
        await model.close()
        return found

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("part", REFUSALS)
def test_part_that_is_refused_is_not_sent_again(endpoint, tmp_path, part) -> None:
    words, then = REFUSALS[part]
    whole = {"max_tokens", "temperature", "response_format"}

    def refuses(body: dict[str, Any]) -> bool:
        if part == "lengths":
            return "maxLength" in json.dumps(body["response_format"])
        return body["response_format"]["type"] == "json_schema" if part == "response_format" else part in body

    endpoint.refusal = lambda body: json.dumps({"error": {"message": words}}) if refuses(body) else ""
    refused = 2 if part == "response_format" else 1  # a schema is tried without lengths before it is given up
    results = [reading.result for reading in read(endpoint, tmp_path, 4)]
    assert results == ["refused"] * refused + ["understood"] * (4 - refused)
    assert whole <= set(endpoint.asked[0]) and len(endpoint.asked) == 4
    assert then.items() <= endpoint.asked[-1].items() and not refuses(endpoint.asked[-1])


def test_endpoint_that_refuses_all_of_it_is_understood_in_the_end(endpoint, tmp_path) -> None:
    """Learn one part a call, and be done before five failures in a row, after which the endpoint is left alone."""

    def refusal(body: dict[str, Any]) -> str:
        if body["response_format"]["type"] == "json_schema":
            return REFUSALS["response_format"][0]
        return next((REFUSALS[part][0] for part in ("max_tokens", "temperature") if part in body), "")

    endpoint.refusal = refusal
    results = [reading.result for reading in read(endpoint, tmp_path, 6)]
    assert results == ["refused"] * 4 + ["understood"] * 2


def test_refusals_of_calls_at_once_count_once(endpoint, tmp_path) -> None:
    """Ask three times before the first refusal is there: the schema without lengths, which it takes, is not given up."""
    arrived = threading.Barrier(3)

    def refusal(body: dict[str, Any]) -> str:
        if "maxLength" not in json.dumps(body["response_format"]):
            return ""
        arrived.wait(timeout=PATIENCE)
        return REFUSALS["lengths"][0]

    endpoint.refusal = refusal
    results = [reading.result for reading in read(endpoint, tmp_path, 4, at_once=3)]
    assert results == ["refused"] * 3 + ["understood"]
    assert endpoint.asked[-1]["response_format"]["type"] == "json_schema"


def test_visitors_words_that_are_said_back_change_nothing(endpoint, tmp_path) -> None:
    words = "which course is on temperature, and which on the schema of a response_format with max_completion_tokens?"
    endpoint.refusal = lambda body: f"this message is not allowed: {body['messages'][-1]['content']}"
    told = Settings(**using(endpoint, language_model_seconds=30))

    async def twice() -> None:
        model = build_model(told, tmp_path, told.knowledge_db, told.encoder_dir)
        assert model is not None
        for _ in range(2):
            await model.read(MaskedMessage(words), UNSURE)
        await model.close()

    asyncio.run(twice())
    assert words in endpoint.asked[0]["messages"][-1]["content"]
    assert endpoint.asked[0] == endpoint.asked[1]


def test_refusal_for_another_reason_changes_nothing(endpoint, tmp_path) -> None:
    endpoint.refusal = lambda body: "the prompt is too long"
    read(endpoint, tmp_path, 2)
    assert endpoint.asked[0] == endpoint.asked[1]


def test_schema_keeps_to_what_strict_endpoints_take() -> None:
    """Hold what hosted endpoints insist on: a type everywhere, all fields required, none beside, and no lengths of texts."""
    for claims in ([CLAIM], []):
        choices = closed_list(open_knowledge(Settings().knowledge_db), {**UNSURE, "claims": claims})
        schema = without_lengths(query_schema(choices))
        Draft7Validator.check_schema(schema)
        parts = list(_parts(schema))
        assert len(parts) > 12 and all("type" in part for part in parts)
        for part in parts:
            assert not set(part) & {"minLength", "maxLength", "pattern", "format", "oneOf", "allOf", "not"}
            if part["type"] == "object":
                assert part["required"] == list(part["properties"]) and part["additionalProperties"] is False
        assert sum(len(part.get("enum", ())) for part in parts) < 1000  # OpenAI's limit


def _parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for part in (*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])):
        yield from _parts(part)


def test_words_tell_the_form_to_endpoints_without_schema(endpoint, tmp_path) -> None:
    """Find in the instructions an object with all fields of the schema, which is all that such an endpoint is told of it."""
    read(endpoint, tmp_path, 1, language_model_form="json")
    (asked,) = endpoint.asked
    told = asked["messages"][0]["content"]
    shape, _ = json.JSONDecoder().raw_decode(told, told.index('{"questions"'))
    choices = closed_list(open_knowledge(Settings().knowledge_db), UNSURE)
    assert _fields(shape) == _fields_of(query_schema(choices))
    assert asked["response_format"] == {"type": "json_object"}


def _fields(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _fields(part) for name, part in value.items()}
    return _fields(value[0]) if isinstance(value, list) and value and isinstance(value[0], dict) else None


def _fields_of(schema: dict[str, Any]) -> Any:
    if "properties" in schema:
        return {name: _fields_of(part) for name, part in schema["properties"].items()}
    items = schema.get("items", {})
    return _fields_of(items) if "properties" in items else None
