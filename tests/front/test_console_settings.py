"""What admins set in the console: sites, canned replies, tags, limits of time. It holds at once, and after a restart."""

import httpx

# ruff: noqa: F401, F811 (fixtures are imported by name)
import pytest
from playwright.sync_api import expect
from starlette.responses import Response

from conversations import audit_log
from conversations.admin import canned_replies, settings_store, sites, tags, timeouts
from conversations.admin.timeouts import Timeouts
from conversations.db import schema
from conversations.errors import AdminError
from conversations.handoff import states
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
)
from tests.front.test_console_browser import SIZES

SITE = {
    "name": "my-college",
    "origins": "https://www.example.org\nhttps://courses.example.org",
    "languages": "en, de",
    "accent": "#224466",
    "position": "left",
    "greet_after": "5",
    "consent_version": "2026-12",
    "zone": "Europe/Dublin",
    "monday": "09:00-12:30, 13:30-17:00",
    "closed": "2026-12-25",
    "text.en.name": "College advisor",
    "starters.en": "What is a micro-credential?\nWhich country suits nursing?",
}
ENVIRONMENT = Timeouts(30, 90, 10.0, 30.0)


def send(running, path, role="admin", **form) -> httpx.Response:
    return running.send(running.signed_in(role), path, **form)


def settings_of(running, site="my-college", origin="https://www.example.org") -> httpx.Response:
    return running.client().post(f"/web/{site}/settings", json={"language": "en"}, headers={"Origin": origin})


def noted(running) -> list[tuple[str, str, str]]:
    return [(one.who, one.what, one.about) for one in running.store.run(audit_log.entries, 20)]


# --- sites ------------------------------------------------------------------------------------------------------------
def test_new_site_is_used_at_once(console) -> None:
    assert settings_of(console).status_code == 404
    assert send(console, "/staff/sites/new", **SITE).status_code == 303
    shown = settings_of(console).json()
    assert (shown["accent"], shown["position"], shown["greet_after"]) == ("#224466", "left", 5)
    assert shown["words"]["name"] == "College advisor" and len(shown["starters"]) == 2
    assert shown["consent"]["version"] == "2026-12"
    assert settings_of(console, origin="https://elsewhere.example").status_code == 403
    assert ("admin", "changed a site", "my-college") in noted(console)


def test_site_is_there_after_a_restart(tmp_path) -> None:
    with running_console(tmp_path) as running:
        hire(running.store)
        send(running, "/staff/sites/new", **SITE)
    with running_console(tmp_path) as running:
        assert settings_of(running).json()["words"]["name"] == "College advisor"
        page = running.signed_in("admin").get("/staff/sites/my-college").text
        assert "09:00-12:30, 13:30-17:00" in page and "https://courses.example.org" in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("origins", "", "origins must name at least one address"),
        ("origins", "www.example.org", "an origin must look like"),
        ("origins", "javascript:alert(1)", "an origin must look like"),
        ("languages", "", "languages must name at least one"),
        ("languages", "fr", "the widget has no fr of its own"),
        ("accent", "red", "accent must look like"),
        ("position", "top", "position must be right or left"),
        ("greet_after", "soon", "greet_after_seconds must be a whole number"),
        ("consent_version", "", "must be a text"),
        ("privacy_url", "javascript:alert(1)", "privacy_url must look like"),
        ("zone", "Moon/Base", "zone must look like"),
        ("zone", "", "zone must be a text"),
        ("tuesday", "17:00-17:00", "tuesday must look like"),
        ("closed", "Christmas", "a closed day must look like"),
        ("starters.en", "a\nb\nc\nd\ne", "at most 4 starters"),
        ("text.en.nothing", "x", "has no &#39;nothing&#39;"),
        ("name", "My College", "small letters, digits and hyphens"),
        ("name", "", "small letters, digits and hyphens"),
        ("name", "demo", "There is a site demo already"),
    ],
)
def test_what_is_wrong_with_a_site_is_said(console, field, value, said) -> None:
    answer = send(console, "/staff/sites/new", **{**SITE, field: value})
    assert answer.status_code == 400 and said.lower() in answer.text.lower()
    assert field in ("text.en.nothing", "name") or "College advisor" in answer.text, "what was typed is still there"
    assert console.store.run(sites.list_sites) == {}


def test_site_of_the_file_is_changed_and_put_back(console) -> None:
    own = console.url
    before = settings_of(console, "demo", own).json()
    changed = {**SITE, "origins": "self", "privacy_url": "/demo/privacy"}
    assert send(console, "/staff/sites/demo", **changed).status_code == 303
    assert settings_of(console, "demo", own).json()["accent"] == "#224466"
    send(console, "/staff/sites/demo/remove")
    assert settings_of(console, "demo", own).json() == before
    assert send(console, "/staff/sites/demo/remove").status_code == 400


