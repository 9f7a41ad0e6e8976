"""The examples that a foreign pack's model is trained on: its own, and those of the project that fit it.

The project's examples of what people do (greet, thank, ask for a person) are kept, spoken of the pack's subject. Left out are
intents that need what the pack's catalogue does not have, and examples that ask what the pack answers: a question about the
price of Spanish lessons is out of scope for one guide, and the very thing for a language school's.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from core.contract.intents import (
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_BEST_TYPE,
    ASK_HELP,
    ASK_RECOGNITION,
    ASK_TOPIC,
    CHOOSE_HELP,
    COMPARE,
    FIND_PROGRAMS,
    OUT_OF_SCOPE,
    REFINE,
    SUM_UP,
)
from core.guide_pack import made_dir, sources_dir, topic_texts_file
from core.settings import Settings
from knowledge.building.load import NAME_KINDS, Collection, collect
from knowledge.building.source_rows import Row
from knowledge.building.sources import Findings
from knowledge.building.validate import phrasing_problem
from knowledge.models import OPEN_SUBJECTS
from nlu.classification.topic_matcher import TopicTexts

Encode = Callable[[list[str]], NDArray[Any]]
# The kinds of the catalogue, one of which an intent needs.
NEEDS: dict[str, tuple[str, ...]] = {
    ASK_ABOUT: tuple(kind for kind in NAME_KINDS if kind != "mode"),
    ASK_BEST_DESTINATION: ("destination",),
    ASK_BEST_TYPE: ("type",),
    ASK_RECOGNITION: ("industry", "destination"),
    COMPARE: ("destination", "type", "program"),
    FIND_PROGRAMS: ("program",),
    REFINE: ("program", "destination", "type"),
    CHOOSE_HELP: ("field", "destination", "type"),
    ASK_ADVICE: ("field", "destination", "type"),
    SUM_UP: ("field", "destination", "type"),
}
INSTEAD = {CHOOSE_HELP: ASK_HELP}  # what somebody who says so does where an intent has no use
WITHOUT_ANSWER = ("near_domain.yml", "out_of_scope.yml")  # what the project's own guide does not answer
# Questions of each of the project's topics, which show how people ask about what a guide doesn't answer. Without them, all that
# people tell of themselves would look like what they do ("I'm coming by car", as somebody in distress).
OF_EACH = 16
FEW = 8  # phrasings below which a topic is known by its own texts, too
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")
AS_THEY_ARE = ("rules.yml", "stories.yml")
OTHER = "anything-else"  # the role of the open subject for all that is near and nowhere answered
SAME_QUESTION = 0.45  # cosine to a text of the pack from which an example may ask what it answers
SAME_ACT = 0.6  # the same of examples of what people do, which are short and all alike
ITEM = re.compile(r"^- (?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Examples:
    """The examples of an intent, with the topic that the block's metadata names, or ""."""

    intent: str
    topic: str
    texts: tuple[str, ...]


def write_examples(settings: Settings, encode: Encode) -> dict[str, int]:
    """Write all examples of a foreign pack beside its generated ones; return how many of the project's were left out, by why.

    The knowledge base must be built.
    """
    collection = collect(sources_dir(settings), Findings())
    own = [text for row in collection.of("topic") for text in (*_asked(row), *_texts_of(row).texts)]
    near = _Nearness(own, encode)
    _write(made_dir(settings) / "texts.yml", [each for row in collection.of("topic") if (each := _texts_of(row)).texts])
    other = next(
        (row["topic"] for row in collection.of("role") if row.get("key") == OTHER and "topic" in row.values), ""
    )
    write_topic_texts(settings, collection.of("topic"), other)
    left: Counter[str] = Counter()
    spoken = _Spoken(_words_of(settings.root / "knowledge"), _words_of(sources_dir(settings)))
    folder = made_dir(settings)
    for name in AS_THEY_ARE:
        _put(folder / name, (settings.root / "data" / name).read_bytes())
    all_acts = _read(settings.root / "data/nlu.yml")
    acts = [act for block in all_acts if (act := _of_use(block, collection, left))]
    acts = [replace(each, texts=tuple(map(spoken.of_pack, each.texts))) for each in acts]
    _write(folder / "nlu.yml", _without_near(acts, near, SAME_ACT, left))
    for name in WITHOUT_ANSWER:
        blocks = [_relabelled(each, other) for each in _read(settings.root / "data" / name)]
        blocks = [replace(each, texts=tuple(map(spoken.of_pack, each.texts))) for each in blocks]
        _write(folder / name, _without_near(blocks, near, SAME_QUESTION, left))
    asked = [replace(each, texts=each.texts[:OF_EACH]) for each in _read(settings.root / "data/generated/topics.yml")]
    asked = [_relabelled(replace(each, texts=tuple(map(spoken.of_pack, each.texts))), other) for each in asked]
    sounds_as_act = _Nearness([text for block in all_acts for text in block.texts], encode)  # "help me choose"
    asked = _without_near(_without_near(asked, near, SAME_QUESTION, left), sounds_as_act, SAME_ACT, left)
    _write(folder / "elsewhere.yml", asked)
    shutil.rmtree(folder / "own", ignore_errors=True)
    for path in sorted((settings.guide_dir / "data").glob("*.yml")):
        _put(folder / "own" / path.name, path.read_bytes())
    return dict(left)


