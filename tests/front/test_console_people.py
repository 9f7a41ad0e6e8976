"""One person's data: found, exported, erased everywhere; by staff, and on their own request from every channel."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import json
import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from channels import data_download as own_data_links
from channels.data_download import DownloadLinks
from conversations import audit_log
from conversations.data_rights import consent, data_export, data_subjects
from conversations.db import schema
from conversations.db.mappers import find_conversation
from conversations.handoff import contact_requests
from conversations.learning import corrections, feedback
from conversations.models import TRY
from conversations.pipeline.message_store import messages_after
from conversations.review import annotation
from tests.front.console_fixtures import (
    browser,
    console,
    hire,
    look_over,
    postgres_url,
    running_console,
    said,
    signed_in_page,
    store,
    wrong_on,
)
from tests.front.slack_fixtures import shared_slack, slack, slack_running, web_api
from tests.front.telegram_fixtures import (
    Telegram,
    bot_api,
    shared_telegram,
    talking_engine,
    telegram,
    telegram_running,
    wait_for,
)
from tests.front.test_console_browser import SIZES
from tests.front.web_fixtures import running_front
from tests.harness import PATIENCE

PUBLIC = "https://advisor.example.org"


def ids(found) -> set[str]:
    return {one.id for one in found}


def fill(store) -> dict[str, str]:
    """Mira on the web and twice on Telegram, Omar on the web."""
    web = said(store, "w1", "please write to Mira@Example.org, or call +353 1 496 0123")
    first = said(store, "77/77", "hello from my phone", channel="telegram")
    second = said(store, "77/-5/9", "and in a group", channel="telegram")
    said(store, "770/770", "somebody else", channel="telegram")
    omar = said(store, "w2", "i am omar, omar@example.org")
    store.run(contact_requests.add_contact_request, omar, "0871234567", "Omar Brennan", "call me")
    with store.engine.begin() as connection:
        mine = schema.conversation.c.id == first
        connection.execute(schema.conversation.update().where(mine).values(person_name="Mira Nolan"))
    return {"web": web, "first": first, "second": second, "omar": omar}


# --- finding ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sought", "names"),
    [
        ("mira@example.org", {"web"}),
        ("+353 1 496 0123", {"web"}),
        ("(01) 4960123", set()),
        ("1 4960123", {"web"}),
        ("mira nolan", {"first", "second"}),
        ("Omar  Brennan", {"omar"}),
        ("0871234567", {"omar"}),
        ("omar@example.org", {"omar"}),
        ("nobody@example.org", set()),
        ("%", set()),
        ("", set()),
        ("'; DROP TABLE message", set()),
    ],
)
def test_person_is_found(store, sought, names) -> None:
    known = fill(store)
    assert ids(store.run(data_subjects.find_conversations, sought)) == {known[name] for name in names}
    assert all(store.run(find_conversation, one) for one in known.values())


def test_one_conversation_leads_to_the_others_of_its_account(store) -> None:
    known = fill(store)
    assert ids(store.run(data_subjects.find_conversations, known["second"])) == {known["first"], known["second"]}
    assert ids(store.run(data_subjects.find_conversations, known["web"])) == {known["web"]}
    assert store.run(data_subjects.find_conversations, "0" * 32) == []


def test_conversations_of_one_person_stand_beside_each_other(console) -> None:
    known = fill(console.store)
    again = said(console.store, "w3", "me again <b>")
    console.store.run(contact_requests.add_contact_request, again, "0871234567", "", "")
    adviser = console.signed_in("adviser")
    for one, other in ((known["first"], known["second"]), (known["omar"], again), (again, known["omar"])):
        page = adviser.get(f"/staff/conversations/{one}").text
        others = page.partition("Same person")[2].partition("</section>")[0]
        assert others.count("<li>") == 1 and f'/staff/conversations/{other}"' in others and "<b>" not in others
    assert "Same person" not in adviser.get(f"/staff/conversations/{known['web']}").text
    covered = adviser.get(f"/staff/conversations/{again}").text.partition("Same person")[2]
    assert "omar@example.org" not in covered.partition("</section>")[0]


def test_tries_of_staff_are_nobodys(store) -> None:
    said(store, "t", "mira@example.org", channel=TRY)
    assert store.run(data_subjects.find_conversations, "mira@example.org") == []


# --- handing out ------------------------------------------------------------------------------------------------------
def test_everything_is_handed_out(store) -> None:
    known = fill(store)
    one = known["omar"]
    store.run(annotation.add_note, one, "ann", "called back")
    store.run(annotation.add_tag, one, "ann", "visa")
    store.run(consent.record_consent, one, "2026-11")
    message, reply = store.run(messages_after, one)
    store.run(feedback.record_feedback, one, reply.id, feedback.DOWN, "not helpful")
    store.run(corrections.correct, message.id, "", corrections.Meaning(intent="greet"), "ann")
    [found] = store.run(data_export.export_for_person, [one, "0" * 32], "admin")
    assert [each["text"] for each in found["messages"]] == [
        "i am omar, omar@example.org",
        "It **depends** on the country.",
    ]
    assert found["contact_requests"][0]["contact"] == "0871234567" and found["agreed_to"][0]["version"] == "2026-11"
    assert found["notes_of_staff"][0]["text"] == "called back" and found["tags"][0]["name"] == "visa"
    assert found["thumbs"][0]["comment"] == "not helpful" and found["corrections"][0]["intent"] == "greet"
    json.dumps(found)
    line = store.run(audit_log.entries, 1)[0]
    assert (line.who, line.what, line.about) == ("admin", "exported a conversation", one)


def test_every_table_about_a_conversation_is_handed_out_or_says_nothing() -> None:
    """Whoever adds a table must decide whether it belongs to a person's data."""
    machinery = {
        "button",
        "delivery",
        "alert",
        "notification",  # of a colleague: of the person it says nothing
        "review",
        "flag",
        "judgement",
        "unanswered",
        "masked",
        "erasure",
        "message",
    }
    hanging = {name for name, table in schema.metadata.tables.items() if "conversation_id" in table.c}
    assert hanging - machinery == {table.name for _, table, _ in data_export.RELATED}


