"""Ways in which pages load the widget, what their console says where it cannot be shown, and libraries beside it."""

# ruff: noqa: F401, F811  # fixtures are imported, and named again where they are used

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import expect

from tests.front.test_widget import host_page
from tests.front.test_widget_pages import AGAIN, page, script
from tests.front.web_browser import PATIENCE, browser, visit
from tests.front.web_fixtures import wait_for, web, well_again

# --- ways to load it --------------------------------------------------------------------------------------------------------
CHOSEN = "window.advisorChat = {{site: 'demo', host: '{url}'}}"
LOADS = {
    "module tag": '<script type=module src="{url}/widget.js" data-site="demo"></script>',
    "import": "<script type=module>" + CHOSEN + "; await import('{url}/widget.js')</script>",
    "import with slash": "<script type=module>"
    + CHOSEN.replace("{url}", "{url}/")
    + "; import('{url}/widget.js')</script>",
    "tag manager without attributes": "<script>window.advisorChat = {{site: 'demo'}}; "
    "document.head.append(Object.assign(document.createElement('script'), {{src: '{url}/widget.js'}}))</script>",
    "query": '<script src="{url}/widget.js?version=2" data-site="demo" defer></script>',
}


@pytest.mark.parametrize("way", LOADS)
def test_widget_loads_in_every_way(web, visit, way) -> None:
    head = LOADS[way].format(url=web.url)
    visitor = visit(page(web, f"/loads-{way.replace(' ', '-')}", head))
    visitor.begin()
    visitor.say("visa")
    visitor.sees("You may need a visa")


def test_script_inside_a_bundle_works(web, visit) -> None:
    """The script's text among others, run by a script of another address."""
    text = httpx.get(f"{web.url}/widget.js").text
    web.pages.add("/bundle.js", f"{CHOSEN.format(url=web.url)}; {text}")
    visitor = visit(page(web, "/bundled", '<script src="/bundle.js" defer></script>'))
    visitor.begin()


IMPORTED = "<script type=module>window.advisorChat = {options}; import('{url}/widget.js')</script>"
MISSING = [
    ("<script type=module>import('{url}/widget.js')</script>", "", "window.advisorChat"),
    ('<script src="{url}/widget.js"></script>', "", "data-site"),
    (IMPORTED, "{site: 'demo'}", "host"),
    (IMPORTED, "{site: 'demo', host: location.origin}", "not the advisor's address"),
]


@pytest.mark.parametrize(("head", "options", "said"), MISSING)
def test_missing_options_are_said_in_one_line(web, visit, head, options, said) -> None:
    visitor = visit(page(web, f"/says-{abs(hash(head + options))}", head.format(url=web.url, options=options)))
    told = wait_for(lambda: ours(visitor), "a line in the console")
    assert len(told) == 1 and said in told[0] and not [line for line in visitor.errors if "Uncaught" in line]
    visitor.errors.clear()


WRONG = {
    "site": ('<script src="{url}/widget.js" data-site="nobody"></script>', "data-site must name one"),
    "origin": ('<script src="{url}/widget.js" data-site="elsewhere"></script>', "may not use the site 'elsewhere'"),
}


def ours(visitor) -> list[str]:
    """Return what the console has from the widget; the browser may have said something of its own."""
    visitor.page.wait_for_timeout(50)
    return [line for line in visitor.errors if "advisor widget" in line]


@pytest.mark.parametrize("kind", WRONG)
def test_refusal_is_told_to_the_page(web, visit, kind) -> None:
    head, said = WRONG[kind]
    visitor = visit(page(web, f"/refused-{kind}", head.format(url=web.url)))
    told = wait_for(lambda: ours(visitor), "a line in the console")
    assert len(told) == 1 and said in told[0]
    visitor.errors.clear()


def test_forbidden_connection_is_told(web, visit) -> None:
    visitor = visit(host_page(web, policy=f"default-src 'none'; script-src {web.url}"))
    told = wait_for(lambda: ours(visitor), "a line in the console")
    assert "connect-src" in told[0]
    visitor.errors.clear()


def test_second_tag_may_know_better(web, visit) -> None:
    wrong = f'<script src="{web.url}/widget.js" data-site="nobody"></script>'
    visitor = visit(page(web, "/better", wrong))
    wait_for(lambda: ours(visitor), "a line in the console")
    visitor.errors.clear()
    visitor.page.evaluate("document.querySelector('script').remove()")
    visitor.page.evaluate(AGAIN.format(url=web.url))
    visitor.begin()


# What Prototype 1.6 and its kin put on every page; simulated.
OLD_LIBRARY = """
  for (const kind of [Array, String, Number, Boolean])
    kind.prototype.toJSON = function () { return `"${this.valueOf()}"`; };
  Object.prototype.toJSON = function () { return '{}'; };
  Array.from = (what) => [what];
  Array.prototype.entries = function () { return [...this]; };
  Array.prototype.surprise = () => {};
  Element.prototype.remove = function () { this.parentNode.removeChild(this); return this; };
"""


def test_old_library_on_the_page_changes_nothing(web, visit) -> None:
    visitor = visit(host_page(web, head=script(OLD_LIBRARY)))
    visitor.begin()
    visitor.say("visa")
    visitor.sees("You may need a visa")
    visitor.press(visitor.button("This helped"))
    expect(visitor.button("This helped")).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    visitor.page.reload()
    visitor.sees("You may need a visa")
    visitor.say("hello")
    visitor.sees("Hello there.")
    assert visitor.texts()[1] == "visa"
