"""The language model's port against a real llama.cpp server with a small model: `make test-llama`.

It proves the protocol: an answer by JSON Schema, which the server turns into a grammar, token counts, time limits, refusals.
The model, SmolLM2-135M, is too weak to judge what it understands or how it writes; nothing here looks at that.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft7Validator

from core.contract.queries import MaskedMessage, UnsureTurn
from core.contract.rephrasings import Rephrasing
from core.settings import PROJECT_ROOT, Settings
from knowledge.knowledge_base import open_knowledge
from language_model.closed_list import closed_list
from language_model.endpoint.client import BUSY, LATE, MALFORMED, REFUSED, UNREACHABLE, CallFailed, CompletionClient
from language_model.model import build_model
from language_model.prompt import prompt
from language_model.query_schema import InvalidQuery, query_schema, read_query
from language_model.rephrasing import sentences_schema
from tests.front.llama_server import INSTALLED
from tests.front.processes import Program, RunningFront, StandInEngine, ended_at_last
from tests.front.stand_in_engine import VISA
from tests.harness import free_port, until

pytestmark = pytest.mark.skipif(not (INSTALLED / ".complete").exists(), reason="scripts/install-llama was not run")
SECONDS = 120.0  # for a call; one thread beside other tests
UNSURE: UnsureTurn = {"understanding": {}, "claims": ["challenges/visa#1"], "language": None, "state": {}}
ASKED = "do i need a visa?"


class LlamaServer(Program):
    """A running server."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "llama")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> LlamaServer:
        """Start it and wait until the model is loaded."""
        program = str(Path(__file__).with_name("llama_server.py"))
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT_ROOT)}
        self.run([sys.executable, program, str(self.port)], environment)
        until(lambda: self.health() == 200, "the model's start", SECONDS)
        return self

    def health(self) -> int:
        """Return the status of its health, 0 while it does not answer."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health").status_code
        except httpx.TransportError:
            return 0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    """Start a server for the tests of this file."""
    running = LlamaServer(tmp_path_factory.mktemp("llama"))
    with ended_at_last([running]):
        yield running.start()


@pytest.fixture(scope="module")
def small_knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a knowledge base with a few topics: a whole one takes this model minutes to read."""
    file = Path(shutil.copy(Settings().knowledge_db, tmp_path_factory.mktemp("knowledge")))
    with closing(sqlite3.connect(file)) as database:
        for table in (
            "field",
            "institution",
            "provider",
            "program",
            "industry",
            "place",
            "type",
            "destination",
            "mode",
        ):
            database.execute(f"DELETE FROM {table}")
        database.execute("DELETE FROM claim WHERE topic != 'challenges/visa' OR number > 3")
        database.execute("DELETE FROM topic WHERE key NOT LIKE 'challenges/%'")
        database.execute("DELETE FROM entry WHERE key NOT LIKE 'challenges/%' AND key != 'not-stated/fees'")
        database.commit()
    return file


def complete(
    server: LlamaServer,
    said: str | list[dict[str, str]],
    schema: dict[str, Any] | None = None,
    most: int = 200,
    seconds: float = SECONDS,
    form: str = "schema",
) -> Any:
    """Return the completion of a prompt, or the kind of failure; without a schema, of two sentences."""

    async def once() -> Any:
        client = CompletionClient(server.url, "small", "", form)
        messages = [{"role": "user", "content": said}] if isinstance(said, str) else said
        try:
            return await client.complete(messages, schema or sentences_schema(2), seconds, most)
        except CallFailed as error:
            return error.kind
        finally:
            await client.close()

    return asyncio.run(once())


@pytest.mark.skipif(
    not os.environ.get("WHOLE_LLAMA"), reason="make test-llama: its prompt takes this model half a minute"
)
def test_query_is_of_the_closed_list(server, small_knowledge) -> None:
    """Have a message read: the server's grammar lets nothing through that is not of the list.

    The model names what nobody said as `unknown`, which no schema can keep from it, and which is refused then.
    """
    choices = closed_list(open_knowledge(small_knowledge), UNSURE)
    schema = query_schema(choices)
    answer = complete(server, prompt(MaskedMessage(ASKED), choices, UNSURE), schema, 600, seconds=3 * SECONDS)
    assert not isinstance(answer, str) and answer.tokens_in > 500 and answer.tokens_out > 20
    query = json.loads(answer.text)
    Draft7Validator(schema).validate(query)
    unknown = [name for each in query["questions"] for name in each["unknown"]]
    if all(name.casefold() in ASKED for name in unknown):
        assert read_query(answer.text, schema, ASKED) == query
    else:
        with pytest.raises(InvalidQuery, match="not said"):
            read_query(answer.text, schema, ASKED)


@pytest.mark.parametrize("language", ["en", "es"])
def test_rephrasing_is_checked(server, tmp_path, language) -> None:
    """Have an answer rephrased: one sentence comes for each, and whatever it says goes out checked or not at all."""
    limits = {"url": server.url, "name": "small", "calls_a_day": 0, "rephrase_seconds": 30.0, "rephrase": "always"}
    settings = Settings(**{f"language_model_{name}": value for name, value in limits.items()})

    async def once() -> Rephrasing:
        model = build_model(settings, tmp_path, settings.knowledge_db, settings.encoder_dir)
        assert model is not None
        try:
            return await model.rephrase([VISA], language, SECONDS)
        finally:
            await model.close()

    told = asyncio.run(once())
    assert told.result not in ("invalid", MALFORMED, REFUSED, BUSY, UNREACHABLE), told
    assert told.result == LATE or told.tokens_in > 100 and told.tokens_out > 10
    assert bool(told.texts) == (told.result == "rephrased")


def test_form_json(server) -> None:
    answer = complete(server, 'Write {"sentences": ["one", "two"]}', form="json")
    assert answer == MALFORMED or answer.text.lstrip().startswith("{")


def test_late_answer_is_given_up(server) -> None:
    """Give up after the time limit; the server stops writing when the connection ends, and takes the next call at once."""
    assert complete(server, "Write two very long sentences.", most=3000, seconds=0.5) == LATE
    assert (
        complete(server, "Say yes.", most=4) == MALFORMED
    )  # and not late: 3,000 tokens would take it longer than SECONDS


def test_answer_that_is_cut_off_is_none(server) -> None:
    assert complete(server, "Write two sentences.", most=4) == MALFORMED


def test_prompt_that_is_too_long_is_refused(server) -> None:
    assert complete(server, "word " * 6000) == REFUSED


def test_answers_go_out_whatever_it_says(engine: StandInEngine, server, small_knowledge, tmp_path) -> None:
    """Talk to a front with the server behind it, which is late: visitors get their answer."""
    settings = {"url": server.url, "name": "small", "seconds": 0.5, "rephrase_seconds": 0.5, "rephrase": "always"}
    named = {f"language_model_{name}": value for name, value in settings.items()}
    front = RunningFront(tmp_path, engine, **named, knowledge_db=small_knowledge, encoder_dir=Settings().encoder_dir)
    with ended_at_last([front]):
        front.start()
        assert front.ask("unsure if I need a visado")[0]["text"] == VISA
        figures = httpx.get(f"{front.operators_url}/metrics").text
    assert 'advisor_language_model_calls_total{result="late"} 1.0' in figures
    assert 'advisor_rephrased_total{result="late"} 1.0' in figures
