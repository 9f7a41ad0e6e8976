"""A console over two guide packs with the same keys: what is seen, edited, published and learned belongs to one of them."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from conversations.analytics import daily_counts, queries
from conversations.analytics.queries import DateRange, Scope
from conversations.editing import entry_drafts, entry_history, publications
from conversations.integrations import api_tokens
from conversations.learning import corrections, regression_conversations, unanswered
from conversations.learning.corrections import COLLECTED, Meaning
from conversations.local_days import today as local_today
from conversations.models import Inbound
from conversations.pipeline import inbox
from core.guide_pack import generated_dir
from core.pack_registry import packs_of
from core.settings import Settings
from knowledge.building.build import build
from knowledge.knowledge_base import open_knowledge
from knowledge.required_roles import NEEDED
from nlu.encoding.encoder import open_encoder
from tests.front.console_fixtures import (
    Running,
    browser,
    hire,
    look_over,
    running_console,
    said,
    signed_in_page,
    store,
)
from tests.front.test_console_browser import SIZES
from tests.front.test_console_insights import DAY, count, reply_after, sums, this_day
from tests.front.test_console_publishing import ended
from tests.knowledge_fixtures import ALL_ROLES, write_sources
from training.corrections_exchange import export

VISA, ANSWER = "challenges/visa", "The school helps with it."


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Serve a console over the pack of the settings and `school`, with a conversation of each."""
    folder = tmp_path_factory.mktemp("packs")
    for name in ("guide", "school"):
        write_sources(folder / name / "knowledge", {"guide/roles.yml": ALL_ROLES})
    (folder / "packs.ini").write_text("[school]\nguide_dir = school\nchannels = rest\n", encoding="utf-8")
    places = {"guide_dir": folder / "guide", "knowledge_db": folder / "knowledge.db", "models_dir": folder / "models"}
    places |= {"packs_file": folder / "packs.ini", "encoder_dir": Settings().encoder_dir}
    encode = open_encoder(Settings().encoder_dir).encode
    for pack in packs_of(Settings(var_dir=folder, **places)).values():
        own = pack.settings
        own.var_dir.mkdir(parents=True, exist_ok=True)
        build(own.guide_dir / "knowledge", own.knowledge_db, generated_dir(own), encode=encode, roles=NEEDED)
    with running_console(folder, **places) as running:
        hire(running.store)
        for pack, text in (("", "is the first one free"), ("school", "is the school free")):
            running.store.run(inbox.open_conversation, Inbound("web", pack or "first", pack=pack))
            running.ids[pack] = said(running.store, pack or "first", text, outcome="declined")
        while running.store.run(unanswered.scan):
            pass
        yield running


def looking_at(console: Running, pack: str, who: str = "trainer") -> httpx.Client:
    """Return a client whose member has chosen a pack."""
    client = console.signed_in(who)
    answer = sent(console, client, "/staff/guide", pack="", guide=pack, next="/staff/drafts")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/drafts")
    return client


def sent(console: Running, client: httpx.Client, path: str, pack: str, **form: str) -> httpx.Response:
    """Send a form of a page that is about a pack."""
    return console.send(client, path, **{"csrf": f"{console.token(client)}@{pack}", **form})


def answer_in(console: Running, pack: str) -> str:
    return open_knowledge(packs_of(console.front.settings)[pack].settings.knowledge_db).topic(VISA).answer


def chosen(page: str) -> str:
    """Return which pack the page says that it is about."""
    [name] = re.findall(r'<option value="([^"]*)" selected>', page.partition("which-guide")[2].partition("</form>")[0])
    return name


