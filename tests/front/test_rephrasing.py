"""Answers in other words and other languages: what is let through, what is not, and that the plain answer is always there."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from core.contract.queries import MaskedMessage, UnsureTurn
from core.contract.rephrasings import Rephrasing
from core.settings import Settings
from guide_import.readers.reader import read_file
from knowledge.knowledge_base import open_knowledge
from language_model.closed_list import closed_list
from language_model.model import build_model
from language_model.prompt import prompt
from language_model.reply_sentences import ReplySentences
from tests.front.model_endpoint import ModelEndpoint, completion, running_endpoint
from tests.front.processes import RunningFront, StandInEngine, ended_at_last
from tests.front.stand_in_engine import IN_ENGLISH, VISA
from tests.front.test_language_model import CLAIM, GOOD, counted
from tests.front.test_language_model import using as using_model

ATTACKS = YAML(typ="safe").load(Path(__file__).parents[1] / "model_attacks.yml")
SAYINGS = YAML(typ="safe").load(Path(__file__).parents[1] / "rephrasings.yml")
PLAIN = ["You may need a visa.", "Ask the embassy of Canada: https://example.org/visa."]
SPANISH = ["Es posible que necesites un visado.", "Pregunta a la embajada de Canada: https://example.org/visa."]
BACK = ["You may need a visa.", "Ask the embassy of Canada: https://example.org/visa."]
LABELS = {"Visas": "Visados", "A person": "Una persona", "One line": "Una línea"}  # what stands beside the answer
FRIENDLY = ["You might need a visa.", "Please ask the embassy of Canada: https://example.org/visa."]


def using(endpoint: ModelEndpoint, **settings: Any) -> dict[str, Any]:
    """Return the settings of a front with an endpoint, by names without "language_model_", and with the sentence model."""
    named = {f"language_model_{name}": value for name, value in {"seconds": 2.0, **settings}.items()}
    return {"encoder_dir": Settings().encoder_dir, **using_model(endpoint, **named)}


def says(sentences: list[str]) -> str:
    """Return an answer with sentences."""
    return json.dumps({"sentences": sentences}, ensure_ascii=False)


def talking(
    said: list[str],
    back: list[str] = BACK,
    labels: dict[str, str] | None = None,
    labels_back: dict[str, str] | None = None,
) -> Callable[[dict[str, Any]], str]:
    """Return what a model answers that reads, translates and translates back; labels by what they are called."""
    there = LABELS if labels is None else labels
    here = {other: own for own, other in there.items()} | (labels_back or {})

    def answer(body: dict[str, Any]) -> str:
        told, asked = body["messages"][0]["content"], body["messages"][-1]["content"]
        if told.startswith("You read"):
            return GOOD
        comes_back = told.startswith("You translate SENTENCES from")
        sentences = json.loads(asked.removeprefix("SENTENCES "))
        found = [(here if comes_back else there).get(sentence) for sentence in sentences]
        return says([*(back if comes_back else said), *filter(None, found)])

    return answer


@pytest.fixture(scope="module")
def shared_endpoint() -> Iterator[ModelEndpoint]:
    """Run an endpoint for the tests of this file."""
    with running_endpoint(GOOD) as running:
        yield running


@pytest.fixture
def endpoint(shared_endpoint: ModelEndpoint) -> ModelEndpoint:
    """Return the endpoint as it was at first: it translates well, and was asked nothing."""
    shared_endpoint.answer, shared_endpoint.behaviour = talking(SPANISH), {}
    shared_endpoint.asked.clear()
    return shared_endpoint


@pytest.fixture(scope="module")
def front(
    engine: StandInEngine, shared_endpoint: ModelEndpoint, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningFront]:
    """Start a front that rephrases every answer."""
    settings = using(shared_endpoint, rephrase="always", calls_a_day=0, price_in=1.0, rephrase_seconds=2.0)
    running = RunningFront(tmp_path_factory.mktemp("front"), engine, **settings)
    with ended_at_last([running]):
        yield running.start()


def rephrased(endpoint: ModelEndpoint, texts: list[str], language: str, tmp_path: Path, **settings: Any) -> Rephrasing:
    """Return what comes of having texts rephrased."""
    told = {**using(endpoint, calls_a_day=0, rephrase="always"), **settings}

    async def once() -> Rephrasing:
        built = Settings(**told)
        model = build_model(built, tmp_path, built.knowledge_db, built.encoder_dir)
        assert model is not None and model.rephrases("", language)
        try:
            return await model.rephrase(texts, language, 10.0)
        finally:
            await model.close()

    return asyncio.run(once())


# --- what is let through ---------------------------------------------------------------------------------------------
def test_good_and_wrong_sentences(endpoint, tmp_path) -> None:
    """Hold the figures of docs/language-model.md: 91 of 116 good ones pass, and no wrong one of 144."""
    passed: dict[str, list[str]] = {"good": [], "bad": []}
    for each in SAYINGS:
        for kind, found in passed.items():
            for sentence in each[kind]:
                endpoint.answer = says([sentence])
                if rephrased(endpoint, [each["plain"]], "en", tmp_path).result == "rephrased":
                    found.append(sentence)
    assert (sum(len(each["good"]) for each in SAYINGS), sum(len(each["bad"]) for each in SAYINGS)) == (116, 144)
    assert len(passed["good"]) >= 91
    assert passed["bad"] == []


WRONG = {
    "a number": (["Es posible que necesites 2 visados.", SPANISH[1]], BACK, "numbers"),
    "another link": ([SPANISH[0], SPANISH[1].replace(".org", ".com")], BACK, "links"),
    "no link": ([SPANISH[0], "Pregunta a la embajada de Canada."], BACK, "links"),
    "another name": ([SPANISH[0], SPANISH[1].replace("Canada", "Francia")], BACK, "names"),
    "nothing translated": (PLAIN, BACK, "untranslated"),
    "two sentences for one": (["Es posible. Necesitas un visado.", SPANISH[1]], BACK, "form"),
    "a question": (["¿Necesitas un visado?", SPANISH[1]], BACK, "form"),
    "a page": (["Es posible que necesites un visado" + " de verdad" * 60 + ".", SPANISH[1]], BACK, "form"),
    "markup": (["Es posible que necesites un [visado](//x).", SPANISH[1]], BACK, "form"),
    "hidden letters": (["Es posible que necesites un visado\u202e.", SPANISH[1]], BACK, "form"),
    "a line of its own": (["Es posible que\nnecesites un visado.", SPANISH[1]], BACK, "form"),
    "nothing": (["", SPANISH[1]], BACK, "form"),
    "one too few": (SPANISH[:1], BACK, "invalid"),
    "one too many": ([*SPANISH, "Es gratis."], BACK, "invalid"),
    "more certain, seen when it comes back": (SPANISH, ["You need a visa.", BACK[1]], "back_words"),
    "something else, seen when it comes back": (SPANISH, ["You may need a doctor.", BACK[1]], "back_meaning"),
    "a new name, seen when it comes back": (SPANISH, [BACK[0], BACK[1].replace("Canada", "Peru")], "back_names"),
    "a number, seen when it comes back": (SPANISH, ["You may need three visas.", BACK[1]], "back_numbers"),
    "half of it, when it comes back": (SPANISH, BACK[:1], "invalid"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_translation_is_refused(endpoint, tmp_path, name) -> None:
    said, back, result = WRONG[name]
    endpoint.answer = talking(said, back)
    told = rephrased(endpoint, [" ".join(PLAIN)], "es", tmp_path)
    assert (told.result, told.texts) == (result, ())
    assert len(endpoint.asked) == (2 if "comes back" in name else 1)


@pytest.mark.parametrize(
    "answer", ["Claro.", "{}", '{"sentences": "x"}', '{"sentences": [1, 2]}', '{"sentences": ["\\ud800", "x"]}']
)
def test_what_is_no_answer_is_refused(endpoint, tmp_path, answer) -> None:
    endpoint.answer = answer
    assert rephrased(endpoint, [" ".join(PLAIN)], "es", tmp_path).result == "invalid"


def test_attacks_get_no_word_of_the_models_own_said(endpoint, tmp_path) -> None:
    """Put every attack into the answer itself, to a model that obeys: in English, and there and back in another language."""
    for text in (text for each in ATTACKS.values() for text in each if isinstance(text, str)):
        number = len(ReplySentences([text]).sentences)
        for answer in (says(["PWNED4711"] * number), says(["You got it."] * number), "PWNED4711"):
            endpoint.answer = answer
            for language in ("en", "es"):
                told = rephrased(endpoint, [text], language, tmp_path)
                assert told.result != "rephrased" and told.texts == (), text


def test_sentence_of_names_is_translated(endpoint, tmp_path) -> None:
    plain, said = "**Example**: Data Analyst Nanodegree by Udacity", "**Ejemplo**: Data Analyst Nanodegree de Udacity"
    endpoint.answer = talking([said], [plain])
    assert rephrased(endpoint, [plain], "es", tmp_path).texts == (said,)


def test_layout_stays(endpoint, tmp_path) -> None:
    """Keep lists, headings, empty lines and what has no words, in every text of a reply."""
    text = f"## {PLAIN[0]}\n\n- {PLAIN[1]}\n- {PLAIN[0]} {PLAIN[1]}\n1. {PLAIN[0]}\n\n---\n"
    endpoint.answer = talking([*SPANISH, *SPANISH, SPANISH[0], SPANISH[1]], [*BACK, *BACK, BACK[0], BACK[1]])
    told = rephrased(endpoint, [text, PLAIN[1]], "es", tmp_path)
    in_spanish = text
    for own, other in zip(PLAIN, SPANISH, strict=True):
        in_spanish = in_spanish.replace(own, other)
    assert (told.result, told.texts) == ("rephrased", (in_spanish, SPANISH[1]))


def test_texts_are_put_together_as_they_were() -> None:
    for text in (
        "",
        "\n",
        " a\n\n\n * b. c?  d\r\n",
        "1. x\n2) y. z",
        "e.g. this\tand that. ",
        "漢字。漢字",
        "**b.** c",
    ):
        cut = ReplySentences([text, text])
        assert cut.with_others(cut.sentences) == (text, text)


def test_long_answers_stay(endpoint, tmp_path) -> None:
    assert rephrased(endpoint, [PLAIN[0] * 300], "es", tmp_path).result == "too_long"
    assert endpoint.asked == []


def test_it_stays_plain_without_the_sentence_model(endpoint, tmp_path) -> None:
    assert rephrased(endpoint, PLAIN, "es", tmp_path, encoder_dir=tmp_path).result == "no_sentence_model"
    assert endpoint.asked == []


# --- what visitors read ----------------------------------------------------------------------------------------------
def test_answer_in_the_visitors_language(front, endpoint, sender) -> None:
    before = [counted(front, name) for name in ('rephrased_total{result="rephrased"}', "language_model_cost_total")]
    said = front.ask("unsure, español, visado, buttons", sender)[0]["text"]
    assert said == " ".join(SPANISH) and len(endpoint.asked) == 3
    assert counted(front, 'rephrased_total{result="rephrased"}') == before[0] + 1
    assert counted(front, "language_model_cost_total") > before[1]
    # A button goes on in the language, and what the model is told is the answer alone.
    pressed = front.ask(sender=sender, payload='/ask_topic{"topic": "challenges/visado"}')[0]["text"]
    assert pressed == " ".join(SPANISH) and len(endpoint.asked) == 5
    assert "español" not in endpoint.last_prompt()


def test_buttons_and_cards_are_in_the_language(front, endpoint, sender) -> None:
    """Titles change and payloads don't; who types a title has pressed its button, with whatever letters or signs."""
    reply = front.ask("unsure, español, visado, buttons", sender)[0]
    payload = '/ask_topic{"topic": "challenges/visado"}'
    assert [each["title"] for each in reply["buttons"]] == ["Visados", "Una persona"]
    assert [each["payload"] for each in reply["buttons"]] == [payload, "/ask_person"]
    assert reply["custom"]["cards"] == [{"title": "A card", "lines": ["Una línea"]}]
    asked = len(endpoint.asked)
    assert front.ask("¿visados?", sender)[0]["text"] == " ".join(SPANISH)
    assert len(endpoint.asked) == asked + 2  # none to understand it
    assert front.ask("visados", sender)[0]["text"] != " ".join(SPANISH)  # no button is called so any more