def texts_of(row: Row, asked: Sequence[str]) -> TopicTexts:
    """Return the texts of a topic that is asked for in these ways."""
    items = (": ".join(filter(None, (item["name"], item.get("text", "")))) for item in row.list("items"))
    said = (*SENTENCE.split(row["answer"]), *items)
    return TopicTexts(row["key"], tuple(map(plain, (*asked, row["title"]))), tuple(map(plain, said)))


def plain(text: str) -> str:
    """Return a text on one line and without marks."""
    return " ".join(text.replace("**", "").split())


def write_topic_texts(settings: Settings, topics: Sequence[Row], rest: str) -> None:
    """Write the texts of a pack's topics if most of them are hardly asked for; else no file.

    `rest` is the open subject for all that none of them answers, or "".
    """
    few = [row for row in topics if len(row["ask"]) < FEW]
    path = topic_texts_file(settings)
    path.unlink(missing_ok=True)
    if 2 * len(few) > len(topics):
        texts = {"rest": rest, "topics": [vars(texts_of(row, row["ask"])) for row in topics]}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(texts, ensure_ascii=False, indent=1), encoding="utf-8")


def _texts_of(row: Row) -> Examples:
    """Return what a topic that hardly anybody has asked for is also known by: its title, and its sentences."""
    texts: list[str] = []
    if len(row["ask"]) < FEW:
        texts = [row["title"], *SENTENCE.split(row["answer"]), f"{row['ask'][0]} {row['answer']}"]
        texts += [item["name"] for item in row.list("items")]
    own = set(row["ask"])
    told = dict.fromkeys(map(plain, texts))
    return Examples(ASK_TOPIC, row["key"], tuple(text for text in told if text not in own and _is_plain(text)))


def _is_plain(text: str) -> bool:
    """Return whether Rasa's training files take a text."""
    return phrasing_problem(text) is None


def _asked(row: Row) -> Iterable[str]:
    """Yield the questions that a topic answers."""
    yield from row.list("ask")
    for claim in row.list("claims"):
        yield from claim.list("asks")


def _of_use(block: Examples, collection: Collection, left: Counter[str]) -> Examples | None:
    """Return a block if the catalogue has what its intent needs, or under the intent that stands in for it; else None."""
    kinds = NEEDS.get(block.intent, ())
    if not kinds or any(collection.of(kind) for kind in kinds):
        return block
    if block.intent in INSTEAD:
        return replace(block, intent=INSTEAD[block.intent], topic="")
    left["intents without use"] += 1
    return None


def _relabelled(block: Examples, other: str) -> Examples:
    """Return a block of questions without an answer under the pack's own open subject, if it has one."""
    if block.intent != ASK_TOPIC:
        return block
    is_left_open = other.startswith(f"{OPEN_SUBJECTS}/")
    return replace(block, topic=other) if is_left_open else replace(block, intent=OUT_OF_SCOPE, topic="")


class _Nearness:
    """Tells which texts ask what the pack's phrasings ask."""

    def __init__(self, own: list[str], encode: Encode) -> None:
        self._encode = encode
        self._own = encode(own)

    def of(self, texts: list[str]) -> NDArray[Any]:
        """Return the cosine of each text to the nearest phrasing."""
        if not len(self._own) or not texts:
            return np.zeros(len(texts))
        nearest: NDArray[Any] = (self._encode(texts) @ self._own.T).max(axis=1)
        return nearest


def _without_near(blocks: list[Examples], near: _Nearness, bound: float, left: Counter[str]) -> list[Examples]:
    """Return the blocks without the texts that the pack answers."""
    shares = near.of([text for block in blocks for text in block.texts])
    result, at = [], 0
    for block in blocks:
        kept = tuple(text for number, text in enumerate(block.texts) if shares[at + number] < bound)
        left["examples that the guide answers"] += len(block.texts) - len(kept)
        at += len(block.texts)
        if kept:
            result.append(replace(block, texts=kept))
    return result


class _Spoken:
    """Puts the words of one guide in place of another's."""

    def __init__(self, project: Mapping[str, str], pack: Mapping[str, str]) -> None:
        pairs = [(project[name], pack[name]) for name in ("subject", "short", "things", "thing") if name in pack]
        self._words = {theirs.lower(): ours for theirs, ours in pairs}
        longest_first = sorted(self._words, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or "(?!)", re.IGNORECASE)

    def of_pack(self, text: str) -> str:
        """Return a text spoken of the pack's subject."""
        return self._pattern.sub(lambda match: self._words[match[0].lower()], text)


def _words_of(sources: Path) -> dict[str, str]:
    """Return the words of a guide's pack.yml; empty without one."""
    rows = collect(sources, Findings()).of("pack")
    return {name: row[name] for row in rows for name in ("subject", "short", "thing", "things") if name in row.values}


def _read(path: Path) -> list[Examples]:
    content = YAML(typ="safe").load(path)
    return [
        Examples(
            block["intent"], (block.get("metadata") or {}).get("topic", ""), tuple(ITEM.findall(block["examples"]))
        )
        for block in content["nlu"]
    ]


def _write(path: Path, blocks: list[Examples]) -> None:
    lines = [
        "# Made from the project's own examples, anew with each training of a guide pack.",
        'version: "3.1"',
        "nlu:",
    ]
    for block in blocks:
        lines.append(f"- intent: {block.intent}")
        lines += ["  metadata:", f"    topic: {block.topic}"] if block.topic else []
        lines += ["  examples: |", *(f"    - {text}" for text in block.texts)]
    _put(path, ("\n".join(lines) + "\n").encode())


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
