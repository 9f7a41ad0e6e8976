"""Gathers what the sentence model is tuned on, as one JSON file; `.venv/engine/bin/python -m training.encoder.examples FILE`.

It needs the trained model and the knowledge base, and so the engine's environment; the tuning itself (tuning.py) needs PyTorch
and reads the file. Nothing in it comes from conversations.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from core.settings import PROJECT_ROOT, Settings
from knowledge.knowledge_base import Knowledge, open_knowledge
from nlu.extraction.question_form import question_form
from nlu.reader import Reader
from training.evaluation.scoring import trained_reader

QUESTIONS = PROJECT_ROOT / "training" / "claim_questions"
NEAR = 16  # claims of today's ranking that are looked at for such as are near and no answer
Row = dict[str, Any]


def labelled_questions() -> list[Row]:
    """Return the labelled questions of training/claim_questions/, each with `ask` and `answers`."""
    yaml = YAML(typ="safe")
    return [each for path in sorted(QUESTIONS.glob("*.yml")) for each in yaml.load(path)["questions"]]


def examples(reader: Reader, knowledge: Knowledge) -> Row:
    """Return the questions with the claims near them, the texts of all claims, and the phrasings of intents and topics."""
    return {
        "questions": [_question(reader, knowledge, each["ask"], each["answers"]) for each in labelled_questions()],
        "claims": {f"{topic}#{number}": texts for (topic, number), texts in knowledge.texts_of_claims().items()},
        "phrasings": _phrasings(reader),
    }


def _question(reader: Reader, knowledge: Knowledge, ask: str, answers: list[str]) -> Row:
    reading = reader.read(ask)
    said = reading.said or ask
    near = knowledge.rank_claims(reading.vector, question_form(said), dict(reading.topics), NEAR, said)
    return {
        "ask": ask,
        "text": reader.corrected(said),
        "answers": answers,
        "near": [f"{each.topic}#{each.number}" for each in near],
    }


def _phrasings(reader: Reader) -> list[Row]:
    """Return the examples of data/, generated ones included, each with its label: its intent and its topic."""
    from rasa.shared.importers.importer import TrainingDataImporter

    places = [str(PROJECT_ROOT / name) for name in ("config.yml", "domain.yml")]
    data = TrainingDataImporter.load_from_config(*places, [str(PROJECT_ROOT / "data")]).get_nlu_data()
    found = []
    for each in data.training_examples:
        if each.get("intent") and each.get("text"):
            topic = ((each.get("metadata") or {}).get("intent") or {}).get("topic", "")
            found.append({"text": reader.corrected(each.get("text")), "label": f"{each.get('intent')}#{topic}"})
    return found


def main() -> None:
    """Write the file that the command names."""
    gathered = examples(trained_reader(), open_knowledge(Settings.from_environment().knowledge_db))
    Path(sys.argv[1]).write_text(json.dumps(gathered), encoding="utf-8")
    print({name: len(rows) for name, rows in gathered.items()})


if __name__ == "__main__":
    main()
