"""What visitors tell of persons stays here: names, addresses and numbers in running text, in the message and before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from conversations import pii
from conversations.pipeline.by_model.told_persons import cover, told_in
from core.settings import PROJECT_ROOT, Settings
from knowledge.knowledge_base import open_knowledge
from language_model.ordinary_words import words_of_english, words_of_guide
from tests.front.model_endpoint import ModelEndpoint, running_endpoint
from tests.front.processes import RunningFront, StandInEngine, ended_at_last
from tests.front.test_language_model import GOOD, using

# A message, the words of it that may not leave, and words that must, since they are what is asked about.
SAID = [
    ("my name is Katarzyna Wozniak, is nursing good?", "Katarzyna Wozniak", "nursing good"),
    ("my name is katarzyna wozniak and nursing is my job", "katarzyna wozniak", "nursing job"),
    ("Hi, I'm Zofia from Krakow. Which course?", "Zofia", "Krakow course"),
    ("I am Zofia Maria Nowak and a nurse", "Zofia Maria Nowak", "nurse"),
    ("my boss Piotr Kowalczyk knows Zedtech University", "Piotr Kowalczyk", "boss Zedtech University"),
    ("Dr. Weronika Zielinska says it counts in Canada", "Weronika Zielinska", "Canada"),
    ("which course is short? Thanks, Bartosz Lis", "Bartosz Lis", "course short Thanks"),
    ("me llamo Lucía Fernández, un curso corto", "Lucía Fernández", "curso corto"),
    ("je m'appelle Jean-Luc Dupont, un cours", "Jean Luc Dupont", "cours"),
    ("ich heiße jürgen müller und suche einen Kurs", "jürgen müller", "suche Kurs"),
    ("меня зовут Иван Петров, курс", "Иван Петров", "курс"),
    ("मेरा नाम राहुल है, कौन सा", "राहुल", "सा"),
    ("我叫王小明 护理", "王小明", "护理"),
    ("I live at 12 Baker Street, London NW1 6XE. In London?", "Baker 6XE NW1", "London"),
    ("ich wohne in der Lindenstraße 12a, 10115 Berlin. In Berlin?", "Lindenstraße 10115", "wohne"),
    ("vivo en la Calle Mayor 5, curso", "Mayor", "vivo curso"),
    ("12 rue de la Paix, 75002 Paris", "Paix 75002", ""),
    ("send it to PO Box 4711, Springfield, IL 62704", "4711 62704", "send"),
    ("my student id is 20239911, a course?", "20239911", "student course"),
    ("national id 85010112345 and matriculation number 4711-22", "85010112345 4711", "national"),
    ("NINO QQ123456C, DNI 12345678Z", "QQ123456C 12345678Z", ""),
    ("find me at linkedin.com/in/zofia-nowak or t.me/zofia_n", "zofia nowak zofia_n", "find"),
]
# What is no person: it leaves as it is.
UNTOUCHED = [
    "I am Software Engineer with 5 years, 5000 EUR, from 2027",
    "I am Polish Engineer",
    "is this about Data Science at Oxford, or an MS in Law?",
    "it's Machine Learning that I want, 12 weeks in the US",
    "2 years on the road, can I get into a good place",
    "call me back tomorrow",
    "call me when it is open",
    "Thanks, Canada then",
    "which programs of Zedtech University count at Siemens",
    "registration 2027, visa 100%, ISO 27001, CS101",
    "Hello, I'm interested in Toronto",
]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[ModelEndpoint]:
    with running_endpoint(GOOD) as running:
        yield running


@pytest.fixture(scope="module")
def front(
    engine: StandInEngine, endpoint: ModelEndpoint, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningFront]:
    settings = using(endpoint, language_model_calls_a_day=0, encoder_dir=Settings().encoder_dir)
    running = RunningFront(tmp_path_factory.mktemp("front"), engine, **settings)
    with ended_at_last([running]):
        yield running.start()


def words_in(text: str) -> set[str]:
    """Return the words of a text, in small letters."""
    return {word.casefold() for word in re.findall(r"[^\s,.!?@/()\[\]\"-]+", text)}


def sent(endpoint: ModelEndpoint) -> str:
    """Return all that went out last but for the closed list: the state, what was said before, and the message."""
    return endpoint.last_prompt().rpartition("\n\nSTATE ")[2]


@pytest.mark.parametrize(("text", "hidden", "kept"), SAID)
def test_what_tells_of_a_person_stays_here(front, endpoint, sender, text, hidden, kept) -> None:
    """Look at the message, and at the next one, before which it stands with the answer that repeats it."""
    front.ask(f"unsure: {text}", sender)
    front.ask("unsure, and again", sender)
    for asked in endpoint.asked[-2:]:
        told = asked["messages"][-1]["content"].rpartition("\n\nSTATE ")[2]
        assert not words_in(hidden) & words_in(told), told
        assert words_in(kept) <= words_in(told), told


def test_name_is_covered_wherever_it_stands(front, endpoint, sender) -> None:
    """Cover a name that was told once in all turns that are sent: before and after, and where the answer repeats it."""
    front.ask("can wozniak study in Canada", sender)
    front.ask("my name is Katarzyna Wozniak", sender)
    front.ask("unsure if katarzyna may", sender)
    assert "Canada" in sent(endpoint) and not {"wozniak", "katarzyna"} & words_in(sent(endpoint))
    front.ask("unsure about wozniak", f"{sender}-2")
    assert "wozniak" in words_in(sent(endpoint)), "another conversation's names are no matter of this one"


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_is_no_person_is_sent(front, endpoint, sender, text) -> None:
    front.ask(f"{text} unsure", sender)
    assert f'MESSAGE "{text} unsure"' in sent(endpoint)


def test_covered_word_is_no_unknown_name(front, engine, endpoint, sender) -> None:
    """Take a query that calls a covered name unknown, without that: the rest of it is right."""
    endpoint.answer = GOOD.replace('"unknown": []', '"unknown": ["[name]"]')
    front.ask("unsure, my name is Katarzyna Wozniak", sender)
    endpoint.answer = GOOD
    assert engine.ran[-1]["understood"]["questions"][0]["unknown"] == []


def test_questions_of_the_project_are_sent_as_they_are() -> None:
    """Hold how rarely too much is covered: in what people ask, nothing but what tells of a person."""
    ordinary = words_of_guide(open_knowledge(Settings().knowledge_db)) | words_of_english(Settings().encoder_dir)
    yaml = YAML(typ="safe")
    files = sorted((PROJECT_ROOT / "training" / "claim_questions").glob("*.yml"))
    asked = [each["ask"] for file in files for each in yaml.load(Path(file))["questions"]]
    covered = [text for text in asked if cover(text, told_in([text], "", ordinary)) != text and pii.mask(text) == text]
    assert len(asked) > 2500
    assert [text for text in covered if not re.search(r"\b(?:name is|call me|Mr) ", text)] == []