WRONG_LABELS = {
    "another name": ({**LABELS, "Visas": "Visados de Perú"}, {"Visados de Perú": "Visas of Peru"}),
    "a denial": ({**LABELS, "Visas": "Sin visados"}, {"Sin visados": "No visas"}),
    "something else": ({**LABELS, "Visas": "Médicos"}, {"Médicos": "Doctors"}),
    "a long one": ({**LABELS, "Visas": "Todo lo que debe saber de visados"}, {}),
    "a link": ({**LABELS, "Visas": "www.example.com"}, {}),
    "the title of another": ({**LABELS, "Visas": "Una persona"}, {}),
}


@pytest.mark.parametrize("name", WRONG_LABELS)
def test_wrong_title_stays_english(front, endpoint, sender, name) -> None:
    labels, back = WRONG_LABELS[name]
    endpoint.answer = talking(SPANISH, labels=labels, labels_back=back)
    reply = front.ask("unsure, español, visado, buttons", sender)[0]
    assert reply["text"] == " ".join(SPANISH)
    assert [each["title"] for each in reply["buttons"]] == ["Visas", "Una persona"]


def test_titles_stay_with_a_plain_answer(front, endpoint, sender) -> None:
    endpoint.answer = talking(["Necesitas dos visados, seguro.", "No preguntes."])
    reply = front.ask("unsure, español, visado, buttons", sender)[0]
    assert [each["title"] for each in reply["buttons"]] == ["Visas", "A person"]
    endpoint.answer = talking(FRIENDLY)
    reply = front.ask("visado, buttons", sender)[0]  # in English they are as the guide has them
    assert reply["text"] == " ".join(FRIENDLY) and [each["title"] for each in reply["buttons"]] == ["Visas", "A person"]


