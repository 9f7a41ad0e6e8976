"""Training and test phrasings: nothing that is tested was taught, and nothing is taught as two things."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from rapidfuzz import fuzz, process, utils
from ruamel.yaml import YAML

from core.settings import PROJECT_ROOT

TRAINING = [*sorted((PROJECT_ROOT / "data").glob("*.yml")), *sorted((PROJECT_ROOT / "data/generated").glob("*.yml"))]
TESTS = PROJECT_ROOT / "training/evaluation/phrasings"
TOO_CLOSE = 92  # of 100: the same words but for a few letters, in any order
WORDS = 4  # shorter texts have too few words to be told from near copies
CUSTOMERS = {"what are micro-credentials", "best country for data analytics", "is it recognized"}


def taught() -> list[tuple[str, str]]:
    """(phrasing, intent) of all training data."""
    found = []
    for path in TRAINING:
        for entry in YAML(typ="safe").load(path).get("nlu", []):
            lines = re.findall(r"^- (.*)$", entry["examples"], re.MULTILINE)
            found += [(line.strip(), entry["intent"]) for line in lines]
    return found


def tested(folder: Path = TESTS) -> list[str]:
    """Every phrasing of the test files, the customer's own wordings included."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        content = YAML(typ="safe").load(path)
        if "phrasings" in content:
            found += [each["text"] for each in content["phrasings"]]
        else:
            found += [text for question, asked in content.items() for text in (question, *asked["wordings"])]
    return found


def same(text: str) -> str:
    """Return what is left when case, punctuation and spaces don't count; of a text of signs alone, the text."""
    return " ".join(utils.default_process(text).split()) or text.strip()


def overlaps(held_out: list[str], training: list[str]) -> list[tuple[str, str]]:
    """(held-out text, training text) that are equal, or near copies of each other."""
    known = {same(text): text for text in training}
    long = {in_order(text): text for text in known if len(text.split()) >= WORDS}
    ordered = list(long)
    found = []
    for text in held_out:
        plain = same(text)
        if plain in known:
            found.append((text, known[plain]))
        elif len(plain.split()) >= WORDS:
            near = process.extractOne(in_order(plain), ordered, scorer=fuzz.ratio, score_cutoff=TOO_CLOSE)
            found += [(text, known[long[near[0]]])] if near else []
    return found


def in_order(text: str) -> str:
    """Return the words of a text by the alphabet, so that their order does not count."""
    return " ".join(sorted(text.split()))


def test_nothing_tested_was_taught() -> None:
    allowed = {same(text) for text in CUSTOMERS}
    training = [text for text, _ in taught()]
    assert [pair for pair in overlaps(tested(), training) if same(pair[0]) not in allowed] == []


@pytest.mark.parametrize(
    "planted",
    [
        "What is an Erasmus badge worth??",
        "what  is an erasmus badge worth",
        "what is an erasmus badges worth",
        "is an Erasmus badge worth what",
    ],
)
def test_planted_copy_is_found(planted) -> None:
    assert overlaps([planted], ["who pays", "What is an Erasmus badge worth?"])


@pytest.mark.parametrize("other", ["what is a badge for", "Erasmus", "do employers think a badge is worth it"])
def test_other_wording_is_no_copy(other) -> None:
    assert overlaps([other], ["Erasmus badge", "What is an Erasmus badge worth?"]) == []


def test_no_phrasing_is_tested_twice() -> None:
    counted = Counter(same(text) for text in tested())
    assert [text for text, times in counted.items() if times > 1] == []


def test_customer_questions_are_tested() -> None:
    assert set(YAML(typ="safe").load(TESTS / "customer.yml")) == CUSTOMERS


def test_no_phrasing_has_two_intents() -> None:
    intents = defaultdict(set)
    for text, intent in taught():
        intents[same(text)].add(intent)
    assert {text: found for text, found in intents.items() if len(found) > 1} == {}


def test_every_training_file_is_read() -> None:
    assert {path.name for path in TRAINING} >= {"nlu.yml", "out_of_scope.yml", "topics.yml"}
    assert len(taught()) > 3000
