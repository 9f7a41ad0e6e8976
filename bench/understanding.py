"""`advisor bench understanding`: what a language model would gain on our own questions, with anybody's endpoint.

Each question is put to a real engine twice: as it is, and with the model reading it first where the engine wants that. Only the
project's questions are sent. Right is what a labelled question says: a reply with one of the claims that answer it, or none.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML

from bench.figures import percentile, table
from core.contract.messages import ANSWERED
from core.contract.queries import EarlierTurn, MaskedMessage, ModelReading, split_claim
from core.contract.turns import TURNS_PATH
from core.settings import PROJECT_ROOT, Settings
from knowledge.knowledge_base import Knowledge, open_knowledge
from language_model.model import LanguageModel, build_model
from training.evaluation.assistant import Assistant, MeasurementFailed, advisor
from training.evaluation.conversations import Talk, play, talks

LABELLED = PROJECT_ROOT / "training" / "claim_questions"
LEADS = PROJECT_ROOT / "tests" / "claim_questions.yml"
SAME_END = 40  # characters at the end by which a claim is known in a reply, which may leave out its first words

IsRight = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Question:
    """A question, and what tells whether the turn that answers it is right."""

    set: str
    ask: str
    is_right: IsRight


@dataclass
class Asked:
    """What came of a set: replies that were right as it is and with the model, and what the model did."""

    own: list[bool] = field(default_factory=list)
    read: list[bool] = field(default_factory=list)
    wanted: list[bool] = field(default_factory=list)
    readings: list[ModelReading] = field(default_factory=list)


def with_endpoint(settings: Settings, told: Mapping[str, Any], prices: tuple[float, float]) -> Settings:
    """Return the settings with an endpoint that was named for this; who names it agrees that the questions go there."""
    host = urlsplit(told["url"]).hostname or ""
    without_limits = {"sites": "", "languages": "", "calls_a_day": 0, "tokens_a_day": 0}
    given = {**told, "consent": host, **without_limits, "price_in": prices[0], "price_out": prices[1]}
    return replace(settings, **{f"language_model_{name}": value for name, value in given.items()})


def bench_understanding(settings: Settings, every: int, say: Callable[[str], None]) -> None:
    """Ask every so-manyth question, and print quality, time and cost; without an endpoint, only what would be asked of one."""
    knowledge = open_knowledge(settings.knowledge_db)
    with tempfile.TemporaryDirectory(prefix="advisor-bench-") as scratch:
        model = build_model(settings, Path(scratch), settings.knowledge_db, settings.encoder_dir)
        with advisor("in-process", Path(scratch)) as engine:
            asyncio.run(_measure(engine, model, settings, list(_questions(knowledge))[::every], say))


async def _measure(
    engine: Assistant,
    model: LanguageModel | None,
    settings: Settings,
    questions: list[Question],
    say: Callable[[str], None],
) -> None:
    bench = _Bench(engine, model, settings.language_model_when)
    found: dict[str, Asked] = {}
    for number, question in enumerate(questions):
        asked = found.setdefault(question.set, Asked())
        own = await bench.turn(uuid.uuid4().hex, question.ask, with_model=False)
        read, reading, wanted = await bench.read_turn(uuid.uuid4().hex, question.ask)
        asked.own.append(question.is_right(own))
        asked.read.append(question.is_right(read))
        asked.wanted.append(wanted)
        asked.readings += [reading] if reading else []
        if number % 50 == 49:
            say(f"{number + 1} of {len(questions)} questions")
    for line in _told(found, model is not None):
        say(line)
    if model:
        for talk in talks():
            say(await bench.played(talk))
        await model.close()


class _Bench:
    """An engine, and a model that reads what that wants to have read."""

    def __init__(self, engine: Assistant, model: LanguageModel | None, when: str) -> None:
        self._connection, self._model, self._when = engine.connect(), model, when

    async def turn(self, conversation: str, text: str, with_model: bool, **more: Any) -> dict[str, Any]:
        """Have the engine run a turn; with a model, its answer may be that it wants a message read."""
        body = {"conversation": conversation, "message_id": uuid.uuid4().hex, "text": text, **more}
        if with_model:
            body["model"] = self._when
        self._connection.request("POST", TURNS_PATH, json.dumps(body), {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 202):
            raise MeasurementFailed(f"the engine answered {answer.status}: {content[:200]!r}")
        told: dict[str, Any] = json.loads(content)
        return told

    async def read_turn(
        self, conversation: str, text: str, earlier: tuple[EarlierTurn, ...] = ()
    ) -> tuple[dict[str, Any], ModelReading | None, bool]:
        """Return the turn, what the model made of the message if it was asked, and whether the engine wanted that."""
        told = await self.turn(conversation, text, with_model=True)
        if "messages" in told:
            return told, None, False
        reading = await self._model.read(MaskedMessage(text, earlier), told) if self._model else None  # type: ignore[arg-type]
        query = reading.query if reading else None
        return await self.turn(conversation, text, with_model=False, understood=query), reading, True

    async def played(self, talk: Talk) -> str:
        """Return how a kept conversation went, in a line."""
        earlier: list[EarlierTurn] = []
        turns = []
        for each in talk.turns:
            turn, _, _ = await self.read_turn(f"talk-{talk.file.stem}", each["say"], tuple(earlier[-6:]))
            earlier += [
                EarlierTurn("visitor", each["say"]),
                *(EarlierTurn("advisor", one["text"]) for one in turn["messages"]),
            ]
            turns.append(turn)
        ready = iter(turns)
        wrong = play(talk, lambda _sender, _text: next(ready))
        return f"{talk.file.name}: {', '.join(wrong) or 'as it should'}"


def _questions(knowledge: Knowledge) -> Iterator[Question]:
    yaml = YAML(typ="safe")
    for path in sorted(LABELLED.glob("*.yml")):
        for each in yaml.load(path)["questions"]:
            known = [split_claim(one) for one in each["answers"]]
            good = {_end(knowledge.claim(*one).say) for one in known if knowledge.has_claim(*one)}
            name = "with an answer" if each["answers"] else "without an answer"
            yield Question(name, each["ask"], _says_one_of(good) if each["answers"] else _declines)
    for each in yaml.load(LEADS)["questions"]:
        yield Question("in several voices", each["ask"], _leads_with(re.compile(each["leads"])))


def _says_one_of(ends: set[str]) -> IsRight:
    return lambda turn: any(_end(claim["say"]) in ends for claim in _claims(turn))


def _leads_with(pattern: re.Pattern[str]) -> IsRight:
    return lambda turn: bool(pattern.search(turn["messages"][0]["text"].split("\n\n")[0]))


def _declines(turn: Mapping[str, Any]) -> bool:
    return all(message["metadata"]["outcome"] != ANSWERED for message in turn["messages"])


def _claims(turn: Mapping[str, Any]) -> list[dict[str, str]]:
    return [claim for message in turn["messages"] for claim in message["metadata"].get("claims") or []]


def _end(say: str) -> str:
    return say[-SAME_END:].casefold()


def _told(found: Mapping[str, Asked], has_model: bool) -> Iterator[str]:
    """Yield the figures: of each set, then of the model."""
    head = ("questions", "number", "put to it", "right as it is", "right with it", "of those put: as it is", "with it")
    rows = []
    for name, asked in found.items():
        put = [at for at, wanted in enumerate(asked.wanted) if wanted]
        own, read = [asked.own[at] for at in put], [asked.read[at] for at in put]
        with_it = (_share(asked.read), _share(own), _share(read)) if has_model else ("", _share(own), "")
        rows.append((name, str(len(asked.own)), _share(asked.wanted), _share(asked.own), *with_it))
    yield table(head, rows)
    readings = [reading for asked in found.values() for reading in asked.readings]
    if not readings:
        yield "no language model was asked: name one with --with URL"
        return
    ms = [reading.ms for reading in readings if reading.ms]
    counted = ", ".join(f"{name} {number}" for name, number in Counter(each.result for each in readings).most_common())
    yield f"it was asked {len(readings)} times: {counted}"
    if ms:
        yield f"time: median {percentile(ms, 0.5):.0f} ms, 95 % within {percentile(ms, 0.95):.0f} ms"
    tokens_in, tokens_out = sum(each.tokens_in for each in readings), sum(each.tokens_out for each in readings)
    yield f"tokens a call: {tokens_in / len(readings):.0f} read, {tokens_out / len(readings):.0f} written"
    costs = [each.cost for each in readings if each.cost is not None]
    if costs:
        yield f"cost by the prices given: {sum(costs) / len(readings) * 1000:.4f} a thousand calls"


def _share(which: list[bool]) -> str:
    return f"{sum(which) / len(which):.1%}" if which else "none"