def test_answer_in_english_says_so(front, endpoint, sender) -> None:
    endpoint.answer = talking(["Necesitas dos visados, seguro.", "No preguntes."])
    said = front.ask("unsure, español, visado, buttons", sender)[0]["text"]
    assert said == f"{IN_ENGLISH}\n\n{VISA}"
    pressed = front.ask(sender=sender, payload='/ask_topic{"topic": "challenges/visado"}')[0]["text"]
    assert pressed == f"{IN_ENGLISH}\n\n{VISA}"


def test_tone_of_an_english_answer(front, endpoint, sender) -> None:
    endpoint.answer = talking(FRIENDLY)
    assert front.ask("visado", sender)[0]["text"] == " ".join(FRIENDLY) and len(endpoint.asked) == 1
    endpoint.answer = talking(["You need no visa.", FRIENDLY[1]])
    assert front.ask("visado", sender)[0]["text"] == VISA


TROUBLE = {
    "stalls": {"seconds": 3.0, "body": completion(says(SPANISH))},
    "fails": {"status": 500},
    "sends garbage": {"body": b"\x00\xff"},
    "sends broken JSON": {"body": completion(says(SPANISH)[:-9])},
    "was cut off": {"body": completion(says(FRIENDLY), finish_reason="length")},
}


@pytest.mark.parametrize("name", TROUBLE)
def test_trouble_leaves_the_plain_answer(front, endpoint, sender, name) -> None:
    endpoint.answer = talking(FRIENDLY)
    front.ask("visado, and it goes well", sender)  # failures in a row would have it left alone
    endpoint.behaviour = TROUBLE[name]
    assert front.ask(f"visado if it {name}", sender)[0]["text"] == VISA


