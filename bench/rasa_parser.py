"""Asks a Rasa NLU model many texts: python -m bench.rasa_parser MODELS ASKED PARSED. Run by diet.py in its own process."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from pathlib import Path

from rasa.core.agent import Agent
from rasa.utils.log_utils import configure_structlog


async def parse_all(models: str, asked: dict[str, list[str]]) -> dict[str, list[tuple[str, float, float]]]:
    """Return (intent, confidence, ms) of each text; logs as `rasa run` does, since every message would be written otherwise."""
    configure_structlog(logging.INFO)
    agent = Agent.load(models)
    parsed = {}
    for name, texts in asked.items():
        parsed[name] = [await _parse(agent, text) for text in texts]
    return parsed


async def _parse(agent: Agent, text: str) -> tuple[str, float, float]:
    began = time.perf_counter()
    ranking = (await agent.parse_message(text)).get("intent_ranking") or [{"name": "", "confidence": 0.0}]
    best = next((guess for guess in ranking if guess["name"] != "nlu_fallback"), ranking[0])
    return best["name"], best["confidence"], (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    models, asked, parsed = sys.argv[1:]
    answers = asyncio.run(parse_all(models, json.loads(Path(asked).read_text())))
    Path(parsed).write_text(json.dumps(answers))