def test_drafts_of_two_guides_stand_apart_and_go_live_in_their_own(console) -> None:
    client, store = looking_at(console, "school"), console.store
    place = {"kind": "topic", "key": VISA}
    began = sent(console, client, "/staff/drafts/begin", "school", **place).headers["location"]
    # The page of the first guide was loaded before the other one was chosen.
    other = sent(console, client, "/staff/drafts/begin", "", **place).headers["location"]
    assert began != other
    [draft] = store.run(entry_drafts.list_all, "school")
    assert (draft.key, draft.pack) == (VISA, "school") and began.endswith(f"/{draft.id}")
    assert [each.key for each in store.run(entry_drafts.list_all)] == [VISA]
    store.run(entry_drafts.save, draft.id, draft.version, VISA, {**(draft.content or {}), "answer": ANSWER}, "trainer")
    page = client.get("/staff/drafts").text
    assert began in page and other not in page and chosen(page) == "school"
    assert chosen(client.get(other).text) == "", "a draft's page is about its own guide"
    before = answer_in(console, "")
    told = sent(console, client, "/staff/publications", "school", **{"draft-1": str(draft.id)}).headers["location"]
    assert ended(console, told.rpartition("/")[2]).state == publications.PUBLISHED
    assert (answer_in(console, "school"), answer_in(console, "")) == (ANSWER, before)
    assert [each.pack for each in store.run(entry_history.of_entry, "topic", VISA, pack="school")] == ["school"]
    assert store.run(publications.list_newest) == [] and len(store.run(publications.list_newest, "school")) == 1


def test_draft_of_one_guide_is_not_published_into_another(console) -> None:
    client = looking_at(console, "school")
    place = {"kind": "topic", "key": "challenges/timezone"}
    began = sent(console, client, "/staff/drafts/begin", "school", **place).headers["location"].rpartition("/")[2]
    refused = sent(console, client, "/staff/publications", "", **{"draft-1": began})
    assert refused.status_code == 400 and "Tick at least one draft first" in refused.text


def test_questions_and_corrections_stay_with_their_guide(console, tmp_path: Path) -> None:
    store, settings = console.store, console.front.settings
    client = looking_at(console, "school")
    page = client.get("/staff/unanswered").text
    assert "is the school free" in page and "is the first one free" not in page
    [foreign] = [one for one in store.run(unanswered.list_newest) if "first" in one.text]
    sent(console, client, "/staff/unanswered", "school", what="assign", label=VISA, messages=str(foreign.message_id))
    assert store.run(corrections.list_by_state, COLLECTED) == []
    for one in store.run(unanswered.list_newest):
        store.run(corrections.correct, one.message_id, one.text, Meaning(topic=VISA), "trainer")
    assert "is the first one free" not in client.get("/staff/corrections").text
    assert client.get("/staff/waiting/count").json()["unanswered"] == 0
    assert store.run(regression_conversations.list_unreleased, "school") == []
    for name, text in (("", "first"), ("school", "school")):
        own = packs_of(settings)[name].settings
        assert export(own, tmp_path / (name or "first")) == (1, 0)
        assert text in (tmp_path / (name or "first") / "lessons.jsonl").read_text(encoding="utf-8")


def test_page_of_a_message_offers_the_topics_of_its_guide(console) -> None:
    """It is that of the school's conversation, though the first guide is chosen."""
    client = looking_at(console, "")
    [number] = re.findall(r'id="m(\d+)"', client.get(f"/staff/conversations/{console.ids['school']}").text)[:1]
    page = client.get(f"/staff/messages/{number}/correct").text
    assert chosen(page) == "school" and chosen(client.get("/staff/corrections").text) == ""


def test_new_conversations_belong_to_the_guide_of_their_channel(console) -> None:
    accepted = console.client().post("/webhooks/rest/webhook", json={"sender": "x", "message": "hello"}, timeout=60)
    assert accepted.status_code == 200
    conversation = console.store.run(inbox.conversation_at, "rest", "x")
    assert conversation is not None and conversation.pack == "school"


def test_site_keeps_its_guide_when_it_is_saved(console) -> None:
    client = looking_at(console, "", "admin")
    fields = {"origins": "https://school.example.org", "languages": "en", "consent_version": "1", "guide": "school"}
    saved = sent(console, client, "/staff/sites/new", "", name="alder", **fields)
    assert saved.status_code == 303, saved.text
    assert (
        '<option value="school" selected>'
        in client.get("/staff/sites/alder").text.partition('aria-describedby="guide-hint"')[2]
    )
    wrong = sent(console, client, "/staff/sites/alder", "", **{**fields, "guide": "clinic"})
    assert wrong.status_code == 400 and "must be first or school" in wrong.text


