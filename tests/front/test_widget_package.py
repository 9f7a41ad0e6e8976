"""The widget's npm package, as npm packs it: in a bundle, on a server, and in React's example in a real browser."""

# ruff: noqa: F401, F811  # fixtures are imported, and named again where they are used

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.settings import PROJECT_ROOT
from tests.front.test_widget_identity import signed, stored
from tests.front.test_widget_pages import page
from tests.front.web_browser import PATIENCE, browser, visit
from tests.front.web_fixtures import wait_for, web, well_again

WIDGET = PROJECT_ROOT / "widget"
PACKAGE = WIDGET / "package"
EXAMPLE = WIDGET / "examples/react"
ESBUILD = WIDGET / "node_modules/esbuild/bin/esbuild"  # a script for Node.js, or the program itself if npm ran scripts
PACKED = {"LICENSE", "README.md", "index.d.ts", "index.js", "package.json", "react.d.ts", "react.js"}


@dataclass
class Installed:
    """The package in a folder of its own, as `npm install` would lay it."""

    folder: Path
    name: str
    files: set[str]

    def bundle(self, source: Path, *options: str) -> str:
        """Return a script with the package, React and a source in one."""
        made = self.folder / "made.js"
        where = os.pathsep.join([str(self.folder / "node_modules"), str(WIDGET / "node_modules")])
        command = [ESBUILD, source, "--bundle", "--jsx=automatic", f"--outfile={made}", *options]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "NODE_PATH": where})
        return made.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Installed:
    folder = tmp_path_factory.mktemp("package")
    command = ["npm", "pack", "--json", "--ignore-scripts", "--pack-destination", str(folder)]
    (packed,) = json.loads(subprocess.run(command, cwd=PACKAGE, check=True, capture_output=True).stdout)
    with tarfile.open(folder / packed["filename"]) as archive:
        archive.extractall(folder)
    (folder / "node_modules").mkdir()
    (folder / "package").rename(folder / "node_modules" / packed["name"])
    return Installed(folder, packed["name"], {file["path"] for file in packed["files"]})


