"""The widget and the console in Firefox and, where its driver is installed, in WebKit: what a visitor and staff do first."""

# ruff: noqa: F401, F811  # fixtures are imported, and named again where they are used

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.front.console_fixtures import talked
from tests.front.other_browsers import COMPLAINTS, OtherBrowser, firefox, webkit
from tests.front.test_widget import host_page
from tests.front.test_widget_pages import LONG, script
from tests.front.web_fixtures import WebFront, web, well_again

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=[firefox, webkit], ids=["Firefox", "WebKit"])
def other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherBrowser]:
    """Run each of the browsers for the tests of this file."""
    start: Callable[[Path], AbstractContextManager[OtherBrowser]] = request.param
    with start(tmp_path_factory.mktemp(request.node.name)) as browser:
        yield browser


def begin(web: WebFront, other: OtherBrowser, address: str) -> None:
    """Open a page as a new visitor, open the chat, and agree."""
    other.goto(web.pages.add("/without", "<h1>A page without the widget</h1>"))  # which might store that it is open
    other.value("localStorage.clear(), sessionStorage.clear()")
    other.goto(address)
    other.press(other.widget(".launcher"))
    other.press(other.widget(".sheet .main"))
    other.comes(f"{other.widget('.composer textarea')}?.getBoundingClientRect().width")


def say(other: OtherBrowser, text: str) -> None:
    other.press(other.widget(".composer textarea"))
    other.type(text)
    other.press(other.widget(".send"))


# A page with shortcuts of single keys, as in tests/front/test_widget_pages.py.
GREEDY = """
  window.seen = [];
  for (const kind of ['keydown', 'keypress', 'keyup', 'input'])
    for (const capture of kind === 'input' ? [false] : [true, false])
      document.addEventListener(kind, (event) => { seen.push(kind); event.preventDefault(); }, capture);
"""


def test_widget_opens_asks_and_answers(web, other) -> None:
    begin(web, other, host_page(web, head=script(COMPLAINTS + GREEDY), body=LONG))
    say(other, "visa")
    other.sees("You may need a visa")
    other.type("hello\n")
    other.sees("Hello there.")
    assert other.value("window.seen") == [], "keys never reach the page"
    other.press(other.widget(".thumbs button"))
    other.comes(f"{other.widget('.thumbs button')}.getAttribute('aria-pressed') === 'true'")
    other.reload()
    other.sees("You may need a visa")  # open from before, in this tab
    other.press(other.widget("header > button"))
    other.comes(f"!{other.widget('dialog')}.open")
    assert other.complaints() == []


def test_widget_keeps_its_place_where_the_page_is_moved(web, other) -> None:
    moved = "<style>html { transform: translateX(0) }</style>"
    begin(web, other, host_page(web, head=script(COMPLAINTS) + moved, body=LONG))
    other.value("scrollTo(0, 2000)")
    box = other.value(f"{other.widget('dialog')}.getBoundingClientRect().toJSON()")
    assert box["top"] >= 0 and box["bottom"] <= other.value("innerHeight")
    other.value(
        "document.body.replaceWith(Object.assign(document.createElement('body'), {innerHTML: '<h1>Next</h1>'}))"
    )
    say(other, "visa")
    other.sees("You may need a visa")
    assert other.complaints() == []


def test_strict_policy_of_the_page_is_kept(web, other) -> None:
    begin(web, other, host_page(web, policy=f"default-src 'none'; script-src {web.url}; connect-src {web.url}"))
    say(other, "programs")
    other.sees("I found two programs.")
    assert other.value(f"getComputedStyle({other.widget('dialog')}).position") == "fixed", "its style is there"


def test_console_signs_in_and_shows_the_inbox(talked, other) -> None:
    other.goto(f"{talked.url}/staff/conversations/{talked.ids['visa']}")
    for field, text in (("name", "viewer"), ("password", "correct horse battery")):
        other.press(f"document.querySelector('input[name={field}]')")
        other.type(text)
    other.type("\n")
    other.comes("document.body?.innerText.includes('Telegram conversation')")
    other.goto(f"{talked.url}/staff/conversations")
    other.comes("document.querySelectorAll('main li a').length > 1")
    other.press("document.querySelector('main li a')")
    other.comes("location.pathname.startsWith('/staff/conversations/')")
    assert other.value("document.documentElement.scrollWidth <= innerWidth")
