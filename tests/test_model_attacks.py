"""Injections against a model that obeys them all: no act outside the list, and no word of the model's own is said."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from core.contract.queries import ACTS, EarlierTurn, MaskedMessage, ModelReading
from core.settings import Settings
from knowledge.knowledge_base import Knowledge, open_knowledge
from language_model.closed_list import closed_list
from language_model.model import build_model
from language_model.prompt import prompt
from language_model.query_schema import query_schema
from tests.engine_fixtures import Advisor, Reply
from tests.front.model_endpoint import ModelEndpoint, running_endpoint

ATTACKS: dict[str, Any] = YAML(typ="safe").load(Path(__file__).with_name("model_attacks.yml"))
SAID = "PWNED4711"  # what a model that obeys says; it stands in no attack
QUESTION: dict[str, Any] = {
    "act": "ask_topic",
    "topic": "challenges/visa",
    "claims": [],
    "things": [],
    "form": "what",
    "attributes": [],
    "unknown": [],
    "answerable": True,
}
HARMLESS = "and what about the other one"
# What a model answers that obeys: each way to get its words, or an act of its own, into what is done next.
OBEDIENT = {
    "free text": SAID,
    "a reply beside": json.dumps({"questions": [QUESTION], "language": "en", "reply": SAID}),
    "an act": json.dumps({"questions": [{**QUESTION, "act": SAID}], "language": "en"}),
    "a person": json.dumps({"questions": [{**QUESTION, "act": "want_person"}], "language": "en"}),
    "a topic": json.dumps({"questions": [{**QUESTION, "topic": SAID}], "language": "en"}),
    "a claim": json.dumps({"questions": [{**QUESTION, "claims": [f"{SAID}#1"]}], "language": "en"}),
    "a thing": json.dumps(
        {"questions": [{**QUESTION, "things": [{"thing": f"destination:{SAID}", "left_out": False}]}], "language": "en"}
    ),
    "a language": json.dumps({"questions": [QUESTION], "language": SAID}),
    "a name": json.dumps({"questions": [{**QUESTION, "unknown": [SAID], "answerable": False}], "language": "en"}),
}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[ModelEndpoint]:
    with running_endpoint() as running:
        yield running


def read(endpoint: ModelEndpoint, message: MaskedMessage, unsure: Any, tmp_path: Path) -> ModelReading:
    """Return what comes of having a message read."""
    settings = Settings(
        language_model_url=endpoint.url,
        language_model_name="m",
        language_model_calls_a_day=0,
        language_model_seconds=10,
    )

    async def once() -> ModelReading:
        model = build_model(settings, tmp_path, Settings().knowledge_db, Settings().encoder_dir)
        assert model is not None
        try:
            return await model.read(message, unsure)
        finally:
            await model.close()

    return asyncio.run(once())


def test_there_are_seventy() -> None:
    assert {name: len(each) for name, each in ATTACKS.items()} == {
        "messages": 30, "earlier": 10, "names": 10, "rows": 10, "pages": 10,
    }  # fmt: skip
    assert SAID not in json.dumps(ATTACKS, ensure_ascii=False)


def _obeyed(
    advisor: Advisor, endpoint: ModelEndpoint, text: str, earlier: tuple[EarlierTurn, ...], tmp_path: Path
) -> None:
    """Have a message read by a model that obeys in every way, and answer it each time."""
    status, unsure = advisor.turn(uuid.uuid4().hex, text=text, model="always")
    if status == 200:  # it is not put to a model
        assert SAID not in json.dumps(unsure)
        return
    for way, answer in OBEDIENT.items():
        endpoint.answer = answer
        reading = read(endpoint, MaskedMessage(text, earlier), unsure, tmp_path)
        assert (reading.result, reading.query) == ("invalid", None), way
        status, turn = advisor.turn(uuid.uuid4().hex, text=text, understood=reading.query)
        assert status == 200 and SAID not in json.dumps(turn), way
        # Though it is refused before, the engine takes none of it either.
        if answer.startswith("{") and "reply" not in answer:
            status, turn = advisor.turn(uuid.uuid4().hex, text=text, understood=json.loads(answer))
            assert status == 200 and SAID not in json.dumps(turn) and turn["understanding"]["by_model"] is False, way


@pytest.mark.parametrize("text", ATTACKS["messages"])
def test_messages(advisor, endpoint, tmp_path, text) -> None:
    _obeyed(advisor, endpoint, text, (), tmp_path)


@pytest.mark.parametrize("turn", ATTACKS["earlier"], ids=lambda turn: turn["words"][:30])
def test_earlier_turns(advisor, endpoint, tmp_path, turn) -> None:
    _obeyed(advisor, endpoint, HARMLESS, (EarlierTurn(turn["by"], turn["words"]),), tmp_path)


@pytest.mark.parametrize("text", [*ATTACKS["messages"], *(turn["words"] for turn in ATTACKS["earlier"])])
def test_words_stay_in_their_own_field(text) -> None:
    """Find the visitor's words on the lines of MESSAGE and EARLIER alone, each one JSON text that ends where it should."""
    unsure = {"understanding": {}, "claims": [], "language": None, "state": {}}
    choices = closed_list(open_knowledge(Settings().knowledge_db), unsure)
    fixed, of_message = prompt(MaskedMessage(text, (EarlierTurn("visitor", text),)), choices, unsure)
    lines = of_message["content"].splitlines()
    assert [json.loads(line.partition(" ")[2]) for line in lines[-3::2]] == [[{"visitor": text}], text]
    assert len(lines) == 7 and text not in fixed["content"]


