"""How an endpoint wants to be told the limits of an answer, which those that call themselves compatible do not agree on.

An endpoint that refuses a part of a request names it. From the next call on it is asked without that part, or in the other way
that there is; the call that was refused is not made again.
"""

from __future__ import annotations

import json
import logging
from typing import Any

logger = logging.getLogger(__name__)
SCHEMA, JSON = "schema", "json"  # how the form of an answer is told
MOST_TOKENS, NEWER_MOST_TOKENS = "max_tokens", "max_completion_tokens"
TEMPERATURE, FORM = "temperature", "response_format"
LENGTHS = ("minLength", "maxLength")
REFUSALS = (400, 422)  # statuses of a request that is not as it should be


class RequestForm:
    """The parts of a request that endpoints differ in: as most know them at first, then as this one does.

    `form` is how the form of an answer is told: SCHEMA or JSON.
    """

    def __init__(self, form: str) -> None:
        self._form, self._most_tokens, self._has_temperature, self._has_lengths = form, MOST_TOKENS, True, True

    def limits(self, schema: dict[str, Any], most_tokens: int) -> dict[str, Any]:
        """Return the parts of a request that ask for an answer of a schema, no longer than `most_tokens`."""
        form = schema if self._has_lengths else without_lengths(schema)
        schematic = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": form}}
        return {
            **({TEMPERATURE: 0} if self._has_temperature else {}),
            self._most_tokens: most_tokens,
            FORM: schematic if self._form == SCHEMA else {"type": "json_object"},
        }

    def told(self, messages: list[dict[str, str]], schema: dict[str, Any]) -> list[dict[str, str]]:
        """Return a prompt, the first message of which tells the form of the answer in words if nothing else does."""
        if self._form == SCHEMA:
            return messages
        first, *others = messages
        shape = f"The object has every field of this one, and no other: {json.dumps(example_of(schema))}"
        return [{**first, "content": f"{first['content']}\n\n{shape}"}, *others]

    def learn(self, sent: dict[str, Any], status: int, body: bytes) -> None:
        """Take from a refusal which part of what was sent this endpoint does not know; of its words nothing else is used.

        Of calls that were under way at once each may be refused for the same part: it counts once. A word that stands in the
        conversation that was sent does not count: an endpoint may say that back, and no visitor decides how it is asked.
        """
        if status not in REFUSALS:
            return
        spoken = " ".join(one["content"] for one in sent["messages"][1:]).casefold()  # after our own instructions
        told, words = body.decode(errors="replace").casefold(), (NEWER_MOST_TOKENS, TEMPERATURE, "schema", FORM)
        named = {word for word in words if word in told and word not in spoken}
        if NEWER_MOST_TOKENS in named and MOST_TOKENS in sent:
            self._most_tokens = self._note(
                self._most_tokens, NEWER_MOST_TOKENS, f"wants {NEWER_MOST_TOKENS}: it gets that"
            )
        elif TEMPERATURE in named and TEMPERATURE in sent:
            self._has_temperature = self._note(self._has_temperature, False, "takes no temperature: it is left out")
        elif {"schema", FORM} & named and (schema := _schema_in(sent)):
            # Grammars need the lengths, or a small model writes on; hosted endpoints refuse a schema that has any.
            if schema != without_lengths(schema):
                how = "refuses the JSON Schema: it gets it without lengths"
                self._has_lengths = self._note(self._has_lengths, False, how)
            else:
                how = "refuses the JSON Schema: it is told the form in words"
                self._form = self._note(self._form, JSON, how)

    @staticmethod
    def _note(before: Any, now: Any, how: str) -> Any:
        if before != now:
            logger.warning("the language model's endpoint %s from now on", how)
        return now


def _schema_in(sent: dict[str, Any]) -> dict[str, Any] | None:
    told: dict[str, Any] = sent[FORM].get("json_schema", {})
    return told.get("schema")


def example_of(schema: dict[str, Any]) -> Any:
    """Return a value that shows the fields of a schema, with nothing in them."""
    if "properties" in schema:
        return {name: example_of(part) for name, part in schema["properties"].items()}
    if schema["type"] == "array":
        return [example_of(schema["items"])] if "properties" in schema["items"] else []
    return {"string": "", "boolean": True}.get(schema["type"] if isinstance(schema["type"], str) else "")


def without_lengths(schema: Any) -> Any:
    """Return a schema without limits on the length of texts, which are looked at when an answer is read."""
    if isinstance(schema, dict):
        return {name: without_lengths(part) for name, part in schema.items() if name not in LENGTHS}
    return [without_lengths(part) for part in schema] if isinstance(schema, list) else schema