def test_removed_site_is_gone(console) -> None:
    send(console, "/staff/sites/new", **SITE)
    send(console, "/staff/sites/my-college/remove")
    assert settings_of(console).status_code == 404
    assert send(console, "/staff/sites/my-college").status_code == 404


def test_site_that_cannot_be_used_any_more_is_left_out(tmp_path) -> None:
    with running_console(tmp_path) as running:
        hire(running.store)
        running.store.run(sites.save_site, "broken", {"origins": 7}, "admin")
    with running_console(tmp_path) as running:
        assert settings_of(running, "broken").status_code == 404
        assert running.signed_in("admin").get("/staff/sites").status_code == 200


def test_site_is_made_by_hand(browser, console) -> None:
    with signed_in_page(browser, console, "admin", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/sites")
        page.get_by_role("link", name="New site").click()
        page.get_by_label("Name", exact=True).first.fill("open-days")
        page.get_by_label("Addresses whose pages may carry it").fill("https://open.example.org")
        page.get_by_label("Monday").fill("nine to five")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("Zone must be a text")
        page.get_by_label("Time zone").fill("Europe/Dublin")
        page.get_by_label("Monday").fill("09:00-17:00")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved, and used from now on.")).to_be_visible()
        expect(page.get_by_text('data-site="open-days"')).to_be_visible()
    assert settings_of(console, "open-days", "https://open.example.org").status_code == 200


# --- canned replies ---------------------------------------------------------------------------------------------------
def test_canned_reply_is_kept_changed_and_removed(console) -> None:
    send(console, "/staff/canned", name="/Opening-Hours", text="We are there from nine to five.")
    assert [one.name for one in console.store.run(canned_replies.list_canned_replies)] == ["opening-hours"]
    send(console, "/staff/canned", before="opening-hours", name="hours", text="From nine to four.")
    assert [(one.name, one.text) for one in console.store.run(canned_replies.list_canned_replies)] == [
        ("hours", "From nine to four.")
    ]
    assert console.signed_in("adviser").get("/staff/canned/all").json() == [
        {"name": "hours", "text": "From nine to four."}
    ]
    send(console, "/staff/canned/remove", name="hours")
    assert console.store.run(canned_replies.list_canned_replies) == []


@pytest.mark.parametrize(("name", "text"), [("two words", "x"), ("", "x"), ("ok", " "), ("ok", "x" * 4001)])
def test_odd_canned_reply_is_refused(console, name, text) -> None:
    assert send(console, "/staff/canned", name=name, text=text).status_code == 400


def test_slash_puts_a_canned_reply_in(browser, console) -> None:
    for name, text in (("hours", "We are there from nine to five."), ("visa", "Please ask the embassy <b>first</b>.")):
        console.store.run(canned_replies.save_canned_reply, name, text, "admin")
    one = said(console.store, "a", "a person please")
    console.store.run(states.take, one, "adviser")
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/conversations/{one}")
        field = page.get_by_label("Your reply, as adviser")
        field.press_sequentially("Hello. 1/2 is no /")
        expect(page.locator("#canned [role=option]")).to_have_count(2)
        field.press_sequentially("vi")
        expect(page.locator("#canned [role=option]")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(field).to_have_value("Hello. 1/2 is no Please ask the embassy <b>first</b>.")
        expect(page.locator("#canned")).to_be_hidden()
        page.keyboard.press("ControlOrMeta+Home")  # the text may be wrapped
        page.keyboard.type("/")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Tab")
        expect(field).to_have_value(
            "We are there from nine to five.Hello. 1/2 is no Please ask the embassy <b>first</b>."
        )
        page.keyboard.type(" /")
        page.keyboard.press("Escape")
        expect(page.locator("#canned")).to_be_hidden()
        assert page.complaints == []


# --- tags -------------------------------------------------------------------------------------------------------------
def test_tags_are_offered_renamed_into_one_and_removed(store) -> None:
    first, second = said(store, "a", "one"), said(store, "b", "two")
    for one, tag in ((first, "fee"), (first, "fees"), (second, "fee")):
        store.run(annotation.add_tag, one, "ann", tag)
    store.run(tags.add_tag, " New  Tag", "admin")
    assert [(one.name, one.conversations) for one in store.run(tags.list_tags)] == [
        ("fee", 2),
        ("fees", 1),
        ("new tag", 0),
    ]
    store.run(tags.rename_tag, "fee", "Fees", "admin")
    assert [(one.name, one.conversations) for one in store.run(tags.list_tags)] == [("fees", 2), ("new tag", 0)]
    store.run(tags.delete_tag, "fees", "admin")
    assert [one.name for one in store.run(tags.list_tags)] == ["new tag"]
    assert store.run(annotation.annotations_of, first).tags == ()


def test_tags_by_the_page(console) -> None:
    one = said(console.store, "a", "one")
    console.store.run(annotation.add_tag, one, "ann", "fee")
    send(console, "/staff/tags", name="scholarships")
    send(console, "/staff/tags/rename", name="fee", new="fees")
    send(console, "/staff/tags/remove", name="scholarships")
    assert [tag.name for tag in console.store.run(tags.list_tags)] == ["fees"]
    assert "fees" in console.signed_in("adviser").get(f"/staff/conversations/{one}").text
    assert send(console, "/staff/tags", name="x" * 41).status_code == 400


@pytest.mark.parametrize("size", SIZES)
def test_tag_is_renamed_where_it_stands(browser, console, size) -> None:
    one = said(console.store, "a", "one")
    for tag in ("fee", "visa"):
        console.store.run(annotation.add_tag, one, "ann", tag)
    with signed_in_page(browser, console, "admin", viewport=SIZES[size]) as page:
        page.goto(f"{console.url}/staff/tags")
        expect(page.get_by_label("New name of")).to_have_count(2)
        expect(page.get_by_label("New name of fee")).to_be_hidden()
        page.locator("summary", has_text="fee").click()
        expect(page.get_by_label("New name of fee")).to_be_focused()
        page.locator("summary", has_text="visa").click()
        expect(page.get_by_label("New name of fee")).to_be_hidden()
        expect(page.get_by_label("New name of visa")).to_have_value("visa")
        page.get_by_label("New name of visa").press_sequentially("entry")  # what was there is selected
        page.keyboard.press("Enter")
        expect(page.get_by_role("strong").filter(has_text="entry")).to_be_visible()
        assert page.complaints == []
    assert [tag.name for tag in console.store.run(tags.list_tags)] == ["entry", "fee"]


def test_offered_tag_is_offered_in_a_conversation(console) -> None:
    one = said(console.store, "a", "one")
    send(console, "/staff/tags", name="scholarships")
    assert "scholarships" in console.signed_in("adviser").get(f"/staff/conversations/{one}").text


# --- limits -----------------------------------------------------------------------------------------------------------
FORM = {"mask_after_days": "7", "delete_after_days": "14", "handoff_wait_minutes": "5", "person_silent_minutes": "30"}


def test_limits_hold_in_place_of_the_environment(store) -> None:
    assert store.run(timeouts.effective, ENVIRONMENT) == ENVIRONMENT
    store.run(timeouts.save, FORM, ENVIRONMENT, "admin")
    assert store.run(timeouts.effective, ENVIRONMENT) == Timeouts(7, 14, 5, 30)
    assert set(store.run(settings_store.load_settings)) == {
        "mask_after_days",
        "delete_after_days",
        "handoff_wait_minutes",
    }
    back = {name: f"{getattr(ENVIRONMENT, name):g}" for name in FORM}
    store.run(timeouts.save, back, ENVIRONMENT, "admin")
    assert store.run(settings_store.load_settings) == {}


@pytest.mark.parametrize(
    "wrong", [{"mask_after_days": "x"}, {"mask_after_days": "-1"}, {"delete_after_days": "99999"},
              {"handoff_wait_minutes": "0"}, {"mask_after_days": "20"}, {"person_silent_minutes": ""}]
)  # fmt: skip
def test_odd_limits_are_refused(store, wrong) -> None:
    with pytest.raises(AdminError):
        store.run(timeouts.save, {**FORM, **wrong}, ENVIRONMENT, "admin")
    assert store.run(settings_store.load_settings) == {}


@pytest.mark.parametrize("size", SIZES)
def test_settings_are_accessible(browser, console, size) -> None:
    send(console, "/staff/sites/new", **SITE)
    console.store.run(canned_replies.save_canned_reply, "hours", "From nine to five.", "admin")
    console.store.run(tags.add_tag, "fees", "admin")
    with signed_in_page(browser, console, "admin", viewport=SIZES[size]) as page:
        paths = ("sites", "sites/my-college", "sites/new", "canned", "tags", "limits", "members")
        look_over(page, *(f"{console.url}/staff/{path}" for path in paths))
