"""Scores the trained reader on phrasings that it has never seen; `python -m training.evaluation.scoring --markdown`.

A phrasing counts as understood if the engine would act on it rightly: the intent and, for questions about topics, one of
the accepted topics. A phrasing that the reject rule turns away counts as not understood, unless there is nothing to
understand in it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from core.contract.intents import (
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_TOPIC,
    CHOOSE_HELP,
    NONSENSE,
    NOT_UNDERSTOOD,
    NOTHING_SAID,
    OUT_OF_SCOPE,
)
from core.guide_pack import evaluation_dir
from core.served_model import trained_model
from core.settings import PROJECT_ROOT, Settings
from nlu.encoding.encoder import open_encoder
from nlu.reader import STATE, Reader

TEST_SET = PROJECT_ROOT / "training/evaluation/phrasings/test.yml"  # of the project's own guide
OPEN = "not-stated"  # the test phrasings say only this much of a subject that the guide leaves open
ANYTHING_ELSE = f"{OPEN}/other"  # the subject of what is asked near the guide's field and is in none of its topics
NAMED = ("types/", "destinations/", "industries/")  # topics of which a named thing is asked as well
# Intents that get one reply.
SAME_REPLY = {
    NONSENSE: {NOTHING_SAID, NOT_UNDERSTOOD},
    OUT_OF_SCOPE: {NOT_UNDERSTOOD},
    CHOOSE_HELP: {ASK_ADVICE},
}
WORST = 25  # confusions shown


@dataclass(frozen=True)
class Phrasing:
    """A text that somebody may type, with the intent and the accepted topics."""

    text: str
    intent: str
    topics: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The intent; open subjects are a group apart from the topics that the guide answers."""
        return f"{self.intent} (left open)" if self.topics and self.topics[0].startswith(OPEN) else self.intent

    @property
    def label(self) -> str:
        """The first accepted topic or, without one, the intent."""
        return self.topics[0] if self.topics else self.intent


@dataclass(frozen=True)
class Guess:
    """What the engine took a phrasing for; `topic` is "" if the intent has none, `named` whether it found entities."""

    intent: str
    topic: str = ""
    named: bool = False

    @property
    def label(self) -> str:
        """The topic or, without one, the intent."""
        return self.topic or self.intent


@dataclass(frozen=True)
class Scored:
    """A phrasing with the engine's guess."""

    phrasing: Phrasing
    guess: Guess

    @property
    def right(self) -> bool:
        """Tell whether the guess leads to the right reply."""
        return is_right(self.phrasing, self.guess)


def phrasings(path: Path = TEST_SET) -> list[Phrasing]:
    """Return the phrasings of a file in training/evaluation/phrasings/."""
    listed = YAML(typ="safe").load(path)["phrasings"]
    return [Phrasing(each["text"], each["intent"], tuple(each.get("topics", ()))) for each in listed]


@lru_cache(maxsize=2)
def trained_reader(model: Path | None = None) -> Reader:
    """Return the reader of a model's archive, by default of the served model; raises FileNotFoundError if none is trained."""
    settings = Settings.from_environment()
    model = model or trained_model(settings)
    if model is None:
        raise FileNotFoundError(f"no trained model in {settings.models_dir}: run make train")
    with tempfile.TemporaryDirectory() as folder, tarfile.open(model) as archive:
        state = next(each.name for each in archive.getmembers() if each.name.endswith(f"/{STATE}"))
        for member in archive.getmembers():
            if member.isfile() and Path(member.name).parent == Path(state).parent:
                content = archive.extractfile(member)
                assert content  # a regular file
                (Path(folder) / Path(member.name).name).write_bytes(content.read())
        return Reader.load(Path(folder), open_encoder(settings.encoder_dir))


def guesses(reader: Reader, texts: list[str]) -> list[Guess]:
    """Return what the engine takes each text for, as the component that config.yml names understands it."""
    from rasa.shared.nlu.training_data.message import Message

    messages = [Message({"text": text}) for text in texts]
    component = _understanding_component()
    component(component.get_default_config(), None, None, reader).process(messages)
    return [_guess(message) for message in messages]


def _understanding_component() -> Any:
    """Return the class of the pipeline's one component; it belongs to the engine, which this room does not import."""
    pipeline = YAML(typ="safe").load(PROJECT_ROOT / "config.yml")["pipeline"]
    module, _, name = pipeline[0]["name"].rpartition(".")
    return getattr(import_module(module), name)


