"""A real browser as a visitor uses it: looks, presses at coordinates, types. Import `browser` and `visit`."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from core.settings import PROJECT_ROOT
from tests import harness

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
AXE = PROJECT_ROOT / "widget/node_modules/axe-core/axe.min.js"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
PATIENCE = harness.PATIENCE * 1000  # in ms, as Playwright has it


@dataclass
class Visitor:
    """One page of a browser. `errors` is what the console and the page's policy complained of, `asked` every request."""

    page: Page
    errors: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def panel(self) -> Locator:
        """Return the chat's panel."""
        return self.page.locator("advisor-chat dialog")

    @property
    def input(self) -> Locator:
        """Return the field in which one writes."""
        return self.page.locator("advisor-chat .composer textarea")

    def find(self, selector: str) -> Locator:
        """Return what a selector finds in the widget."""
        return self.page.locator(f"advisor-chat {selector}")

    def button(self, name: str) -> Locator:
        """Return the widget's button of that name."""
        return self.page.locator("advisor-chat").get_by_role("button", name=name, exact=True)

    def press(self, what: Locator) -> None:
        """Press where it is seen: by coordinates, so that whatever covers it gets the click."""
        expect(what).to_be_visible(timeout=PATIENCE)
        what.scroll_into_view_if_needed()
        box = what.bounding_box()
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def open(self) -> None:
        """Open the chat, unless it is open from the page before."""
        expect(self.find(":is(.launcher, dialog)").filter(visible=True)).to_have_count(1, timeout=PATIENCE)
        if not self.panel.is_visible():
            self.press(self.find(".launcher"))
        expect(self.panel).to_be_visible(timeout=PATIENCE)

    def begin(self) -> None:
        """Open the chat and agree to the notice."""
        self.open()
        self.press(self.find(".sheet .main"))
        expect(self.input).to_be_visible(timeout=PATIENCE)

    def say(self, text: str) -> None:
        """Type a message and send it."""
        self.press(self.input)
        self.page.keyboard.type(text)
        self.press(self.find(".send"))

    def choose(self, name: str) -> None:
        """Choose an entry of the menu, by what it does."""
        self.press(self.find("[aria-haspopup=menu]"))
        self.press(self.find(f"[role=menuitem][data-do={name}]"))

    def sees(self, text: str, where: str = ".list") -> None:
        """Assert that a part of the widget comes to contain a text."""
        expect(self.find(where)).to_contain_text(text, timeout=PATIENCE)

    def texts(self) -> list[str]:
        """Return what was said, in the order in which it is shown."""
        return self.find(".list article .text").all_inner_texts()

    def axe(self) -> list[str]:
        """Return what axe finds wrong in the page as it is now: rule and element."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        violations = self.page.evaluate(
            "axe.run({resultTypes: ['violations']}).then((result) => result.violations)"  # all that is right is not worked out
        )
        return [f"{each['id']}: {node['target']}" for each in violations for node in each["nodes"]]

    def hosts(self) -> set[str]:
        """Return the hosts that were asked for anything."""
        return {urlsplit(address).netloc for _, address in self.asked if not address.startswith(("data:", "blob:"))}

    def calls(self) -> list[str]:
        """Return the paths that were asked for, in order, without preflights."""
        return [urlsplit(address).path for method, address in self.asked if method != "OPTIONS"]


class Chromium:
    """One Chromium for all files, which costs a second of CPU to start and Playwright's driver with it.

    While Playwright runs, its event loop counts as running in this thread, so that no test of it may have one of its own;
    between the files that use the browser it is put aside.
    """

    def __init__(self) -> None:
        self._playwright = sync_playwright().start()
        self._loop = asyncio.get_running_loop()
        self._browser: Browser | None = None
        asyncio._set_running_loop(None)

    @contextmanager
    def taken(self) -> Iterator[Browser]:
        """Have the browser until the end of the block; what is open in it then is closed."""
        with self._loop_running():
            if self._browser is None or not self._browser.is_connected():
                self._browser = self._launch(installed_chromium())
            yield self._browser
            for context in self._browser.contexts:
                context.close()

    @contextmanager
    def whole(self) -> Iterator[Browser]:
        """Have Chromium itself until the end of the block, for what its form without windows lacks: notifications."""
        path = shutil.which("chromium")
        assert path, "Chromium is missing. Run: scripts/install-chromium"
        with self._loop_running():
            browser = self._launch(path)
            yield browser
            browser.close()

    def _launch(self, path: str) -> Browser:
        return self._playwright.chromium.launch(executable_path=path, args=FLAGS, headless=True)

    @contextmanager
    def _loop_running(self) -> Iterator[None]:
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self._loop)
        try:
            yield
        finally:
            asyncio._set_running_loop(before)

    def close(self) -> None:
        """End the browser and Playwright."""
        asyncio._set_running_loop(self._loop)
        if self._browser:
            self._browser.close()
        self._playwright.stop()


def installed_chromium() -> str:
    """Return the path of Chromium: the one that has no windows, if it is there, which takes a fifth less CPU."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert found, "Chromium is missing. Run: scripts/install-chromium"
    return found


@pytest.fixture(scope="module")
def browser(chromium: Chromium) -> Iterator[Browser]:
    """Return Chromium, for the tests of a file."""
    expect.set_options(timeout=PATIENCE)  # a busy machine is no wrong page
    with chromium.taken() as browser:
        yield browser


@pytest.fixture
def whole_browser(chromium: Chromium) -> Iterator[Browser]:
    """Return Chromium itself, for one test that needs what its form without windows lacks."""
    with chromium.whole() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Return a function that opens an address as a new visitor or, with `beside`, in another tab of that visitor's browser.

    No errors may be left at the end.
    """
    visitors: list[Visitor] = []
    contexts: list[BrowserContext] = []

    def new(address: str, beside: Visitor | None = None, **options: Any) -> Visitor:
        context = beside.page.context if beside else browser.new_context(**{"viewport": DESKTOP, **options})
        if not beside:
            context.set_default_timeout(PATIENCE)
            contexts.append(context)
        visitor = Visitor(context.new_page())
        _watch(visitor)
        visitors.append(visitor)
        visitor.page.goto(address)
        return visitor

    yield new
    errors = [error for visitor in visitors for error in visitor.errors]
    for context in contexts:
        context.close()
    assert errors == []


def _watch(visitor: Visitor) -> None:
    page = visitor.page
    page.on("pageerror", lambda error: visitor.errors.append(str(error)))
    page.on("console", lambda line: visitor.errors.append(line.text) if line.type in ("error", "warning") else None)
    page.on("request", lambda request: visitor.asked.append((request.method, request.url)))
