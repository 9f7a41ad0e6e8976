"""Rasa's own command as the project needs it: `./advisor rasa data split nlu ...`, or `.venv/engine/bin/rasa ...`.

Rasa's writer of training data puts all examples of an intent into one block, under the metadata of the first. Here the
metadata is the topic, so that `rasa data split nlu`, `rasa data convert nlu` and `rasa interactive` would give every question
the topic of the first. The writer used here makes a block for each.
scripts/setup puts this command where Rasa's own was; `python -m rasa` is Rasa's.
"""

from __future__ import annotations

import json
import sys
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from rasa.shared.nlu.training_data.formats.rasa_yaml import KEY_INTENT, KEY_INTENT_EXAMPLES, RasaYAMLWriter
from rasa.shared.nlu.training_data.formats.readerwriter import TrainingDataWriter
from rasa.shared.nlu.training_data.training_data import TrainingData

TOPICS_NOTE = (
    "Rasa's report knows intents only. How well topics are understood: python -m training.evaluation.scoring --markdown "
    "(training/evaluation/phrasings/, docs/quality.md)."
)
MODEL_NOTE = (
    "A model made by Rasa's own command is not served: the advisor serves models/advisor.tar.gz, "
    "which ./advisor train makes."
)
NOTES = {("test", "nlu"): TOPICS_NOTE, ("test",): TOPICS_NOTE, ("train",): MODEL_NOTE, ("interactive",): MODEL_NOTE}


def keep_topics() -> None:
    """Have Rasa write training data with a block for each intent and metadata."""
    RasaYAMLWriter.process_intents = classmethod(_process_intents)


def _process_intents(cls: type[RasaYAMLWriter], training_data: TrainingData) -> list[OrderedDict]:
    blocks: list[OrderedDict] = []
    for intent, examples in cls.prepare_training_examples(training_data).items():
        for alike in _by_metadata(examples):
            blocks += cls.process_training_examples_by_key(
                {intent: alike}, KEY_INTENT, KEY_INTENT_EXAMPLES, TrainingDataWriter.generate_message
            )
    return blocks


def _by_metadata(examples: Iterable[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for example in examples:
        label = (example.get("metadata") or {}).get("intent")
        groups[json.dumps(label, sort_keys=True, default=str)].append(example)
    return groups.values()


def note_for(arguments: Sequence[str]) -> str:
    """Return a note on a command of Rasa's that its own output lacks, or "" for most."""
    return NOTES.get(tuple(arguments[:2])) or (NOTES.get(tuple(arguments[:1]), "") if _alone(arguments) else "")


def _alone(arguments: Sequence[str]) -> bool:
    """Tell whether the command has no part named after it ("test", not "test core")."""
    return not arguments or arguments[0] != "test" or len(arguments) == 1 or arguments[1].startswith("-")


def main() -> None:
    """Run Rasa's command, then print the note on it."""
    from rasa.__main__ import main as rasa

    keep_topics()
    try:
        rasa()
    finally:
        if note := note_for(sys.argv[1:]):
            sys.stdout.write(f"{note}\n")


if __name__ == "__main__":
    main()
