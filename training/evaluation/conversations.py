"""Regression conversations, which staff keep as tests: `python -m training.evaluation.conversations` plays them all.

A release runs it with the model in use and with the new one; tests/test_talks.py plays the same files.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import tempfile
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from core.contract.turns import TURNS_PATH
from core.guide_pack import evaluation_dir
from core.settings import PROJECT_ROOT, Settings
from training.evaluation.assistant import advisor

TALKS = PROJECT_ROOT / "training/evaluation/talks"
EXPECTED = ("outcome", "topic", "intent", "form", "thing")  # what a turn may be held to
Ask = Callable[[str, str], Mapping[str, Any]]  # (conversation, text) -> the turn, as the turn contract has it


@dataclass(frozen=True, eq=False)
class Talk:
    """A regression conversation; each turn has `say` and what is expected of it.

    One that is `misread` is a check that staff made of a message that was misread: as long as it fails, it is known to.
    """

    file: Path
    name: str
    turns: tuple[Mapping[str, str], ...]
    misread: bool = False


class TalkWrong(Exception):
    """A file that holds no conversation; the message names it."""


def talks(folder: Path = TALKS) -> list[Talk]:
    """Return the conversations of a folder, sorted by file; raises TalkWrong."""
    return [_read(path) for path in sorted(folder.glob("*.yml"))]


def play(talk: Talk, ask: Ask) -> list[str]:
    """Play a conversation and return a line for each fact of a turn that is not as expected."""
    wrong = []
    for number, turn in enumerate(talk.turns, 1):
        got = _facts(ask(talk.file.stem, turn["say"]))
        for what in EXPECTED:
            if what in turn and turn[what] not in got[what]:
                told = ", ".join(filter(None, got[what])) or "nothing"
                wrong.append(f"turn {number}: {what} is {told}, not {turn[what]}")
    return wrong


def _facts(turn: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the facts of a turn: its outcome, the topic, intent and form that were understood, all things found."""
    outcomes = [(message.get("metadata") or {}).get("outcome") for message in turn["messages"]]
    understood = turn["understanding"]
    return {
        "outcome": (next(filter(None, outcomes), ""),),
        **{name: (understood.get(name) or "",) for name in ("topic", "intent", "form")},
        "thing": tuple(f"{each['entity']}/{each['value']}" for each in understood.get("entities") or ()),
    }


def _read(path: Path) -> Talk:
    try:
        content = YAML(typ="safe").load(path)
        turns = tuple(content["turns"])
        if not turns or any(set(turn) - {"say", *EXPECTED} or not isinstance(turn["say"], str) for turn in turns):
            raise ValueError
        return Talk(path, content["name"], turns, bool(content.get("misread")))
    except Exception as error:
        raise TalkWrong(f"{path.name} is no conversation: name, and turns of say, {', '.join(EXPECTED)}.") from error


def main() -> None:
    """Play all conversations with an engine of its own and print, or write, what went wrong."""
    parser = argparse.ArgumentParser(description="Play the conversations that were kept as tests.")
    parser.add_argument("--json", type=Path, help="write into this file what went wrong in each")
    chosen = parser.parse_args()
    kept = talks(evaluation_dir(Settings.from_environment()) / "talks")
    if not kept:  # no engine need be started
        if chosen.json:
            chosen.json.write_text("{}", encoding="utf-8")
        return
    with (
        tempfile.TemporaryDirectory(prefix="advisor-talks-") as scratch,
        advisor("in-process", Path(scratch)) as running,
    ):
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
        played = {talk: play(talk, lambda sender, text: ask(connection, sender, text)) for talk in kept}
    found = {talk.file.name: wrong for talk, wrong in played.items()}
    if chosen.json:
        chosen.json.write_text(json.dumps(found), encoding="utf-8")
    else:
        sys.stdout.write("".join(_line(talk, wrong) for talk, wrong in played.items()))


def _line(talk: Talk, wrong: list[str]) -> str:
    known = "known misreading, " if talk.misread and wrong else ""
    return f"{talk.file.name}: {known}{', '.join(wrong) or 'as it should'}\n"


def ask(connection: http.client.HTTPConnection, sender: str, text: str) -> Mapping[str, Any]:
    """Return the turn that an engine makes of a message."""
    common = {"conversation": f"talk-{sender}", "message_id": uuid.uuid4().hex, "channel": "rest", "metadata": {}}
    body = {**common, "text": text}
    connection.request("POST", TURNS_PATH, json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"the engine answered {answer.status}")
    turn: Mapping[str, Any] = json.loads(content)
    return turn


if __name__ == "__main__":
    main()
