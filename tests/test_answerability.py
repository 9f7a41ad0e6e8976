"""What lies near the guide and is not in it is declined by its name; what the guide answers still is answered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.settings import PROJECT_ROOT
from nlu.classification.classifier import Classifier, Recipe, Rivals
from nlu.reader import Reader
from training.evaluation.scoring import OPEN, SAME_REPLY, Phrasing, Scored, phrasings, score, trained_reader

HELD_OUT = PROJECT_ROOT / "training/evaluation/phrasings/answerability.yml"
DECLINED_FLOOR, ANSWERED_FLOOR = 0.93, 0.93  # measured, less two points
DECLINES = {"out_of_scope", *SAME_REPLY["out_of_scope"]}


@pytest.fixture(scope="module")
def scored() -> list[Scored]:
    return score(trained_reader(), phrasings(HELD_OUT))


def is_declined(each: Scored, reader: Reader) -> bool:
    """Tell whether the actions decline it: out of scope, an open subject, or too near to one."""
    if each.guess.intent in DECLINES or each.guess.topic.startswith(OPEN):
        return True
    return each.guess.intent == "ask_topic" and not reader.read(each.phrasing.text).is_answerable


def is_left_open(phrasing: Phrasing) -> bool:
    return phrasing.topics[0] == OPEN


def test_near_domain_is_declined(scored) -> None:
    near = [each for each in scored if is_left_open(each.phrasing)]
    assert len(near) == 60
    assert np.mean([is_declined(each, trained_reader()) for each in near]) >= DECLINED_FLOOR


def test_what_the_guide_answers_is_answered(scored) -> None:
    known = [each for each in scored if not is_left_open(each.phrasing)]
    assert len(known) == 60
    assert np.mean([not is_declined(each, trained_reader()) for each in known]) >= ANSWERED_FLOOR


def test_test_phrasings_lose_little_to_the_threshold(understood) -> None:
    """Of the questions whose topic is found, the threshold may take one in forty."""
    right = [each for each in understood if each.right and each.phrasing.group == "ask_topic"]
    kept = [each for each in right if trained_reader().read(each.phrasing.text).is_answerable]
    assert len(kept) / len(right) >= 0.975


def _trained(answered: float) -> tuple[Classifier, np.ndarray]:
    """Return a classifier of three labels in a plane: an answer, a subject left open between the two, and small talk."""
    rng = np.random.default_rng(20)
    angles = {"answer": 0.0, "open": 0.5, "hello": 2.5}
    labels = [label for label in angles for _ in range(30)]
    around = np.array([angles[label] for label in labels]) + rng.normal(0, 0.12, len(labels))
    vectors = np.stack([np.cos(around), np.sin(around)], axis=1).astype(np.float32)
    texts = [f"{label} {number}" for number, label in enumerate(labels)]
    rivals = Rivals(frozenset({"answer"}), frozenset({"open"}))
    blank = ["x"] * len(texts)
    trained = Classifier.train(blank, blank, [set()] * len(texts), vectors, labels, Recipe(answered=answered), rivals)
    return trained, vectors


def _judged(classifier: Classifier, angle: float) -> Any:
    return classifier.judge("x", "x", set(), np.array([np.cos(angle), np.sin(angle)], np.float32))


def test_margin_falls_towards_what_is_left_open(tmp_path) -> None:
    trained, _ = _trained(answered=0.9)
    margins = [_judged(trained, angle).answerable for angle in (-0.1, 0.1, 0.25, 0.5)]
    assert margins == sorted(margins, reverse=True) and margins[0] > 0 > margins[-1]
    assert _judged(trained, -0.1).is_answerable and not _judged(trained, 0.5).is_answerable
    trained.save(tmp_path)
    again = _judged(Classifier.load(tmp_path), 0.25)
    assert again == _judged(trained, 0.25)


def test_winning_narrowly_is_not_enough() -> None:
    """With a stricter recipe, what is answered by a hair is declined; small talk has no part in it."""
    strict, lenient = _trained(answered=0.6)[0], _trained(answered=1.0)[0]
    narrow = next(
        angle for angle in np.linspace(0.0, 0.5, 200) if 0 < _judged(strict, angle).answerable < _answer_at(strict)
    )
    assert not _judged(strict, narrow).is_answerable
    assert _answer_at(strict) > _answer_at(lenient)


def _answer_at(classifier: Classifier) -> float:
    return classifier._calibration["answer_at"]


def test_without_open_labels_everything_is_answerable() -> None:
    _, vectors = _trained(answered=0.9)
    blank = ["x"] * len(vectors)
    plain = Classifier.train(blank, blank, [set()] * len(blank), vectors, ["a", "b", "c"] * 30)
    assert _judged(plain, 0.5).is_answerable and _judged(plain, 0.5).answerable == 0.0


DECLINES_BY_NAME = [
    ("how do i report our courses to TEQSA", "TEQSA"),
    ("will petronas hire me after a bootcamp", "Petronas"),
    ("is Makerere University in the guide", "Makerere University"),
]


@pytest.mark.parametrize(("text", "name"), DECLINES_BY_NAME)
def test_decline_says_first_what_is_unknown(advisor, text, name) -> None:
    reply = advisor.ask(text)
    assert reply.outcome == "declined"
    assert reply.first_sentence == f"I don't have anything on {name}." or (
        f" {name}" in reply.first_sentence and reply.first_sentence.endswith("isn't in it.")
    )
    unanswered = reply.messages[0]["metadata"]["not_answered_because"]
    assert unanswered["unknown"] == [name] and set(unanswered) == {"unknown", "open_subject", "topic", "margin"}
    assert "/want_person" in reply.payloads


def test_known_topic_of_an_unknown_name_is_answered_in_general(advisor) -> None:
    reply = advisor.ask("Is it accepted by FSSAI?")
    assert reply.first_sentence == "I don't have anything on FSSAI."
    assert "In general:" in reply.text and reply.outcome == "answered" and reply.topic == "challenges/recognition"


def test_decline_offers_the_nearest_topics_and_never_the_rest(advisor) -> None:
    for text in ("can I bring my dog to campus", "What time does the swimming pool open", "qwzx blorp course badge"):
        reply = advisor.ask(text)
        assert reply.outcome == "declined"
        assert not any("not-stated/other" in payload for payload in reply.payloads)
    nearest = [payload for payload in advisor.ask("can I bring my dog to campus").payloads if "ask_topic" in payload]
    assert len(nearest) == 2


def test_general_sentence_stands_in_for_what_is_not_known_exactly(advisor) -> None:
    reply = advisor.ask("is a badge from ACME college good for nurses")
    assert reply.outcome == "declined" and "a badge from ACME college" in reply.first_sentence
    assert reply.first_sentence.endswith("that name isn't in it.")
    assert "In general: digital badges" in reply.text and reply.sources


def test_claim_that_names_what_is_left_open_answers(advisor) -> None:
    reply = advisor.ask("Which blockchain do they use for the badges")
    assert reply.first_sentence.startswith("The guide doesn't name any provider") and reply.sources


def test_rest_of_a_question_is_not_passed_over(advisor) -> None:
    reply = advisor.ask("how long do they take, and is a tattoo a problem?")
    assert reply.outcome == "answered" and reply.topic == "features/short-duration"
    assert "whether a tattoo is a problem" in reply.text


@pytest.mark.parametrize(
    "payload", ["/ask_topic" + '{"topic": "challenges/visa"}', "/ask_recognition", "/ask_best_type"]
)
def test_button_is_never_declined(advisor, payload) -> None:
    assert advisor.ask(payload=payload).outcome == "answered"


def test_own_work_is_not_asked_about(advisor) -> None:
    assert "Siemens" not in advisor.ask("I work at Siemens, how long do they take?").text
