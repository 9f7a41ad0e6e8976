"""What staff see of a language model: who understood a turn, both readings, time and cost; and what is kept of it."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import re
from typing import Any

import pytest

from console.web import display_names
from conversations.learning import corrections
from conversations.review.understanding import read_understanding, without_personal_data
from core.contract.rephrasings import ALWAYS, ENGLISH, LANGUAGES, NEVER
from core.contract.rephrasings import REPHRASED as REPHRASED_WELL
from core.settings import Settings
from language_model import model, rephrasing, rephrasing_checks
from language_model.endpoint import calls, client
from language_model.endpoint.budget import today
from tests.front.console_fixtures import hire, running_console, store
from tests.front.test_console_why import VISA, console, page_of, turn

QUESTION: dict[str, Any] = {
    "act": "ask_topic",
    "topic": VISA,
    "claims": [f"{VISA}#1"],
    "things": [{"thing": "destination:canada", "left_out": False}],
    "unknown": ["Zedtech"],
    "answerable": False,
}
MODEL: dict[str, Any] = {
    "result": "understood",
    "taken": True,
    "name": "small-<b>",
    "ms": 612.4,
    "tokens_in": 7100,
    "tokens_out": 85,
    "cost": 0.00119,
    "own": {"intent": "nlu_fallback", "topic": None, "confidence": 0.31, "claims": [{"topic": VISA, "number": 4}]},
    "questions": [QUESTION],
}


def test_model_and_built_in_reading_stand_side_by_side(console) -> None:
    page = page_of(console, turn(console.store, model=MODEL))
    told = page[page.index("Understood by") :]
    assert "The language model <code>small-&lt;b&gt;</code>" in told
    for part in (
        "Not understood",
        "31 %",
        f"{VISA}#4",
        "Asks about a topic",
        f"{VISA}#1",
        "Canada",
        "cannot be answered",
    ):
        assert part in told, part
    assert "7100 tokens read, 85 written, cost 0.00119" in told


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("late", "it came too late"),
        ("invalid", "its answer was not of the list"),
        ("understood", "its query could not be"),
    ],
)
def test_built_in_reading_is_told_where_the_model_was_of_no_use(console, result, words) -> None:
    page = page_of(console, turn(console.store, model={**MODEL, "result": result, "taken": False, "questions": []}))
    assert f"The built-in understanding; a language model was asked, but {words}" in page


# --- corrections from what it got right ------------------------------------------------------------------------------
READ_OTHERWISE: dict[str, Any] = {**MODEL, "own": {"intent": "ask_topic", "topic": "about/overview"}, "language": None}
ASKED = "do they let me in for that?"


def test_reading_is_confirmed_with_one_click(console) -> None:
    """Confirm what the model read: it is a correction like any other, for the next release."""
    conversation = turn(console.store, text=ASKED, model=READ_OTHERWISE)
    trainer = console.signed_in("trainer")
    page = " ".join(trainer.get("/staff/corrections").text.split())
    listed = page[page.index("Read otherwise by the language model") :]
    assert ASKED in listed and "Built-in: <strong>The big picture" in listed
    path = re.search(r'action="(/staff/messages/(\d+)/correct)"', listed)
    assert path and f'name="label" value="{VISA}"' in listed
    console.send(trainer, path[1], label=VISA, next="/staff/corrections")
    (noted,) = console.store.run(corrections.list_by_state, corrections.COLLECTED)
    assert (noted.message_id, noted.text, noted.topic, noted.by) == (int(path[2]), ASKED, VISA, "trainer")
    assert noted.conversation_id == conversation
    assert "Read otherwise by the language model" not in trainer.get("/staff/corrections").text


def test_reading_stands_in_the_form_of_a_correction(console) -> None:
    turn(console.store, text=ASKED, model=READ_OTHERWISE)
    (number,) = console.store.run(corrections.read_by_model)
    form = " ".join(console.signed_in("trainer").get(f"/staff/messages/{number}/correct").text.split())
    assert f'<button class="main" name="label" value="{VISA}">Right as the language model read it' in form


@pytest.mark.parametrize(
    "model",
    [
        {**READ_OTHERWISE, "own": {"intent": "ask_topic", "topic": VISA}},  # both read it so
        {**READ_OTHERWISE, "language": "de"},  # foreign words would be learned as English
        {**READ_OTHERWISE, "result": "invalid", "taken": False, "questions": []},
        {**READ_OTHERWISE, "questions": [QUESTION, QUESTION]},
        {**READ_OTHERWISE, "questions": [{**QUESTION, "topic": "no/such"}]},
        {**READ_OTHERWISE, "questions": [{**QUESTION, "topic": None}]},
        5,
    ],
)
def test_what_cannot_be_taught_is_not_proposed(console, model) -> None:
    turn(console.store, text=ASKED, model=model)
    assert "language model" not in console.signed_in("trainer").get("/staff/corrections").text


# --- rephrased answers -----------------------------------------------------------------------------------------------
REPHRASED: dict[str, Any] = {
    "result": "rephrased",
    "language": "es",
    "model": "small-<b>",
    "ms": 1830.2,
    "tokens_in": 400,
    "tokens_out": 60,
    "cost": 0.0002,
    "line": "Solo hablo inglés.",
    "plain": ["You may need a visa, <mira@example.org>."],
}


def test_rephrased_answer_is_told_beside_the_plain_one(console) -> None:
    page = page_of(console, turn(console.store, rephrased=REPHRASED))
    told = page[page.index("<h2>Rephrased") :]
    assert "<code>small-&lt;b&gt;</code>, in the language <code>es</code>; it passed all checks" in told
    assert "You may need a visa, &lt;" in told and "mira@" not in told
    assert "400 tokens read, 60 written, cost 0.00020" in told


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("numbers", "No, the plain answer went out: its numbers are not those"),
        ("back_meaning", "translated back, a sentence is too far from the plain one"),
        ("late", "it came too late"),
        ("<odd>", "&lt;odd&gt;"),
    ],
)
def test_plain_answer_is_told_to_have_gone_out(console, result, words) -> None:
    assert words in page_of(console, turn(console.store, rephrased={**REPHRASED, "result": result, "plain": []}))


def test_every_result_has_a_name() -> None:
    """Find no constant of a result that the console would show as it stands in the sources."""
    rooms = (client, calls, model, rephrasing, rephrasing_checks)
    told = {value for room in rooms for name, value in vars(room).items() if name.isupper() and isinstance(value, str)}
    results = {value for value in told if value.isidentifier()} - {
        NEVER,
        ALWAYS,
        LANGUAGES,
        ENGLISH,
        REPHRASED_WELL,
        rephrasing.BACK,
    }
    assert {"late", "busy", "over_budget", "content", "order", "no_knowledge"} <= results
    assert results <= set(display_names.REPHRASING_RESULTS)


def test_retention_keeps_no_word_of_a_plain_answer() -> None:
    kept = without_personal_data({"rephrased": REPHRASED})
    assert kept["rephrased"] == {
        name: REPHRASED[name] for name in ("result", "model", "ms", "tokens_in", "tokens_out", "cost")
    }


def test_nothing_is_told_without_a_model(console) -> None:
    assert "Understood by" not in page_of(console, turn(console.store))


@pytest.mark.parametrize(
    "odd", ["x", 5, {"result": 5}, {"result": "late", "own": 5, "questions": [5], "ms": "x", "cost": "x"}]
)
def test_odd_reports_do_not_break_a_page(console, odd) -> None:
    assert "Some courses need a visa." in page_of(console, turn(console.store, model=odd))


def test_retention_keeps_figures_and_no_words() -> None:
    kept = without_personal_data({"model": MODEL, "form": "what"})
    assert "Zedtech" not in str(kept) and "own" not in kept["model"]
    report = read_understanding(kept).model
    assert report is not None and (report.taken, report.tokens_in, report.questions) == (True, 7100, ())


# --- whether there is one, whither messages go, what came of it --------------------------------------------------------
PAGE = "/staff/language-model"


def test_page_says_that_nothing_leaves(console) -> None:
    page = console.signed_in("admin").get(PAGE).text
    assert "No language model is used: what visitors write stays on this server." in page and "What leaves" not in page
    assert console.signed_in("trainer").get(PAGE).status_code == 403


def test_page_says_whither_messages_go_and_what_came_of_it(tmp_path) -> None:
    settings = {
        "url": "https://models.example.org/v1",
        "consent": "models.example.org",
        "name": "small-<b>",
        "sites": "shop=always, *",
        "calls_a_day": 40,
        "rephrase": "languages",
    }
    told = {f"language_model_{name}": value for name, value in settings.items()}
    (tmp_path / "language-model.json").write_text(f'{{"day": "{today()}", "calls": 7, "tokens": 4711}}')
    with running_console(tmp_path, knowledge_db=Settings().knowledge_db, **told) as console:
        hire(console.store)
        turn(console.store, model=MODEL, rephrased=REPHRASED)
        turn(console.store, model={**MODEL, "result": "late", "taken": False, "questions": [], "cost": None})
        turn(
            console.store,
            model={**MODEL, "result": "understood", "taken": False},
            rephrased={**REPHRASED, "result": "back_order"},
        )
        page = " ".join(console.signed_in("admin").get(PAGE).text.split())
    assert '<code class="wraps">https://models.example.org/v1</code>, another machine, agreed to' in page
    assert "small-&lt;b&gt;" in page and "7 of 40 calls, 4,711 tokens" in page
    assert "<dt>From shop</dt><dd>all messages</dd>" in page and "<dt>Messages sent</dt><dd>messages of which" in page
    read, _, rephrased = page.partition("Answers rephrased <span")
    for part in (
        "3 times",
        "1 time<",
        "1 time: it came too late",
        "1 time: its query could not be taken",
        "612 ms",
        "cost 0.00238",
    ):
        assert part in read, part
    assert "2 times" in rephrased and "1 time: translated back, two things changed places" in rephrased
