"""The WordPress plugin for the widget: run by PHP with as much of WordPress as it touches, its tag tried in a real browser."""

# ruff: noqa: F401, F811  # fixtures are imported, and named again where they are used

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.settings import PROJECT_ROOT
from tests.front.test_widget_pages import page
from tests.front.web_browser import browser, visit
from tests.front.web_fixtures import web, well_again

FOLDER = PROJECT_ROOT / "widget/examples/wordpress/advisor-chat"
PLUGIN = FOLDER / "advisor-chat.php"
WORDPRESS = Path(__file__).with_name("wordpress.php")
HOST, SITE = "advisor_chat_host", "advisor_chat_site"


@pytest.fixture(scope="module")
def php() -> str:
    """Return the PHP that scripts/install-php has fetched, else the machine's own."""
    found = [*map(str, sorted((PROJECT_ROOT / "var/php/usr/bin").glob("php[0-9]*"))), shutil.which("php")]
    if not found[0]:
        assert not os.environ.get("CI"), "PHP is missing. Run: scripts/install-php"
        pytest.skip("PHP is not here (scripts/install-php)")
    return found[0]


@pytest.fixture
def wordpress(php: str) -> Callable[..., Any]:
    """Return a function that has WordPress, with these options, do something with the plugin."""

    def run(what: str, posted: Any = None, **options: str) -> Any:
        command = [
            php,
            "-n",
            "-d",
            "error_reporting=-1",
            "-d",
            "display_errors=stderr",
            WORDPRESS,
            PLUGIN,
            json.dumps(options or {}),
            what,
        ]
        done = subprocess.run([*command, json.dumps(posted)], capture_output=True, text=True, check=True)
        assert done.stderr == "", "PHP complains of nothing"
        return json.loads(done.stdout)

    return run


def test_php_reads_the_plugin(php) -> None:
    subprocess.run([php, "-n", "-l", PLUGIN], check=True, capture_output=True)


def test_tag_brings_the_widget(web, visit, wordpress) -> None:
    tags = wordpress("tags", **{HOST: web.url, SITE: "demo"})
    assert tags["other"] == '<script src="/other.js" id="other-js"></script>'
    assert re.match(
        rf'<script data-site="demo" src="{web.url}/widget.js" id="advisor-chat-js" async', tags["advisor-chat"]
    )
    visitor = visit(page(web, "/wordpress", body=f"<h1>A blog</h1>{tags['advisor-chat']}"))
    visitor.begin()
    visitor.say("visa")
    visitor.sees("You may need a visa")


@pytest.mark.parametrize("options", [{}, {HOST: "https://advisor.example.org"}, {SITE: "demo"}])
def test_nothing_is_asked_for_before_both_are_set(wordpress, options) -> None:
    assert list(wordpress("tags", **options)) == ["other"]


def test_what_stands_in_the_database_is_escaped(wordpress) -> None:
    """However it got there."""
    hostile = '"><script>alert(1)</script>'
    (tag,) = [
        tag
        for name, tag in wordpress("tags", **{HOST: f"https://a.example{hostile}", SITE: hostile}).items()
        if name != "other"
    ]
    assert tag.count("<script") == 1 and "alert(1)<" not in tag
    shown = wordpress("page", **{HOST: hostile, SITE: hostile})
    assert "<script" not in shown and shown.count("&quot;&gt;&lt;script&gt;") == 2
    assert "https://www.example.org" in shown, "which address the sites file must list"


@pytest.mark.parametrize(
    ("posted", "kept", "errors"),
    [
        ({HOST: " https://advisor.example.org/ ", SITE: "my-college"}, ["https://advisor.example.org", "my-college"], 0),
        ({HOST: "http://127.0.0.1:5005", SITE: ""}, ["http://127.0.0.1:5005", ""], 0),
        ({HOST: "javascript:alert(1)", SITE: "My College"}, ["", "before"], 1),
        ({HOST: "https://advisor.example.org/?a=1", SITE: "a" * 41}, ["https://before.example", "before"], 2),
    ],
)  # fmt: skip
def test_settings_are_checked(wordpress, posted, kept, errors) -> None:
    saved = wordpress("save", posted, **{HOST: "https://before.example", SITE: "before"})
    assert [saved[HOST], saved[SITE], len(saved["errors"])] == [*kept, errors]


def test_nothing_is_left_behind(wordpress) -> None:
    assert wordpress("uninstall", **{HOST: "https://a.example", SITE: "a", "other": "stays"}) == {"other": "stays"}


def test_readme_is_of_the_plugin() -> None:
    """The version, and what it needs, stand in both files, as WordPress reads them."""
    plugin, readme = PLUGIN.read_text(encoding="utf-8"), (FOLDER / "readme.txt").read_text(encoding="utf-8")
    for field, in_readme in (
        ("Version", "Stable tag"),
        ("Requires at least",) * 2,
        ("Requires PHP",) * 2,
        ("License",) * 2,
    ):
        (value,) = re.findall(rf"^ \* {field}: +(.+)$", plugin, re.MULTILINE)
        assert f"{in_readme}: {value}\n" in readme
    project = (PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.search(r"Version: +(\S+)", plugin)[1] == re.search(r'^version = "(.+)"$', project, re.MULTILINE)[1]