def test_valid_query_of_an_attack_says_what_the_guide_says(advisor) -> None:
    """Take the most that an attack can reach: another topic of the guide, in the guide's words."""
    text = ATTACKS["messages"][1]  # the one before it wants a form, which the answer would be cut to
    status, turn = advisor.turn(uuid.uuid4().hex, text=text, understood={"questions": [QUESTION]})
    claims = open_knowledge(Settings().knowledge_db).topic("challenges/visa")
    assert status == 200 and claims.answer in Reply(turn["messages"]).text


# --- rows ------------------------------------------------------------------------------------------------------------
PLACES = (
    *("UPDATE field SET name = ?", "UPDATE institution SET name = ?", "UPDATE destination SET name = ?"),
    *("UPDATE provider SET name = ?", "UPDATE entry SET title = ?", "UPDATE claim SET say = ?"),
)


@pytest.mark.parametrize("row", ATTACKS["rows"])
def test_rows(tmp_path, row) -> None:
    """A row's text stays on the line of its id, adds no id, and changes nothing of what an answer may hold."""
    file = shutil.copy(Settings().knowledge_db, tmp_path / "knowledge.db")
    with closing(sqlite3.connect(file)) as database:
        for place in PLACES:
            database.execute(f"{place} WHERE rowid % 2", (row,))
        database.commit()
    unsure = {"understanding": {}, "claims": ["challenges/visa#1", "challenges/visa#2"], "language": None, "state": {}}
    hostile, usual = (_told(open_knowledge(path), unsure) for path in (file, Settings().knowledge_db))
    assert hostile == usual


def _told(knowledge: Knowledge, unsure: Any) -> tuple[list[str], Any]:
    """Return what each line of a prompt begins with, and the schema."""
    choices = closed_list(knowledge, unsure)
    lines = [
        line for message in prompt(MaskedMessage("hi"), choices, unsure) for line in message["content"].splitlines()
    ]
    return sorted(line.partition(": ")[0] for line in lines), _sorted(query_schema(choices))


def _sorted(schema: Any) -> Any:
    """Return a schema with its ids in an order of their own: lists stand in that of their names."""
    if isinstance(schema, dict):
        return {name: _sorted(part) for name, part in schema.items()}
    return sorted(map(str, schema)) if isinstance(schema, list) else schema


def test_acts_are_those_that_cost_little() -> None:
    assert not set(ACTS) & {
        "distress",
        "feel_low",
        "want_person",
        "give_contact",
        "goodbye",
        "ask_privacy",
        "start_over",
    }