def _guess(message: Any) -> Guess:
    topic = (message.get("topic") or {}).get("key")
    return Guess(message.get("intent")["name"], topic or "", bool(message.get("entities")))


def is_right(phrasing: Phrasing, guessed: Guess) -> bool:
    """Tell whether the guess leads to the right reply; an entity is described by ask_about and by its topic alike."""
    if guessed.intent in SAME_REPLY.get(phrasing.intent, ()):
        return True
    if phrasing.intent == OUT_OF_SCOPE and guessed.topic == ANYTHING_ELSE:  # declined in nearly the same words
        return True
    if phrasing.intent == ASK_TOPIC and guessed.intent == ASK_ABOUT:
        return guessed.named and phrasing.topics[0].startswith(NAMED)
    if phrasing.intent == ASK_ABOUT and guessed.intent == ASK_TOPIC:
        return guessed.topic.startswith(NAMED)
    return guessed.intent == phrasing.intent and (not phrasing.topics or _accepted(guessed.topic) in phrasing.topics)


def _accepted(topic: str) -> str:
    return OPEN if topic.startswith(OPEN) else topic


def score(reader: Reader, asked: list[Phrasing]) -> list[Scored]:
    """Return each phrasing with the engine's guess."""
    return [Scored(*pair) for pair in zip(asked, guesses(reader, [each.text for each in asked]), strict=True)]


def accuracy(scored: list[Scored]) -> float:
    """Return the share of right guesses, 0 to 1."""
    return sum(each.right for each in scored) / len(scored)


def by_group(scored: list[Scored]) -> dict[str, list[Scored]]:
    """Return the scored phrasings of each group, sorted by its name."""
    groups: dict[str, list[Scored]] = defaultdict(list)
    for each in scored:
        groups[each.phrasing.group].append(each)
    return dict(sorted(groups.items()))


def confusions(scored: list[Scored]) -> list[tuple[str, str, int]]:
    """Return (meant, taken for, times) of the wrong guesses, the most frequent first."""
    counted = Counter((each.phrasing.label, each.guess.label) for each in scored if not each.right)
    return [(*pair, times) for pair, times in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]


def markdown(scored: list[Scored]) -> str:
    """Return the accuracy of each group and the worst confusions as Markdown tables."""
    lines = ["| Group | Phrasings | Understood |", "|---|---:|---:|"]
    lines += [f"| {name} | {len(group)} | {accuracy(group):.1%} |" for name, group in by_group(scored).items()]
    lines += [f"| **All** | {len(scored)} | **{accuracy(scored):.1%}** |", ""]
    lines += ["| Meant | Taken for | Times |", "|---|---|---:|"]
    lines += [f"| {meant} | {taken} | {times} |" for meant, taken, times in confusions(scored)[:WORST]]
    return "\n".join(lines) + "\n"


def plain(scored: list[Scored]) -> str:
    """Return a line for each phrasing that was not understood, then the total."""
    wrong = [f"{each.phrasing.label} -> {each.guess.label}: {each.phrasing.text}" for each in scored if not each.right]
    return "\n".join([*wrong, f"{accuracy(scored):.1%} of {len(scored)} understood"]) + "\n"


def main() -> None:
    """Score the trained reader on a file of phrasings and print the result."""
    parser = argparse.ArgumentParser(description="Score the trained reader on phrasings it has never seen.")
    parser.add_argument(
        "file", nargs="?", type=Path, help="phrasings (default: the test set of the guide that is served)"
    )
    parser.add_argument("--markdown", action="store_true", help="tables for docs/quality.md instead of each mistake")
    parser.add_argument("--json", type=Path, help="write into this file, of each phrasing, whether it was understood")
    chosen = parser.parse_args()
    chosen.file = chosen.file or evaluation_dir(Settings.from_environment()) / "phrasings/test.yml"
    if chosen.json and not chosen.file.is_file():  # a pack without tests of its own
        chosen.json.write_text("{}", encoding="utf-8")
        return
    scored = score(trained_reader(), phrasings(chosen.file))
    if chosen.json:
        chosen.json.write_text(json.dumps({each.phrasing.text: each.right for each in scored}), encoding="utf-8")
        return
    sys.stdout.write(markdown(scored) if chosen.markdown else plain(scored))


if __name__ == "__main__":
    main()
