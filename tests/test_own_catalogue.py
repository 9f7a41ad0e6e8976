"""Advice over an organisation's own catalogue, asked of a running advisor that has the sample catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from core.settings import PROJECT_ROOT
from demo.sample_catalogue import SOURCE, write_sample
from own_programs.records import Offering, Price, ProgramRecord
from own_programs.store.writer import FILE_NAME, writing
from tests.engine_fixtures import Advisor, plain

QUESTIONS: list[list[dict[str, Any]]] = YAML(typ="safe").load(PROJECT_ROOT / "tests" / "own_catalogue_questions.yml")
NEAR_SECONDS = 120  # of a busy machine, for the vectors of 300 programs; an idle one takes 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the sample catalogue of today."""
    folder = tmp_path_factory.mktemp("catalogue")
    write_sample(folder / FILE_NAME, date.today())
    return folder


@pytest.fixture(scope="module")
def owner(start_advisor: Callable[..., Advisor], folder: Path) -> Advisor:
    """Start an advisor of an organisation that has a catalogue, and wait until it knows what is near in meaning."""
    advisor = start_advisor(catalogue_dir=folder)
    until = time.monotonic() + NEAR_SECONDS
    while "The closest that I have" not in advisor.ask("anything on horses?").text:
        assert time.monotonic() < until, "nothing is near in meaning"
        time.sleep(1)
    return advisor


def test_table_has_eighty_questions() -> None:
    assert sum(map(len, QUESTIONS)) >= 80


@pytest.mark.parametrize("turns", QUESTIONS, ids=lambda turns: turns[0]["ask"])
def test_conversation_is_answered(owner: Advisor, turns: list[dict[str, Any]]) -> None:
    talk = owner.conversation()
    for turn in turns:
        reply = talk.say(turn["ask"])
        lacking = [part for part in turn.get("says", ()) if plain(part) not in reply.text]
        assert lacking == [], reply.text
        assert [part for part in turn.get("never", ()) if part in _told(reply)] == [], reply.text
        assert reply.outcome == turn.get("outcome", "answered"), reply.text


def _told(reply: Any) -> str:
    """Return what a reply says beside its cards, which also show what was not asked."""
    return "\n".join(plain(message["text"]) for message in reply.messages)


def test_cards_link_to_the_pages(owner: Advisor) -> None:
    reply = owner.ask("do you have pottery courses in Cork?")
    cards = reply.messages[0]["custom"]["cards"]
    assert [(card["title"], card["url"]) for card in cards] == [
        ("Kiln Building", "https://harbour-mills.example/programs/hmc-pot-01")
    ]
    assert any(line.startswith("Price: ") for line in cards[0]["lines"])


def test_list_shows_five_at_most_and_goes_on(owner: Advisor) -> None:
    talk = owner.conversation()
    first = talk.say("anything on cybersecurity?")
    assert len(first.messages[0]["custom"]["cards"]) == 5
    assert "/more" in first.payloads
    second = talk.press("/more")
    assert "6 to 10 of 10" in second.text
    cards = [{str(card) for card in reply.messages[0]["custom"]["cards"]} for reply in (first, second)]
    assert cards[0].isdisjoint(cards[1])


def test_buttons_lead_to_the_program_that_was_meant(owner: Advisor) -> None:
    talk = owner.conversation()
    asked = talk.say("tell me about First Aid at Work")
    at_cork = next(button for button in asked.buttons if "Harbour Mills" in button["title"])
    reply = talk.press(at_cork["payload"])
    assert reply.outcome == "answered" and "by Harbour Mills College" in reply.text


def test_button_of_a_near_miss_gives_up_what_stands_in_the_way(owner: Advisor) -> None:
    talk = owner.conversation()
    missed = talk.say("beekeeping in Galway at weekends under 300 euros")
    dearer = next(button for button in missed.buttons if "cost more" in button["title"])
    reply = talk.press(dearer["payload"])
    assert "on beekeeping in Galway, at weekends:" in reply.text


def test_list_can_be_ordered_by_a_button(owner: Advisor) -> None:
    talk = owner.conversation()
    listed = talk.say("photography courses")
    reply = talk.press(next(button["payload"] for button in listed.buttons if button["title"] == "Cheapest first"))
    assert "8 programs on photography, cheapest first" in reply.text


