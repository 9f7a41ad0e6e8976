"""Firefox and WebKit as a visitor uses them, by WebDriver: pressed at coordinates, typed into, looked at.

Firefox speaks its own form of WebDriver, Marionette, over a socket, so that it needs no driver; WebKitGTK's driver speaks it
over HTTP.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.settings import PROJECT_ROOT
from tests.harness import PATIENCE, free_port, until

FIREFOX = PROJECT_ROOT / "var/firefox/usr/lib/firefox-esr/firefox-esr"  # see scripts/install-firefox
PREFERENCES = {
    "app.normandy.enabled": False,  # nothing is to be fetched from anybody
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.startup.homepage": "about:blank",
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
# What a page complains of, from its first script on.
COMPLAINTS = """
  window.complaints = [];
  for (const kind of ['error', 'unhandledrejection', 'securitypolicyviolation'])
    addEventListener(kind, (event) => complaints.push(`${kind}: ${event.message || event.reason || event.violatedDirective}`));
  for (const kind of ['error', 'warn'])
    console[kind] = (...words) => complaints.push(words.join(' '));
"""
WIDGET = "document.querySelector('advisor-chat')?.shadowRoot"
Send = Callable[[str, dict[str, Any]], Any]


class OtherBrowser:
    """One window of a browser. An element is named by a JavaScript expression."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def goto(self, address: str) -> None:
        """Open a page and wait until it is loaded."""
        self._send("url", {"url": address})

    def reload(self) -> None:
        """Load the page anew."""
        self._send("refresh", {})

    def value(self, expression: str) -> Any:
        """Return what an expression is in the page."""
        return self._send("execute/sync", {"script": f"return {expression}", "args": []})

    def comes(self, expression: str) -> None:
        """Wait until an expression is true in the page."""
        until(lambda: self.value(f"Boolean({expression})"), expression)

    def widget(self, selector: str) -> str:
        """Return the expression of an element of the widget."""
        return f"{WIDGET}?.querySelector({json.dumps(selector)})"

    def press(self, element: str) -> None:
        """Press an element where it is seen, so that whatever covers it gets the click."""
        self.comes(f"{element}?.getBoundingClientRect().width")
        self.value(f"{element}.scrollIntoView({{block: 'nearest'}})")
        box = self.value(f"(({{x, y, width, height}}) => ({{x, y, width, height}}))({element}.getBoundingClientRect())")
        where = {"x": round(box["x"] + box["width"] / 2), "y": round(box["y"] + box["height"] / 2)}
        moves = [{"type": "pointerMove", "duration": 0, "origin": "viewport", **where}]
        moves += [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self._act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": moves})

    def type(self, text: str) -> None:
        """Type into what has the focus; the end of a line is Enter."""
        keys = text.replace("\n", "\ue007")
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": strokes})

    def sees(self, text: str, where: str = ".list") -> None:
        """Assert that a part of the widget comes to contain a text."""
        self.comes(f"{self.widget(where)}?.textContent.includes({json.dumps(text)})")

    def complaints(self) -> list[str]:
        """Return what the page complained of; its head must hold `COMPLAINTS`."""
        return self.value("window.complaints")

    def _act(self, source: dict[str, Any]) -> None:
        self._send("actions", {"actions": [source]})


@contextmanager
def firefox(folder: Path, width: int = 1280, height: int = 800) -> Iterator[OtherBrowser]:
    """Run Firefox without a screen, with a new profile, until the end of the block."""
    if not FIREFOX.exists():
        assert not os.environ.get("CI"), "Firefox is missing. Run: scripts/install-firefox"
        pytest.skip("Firefox is not here (scripts/install-firefox)")
    port, profile = free_port(), folder / "profile"
    profile.mkdir(parents=True)
    wanted = {**PREFERENCES, "marionette.port": port}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in wanted.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    command = [FIREFOX, "--headless", "--marionette", "--no-remote", "--profile", profile]
    with _running(command, folder / "firefox.log", HOME=str(folder)), _connection(port) as connection:
        marionette = _Marionette(connection)
        marionette("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"pageLoadStrategy": "normal"}}})
        marionette("WebDriver:SetWindowRect", {"width": width, "height": height})
        yield OtherBrowser(marionette)


class _Marionette:
    """Firefox's form of WebDriver: each message is the length of its JSON, a colon, and the JSON."""

    COMMANDS = {
        "url": "WebDriver:Navigate",
        "refresh": "WebDriver:Refresh",
        "execute/sync": "WebDriver:ExecuteScript",
        "actions": "WebDriver:PerformActions",
    }

    def __init__(self, connection: socket.socket) -> None:
        self._file = connection.makefile("rwb")
        self._read()  # who it is

    def __call__(self, command: str, given: dict[str, Any]) -> Any:
        said = json.dumps([0, 1, self.COMMANDS.get(command, command), given]).encode()
        self._file.write(b"%d:%s" % (len(said), said))
        self._file.flush()
        _, _, error, result = self._read()
        assert error is None, f"{command}: {error}"
        return result.get("value") if isinstance(result, dict) and set(result) == {"value"} else result

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            byte = self._file.read(1)
            assert byte, "Firefox has ended"
            length += byte
        return json.loads(self._file.read(int(length[:-1])))


@contextmanager
def webkit(folder: Path) -> Iterator[OtherBrowser]:
    """Run WebKitGTK's small browser on a screen of its own until the end of the block; skipped where it is not installed."""
    driver, screens = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    if not (driver and screens):
        assert not os.environ.get("CI"), "WebKit is missing. Run: scripts/install-webkit"
        pytest.skip("WebKitGTK's driver and Xvfb are not here (scripts/install-webkit)")
    port, display = free_port(), f":{free_port()}"
    folder.mkdir(exist_ok=True)
    with ExitStack() as until_the_end:
        screen = [screens, display, "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
        until_the_end.enter_context(_running(screen, folder / "screen.log"))
        command = [driver, f"--port={port}", "--host=127.0.0.1"]
        until_the_end.enter_context(
            _running(command, folder / "webkit.log", DISPLAY=display, HOME=str(folder), **WITHOUT_GRAPHICS)
        )
        client = until_the_end.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE))
        until(lambda: _is_ready(client), "WebKit's driver")
        begun = client.post("/session", json={"capabilities": {"alwaysMatch": {}}}).json()["value"]
        session = f"/session/{begun['sessionId']}"
        until_the_end.callback(lambda: client.delete(session))

        def send(command: str, given: dict[str, Any]) -> Any:
            value = client.post(f"{session}/{command}", json=given).json()["value"]
            assert not (isinstance(value, dict) and "error" in value), f"{command}: {value}"
            return value

        send("window/rect", {"width": 1280, "height": 900})
        yield OtherBrowser(send)


# As root, and where there is no graphics card.
WITHOUT_GRAPHICS = {
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
    "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
    "LIBGL_ALWAYS_SOFTWARE": "1",
}


def _is_ready(client: httpx.Client) -> bool:
    with suppress(httpx.HTTPError):
        return client.get("/status").json()["value"]["ready"]
    return False


@contextmanager
def _running(command: list[Any], log: Path, **more: str) -> Iterator[None]:
    """Run a program until the end of the block; what it says goes to a log."""
    with log.open("wb") as out:
        program = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **more})
        try:
            yield
        finally:
            program.terminate()
            try:
                program.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                program.kill()


@contextmanager
def _connection(port: int) -> Iterator[socket.socket]:
    """Connect to a program that is starting."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
            break
        except OSError:
            assert time.monotonic() < ends, "Firefox did not start"
            time.sleep(0.1)
    with connection:
        yield connection
