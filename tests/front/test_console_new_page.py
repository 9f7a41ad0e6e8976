"""The recipe for a new page of the console (docs/console.md, "Adding a page"), followed to the letter."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from types import ModuleType

import pytest

import console.app
from console.web import display_names, templates
from console.web.labels import Labels
from core.settings import PROJECT_ROOT
from tests.front.console_fixtures import Running, hire, running_console

RECIPE = (PROJECT_ROOT / "docs/console.md").read_text(encoding="utf-8").partition("## Adding a page")[2]
VIEW, TEMPLATE, TEST = (
    textwrap.dedent(block)
    for block in re.findall(r"^ +```(?:python|html)\n(.*?)^ +```$", RECIPE, re.MULTILINE | re.DOTALL)
)


def module(name: str, source: str) -> ModuleType:
    made = ModuleType(name)
    exec(compile(source, name, "exec"), made.__dict__)
    return made


@pytest.fixture
def with_page(tmp_path, monkeypatch) -> Iterator[Running]:
    """Serve a console with the page of the recipe."""
    (tmp_path / "channels.html").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(templates, "TEMPLATES_DIR", [tmp_path, templates.TEMPLATES_DIR])
    monkeypatch.setattr(console.app, "VIEWS", (*console.app.VIEWS, module("channels", VIEW)))
    with running_console(tmp_path) as running:
        hire(running.store)
        yield running


def test_recipe_makes_a_page(with_page) -> None:
    module("test_console_channels", TEST).test_channel_in_use_is_shown(with_page)


def test_page_is_in_the_menu_and_guarded(with_page) -> None:
    page = with_page.signed_in("viewer").get("/staff").text
    assert re.search(r'<a href="/staff/channels">.*?<span>Channels</span>', page, re.DOTALL)
    assert with_page.client().get("/staff/channels").headers["location"] == "/staff/sign-in?next=/staff/channels"


def test_intents_are_named_in_the_domain() -> None:
    assert display_names.intent("compare") == "Compares" and display_names.intent("gone_by_now") == "Gone by now"


def test_what_cannot_be_taught_is_no_label() -> None:
    offered = {label.name for label in Labels(dict).all()}
    assert "compare" in offered and not offered & {"ask_topic", "nlu_fallback", "say_nothing", "foreign"}