def test_program_that_is_gone_is_said_to_be_gone(owner: Advisor) -> None:
    reply = owner.ask(payload='/ask_about{"own": "999999"}')
    assert "isn't listed any more" in reply.text


def test_over_dates_are_said_to_be_over(owner: Advisor) -> None:
    reply = owner.ask("when does the Sourdough (Certificate) start?")
    assert "past: it began on" in reply.text


def test_what_states_no_price_is_never_the_cheapest(owner: Advisor) -> None:
    talk = owner.conversation()
    talk.say("Does Harbour Mills offer music courses?")
    reply = talk.say("which of these is the cheapest?")
    assert reply.text.startswith("The cheapest of these is Songwriting: free of charge.")
    assert "Introduction to Live Sound states no price, and so may come anywhere." in reply.text


def test_guide_is_the_fallback_and_told_apart(owner: Advisor) -> None:
    reply = owner.ask("do you have a nanodegree course?")
    assert reply.first_sentence == "Nothing called nanodegree is listed."
    own, guide = reply.text.split("Beyond our own catalogue, the guide to micro-credentials abroad has this:")
    assert "Nanodegree" in guide


def test_catalogue_is_seen_without_a_restart(owner: Advisor, folder: Path) -> None:
    with writing(folder / FILE_NAME) as catalogue:
        catalogue.source("other")
        gone = next(iter(sorted(catalogue.keys(SOURCE))))
        catalogue.mark_missing(SOURCE, gone, date.today())
    assert "There are 299 programs in our catalogue." in owner.ask("what courses do you have?").text


def test_what_is_free_is_compared_with_every_currency(owner: Advisor, folder: Path) -> None:
    with writing(folder / FILE_NAME) as catalogue:
        catalogue.source("other")
        for name, price in (("Vellum Gilding", Price(0)), ("Marbled Endpapers", Price(90, "EUR"))):
            catalogue.put(ProgramRecord("other", name, name, prices=(price,)))
    reply = owner.ask("which is cheaper, Vellum Gilding or Marbled Endpapers?")
    assert reply.text.startswith("The cheapest of these is Vellum Gilding: free of charge.")
    assert "Marbled Endpapers: 90 EUR" in reply.text and "not compared" not in reply.text


@pytest.mark.parametrize(
    ("message", "says", "never"),
    [
        ("what does Now offer?", "Norse Carving", "no answer"),
        ("any courses at Now?", "Norse Carving", "no answer"),
        ("courses in nice", "Norse Carving", "nothing"),
        ("anything on No?", "Norse Carving", "nothing"),
        ("IT courses?", "Helpdesk Basics", "it or IT"),
        ("what have you got now?", "programs in our catalogue", "at Now"),
        ("that would be nice", "", "Norse Carving"),
        ("is it any good?", "", "Helpdesk"),
        ("no", "", "Norse Carving"),
        ("what do you do with my data?", "", "Counting Heads"),
    ],
)
def test_names_that_are_everyday_words_need_context(owner: Advisor, folder: Path, message, says, never) -> None:
    with writing(folder / FILE_NAME) as catalogue:
        catalogue.source("odd")
        nice = (Offering(place="Nice"),)
        catalogue.put(ProgramRecord("odd", "1", "Norse Carving", provider="Now", subjects=("No",), offerings=nice))
        catalogue.put(ProgramRecord("odd", "2", "Helpdesk Basics", subjects=("IT", "It")))
        catalogue.put(ProgramRecord("odd", "3", "Counting Heads", subjects=("Data",)))
    reply = owner.ask(message)
    assert says in reply.text and never not in reply.text, reply.text


def test_without_a_catalogue_the_guide_answers(advisor: Advisor) -> None:
    reply = advisor.ask("what courses do you have?")
    assert "our catalogue" not in reply.text


def test_damaged_catalogue_leaves_the_guide(owner: Advisor, folder: Path) -> None:
    damaged = folder / "damaged"
    damaged.write_bytes(b"no database at all" * 1000)
    damaged.replace(folder / FILE_NAME)
    assert owner.ask("what are micro-credentials?").outcome == "answered"
    assert "our catalogue" not in owner.ask("what courses do you have?").text
    assert "the catalogue cannot be read" in owner.engine_log
