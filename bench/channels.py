"""`advisor bench channels`: the same questions over REST and through each platform's adapter, and whether the verdicts agree.

Through an adapter, a question takes the whole way: the stand-in calls our webhook, and the words are those that it received.
The outcome is read from the store.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import tempfile
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from bench.figures import table
from bench.questions import Heard, Question, is_good, words_of
from core.http_client import local_opener
from core.services import REST_PATH, Service, front_service, services
from core.settings import Settings, env_name, process_environment
from demo.run import DEMOS, stand_in_argv
from training.evaluation.assistant import MeasurementFailed, free_port, started

Say = Callable[[str], None]
LONGEST = 60.0  # seconds that a reply may take


class Way(Protocol):
    """A way to ask over one channel; conversations are numbered from 1."""

    def ask(self, conversation: int, text: str) -> Heard:
        """Ask a question in a conversation and return the reply as it arrived there."""


@dataclass(frozen=True)
class Places:
    """Addresses of a measured advisor: the front, the stand-in of the platform (if any), the conversations database."""

    front: str
    stand_in: str
    database: Path


class Rest:
    """Each conversation is a sender of the REST channel."""

    def __init__(self, places: Places) -> None:
        self._url, self._run = places.front + REST_PATH, uuid.uuid4().hex

    def ask(self, conversation: int, text: str) -> Heard:
        """Ask over REST; the outcomes are those of the replies' metadata."""
        messages = _post(self._url, {"sender": f"{self._run}-{conversation}", "message": text})
        outcomes = frozenset(message["metadata"]["outcome"] for message in messages)
        return Heard("\n".join(words_of(message) for message in messages), outcomes)


class Telegram:
    """Each conversation is a person's private chat with the bot."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._bot = DEMOS["telegram"].settings("")["telegram_token"].partition(":")[0]

    def ask(self, conversation: int, text: str) -> Heard:
        """Write as the person; read the words from the stand-in and the outcomes from the database."""
        written = _post(
            f"{self._places.stand_in}/phone/write", {"chat": conversation, "person": conversation, "text": text}
        )
        replies = delivered_replies(self._places.database, "telegram", f"{self._bot}:{written['update']}")
        received = _get(f"{self._places.stand_in}/phone/chats/{conversation}")["messages"]
        texts = {str(message["message_id"]): message["text"] for message in received}
        words = "\n".join(texts[number] for _, numbers in replies for number in numbers)
        return Heard(words, frozenset(outcome for outcome, _ in replies))


class Slack:
    """Each conversation is a person's direct messages with the app."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def ask(self, conversation: int, text: str) -> Heard:
        """Write as the person; read the words from the stand-in and the outcomes from the database."""
        person, channel = f"U{conversation}", f"D{conversation}"
        written = _post(f"{self._places.stand_in}/desk/write", {"channel": channel, "person": person, "text": text})
        replies = delivered_replies(self._places.database, "slack", f"{written['team']}:{channel}:{written['ts']}")
        received = _get(f"{self._places.stand_in}/desk/channels/{channel}")["messages"]
        words = {message["ts"]: message["words"] for message in received}
        return Heard(
            "\n".join(words[ts] for _, taken in replies for ts in taken), frozenset(outcome for outcome, _ in replies)
        )


WAYS: Mapping[str, Callable[[Places], Way]] = {"rest": Rest, "telegram": Telegram, "slack": Slack}


def delivered_replies(database: Path, channel: str, external_id: str) -> list[tuple[str, list[str]]]:
    """Return (outcome, the platform's ids) of each reply to a message, once the platform has taken them all."""
    deadline = time.monotonic() + LONGEST
    query = """
        SELECT asked.state, reply.outcome, delivery.state, delivery.platform_ids FROM message AS asked
        LEFT JOIN message AS reply ON reply.answers = asked.id LEFT JOIN delivery ON delivery.message_id = reply.id
        WHERE asked.channel = ? AND asked.external_id = ? ORDER BY reply.id"""
    while time.monotonic() < deadline:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
            rows = connection.execute(query, (channel, external_id)).fetchall()
        if rows and all(row[0] != "received" and row[2] == "delivered" for row in rows):
            return [(outcome, json.loads(numbers)) for _, outcome, _, numbers in rows]
        time.sleep(0.02)
    raise MeasurementFailed(f"{channel}: no answer was delivered within {LONGEST:g} s")


