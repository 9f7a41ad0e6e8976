"""Correcting in the console, over HTTP and in a real browser: what was meant, what waits, what a release is given."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import json
import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import expect
from ruamel.yaml import YAML
from starlette.responses import Response

from console.web.labels import Label, Labels
from conversations.audit_log import entries as audit_entries
from conversations.db import schema
from conversations.editing import publications
from conversations.learning import corrections, feedback, regression_conversations
from conversations.pipeline.inbox import conversation_at
from conversations.pipeline.message_store import messages_after
from core.settings import Settings
from tests.front.console_fixtures import (
    Running,
    browser,
    hire,
    look_over,
    running_console,
    said,
    signed_in_page,
    wrong_on,
)
from tests.front.test_console_browser import SIZES
from training import corrections_exchange as handing_over

VISA, DEGREE, HIDDEN = "challenges/visa", "definition/what", "[e-mail]"


@pytest.fixture
def console(tmp_path) -> Iterator[Running]:
    """Serve a console over the real knowledge base."""
    with running_console(tmp_path, knowledge_db=Settings().knowledge_db) as running:
        hire(running.store)
        yield running


@pytest.fixture
def asked(console) -> Callable[..., tuple[str, int]]:
    """Have somebody ask something: (conversation, the number of the message)."""

    def ask(text: str, address: str = "a", **more) -> tuple[str, int]:
        one = said(console.store, address, text, **{"intent": "ask_topic", "topic": VISA, **more})
        return one, [each.id for each in console.store.run(messages_after, one) if each.author == "visitor"][-1]

    return ask


def kept(console, table) -> int:
    with console.store.engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()


def correct(console, message, client=None, **form) -> httpx.Response:
    return console.send(client or console.signed_in("trainer"), f"/staff/messages/{message}/correct", **form)


# --- correcting ---------------------------------------------------------------------------------------------------
def test_two_keys_correct_a_message(browser, console, asked) -> None:
    one, message = asked("what is that anyhow")
    with signed_in_page(browser, console, "trainer", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/conversations/{one}")
        page.keyboard.press("j")
        page.keyboard.press("c")
        expect(page.get_by_role("dialog")).to_contain_text("Compares")
        page.keyboard.press("1")
        expect(page.get_by_text("Corrected: Compares")).to_be_visible()
        expect(page.locator(f"#m{message}.is-chosen")).to_have_count(1)
        assert page.complaints == []
    [noted] = console.store.run(corrections.list_by_state, corrections.COLLECTED)
    assert (noted.text, noted.label, noted.by) == ("what is that anyhow", "compare", "trainer")


def test_any_topic_is_found_by_its_title(browser, console, asked) -> None:
    one, message = asked("what is that anyhow")
    title = next(each.title for each in _labels(console) if each.name == DEGREE)
    with signed_in_page(browser, console, "trainer", viewport=SIZES["narrow"]) as page:
        page.goto(f"{console.url}/staff/conversations/{one}")
        page.get_by_role("link", name="Correct what this message").click()
        page.get_by_label("Any topic or intent").fill(title)
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"Corrected: {title}")).to_be_visible()
    assert console.store.run(corrections.find, message).topic == DEGREE


def _labels(console) -> list[Label]:
    from console.web.topic_titles import TopicTitles

    return Labels(TopicTitles(console.front.settings.knowledge_db).all).all()


def test_chooser_works_without_scripts(console, asked) -> None:
    _, message = asked("what is that anyhow")
    client = console.signed_in("trainer")
    page = client.get(f"/staff/messages/{message}/correct").text
    assert "What does it mean?" in page and "<html" in page and "Compares" in page
    assert correct(console, message, client, other="Compares").status_code == 303


def test_correction_can_be_changed_and_taken_back(console, asked) -> None:
    _, message = asked("what is that anyhow")
    correct(console, message, label="compare")
    correct(console, message, label=DEGREE, text="what is it")
    noted = console.store.run(corrections.find, message)
    assert (noted.label, noted.text, kept(console, "correction")) == (DEGREE, "what is it", 1)
    console.send(console.signed_in("trainer"), f"/staff/messages/{message}/undecided")
    assert kept(console, "correction") == 0


@pytest.mark.parametrize("form", [{"label": "no/topic"}, {}, {"label": "nlu_fallback"}, {"other": "<script>"}])
def test_unknown_label_is_refused(console, asked, form) -> None:
    _, message = asked("what is that anyhow")
    answer = correct(console, message, **form)
    assert answer.status_code == 400 and "Choose one from the list" in answer.text


def test_message_that_is_none_is_not_corrected(console, asked) -> None:
    one, _ = asked("hello")
    reply = console.store.run(messages_after, one)[-1].id
    assert correct(console, reply, label="compare").status_code == 400
    assert correct(console, 10**9, label="compare").status_code == 400
    assert console.signed_in("trainer").get("/staff/messages/x/correct").status_code == 404


def test_other_sites_are_not_gone_to(console, asked) -> None:
    one, message = asked("what is that anyhow")
    answer = correct(console, message, label="compare", next="https://evil.example/")
    assert answer.headers["location"] == f"/staff/conversations/{one}#m{message}"


def test_text_to_learn_is_covered(console, asked) -> None:
    _, message = asked("compare them and write to mira@example.org")
    correct(console, message, label="compare")
    assert console.store.run(corrections.find, message).text == f"compare them and write to {HIDDEN}"


def test_deleted_conversation_takes_its_corrections_along(console, asked) -> None:
    one, message = asked("what is that anyhow")
    correct(console, message, label="compare")
    admin = console.signed_in("admin")
    console.send(admin, f"/staff/conversations/{one}/test")
    assert (kept(console, "correction"), kept(console, "talk_test")) == (1, 1)
    console.send(admin, f"/staff/conversations/{one}/forget", sure="yes")
    assert (kept(console, "correction"), kept(console, "talk_test")) == (0, 0)


# --- what is in doubt, and what stands in the way --------------------------------------------------------------------
def test_thumb_down_and_dispute_are_in_doubt(console, asked) -> None:
    one, first = asked("is the first right", "a")
    reply = console.store.run(messages_after, one)[-1].id
    console.store.run(feedback.record_feedback, one, reply, feedback.DOWN, "not what I asked")
    _, second = asked("is the second right", "b")
    asked("that is not true", "b", intent="disagree", topic="")
    page = console.signed_in("adviser").get("/staff/corrections").text
    assert "is the first right" in page and "not what I asked" in page and "is the second right" in page
    client = console.signed_in("trainer")
    console.send(client, "/staff/corrections/judge", message=str(first), what="right")
    correct(console, second, label="compare")
    assert console.store.run(corrections.disputed_answers) == []


def test_what_cannot_be_learned_is_said(console, asked) -> None:
    for address, text, label in (
        ("a", "cons", "challenges/overview"),
        ("b", "brand new words one", "compare"),
        ("c", "brand new words one", DEGREE),
        ("d", "call 030 12 34 567 about it", VISA),
    ):
        correct(console, asked(text, address)[1], label=label)
    page = console.signed_in("trainer").get("/staff/corrections").text
    assert page.count("Would be left aside") == 3
    assert "taught already" in page and "taught as &#39;compare&#39;" in page and "address or number" in page


def test_tested_phrasing_is_not_taught(console, asked) -> None:
    listed = YAML(typ="safe").load(Settings().root / "training/evaluation/phrasings/test.yml")["phrasings"]
    tested = next(each for each in listed if each.get("topics", [""])[0] == VISA)
    correct(console, asked(tested["text"].upper())[1], label=VISA)
    assert "one of the test phrasings" in console.signed_in("trainer").get("/staff/corrections").text


def test_hostile_text_is_text(console, asked) -> None:
    correct(console, asked("<script>alert(1)</script> x")[1], label="compare")
    page = console.signed_in("trainer").get("/staff/corrections").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


def test_collected_ones_are_a_file(console, asked) -> None:
    _, message = asked("größer as that?")
    correct(console, message, label=VISA)
    answer = console.signed_in("trainer").get("/staff/corrections/file")
    assert json.loads(answer.text) == {"text": "größer as that?", "topic": VISA, "id": str(message)}
    assert "attachment" in answer.headers["content-disposition"]


# --- conversations as tests -----------------------------------------------------------------------------------------
def test_conversation_becomes_a_test(console, asked) -> None:
    one, first = asked("about visas please")
    asked("and what is a badge")
    correct(console, first, label=DEGREE)
    console.send(console.signed_in("trainer"), f"/staff/conversations/{one}/test")
    [talk] = console.store.run(regression_conversations.list_unreleased)
    assert talk.turns == (
        {"say": "about visas please", "topic": DEGREE},
        {"say": "and what is a badge", "outcome": "answered", "topic": VISA},
    )


def test_personal_data_makes_no_test(console, asked) -> None:
    one, _ = asked("write to mira@example.org")
    answer = console.send(console.signed_in("trainer"), f"/staff/conversations/{one}/test")
    assert answer.status_code == 400 and kept(console, "talk_test") == 0


def test_release_is_given_and_settled(console, asked, tmp_path) -> None:
    one, message = asked("what is that anyhow")
    correct(console, message, label="compare")
    _, other = asked("compare", "b")
    correct(console, other, label="compare")
    console.send(console.signed_in("trainer"), f"/staff/conversations/{one}/test")
    settings, folder = console.front.settings, tmp_path / "given"
    assert handing_over.export(settings, folder) == (2, 1)
    [file] = (folder / "talks").iterdir()
    assert YAML(typ="safe").load(file)["turns"] == [{"say": "what is that anyhow", "intent": "compare"}]
    done = {"release": "r1", "learned": [message], "left": {str(other): "is taught already"}, "kept": [1]}
    lessons = [{"id": str(message), "text": "what is that", "wanted": "compare", "before": VISA, "after": "compare"}]
    measured = {"before": 0.899, "after": 0.899, "better": ["is it far"], "worse": [], "lessons": lessons}
    (folder / "settled.json").write_text(json.dumps({**done, "report": measured}))
    handing_over.record_release(settings, folder)
    assert [each.message_id for each in console.store.run(corrections.list_by_state, corrections.RELEASED)] == [message]
    assert console.store.run(regression_conversations.list_unreleased) == []
    page = console.signed_in("viewer").get(f"/staff/conversations/{one}").text
    assert "Learned: Compares" in " ".join(re.sub(r"<[^>]+>", " ", page).split())
    understood = "Understood now Visas and travel → Compares"
    for path in ("corrections", "publications/r1"):
        shown = console.signed_in("trainer").get(f"/staff/{path}").text
        assert understood in " ".join(re.sub(r"<[^>]+>", " ", shown).split()) and "/publications/r1/back" not in shown
    assert handing_over.reopen_released(settings, "r1") == 1
    told = [(each.who, each.what, each.about) for each in console.store.run(audit_entries, 2)]
    assert told == [
        ("the server", "went back from a release", "r1"),
        ("the server", "released a new model; corrections learned: 1", "r1"),
    ]
    assert "It was released" not in console.signed_in("trainer").get("/staff/publications/r1").text
    assert len(console.store.run(regression_conversations.list_unreleased)) == 1


# --- every page, for everybody -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", SIZES)
def test_correcting_is_accessible(browser, console, asked, size) -> None:
    _, message = asked("what is that anyhow")
    correct(console, learned := asked("compare", "b")[1], label="compare")
    lesson = {"id": f"{learned}", "text": "compare", "wanted": "compare", "before": VISA, "after": VISA}
    console.store.run(corrections.mark_released, "r1", [learned], {})
    console.store.run(publications.record_release, "r1", 1, {"lessons": [lesson]})
    correct(console, message, thing="rmit university", words="that", form="what")  # opens that part of the form
    with signed_in_page(browser, console, "trainer", viewport=SIZES[size]) as page:
        forms = (f"/staff/messages/{message}/{what}" for what in ("correct", "wrong"))
        paths = ("/staff/corrections", "/staff/publications/r1", *forms)
        look_over(page, *(console.url + path for path in paths))


# --- a thing, a form ------------------------------------------------------------------------------------------------
RMIT = "institution/rmit-university"


def lessons_of(console) -> list[dict[str, str]]:
    answer = console.signed_in("trainer").get("/staff/corrections/file")
    return [json.loads(line) for line in answer.text.splitlines()]


def test_thing_and_form_are_corrected_in_the_page(browser, console, asked) -> None:
    one, message = asked("how many are at royal tech melb")
    with signed_in_page(browser, console, "trainer", viewport=SIZES["narrow"]) as page:
        page.goto(f"{console.url}/staff/conversations/{one}")
        page.get_by_role("link", name="Correct what this message").click()
        page.get_by_text("A thing it names, or how it asks").click()
        page.get_by_label("The thing that was meant").fill("RMIT University (institution)")
        page.get_by_label("Its words in the message").fill("Royal tech melb")
        page.get_by_label("How it asks").select_option("How many")
        page.get_by_role("button", name="Correct it", exact=True).click()
        corrected = page.locator(".corrected")
        expect(corrected).to_contain_text("RMIT University")
        expect(corrected).to_contain_text("asks how many")
        assert page.complaints == []
    noted = console.store.run(corrections.find, message)
    assert (noted.label, noted.thing, noted.words, noted.form) == ("", RMIT, "Royal tech melb", "how_many")


def test_thing_becomes_a_name_and_a_check(console, asked) -> None:
    _, message = asked("is royal tech melb any good")
    correct(console, message, thing="rmit university", words="royal tech melb", form="yes_no", label=VISA)
    text, number = "is royal tech melb any good", str(message)
    assert lessons_of(console) == [
        {"text": text, "topic": VISA, "id": number},
        {"text": "royal tech melb", "name_of": RMIT, "id": number},
        {"text": text, "thing": RMIT, "form": "yes_no", "id": number},
    ]
    page = console.signed_in("trainer").get("/staff/corrections").text
    assert "RMIT University" in page and "Becomes a check" in page and "Would be left aside" not in page


def test_form_alone_is_a_check(console, asked) -> None:
    _, message = asked("how many then")
    assert correct(console, message, form="how_many").status_code == 303
    assert lessons_of(console) == [{"text": "how many then", "form": "how_many", "id": str(message)}]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"thing": "Nowhere College"}, "no such thing in the catalogue"),
        ({"form": "sideways"}, "no such way of asking"),
        ({"thing": RMIT, "words": "harvard"}, "must stand in what is to be learned"),
        ({"thing": RMIT, "other": "no such topic"}, "neither a topic nor an intent"),
    ],
    ids=str,
)
def test_thing_or_form_that_is_none_is_refused(console, asked, form, told) -> None:
    answer = correct(console, asked("is royal tech melb any good")[1], **form)
    assert answer.status_code == 400 and told in answer.text and kept(console, "correction") == 0


def test_name_that_stands_for_something_else_is_left_aside(console, asked) -> None:
    correct(console, asked("i mean toronto")[1], thing=RMIT, words="toronto")
    page = console.signed_in("trainer").get("/staff/corrections").text
    assert "“toronto” as a name is taught as &#39;institution/university-of-toronto&#39;" in page


def test_corrected_thing_is_offered_again(console, asked) -> None:
    _, message = asked("is royal tech melb any good")
    correct(console, message, thing=RMIT, words="royal tech melb", form="yes_no")
    page = console.signed_in("trainer").get(f"/staff/messages/{message}/correct").text
    assert 'value="RMIT University (institution)"' in page and 'value="royal tech melb"' in page
    assert '<option value="yes_no" selected>' in page


def test_corrected_thing_is_expected_in_a_test(console, asked) -> None:
    one, message = asked("is royal tech melb any good")
    correct(console, message, thing=RMIT, form="yes_no")
    console.send(console.signed_in("trainer"), f"/staff/conversations/{one}/test")
    [talk] = console.store.run(regression_conversations.list_unreleased)
    assert talk.turns == ({"say": "is royal tech melb any good", "thing": RMIT},)


# --- the topics of the list ---------------------------------------------------------------------------------------
def test_topics_are_added_in_words_and_removed_one_by_one(browser, console, asked) -> None:
    visa, _ = asked("do I need a visa")
    asked("what is it", "b", topic=DEGREE)
    asked("what is it worth", "c", topic="benefits/employability")
    titles = {each.name: each.title for each in _labels(console)}
    with signed_in_page(browser, console, "viewer", viewport=SIZES["narrow"], bypass_csp=True) as page:
        page.goto(f"{console.url}/staff/conversations")
        page.locator("#more-filters summary").click()
        for words in (titles[DEGREE].upper(), "challenges: all topics"):
            page.get_by_label("Topics", exact=True).fill(words)
            page.keyboard.press("Enter")
            expect(page.get_by_label("Topics", exact=True)).to_have_value("")
        expect(page.locator("#results [data-row]")).to_have_count(2)
        assert page.url.endswith(f"?topic={DEGREE},challenges/*") and wrong_on(page) == [] and page.complaints == []
        page.get_by_label("Topics", exact=True).fill("no such thing")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text="No topic is called “no such thing”")).to_be_visible()
        page.locator("#topics-in-use").get_by_role("link", name=titles[DEGREE]).click()
        expect(page.locator("#results [data-row]")).to_have_count(1)
        assert page.url.endswith("?topic=challenges/*") and page.locator("[data-row]").get_attribute("data-id") == visa


def test_topics_are_added_without_scripts(console) -> None:
    client = console.signed_in("trainer")
    added = client.get("/staff/conversations", params={"topic": DEGREE, "also": "visa", "channel": "web"})
    address = added.headers["location"]
    assert address.startswith(f"/staff/conversations?channel=web&topic={DEGREE},{VISA},")
    page = client.get(address).text
    assert page.count("Remove this topic") == address.count(",") + 1 and "Challenges: all topics" in page
    assert "Visas and travel" in client.get(address.replace("conversations", "export")).text
