"""The face in the widget: the site's logo, where it may come from, what stands in for it, a person's initials."""
# ruff: noqa: F401, F811  # fixtures are imported, and named again where they are used

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from channels.web.sites import SitesError, description_of, site_of
from channels.web.translations import Translations
from core.settings import PROJECT_ROOT
from tests.front.console_fixtures import Running, console
from tests.front.test_widget import POLICY, host_page
from tests.front.web_browser import PATIENCE, browser, visit
from tests.front.web_fixtures import web, well_again

STRINGS = Translations(PROJECT_ROOT / "widget/words")
SITE = {"origins": ["https://www.example.org", "self"], "consent": {"version": "1"}}


@pytest.mark.parametrize(
    "logo", ["https://www.example.org/logo.svg", "https://WWW.example.org/a/logo.png?v=2", "/logo.png"]
)
def test_logo_lies_on_the_site_or_the_front(logo) -> None:
    site = site_of("college", {**SITE, "logo": logo}, STRINGS)
    assert site.logo == logo and site_of("college", description_of(site), STRINGS) == site


@pytest.mark.parametrize(
    "logo",
    [
        *("https://tracker.example.net/logo.svg", "http://www.example.org/logo.svg", "//elsewhere.example/logo.svg"),
        *("https://www.example.org@elsewhere.example/x.png", "data:image/svg+xml,x", "javascript:alert(1)", "logo.png"),
        *("https://[www.example.org/x.png", "https://[::1/x.png"),
        "/" + "x" * 500,
    ],
)
def test_logo_from_elsewhere_is_refused(logo) -> None:
    with pytest.raises(SitesError, match="logo"):
        site_of("college", {**SITE, "logo": logo}, STRINGS)


def test_logo_is_shown_once_the_chat_is_opened(web, visit) -> None:
    visitor = visit(host_page(web, site="faced"))
    expect(visitor.find(".launcher")).to_be_visible(timeout=PATIENCE)
    assert "/demo/mark.svg" not in visitor.calls()
    visitor.begin()
    visitor.say("visa")
    visitor.sees("You may need a visa")
    for place in ("header", ".name"):
        picture = visitor.find(f"{place} .face img").first
        box = picture.bounding_box()
        assert picture.evaluate("(one) => one.naturalWidth > 0") and max(box["width"], box["height"]) <= 40
    assert visitor.axe() == []


def test_sign_stands_where_the_page_forbids_the_logo(web, visit) -> None:
    visitor = visit(host_page(web, site="faced", policy=POLICY.format(url=web.url)))
    visitor.begin()
    expect(visitor.find("header .face svg")).to_be_visible(timeout=PATIENCE)
    expect(visitor.find(".face img")).to_have_count(0)
    assert visitor.errors and all("img-src" in error or "Content Security Policy" in error for error in visitor.errors)
    visitor.errors.clear()


def test_logo_that_is_not_there_leaves_the_sign(web, visit) -> None:
    visitor = visit(host_page(web, site="faceless"))
    visitor.begin()
    expect(visitor.find("header .face svg")).to_be_visible(timeout=PATIENCE)
    visitor.errors.clear()  # the browser says that the picture was not found


def test_person_has_initials(web, visit) -> None:
    visitor = visit(f"{web.url}/demo")
    visitor.begin()
    expect(visitor.find("header .face svg")).to_be_visible(timeout=PATIENCE)
    visitor.choose("person")
    visitor.sees("until somebody joins", ".note")
    one = web.waiting()
    web.staff(f"conversations/{one}/take", person="Élodie van Dijk")
    expect(visitor.find("header .face")).to_have_text("ÉD", timeout=PATIENCE)
    web.staff(f"conversations/{one}/reply", text="Hello!", person="Élodie van Dijk")
    expect(visitor.find(".person .face")).to_have_text("ÉD", timeout=PATIENCE)
    assert visitor.axe() == []
    web.staff(f"conversations/{one}/release", person="Élodie van Dijk")
    expect(visitor.find("header .face svg")).to_be_visible(timeout=PATIENCE)


def test_console_sets_a_logo(console) -> None:
    client = console.signed_in("admin")
    form = {"origins": "https://www.example.org", "languages": "en", "consent_version": "1", "accent": "#17624f"}
    named = {**form, "name": "college", "logo": "https://cdn.example.net/x.png"}
    refused = console.send(client, "/staff/sites/new", **named)
    assert refused.status_code == 400 and "one of the site" in refused.text and "cdn.example.net/x.png" in refused.text
    named["logo"] = "https://www.example.org/x.png"
    assert console.send(client, "/staff/sites/new", **named).status_code == 303
    assert console.front.sites["college"].logo == "https://www.example.org/x.png"
    assert 'value="https://www.example.org/x.png"' in client.get("/staff/sites/college").text