# --- by staff ---------------------------------------------------------------------------------------------------------
def test_person_is_found_handed_out_and_deleted_by_hand(browser, console) -> None:
    known = fill(console.store)
    with signed_in_page(browser, console, "admin", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/people")
        page.get_by_label("An e-mail address").fill(f"{console.url}/staff/conversations/{known['second']}")
        page.get_by_role("button", name="Find").click()
        expect(page.get_by_role("checkbox")).to_have_count(2)
        assert known["second"] not in page.url and page.get_by_role("checkbox", checked=True).count() == 0
        for box in page.get_by_role("checkbox").all():
            box.check()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download as a file").click()
        shown = json.loads(download.value.path().read_text(encoding="utf-8"))
        assert {one["id"] for one in shown["conversations"]} == {known["first"], known["second"]}
        page.get_by_text("Delete what is ticked").click()
        page.get_by_role("checkbox").nth(1).uncheck()
        page.get_by_label("This deletes it permanently").check()
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.get_by_text("1 conversation deleted everywhere.")).to_be_visible()
        assert page.complaints == []
    left = {name for name, one in known.items() if console.store.run(find_conversation, one)}
    assert len(left) == 3 and {"web", "omar"} < left, "the one that was ticked is gone"


def test_deletion_asks_twice_and_leaves_a_line_without_content(console) -> None:
    known = fill(console.store)
    client, form = console.signed_in("admin"), {f"one.{known['web']}": "yes"}
    assert console.send(client, "/staff/people/forget", **form).status_code == 400
    assert console.send(client, "/staff/people/forget").status_code == 400
    assert console.send(client, "/staff/people/export").status_code == 400
    assert console.send(client, "/staff/people/forget", **form, sure="yes").status_code == 200
    line = console.store.run(audit_log.entries, 1)[0]
    assert (line.who, line.what, line.about) == ("admin", "deleted a conversation", known["web"])
    assert console.store.run(data_subjects.find_conversations, "mira@example.org") == []


def test_conversation_says_what_was_agreed_to(console) -> None:
    one = said(console.store, "a", "hello")
    console.store.run(consent.record_consent, one, "2026-10")
    console.store.run(consent.record_consent, one, "2026-11")
    page = " ".join(console.signed_in("viewer").get(f"/staff/conversations/{one}").text.split())
    assert "of 2026-10" in page and "of 2026-11" in page


@pytest.mark.parametrize("size", SIZES)
def test_people_page_is_accessible(browser, console, size) -> None:
    fill(console.store)
    with signed_in_page(browser, console, "admin", viewport=SIZES[size]) as page:
        look_over(page, f"{console.url}/staff/people")
        page.get_by_label("An e-mail address").fill("mira nolan")
        page.get_by_role("button", name="Find").click()
        expect(page.get_by_role("checkbox").first).to_be_visible()
        assert wrong_on(page) == []


# --- on their own request ---------------------------------------------------------------------------------------------
def handed_out(link: str, url: str) -> dict:
    """Return what a visitor gets who opens the link and presses the button."""
    page = httpx.get(link.replace(PUBLIC, url))
    assert page.status_code == 200 and "Download my data" in page.text and "messages" not in page.text
    return httpx.post(link.replace(PUBLIC, url)).json()


