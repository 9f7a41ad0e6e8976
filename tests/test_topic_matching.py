"""Topics that are known by their texts, since hardly anybody has asked for them yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.contract.intents import ASK_TOPIC, DISTRESS, OUT_OF_SCOPE, WANT_PERSON
from core.guide_pack import topic_texts_file
from core.settings import PROJECT_ROOT, Settings
from knowledge.building.load import collect
from knowledge.building.source_rows import Row
from knowledge.building.sources import Findings
from nlu.classification.topic_matcher import ANSWERS, TextsOfGuide, TopicMatcher, TopicTexts
from nlu.encoding.encoder import Encoder, open_encoder
from nlu.message_parts import Reading
from nlu.topic_reading import by_texts
from training.pack_examples import FEW, write_topic_texts

REST = "not-stated/other"
OPEN = "not-stated/parking"
PAGE = TextsOfGuide(
    (
        TopicTexts(
            "baths/price", ("How much is a ticket?",), ("Adults pay five euros.", "Children under six are free.")
        ),
        TopicTexts("baths/hours", ("When are the baths open?",), ("From eight in the morning until nine at night.",)),
        TopicTexts("baths/warm", ("How warm is the water?",), ("The big pool has 27 degrees, the small one 31.",)),
        TopicTexts("baths/towels", ("Can I rent towels?",), ("A towel costs three euros and a bathrobe five.",)),
        TopicTexts("baths/sauna", ("Is there a sauna?",), ("There are three saunas and a steam bath.",)),
        TopicTexts("baths/evening", ("What if I miss an evening?",), ("You may come to the next one.",)),
    ),
    REST,
)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder(Settings().encoder_dir)


@pytest.fixture(scope="module")
def matcher(encoder) -> TopicMatcher:
    return TopicMatcher.of(PAGE, encoder.encode)


def _matches(matcher: TopicMatcher, encoder: Encoder, text: str) -> list[tuple[str, float]]:
    return matcher.match(encoder.encode([text])[0], len(text.split()))


@pytest.mark.parametrize(
    ("asked", "topic"),
    [
        ("what do grown-ups pay to get in", "baths/price"),
        ("are you open at nine in the morning", "baths/hours"),
        ("is the pool heated, how many degrees", "baths/warm"),
        ("what does it cost to borrow a bathrobe", "baths/towels"),
    ],
)
def test_question_is_known_by_what_an_answer_says(matcher, encoder, asked, topic) -> None:
    key, likely = _matches(matcher, encoder, asked)[0]
    assert key == topic and likely >= ANSWERS


@pytest.mark.parametrize("asked", ["who designed the building", "do you have a car park", "can i bring my dog"])
def test_question_that_no_text_answers_is_not_likely(matcher, encoder, asked) -> None:
    assert _matches(matcher, encoder, asked)[0][1] < ANSWERS


def test_matcher_is_kept_with_the_model(matcher, encoder, tmp_path) -> None:
    assert TopicMatcher.load(tmp_path) is None
    matcher.save(tmp_path)
    loaded = TopicMatcher.load(tmp_path)
    assert loaded and loaded.rest == REST and loaded.keys == matcher.keys
    question = "how much do children pay"
    assert _matches(loaded, encoder, question) == _matches(matcher, encoder, question)


def _read(
    matcher: TopicMatcher, encoder: Encoder, text: str, *intents: tuple[str, float], topic: str = REST
) -> Reading:
    vector = encoder.encode([text])[0]
    return by_texts(Reading(list(intents), [(topic, 0.9)], [], True, 0.5, 1.0, vector), matcher, len(text.split()))


def test_answer_takes_the_place_of_an_act_that_is_not_sure(matcher, encoder) -> None:
    reading = _read(matcher, encoder, "what do grown-ups pay to get in", (OUT_OF_SCOPE, 0.6), (WANT_PERSON, 0.2))
    assert reading.intents[0][0] == ASK_TOPIC and reading.topic == "baths/price" and reading.is_answerable


def test_act_that_is_sure_stays_one(matcher, encoder) -> None:
    reading = _read(matcher, encoder, "what do grown-ups pay to get in", (WANT_PERSON, 0.9))
    assert reading.intents[0][0] == WANT_PERSON


def test_unsure_act_that_no_topic_answers_is_a_question_without_answer(matcher, encoder) -> None:
    reading = _read(matcher, encoder, "who designed the building", (WANT_PERSON, 0.3))
    assert reading.intents[0][0] == ASK_TOPIC and reading.topic == REST and not reading.is_answerable
    assert {key for key, _ in reading.topics} & set(matcher.keys)


@pytest.mark.parametrize("share", [0.25, 0.95])
def test_distress_is_never_taken_for_a_question(matcher, encoder, share) -> None:
    said = "no one can help me now, tonight is my last evening"
    reading = _read(matcher, encoder, said, (DISTRESS, share), ("goodbye", 0.2))
    assert reading.intents[0] == (DISTRESS, share)


def test_subject_that_the_guide_leaves_open_by_name_stays_open(matcher, encoder) -> None:
    reading = _read(matcher, encoder, "do you have a car park", (ASK_TOPIC, 0.9), topic=OPEN)
    assert reading.topic == OPEN


@pytest.fixture(scope="module")
def often_asked(encoder) -> TopicMatcher:
    """Return a matcher of the same page with further ways of asking."""
    topics = [replace(each, asked=(*each.asked, *(f"{each.asked[0]} {n}" for n in range(5)))) for each in PAGE.topics]
    return TopicMatcher.of(replace(PAGE, topics=tuple(topics)), encoder.encode)


@pytest.mark.parametrize(("share", "answers"), [(0.0, False), (0.9, True)])
def test_classifier_has_a_say_in_topics_that_are_often_asked(matcher, often_asked, encoder, share, answers) -> None:
    text = "money for a family of four"
    assert often_asked.is_often_asked and not matcher.is_often_asked
    vector, words = encoder.encode([text])[0], len(text.split())
    best, likely = often_asked.match(vector, words)[0]
    assert best == "baths/price" and likely / 2 < ANSWERS  # the texts alone don't answer
    topics = [(REST, 1.0 - share), ("baths/price", share)]
    reading = by_texts(Reading([(ASK_TOPIC, 0.9)], topics, [], True, 0.5, 1.0, vector), often_asked, words)
    assert reading.is_answerable is answers and (reading.topic == "baths/price") is answers


def _topics(folder: Path, asks: int, count: int = 3) -> Sequence[Row]:
    guide = folder / "guide"
    guide.mkdir(parents=True)
    (guide / "sections.yml").write_text("sections:\n- {key: baths, title: Baths, heading: Baths}\n", encoding="utf-8")
    topics = "".join(
        f"- key: baths/topic-{number}\n  title: Topic {number}\n  answer: It is so. It was so.\n  ask:\n"
        + "".join(f"  - question {way} on {number}\n" for way in range(asks))
        for number in range(count)
    )
    (guide / "baths.yml").write_text(f"owner: office\nreviewed: 2026-11-01\ntopics:\n{topics}", encoding="utf-8")
    return collect(folder, Findings()).of("topic")


def test_texts_are_written_while_most_topics_are_hardly_asked_for(tmp_path) -> None:
    settings = replace(Settings(), var_dir=tmp_path / "var", guide_dir=tmp_path / "pack")
    write_topic_texts(settings, _topics(tmp_path / "few", FEW - 1), REST)
    told = TextsOfGuide.read(topic_texts_file(settings))
    assert told and told.rest == REST and told.topics[0].said == ("It is so.", "It was so.")
    assert told.topics[0].asked[-1] == "Topic 0" and len(told.topics[0].asked) == FEW
    write_topic_texts(settings, _topics(tmp_path / "many", FEW), REST)
    assert TextsOfGuide.read(topic_texts_file(settings)) is None


def test_texts_of_a_guide_that_was_served_before_are_not_those_of_the_projects_own(tmp_path) -> None:
    foreign = replace(Settings(), var_dir=tmp_path / "var", guide_dir=tmp_path / "pack")
    write_topic_texts(foreign, _topics(tmp_path / "few", FEW - 1), REST)
    assert TextsOfGuide.read(topic_texts_file(foreign))
    assert TextsOfGuide.read(topic_texts_file(replace(foreign, guide_dir=PROJECT_ROOT))) is None


def test_projects_own_guide_is_known_by_what_people_ask() -> None:
    topics = collect(PROJECT_ROOT / "knowledge", Findings()).of("topic")
    assert 2 * sum(len(row["ask"]) < FEW for row in topics) < len(topics)
