"""Every state of the widget, on a large and a small screen, in light and dark: axe finds nothing, and pictures are kept."""

# ruff: noqa: F401, F811  # fixtures are imported, and named again where they are used

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.settings import PROJECT_ROOT
from tests.front.web_browser import DESKTOP, PATIENCE, PHONE, Visitor, browser, visit
from tests.front.web_fixtures import wait_for, web, well_again

PICTURES = PROJECT_ROOT / "results/widget"  # build output, to be looked at; see docs/look.md
SIZES = {"1280": DESKTOP, "390": PHONE}


class Walk:
    """Takes a picture of each state and asks axe about it."""

    def __init__(self, visitor: Visitor, name: str) -> None:
        self.visitor, self.name, self.wrong = visitor, name, {}

    def at(self, state: str) -> None:
        self.visitor.page.wait_for_timeout(50)
        self.visitor.page.screenshot(path=PICTURES / f"{self.name}-{state}.png")
        if found := self.visitor.axe():
            self.wrong[state] = found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_state_passes_axe(web, visit, size, scheme) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    visitor = visit(f"{web.url}/demo", viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce")
    walk = Walk(visitor, f"{size}-{scheme}")
    before_consent(visitor, walk)
    answers(visitor, walk)
    with_person(web, visitor, walk)
    sheets(visitor, walk)
    assert walk.wrong == {}
    assert visitor.hosts() == {web.url.removeprefix("http://")}  # nothing from anybody else, in any state


def before_consent(visitor: Visitor, walk: Walk) -> None:
    expect(visitor.find(".launcher")).to_be_visible()
    walk.at("01-closed")
    expect(visitor.find(".bubble")).to_be_visible(timeout=PATIENCE)
    walk.at("02-greeting")
    visitor.open()
    walk.at("03-notice")
    visitor.press(visitor.find(".sheet .main"))
    expect(visitor.input).to_be_visible(timeout=PATIENCE)
    walk.at("04-start")


def answers(visitor: Visitor, walk: Walk) -> None:
    visitor.say("visa")
    expect(visitor.button("Visas in Canada")).to_be_visible(timeout=PATIENCE)
    visitor.press(visitor.button("This did not help"))
    expect(visitor.find(".reasons")).to_be_visible(timeout=PATIENCE)
    walk.at("14-reasons")
    visitor.press(visitor.button("This helped"))
    walk.at("05-answer")
    visitor.say("programs")
    visitor.sees("I found two programs.")
    walk.at("06-cards")
    visitor.press(visitor.button("More"))
    walk.at("07-menu")
    visitor.page.keyboard.press("Escape")
    visitor.input.fill("x" * 2010)
    walk.at("08-too-long")
    visitor.input.fill("")


def with_person(web, visitor: Visitor, walk: Walk) -> None:
    visitor.choose("person")
    visitor.sees("until somebody joins", ".note")
    walk.at("09-waiting")
    conversation = f"conversations/{wait_for(web.waiting, 'the conversation to wait')}"
    web.staff(f"{conversation}/take", person="Mara")
    web.staff(f"{conversation}/reply", person="Mara", text="Hello, Mara here. What would you like to know?")
    web.staff(f"{conversation}/typing", person="Mara")
    visitor.sees("Mara is typing", ".typing")
    walk.at("10-person")
    web.staff(f"{conversation}/release", person="Mara")
    visitor.sees("Automated advisor", ".role")


def sheets(visitor: Visitor, walk: Walk) -> None:
    visitor.choose("contact")
    visitor.press(visitor.button("Send to the team"))
    walk.at("11-contact")
    visitor.page.keyboard.press("Escape")
    visitor.choose("forget")
    walk.at("12-delete")
    visitor.press(visitor.button("Cancel"))
    visitor.page.context.set_offline(True)
    visitor.say("Are you there?")
    visitor.sees("Will be sent once the connection is back")
    walk.at("13-offline")
    visitor.page.context.set_offline(False)
    visitor.sees("You said: Are you there?")
    visitor.errors[:] = [error for error in visitor.errors if "Failed to load resource" not in error]


def test_pictures_are_build_output() -> None:
    assert "/results/" in Path(PROJECT_ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