@pytest.fixture
def public_telegram(bot_api, tmp_path) -> Iterator[Telegram]:
    world, api = bot_api
    with (
        talking_engine() as (engine, port),
        telegram_running(tmp_path, world, api, engine, port, public_url=PUBLIC) as one,
    ):
        one.person = 4_242
        yield one


def test_telegram_hands_out_a_link(public_telegram) -> None:
    telegram = public_telegram
    telegram.write("my secret plan")
    telegram.answer()
    telegram.write("/mydata")
    said = telegram.answers(2)[1]["text"]
    shown = handed_out(re.search(r"https://\S+", said)[0], telegram.url)
    assert "my secret plan" in json.dumps(shown) and len(shown["conversations"]) == 1
    assert not any("my-data" in one.text for one in telegram.told()), "the link is told, and not kept"


def test_telegram_hands_out_nothing_in_a_group(public_telegram) -> None:
    telegram, group = public_telegram, -100_200
    name = telegram.world.bot["username"]
    telegram.write(f"@{name} hello", chat=group)
    telegram.answer(group)
    telegram.write(f"/mydata@{name}", chat=group)
    assert "private chat" in telegram.answers(2, group)[1]["text"]


def test_telegram_knows_who_is_not_known(public_telegram) -> None:
    public_telegram.person = 4_243
    public_telegram.write("/mydata")
    assert "nothing stored" in wait_for(lambda: public_telegram.world.by_bot(4_243))[0]["text"]


def test_telegram_without_a_public_address_names_a_person(telegram) -> None:
    telegram.write("hello")
    telegram.answer()
    telegram.write("/mydata")
    assert "/human" in telegram.answers(2)[1]["text"]


def test_slack_hands_out_a_link(web_api, tmp_path) -> None:
    world, api = web_api
    with (
        talking_engine() as (engine, port),
        slack_running(tmp_path, world, api, engine, port, public_url=PUBLIC) as slack,
    ):
        slack.person = "U777"
        assert "nothing stored" in slack.command("data")
        slack.write("my secret plan")
        slack.answer()
        shown = handed_out(re.search(r"https://\S+", slack.command("data"))[0], slack.url)
        assert "my secret plan" in json.dumps(shown)
        assert not any("my-data" in one.text for one in slack.told())


def test_slack_without_a_public_address_names_a_person(slack) -> None:
    slack.write("hello")
    slack.answer()
    assert "/advisor human" in slack.command("data")


def test_website_hands_out_what_was_said(tmp_path) -> None:
    with running_front(tmp_path) as web:
        token = web.session()
        web.post("messages", {"id": "1", "text": "my secret plan"}, token)
        shown = web.post("data", token=token).json()
        assert "my secret plan" in json.dumps(shown) and shown["conversations"][0]["agreed_to"]
        assert web.post("data").status_code == 401


def test_rest_hands_out_and_deletes(console) -> None:
    client = httpx.Client(base_url=console.url, timeout=PATIENCE)
    client.post("/webhooks/rest/webhook", json={"sender": "mira", "message": "my secret plan"})
    assert "my secret plan" in client.post("/webhooks/rest/data", json={"sender": "mira"}).text
    assert client.post("/webhooks/rest/data", json={"sender": "omar"}).json()["conversations"] == []
    assert client.post("/webhooks/rest/forget", json={"sender": "mira"}).json() == {"deleted": True}
    assert client.post("/webhooks/rest/forget", json={"sender": "mira"}).json() == {"deleted": False}
    for path in ("data", "forget"):
        assert client.post(f"/webhooks/rest/{path}", json={}).status_code == 400
        elsewhere = {"Origin": "https://a.example"}
        assert client.post(f"/webhooks/rest/{path}", json={"sender": "x"}, headers=elsewhere).status_code == 403


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "'"])
def test_link_of_nobody_opens_nothing(console, token) -> None:
    for answer in (console.client().get(f"/my-data/{token}"), console.client().post(f"/my-data/{token}")):
        assert answer.status_code == 410 and "not good any more" in answer.text


def test_link_is_over_after_a_day(console, monkeypatch) -> None:
    settings = console.front.settings
    key = (settings.var_dir / "session.key").read_text()
    link = DownloadLinks(key, console.url).to("telegram", "77/")
    assert console.client().get(link).status_code == 200
    monkeypatch.setattr(own_data_links, "A_DAY", -1)
    assert console.client().get(link).status_code == 410
    monkeypatch.undo()
    assert console.client().get(DownloadLinks("another key", console.url).to("telegram", "77/")).status_code == 410