@pytest.mark.parametrize(
    "text", ["distress about a visado", "a person about a visado", "me@example.org about a visado"]
)
def test_care_and_hand_over_are_never_rephrased(front, endpoint, sender, text) -> None:
    front.ask(text, sender)
    assert endpoint.asked == []


def test_personal_data_stays_here(front, endpoint, sender) -> None:
    text = "my number is +44 20 7946 0958"
    assert front.ask(text, sender)[0]["text"] == f"You said: {text}"
    assert endpoint.asked == [] and counted(front, 'rephrased_total{result="private"}') >= 1


@pytest.mark.parametrize(("rephrase", "spanish"), [("never", False), ("languages", True)])
def test_setting_says_what_is_rephrased(engine, new_front, endpoint, rephrase, spanish) -> None:
    endpoint.answer = talking(SPANISH)
    front = new_front(engine, **using(endpoint, rephrase=rephrase))
    assert front.ask("visado")[0]["text"] == VISA and endpoint.asked == []
    said = front.ask("unsure, español, visado")[0]["text"]
    assert said == (" ".join(SPANISH) if spanish else f"{IN_ENGLISH}\n\n{VISA}")


def test_calls_of_rephrasing_are_of_the_budget(engine, new_front, endpoint) -> None:
    front = new_front(engine, **using(endpoint, rephrase="always", calls_a_day=2))
    assert front.ask("unsure, español, visado")[0]["text"] == f"{IN_ENGLISH}\n\n{VISA}"
    assert len(endpoint.asked) == 2 and counted(front, 'rephrased_total{result="over_budget"}') == 1


# --- imported pages ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", ATTACKS["pages"])
def test_imported_page_adds_no_line(tmp_path, page) -> None:
    """Import a page, and find each of its texts on the line of its own id, wherever in the guide it comes to stand."""
    file = tmp_path / "page.html"
    file.write_text(
        f"<html><title>Us</title><h1>Us</h1><h2>What is it?</h2>{page}<h2>{page}</h2><p>Yes, it is.</p></html>"
    )
    texts = [text for each in read_file(file).passages for text in (each.heading, *each.paragraphs, *each.items)]
    assert texts
    usual, hostile = _prompt_of(Settings().knowledge_db), []
    for text in texts:
        knowledge = Path(shutil.copy(Settings().knowledge_db, tmp_path / f"{len(hostile)}.db"))
        with closing(sqlite3.connect(knowledge)) as database:
            database.execute("UPDATE entry SET title = ? WHERE rowid % 2", (text,))
            database.execute("UPDATE claim SET say = ?", (text,))
            database.commit()
        hostile.append(_prompt_of(knowledge))
    assert all(each == usual for each in hostile)


def _prompt_of(knowledge: Path) -> list[str]:
    """Return what the lines of a prompt begin with."""
    unsure: UnsureTurn = {"understanding": {}, "claims": [CLAIM], "language": None, "state": {}}
    told = prompt(MaskedMessage("hi"), closed_list(open_knowledge(knowledge), unsure), unsure)
    return sorted(line.partition(": ")[0] for message in told for line in message["content"].splitlines())