def test_package_holds_what_it_needs(installed) -> None:
    assert installed.files == PACKED
    described = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
    ways = [way if isinstance(way, dict) else {"default": way} for way in described["exports"].values()]
    places = [place for way in ways for place in way.values()]
    assert {place.removeprefix("./") for place in places} <= PACKED
    project = (PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{described["version"]}"' in project
    assert (PACKAGE / "LICENSE").read_bytes() == (PROJECT_ROOT / "LICENSE").read_bytes()


def test_lock_names_no_address() -> None:
    assert '"resolved"' not in (WIDGET / "package-lock.json").read_text(encoding="utf-8")


# esbuild reads TypeScript: what is declared is what is there.
DECLARED = """
import * as chat from '{name}';
import * as react from '{name}/react';
import {{renderToString}} from 'react-dom/server';
import {{createElement}} from 'react';
import {{App}} from '{example}/App.jsx';
let refused = '';
try {{ chat.mount({{host: 'https://advisor.example.org', site: 'demo'}}); }} catch (error) {{ refused = error.message; }}
const html = renderToString(createElement(App, {{host: 'https://advisor.example.org', site: 'demo'}}));
console.log(JSON.stringify({{chat: Object.keys(chat), react: Object.keys(react), refused, html}}));
"""


def test_server_renders_a_page_with_it(installed) -> None:
    source = installed.folder / "server.jsx"
    source.write_text(DECLARED.format(name=installed.name, example=EXAMPLE), encoding="utf-8")
    installed.bundle(source, "--platform=node", "--format=cjs")
    told = json.loads(subprocess.run(["node", installed.folder / "made.js"], check=True, capture_output=True).stdout)
    for name, file in (("chat", "index.d.ts"), ("react", "react.d.ts")):
        declared = (PACKAGE / file).read_text(encoding="utf-8")
        assert sorted(told[name]) == sorted(
            line.split("(")[0].split()[-1] for line in declared.splitlines() if line.startswith("export function")
        )
    assert "only in a browser" in told["refused"]
    assert "<h1>Courses</h1>" in told["html"]


# --- React -------------------------------------------------------------------------------------------------------------
def react_page(web, installed, site: str = "demo") -> str:
    web.pages.add("/page.js", installed.bundle(EXAMPLE / "main.jsx"))
    head = f'<meta name="advisor-host" content="{web.url}"><meta name="advisor-site" content="{site}">'
    body = '<main id="app"></main><script src="page.js"></script>'
    return page(web, f"/react-{site}", head, body)


def press(visitor, name: str) -> None:
    visitor.press(visitor.page.get_by_role("button", name=name, exact=True))


def test_react_page_opens_asks_and_hears(web, visit, installed) -> None:
    visitor = visit(react_page(web, installed))
    status = visitor.page.get_by_role("status").first
    expect(status).to_contain_text("The advisor is there.")
    assert visitor.page.locator("advisor-chat").count() == 1, "StrictMode mounts twice"
    press(visitor, "Ask about Nursing")
    visitor.press(visitor.find(".sheet .main"))
    visitor.sees("You said: What does a micro-credential in nursing cost?")
    expect(status).to_contain_text("is open. Answers on this page: 1.")
    press(visitor, "Close the advisor")
    expect(visitor.panel).to_be_hidden()
    expect(status).to_contain_text("is closed")
    assert visitor.texts().count("What does a micro-credential in nursing cost?") == 1


def test_react_page_says_who_is_signed_in(web, visit, installed) -> None:
    web.pages.add("/advisor-identity", signed(web, "react-1", name="Ada"))
    visitor = visit(react_page(web, installed))
    visitor.begin()
    press(visitor, "Sign in")
    wait_for(lambda: stored(web, "react-1"), "the identity")
    visitor.say("hello")
    visitor.sees("Hello there.")
    press(visitor, "Sign out")
    visitor.sees("Before we start", ".sheet")


def test_react_page_takes_it_away_and_back(web, visit, installed) -> None:
    visitor = visit(react_page(web, installed))
    visitor.begin()
    visitor.say("hello")
    visitor.sees("Hello there.")
    press(visitor, "Without the advisor")
    expect(visitor.page.locator("advisor-chat")).to_have_count(0)
    with visitor.page.expect_request("**/web/demo/stream*"):  # the one before ended with it
        press(visitor, "With the advisor")
    expect(visitor.find(".launcher")).to_be_visible()
    press(visitor, "Open the advisor")
    visitor.say("visa")
    visitor.sees("You may need a visa")
    assert visitor.texts().count("visa") == 1


def test_react_page_hears_why_it_is_not_shown(web, visit, installed) -> None:
    visitor = visit(react_page(web, installed, "nobody"))
    expect(visitor.page.get_by_role("status").first).to_contain_text("cannot be shown: there is no such site")
    visitor.errors.clear()


# --- without a framework ------------------------------------------------------------------------------------------------
PLAIN = """
import {{mount}} from '{name}';
window.told = [];
const options = {{host: '{url}', site: 'demo', zIndex: 77}};
const first = mount(options), second = mount(options);
first.on('failed', ({{reason}}) => told.push(reason));
mount({{...options, site: 'elsewhere'}}).on('failed', ({{reason}}) => told.push(reason));
second.on('ready', () => told.push('ready'));
Object.assign(window, {{first, second}});
"""
STRICT = (
    "default-src 'none'; script-src 'self' {url}; connect-src {url}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def test_two_holders_share_one_chat_under_a_strict_policy(web, visit, installed) -> None:
    source = installed.folder / "plain.js"
    source.write_text(PLAIN.format(name=installed.name, url=web.url), encoding="utf-8")
    web.pages.add("/plain.js", installed.bundle(source, "--minify"))
    visitor = visit(page(web, "/plain", body='<script src="/plain.js"></script>', policy=STRICT.format(url=web.url)))
    expect(visitor.find(".launcher")).to_be_visible()
    assert visitor.page.evaluate("first.ready.then(() => told)") == [
        f"mount: the page carries the chat of {web.url}/ demo already",
        "ready",
    ]
    visitor.page.evaluate("first.unmount()")
    expect(visitor.find(".launcher")).to_be_visible()
    assert "unmounted" in visitor.page.evaluate("first.open().catch((error) => error.message)")
    visitor.page.evaluate("second.unmount()")
    expect(visitor.page.locator("advisor-chat")).to_have_count(0)


def test_unreachable_advisor_is_told_and_tried_again(web, visit, installed) -> None:
    source = installed.folder / "away.js"
    source.write_text(f"import {{mount}} from '{installed.name}'; window.mount = mount;", encoding="utf-8")
    web.pages.add("/away.js", installed.bundle(source))
    visitor = visit(page(web, "/away", '<script src="/away.js"></script>'))
    visitor.page.route("**/widget.js*", lambda route: route.abort())
    options = {"host": web.url, "site": "demo"}
    ready = "(options) => mount(options).ready.catch((error) => error.message)"
    assert "does not answer" in visitor.page.evaluate(ready, options)
    visitor.page.unroute("**/widget.js*")
    assert visitor.page.evaluate(ready, options) is None
    expect(visitor.find(".launcher")).to_be_visible()
    visitor.errors[:] = [error for error in visitor.errors if "Failed to load resource" not in error]