def test_insights_are_those_of_the_guide_that_is_looked_at(console) -> None:
    """Tell apart what both were asked; All guides adds it up, with a line for each that leads to its conversations."""
    said(console.store, "school", "is the school warm", outcome="declined")
    while console.store.run(unanswered.scan):
        pass
    today = local_today()
    console.store.run(daily_counts.store_counts, today, today, console.store.run(daily_counts.count, today, today))
    asked = {pack: _asked(looking_at(console, pack).get("/staff/insights").text) for pack in ("", "school")}
    client = looking_at(console, "school")
    page = client.get("/staff/insights?guides=all").text
    assert _asked(page) == asked[""] + asked["school"] and min(asked.values()) > 0
    links = re.findall(r'href="(/staff/conversations\?[^"]*guide=(first|school))"', page)
    assert {name for _, name in links} == {"first", "school"}
    for link, name in links:
        listed = client.get(unescape(link)).text
        assert (console.ids["school"] in listed, console.ids[""] in listed) == (name == "school", name == "first")
    assert "is the school warm" in client.get("/staff/insights").text
    assert "is the school warm" not in looking_at(console, "").get("/staff/insights").text
    days = client.get("/staff/insights/table?what=days").text.splitlines()
    assert int(days[-1].split(",")[2]) == asked["school"]


@pytest.mark.parametrize("size", SIZES)
def test_insights_of_all_guides_are_accessible(browser, console, size) -> None:
    count(console.store)
    with signed_in_page(browser, console, "viewer", viewport=SIZES[size]) as page:
        look_over(page, f"{console.url}/staff/insights?guides=all", f"{console.url}/staff/conversations?guide=school")
        page.goto(f"{console.url}/staff/insights")
        page.get_by_label("Guides").select_option("all")
        expect(page.get_by_role("region", name="Guide", exact=True).get_by_role("link")).to_have_count(2)
        assert page.complaints == []


def test_counts_of_one_guide_are_given_to_programs(console) -> None:
    token = console.store.run(api_tokens.add_token, "reports", (api_tokens.READ_INSIGHTS,), 1, "admin")
    today = local_today()
    console.store.run(daily_counts.store_counts, today, today, console.store.run(daily_counts.count, today, today))
    counts = {
        guide: console.client()
        .get("/api/v1/insights", params={"guide": guide}, headers={"Authorization": f"Bearer {token}"})
        .json()["counts"]["begun"][""]
        for guide in ("", "first", "school")
    }
    assert counts[""] == counts["first"] + counts["school"] and min(counts.values()) > 0


def test_counts_are_told_apart_by_guide_pack(store) -> None:
    """Topics of two packs may have the same keys, also in the sums of weeks."""
    for number, pack in enumerate(("", "school", "school")):
        store.run(inbox.open_conversation, Inbound("web", f"{number}", pack=pack))
        for ago in (0, 10):
            said(store, f"{number}", "visa?", intent="ask_topic", topic=VISA, ago=24 * ago)
    count(store)
    for pack, conversations in ((None, 3), ("", 1), ("school", 2), ("clinic", 0)):
        found = sums(store, 28, Scope(pack=pack))
        assert found.of(daily_counts.BEGUN) == conversations
        assert found.of(daily_counts.TOPIC, VISA) == found.of(daily_counts.ASKED) == 2 * conversations
    by_guide = store.run(queries.by_place, DateRange(this_day() - 28 * DAY, this_day()), Scope(), "pack")
    assert {name: one.of(daily_counts.BEGUN) for name, one in by_guide.items()} == {"school": 2, "": 1}
    reply_after(store, "1", 120, None)
    count(store)
    assert [sums(store, where=Scope(pack=pack)).of(daily_counts.FIRST_REPLY) for pack in ("", "school")] == [0, 1]


def _asked(page: str) -> int:
    [number] = re.findall(r'aria-label="Messages: (\d+);', page)
    return int(number)
