"""Messages in other languages: they are told as such, English never is, and no cry for help in them is missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ruamel.yaml import YAML

from core.settings import PROJECT_ROOT, Settings
from nlu.encoding.encoder import open_encoder
from nlu.text.foreign_care import care_in
from nlu.text.language_id import foreign_language, may_be_foreign
from training.evaluation.scoring import guesses, trained_reader

LISTED = YAML(typ="safe").load(PROJECT_ROOT / "tests/foreign_messages.yml")
CARE = YAML(typ="safe").load(PROJECT_ROOT / "tests/foreign_care.yml")
INTENTS = {"danger": "distress", "low": "feel_low"}
# Questions of the project's own that are in Spanish, wholly or in part.
SPANISH = ("quiero vivir otra cultura aunque sea poco tiempo, do u get that from these programs",)


def by_language(listed: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return pairs of language and message."""
    return [(language, text) for language, texts in listed.items() for text in texts]


@pytest.fixture(scope="module")
def language_of() -> Callable[[str], str | None]:
    """Return what tells the language of a message."""
    is_word = open_encoder(Settings.from_environment().encoder_dir).is_word
    return lambda text: foreign_language(text, is_word)


def english_questions() -> Iterator[str]:
    """Yield the questions with which the project measures itself, but for those in other languages."""
    for folder in ("training/claim_questions", "training/evaluation/phrasings"):
        for path in (PROJECT_ROOT / folder).glob("[!c]*.yml"):  # care.yml has cries for help in other languages
            listed: dict[str, list[Any]] = YAML(typ="safe").load(path)
            asked = [each for group in listed.values() for each in group if isinstance(each, dict)]
            yield from (text for each in asked if (text := each.get("ask") or each.get("text")) and text not in SPANISH)
    yield from YAML(typ="safe").load(PROJECT_ROOT / "tests/catalogue_questions.yml")


def test_english_is_hardly_ever_taken_for_another_language(language_of) -> None:
    questions = list(english_questions())
    foreign = [text for text in questions if language_of(text)]
    assert len(questions) > 4000 and len(foreign) <= 0.001 * len(questions), foreign
    assert [text for text in questions if care_in(text)] == []


@pytest.mark.parametrize("text", LISTED["english"])
def test_names_and_sayings_are_of_no_other_language(language_of, text) -> None:
    assert language_of(text) is None


def test_other_languages_are_told(language_of) -> None:
    told = [(language, language_of(text)) for language, text in by_language(LISTED["foreign"])]
    assert len(told) >= 330
    assert sum(found is not None for _, found in told) >= 0.97 * len(told)
    assert sum(found == language for language, found in told) >= 0.96 * len(told)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("que es un nanodegree", "es"),
        ("was kostet das", "de"),
        ("Was ist ein Micro-Credential?", "de"),
        ("Was sind Micro-Credentials?", "de"),
        ("czy to jest uznawane", "pl"),
        ("quanto costa un corso", "it"),
        ("¿Cuánto cuesta estudiar un curso corto en el extranjero?", "es"),
        ("Est-ce que ces certificats sont reconnus par les employeurs ?", "fr"),
        ("nanodegree क्या है", "hi"),
        ("что такое nanodegree", "ru"),
        ("課程の期間はどのくらいですか", "ja"),
        ("what does 课程 mean", None),
    ],
)
def test_language_of_a_message(language_of, text, code) -> None:
    assert language_of(text) == code


def test_names_in_a_message_are_of_no_language(language_of) -> None:
    is_word = open_encoder(Settings.from_environment().encoder_dir).is_word
    text = "Las Palmas de Gran Canaria?"
    assert language_of(text) and foreign_language(text, is_word, [(0, len(text) - 1)]) is None


def test_languages_that_are_not_listed_may_be_foreign() -> None:
    assert may_be_foreign("hur mycket kostar kursen") and not may_be_foreign("what does the course cost")


# --- danger and low spirits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", INTENTS)
def test_need_is_seen_in_any_language(kind) -> None:
    """Ask the whole understanding, with the names of all kinds in it."""
    asked = by_language(CARE[kind])
    taken = guesses(trained_reader(), [text for _, text in asked])
    assert [text for (_, text), guess in zip(asked, taken, strict=True) if guess.intent != INTENTS[kind]] == []
    assert {language for language, _ in asked} >= {
        "es",
        "fr",
        "de",
        "pt",
        "it",
        "pl",
        "tr",
        "ru",
        "uk",
        "ar",
        "hi",
        "zh",
    }


def test_questions_about_studying_do_not_alarm() -> None:
    asked = [text for _, text in [*by_language(CARE["harmless"]), *by_language(LISTED["foreign"])]]
    assert [text for text in asked if care_in(text)] == []
    taken = guesses(trained_reader(), asked)
    alarms = [text for text, guess in zip(asked, taken, strict=True) if guess.intent in INTENTS.values()]
    assert [
        text for text in alarms if "suicid" not in text
    ] == []  # courses in its prevention: the classifier is careful


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("suicidio", "danger"),
        ("curso de prevencion del suicidio", None),
        ("je n'ai vraiment plus envie de vivre", "danger"),
        ("请打我电话", None),
        ("我老公昨天打我了", "danger"),
        ("estoy triste y quiero morirme", "danger"),
        ("", None),
    ],
)
def test_words_count_where_they_stand(text, kind) -> None:
    found = care_in(text)
    assert (found.kind if found else None) == kind
