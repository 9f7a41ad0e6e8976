"""The language model's port against a real llama.cpp server with a small model: `make test-llama`.

It proves the protocol: an answer by JSON Schema, which the server turns into a grammar, token counts, time limits, refusals.
The model, SmolLM2-135M, is too weak to judge what it understands or how it writes; nothing here looks at that.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from core.contract.queries import MaskedMessage, UnsureTurn
from core.settings import PROJECT_ROOT, Settings
from language_model.client import BUSY, LATE, MALFORMED, REFUSED, UNREACHABLE, CallFailed, CompletionClient
from language_model.model import LanguageModel, build_model
from language_model.rephrasing import sentences_schema
from tests.front.llama_server import INSTALLED
from tests.front.processes import Program, RunningFront, StandInEngine, ended_at_last
from tests.front.stand_in_engine import VISA
from tests.harness import free_port, until

pytestmark = pytest.mark.skipif(not (INSTALLED / ".complete").exists(), reason="scripts/install-llama was not run")
SECONDS = 120.0  # for a call; one thread beside other tests
UNSURE: UnsureTurn = {"understanding": {}, "claims": ["challenges/visa#1"], "language": None, "state": {}}
KEPT_ROWS = 3  # of each kind of thing in the small knowledge base
Result = TypeVar("Result")


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
    """Return a knowledge base with a few things and topics: a whole one takes this model minutes to read."""
    file = Path(shutil.copy(Settings().knowledge_db, tmp_path_factory.mktemp("knowledge")))
    with closing(sqlite3.connect(file)) as database:
        for table in ("field", "institution", "provider", "program", "industry", "place", "type"):
            database.execute(f"DELETE FROM {table} WHERE rowid > {KEPT_ROWS}")
        database.execute("DELETE FROM claim WHERE topic != 'challenges/visa' OR number > 3")
        database.execute("DELETE FROM topic WHERE key NOT LIKE 'challenges/%'")
        database.execute("DELETE FROM entry WHERE key NOT LIKE 'challenges/%' AND key != 'not-stated/fees'")
        database.commit()
    return file


def with_model(
    server: LlamaServer,
    knowledge: Path,
    var: Path,
    use: Callable[[LanguageModel], Coroutine[Any, Any, Result]],
    **more: Any,
) -> Result:
    """Return what a use of the model brings."""
    limits = {"calls_a_day": 0, "seconds": 30.0, "rephrase_seconds": 30.0, "rephrase": "always"}
    told = {"url": server.url, "name": "small", **limits, **more}
    settings = Settings(**{f"language_model_{name}": value for name, value in told.items()})

    async def once() -> Result:
        model = build_model(settings, var, knowledge, settings.encoder_dir)
        assert model is not None
        try:
            return await use(model)
        finally:
            await model.close()

    return asyncio.run(once())


def complete(server: LlamaServer, words: str, seconds: float, form: str = "schema", most: int = 200) -> Any:
    """Return the completion of a prompt with two sentences for an answer, or the kind of failure."""

    async def once() -> Any:
        client = CompletionClient(server.url, "small", "", form)
        try:
            return await client.complete([{"role": "user", "content": words}], sentences_schema(2), seconds, most)
        except CallFailed as error:
            return error.kind
        finally:
            await client.close()

    return asyncio.run(once())


def test_query_is_of_the_closed_list(server, small_knowledge, tmp_path) -> None:
    """Have a message read: the grammar lets nothing through that is not of the list."""
    read = with_model(
        server, small_knowledge, tmp_path, lambda model: model.read(MaskedMessage("do I need a visa?"), UNSURE)
    )
    assert (read.result, read.model) == ("understood", "small") and read.query is not None
    assert read.tokens_in > 500 and read.tokens_out > 20 and read.ms > 0
    claims = {claim for question in read.query["questions"] for claim in question["claims"]}
    assert claims <= {f"challenges/visa#{number}" for number in range(4)}


@pytest.mark.parametrize("language", ["en", "es"])
def test_rephrasing_is_checked(server, tmp_path, language) -> None:
    """Have an answer rephrased: what comes is one sentence for each, and whatever it says it goes out checked or not at all."""
    told = with_model(
        server, Settings().knowledge_db, tmp_path, lambda model: model.rephrase([VISA], language, SECONDS)
    )
    assert told.result not in ("invalid", MALFORMED, LATE, REFUSED, BUSY, UNREACHABLE), told
    assert told.tokens_in > 100 and told.tokens_out > 10
    assert bool(told.texts) == (told.result == "rephrased")


def test_form_json(server) -> None:
    answer = complete(server, 'Write {"sentences": ["one", "two"]}', SECONDS, form="json")
    assert answer == MALFORMED or answer.text.lstrip().startswith("{")


def test_late_answer_is_given_up(server) -> None:
    """Give up after the time limit; the server stops writing when the connection ends, and answers the next at once."""
    began = time.monotonic()
    assert complete(server, "Write two very long sentences.", 0.5, most=3000) == LATE
    assert not isinstance(complete(server, "Say yes, then no.", SECONDS), str)
    assert time.monotonic() - began < SECONDS


def test_answer_that_is_cut_off_is_none(server) -> None:
    assert complete(server, "Write two sentences.", SECONDS, most=4) == MALFORMED


def test_prompt_that_is_too_long_is_refused(server) -> None:
    assert complete(server, "word " * 6000, SECONDS) == REFUSED


def test_answers_go_out_whatever_it_says(engine: StandInEngine, server, small_knowledge, tmp_path) -> None:
    """Talk to a front with the server behind it: visitors get an answer each time."""
    settings = {"url": server.url, "name": "small", "seconds": 30.0, "rephrase_seconds": 30.0, "rephrase": "always"}
    named = {f"language_model_{name}": value for name, value in settings.items()}
    more = {"knowledge_db": small_knowledge, "encoder_dir": Settings().encoder_dir, "engine_seconds": 100.0}
    front = RunningFront(tmp_path / "front", engine, **named, **more)
    with ended_at_last([front]):
        front.start()
        said = front.ask("unsure if I need a visa")
        assert said[0]["text"] and engine.ran[-1]["understood"]
        assert (
            'advisor_language_model_calls_total{result="understood"} 1.0'
            in httpx.get(f"{front.operators_url}/metrics").text
        )
