"""What the benchmarks hand to Rasa's default pipeline is what Rasa reads. The measuring itself is not tested."""

from __future__ import annotations

import asyncio
from typing import Any

from bench.diet import _training_file
from bench.nlu import DataSet
from bench.rasa_parser import parse_all


def test_rasa_reads_training_file(tmp_path) -> None:
    from rasa.shared.nlu.training_data.loading import load_data

    train = [("set an alarm", "alarm"), ('say "hello: you"', "greet")]
    path = tmp_path / "nlu.yml"
    path.write_text(_training_file(DataSet("small", train, [], []), {"alarm": "intent_0", "greet": "intent_1"}))
    read = [(example.get("text"), example.get("intent")) for example in load_data(str(path)).training_examples]
    assert read == [("set an alarm", "intent_0"), ('say "hello: you"', "intent_1")]


def test_every_text_is_parsed(monkeypatch) -> None:
    class Agent:
        async def parse_message(self, text) -> Any:
            return {"intent_ranking": [{"name": "nlu_fallback", "confidence": 0.9}, {"name": text, "confidence": 0.4}]}

    monkeypatch.setattr("bench.rasa_parser.Agent.load", lambda models: Agent())
    parsed = asyncio.run(parse_all("models", {"test": ["a", "b"], "outside": []}))
    assert [found[:2] for found in parsed["test"]] == [("a", 0.4), ("b", 0.4)] and parsed["outside"] == []