def bench_channels(questions: list[Question], others: list[str], say: Say) -> bool:
    """Ask all questions over REST and the other channels, print how many pass and which differ; return whether none does."""
    names = ["rest", *others]
    verdicts: dict[str, dict[tuple[str, int], bool]] = {}
    with tempfile.TemporaryDirectory(prefix="advisor-bench-") as folder:
        for name in names:
            with advisor_on(name, Path(folder) / name) as places:
                verdicts[name] = verdicts_of(WAYS[name](places), questions)
    say(_table(questions, verdicts))
    agreeing = [_say_differences(name, verdicts, say) for name in names if name != "rest"]
    return all(agreeing)


def verdicts_of(way: Way, questions: list[Question]) -> dict[tuple[str, int], bool]:
    """Return whether each turn's reply was good, by question and position in it."""
    verdicts = {}
    for number, question in zip(itertools.count(1), questions):  # noqa: B905  # endless numbers
        for place, turn in enumerate(question.turns):
            verdicts[question.id, place] = is_good(turn, question.outcomes, way.ask(number, turn.text))
    return verdicts


@contextmanager
def advisor_on(name: str, folder: Path) -> Iterator[Places]:
    """Run an advisor of its own, with the platform's stand-in if there is one, until the end of the block."""
    base = Settings.from_environment()
    ports = {f"{name}_port": free_port() for name in ("engine", "actions", "front", "operators")}
    values: dict[str, Any] = {
        **ports,
        "var_dir": folder,
        "knowledge_db": base.knowledge_db,
        "encoder_dir": base.encoder_dir,
        "engine_key": uuid.uuid4().hex,
        "rest_key": "",
        "database_url": "",
        "messages_per_minute": 0,
    }
    settings = replace(base, **values)
    stand_in, more = _stand_in_of(name, settings)
    variables = {env_name(key): str(value) for key, value in values.items()}
    wanted = [*services(settings), *stand_in, front_service(settings, more)]
    wanted = [replace(service, environment={**service.environment, **variables, **more}) for service in wanted]
    with started(name, settings.front_port, wanted):
        yield Places(settings.front_url, stand_in[0].ready_url if stand_in else "", folder / "conversations.db")


def _stand_in_of(name: str, settings: Settings) -> tuple[list[Service], dict[str, str]]:
    """Return the platform's stand-in, and the variables with which the front uses it; nothing for REST."""
    if name not in DEMOS:
        return [], {}
    port = free_port()
    url, argv = f"http://127.0.0.1:{port}", stand_in_argv(DEMOS[name], settings, port)
    service = Service(name, argv, url, settings.log_dir / f"{name}.log", process_environment(), settings.root)
    given = {"public_url": settings.front_url, **DEMOS[name].settings(url)}
    return [service], {env_name(key): value for key, value in given.items()}


def _table(questions: list[Question], verdicts: Mapping[str, Mapping[tuple[str, int], bool]]) -> str:
    asked = Counter(question.kind for question in questions for _ in question.turns)
    rows = []
    for kind in sorted(asked):
        keys = [
            (question.id, place)
            for question in questions
            if question.kind == kind
            for place in range(len(question.turns))
        ]
        rows.append((kind, asked[kind], *(sum(verdict[key] for key in keys) for verdict in verdicts.values())))
    rows.append(("all", asked.total(), *(sum(verdict.values()) for verdict in verdicts.values())))
    return table(("kind (turns)", "asked", *verdicts), rows)


def _say_differences(name: str, verdicts: Mapping[str, Mapping[tuple[str, int], bool]], say: Say) -> bool:
    rest, other = verdicts["rest"], verdicts[name]
    differing = [key for key in rest if rest[key] != other[key]]
    say(f"\n{name}: the same verdict as REST on {len(rest) - len(differing)} of {len(rest)} turns")
    for question, place in differing:
        way = "REST" if rest[question, place] else name
        say(f"  {question}, turn {place + 1}: good over {way} only")
    return not differing


def _post(url: str, body: Mapping[str, Any]) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with local_opener.open(request, timeout=LONGEST) as answer:
        return json.load(answer)


def _get(url: str) -> Any:
    with local_opener.open(url, timeout=LONGEST) as answer:
        return json.load(answer)
