"""`advisor demo`: everything over made-up data, beside a real advisor and apart from it."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT, Settings
from demo import demo_advisor
from tests.harness import PATIENCE

READY = "Ctrl-C stops it"


@dataclass(frozen=True)
class Shown:
    """What the command has printed, and the folder that a real advisor would keep its data in."""

    lines: str
    var_dir: Path

    def found(self, pattern: str) -> str:
        match = re.search(pattern, self.lines)
        assert match, self.lines
        return match[1]


@pytest.fixture(scope="module")
def shown(tmp_path_factory) -> Iterator[Shown]:
    """Start the demo in a folder of its own, with the project's model; wait until it says that all is ready."""
    var_dir, own = tmp_path_factory.mktemp("var"), Settings()
    kept = {"KNOWLEDGE_DB": own.knowledge_db, "ENCODER_DIR": own.encoder_dir, "VAR_DIR": var_dir}
    environment = {**os.environ, **{f"ADVISOR_{name}": str(value) for name, value in kept.items()}}
    environment["ADVISOR_TELEGRAM_TOKEN"] = "123456:" + "x" * 35  # of the real advisor: a demo must not speak for it
    argv = [str(PROJECT_ROOT / "advisor"), "demo", "--messages", "60"]
    process = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = []
    assert process.stdout
    for line in process.stdout:
        lines.append(line)
        if READY in line:
            break
    yield Shown("".join(lines), var_dir)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0


def signed_in(shown: Shown) -> tuple[str, urllib.request.OpenerDirector]:
    """Return the front's address, and a client that has signed in with the name and the password that were said."""
    url, password = shown.found(r"(http://\S+)/staff"), shown.found(r"password (\S+)")
    client = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = urllib.parse.urlencode({"name": demo_advisor.ACCOUNT, "password": password}).encode()
    client.open(urllib.request.Request(f"{url}/staff/sign-in", form, {"Origin": url}), timeout=PATIENCE)
    return url, client


def test_console_has_people_who_wait_and_programs(shown) -> None:
    url, client = signed_in(shown)
    assert client.open(f"{url}/staff/waiting", timeout=PATIENCE).read().decode().count("Take over") == 3
    assert "Demo data" in client.open(f"{url}/staff", timeout=PATIENCE).read().decode()
    assert "300" in client.open(f"{url}/staff/programs", timeout=PATIENCE).read().decode()


def test_advisor_can_be_tried(shown) -> None:
    url, client = signed_in(shown)
    page = client.open(f"{url}/staff/try", timeout=PATIENCE).read().decode()
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    form = urllib.parse.urlencode({"csrf": csrf[1], "text": "what are micro-credentials?"}).encode()
    answered = client.open(urllib.request.Request(f"{url}/staff/try", form, {"Origin": url}), timeout=PATIENCE)
    assert "short" in answered.read().decode()


def test_nothing_of_the_real_advisor_is_used(shown) -> None:
    assert (
        not (shown.var_dir / "conversations.db").exists() and (shown.var_dir / demo_advisor.FOLDER / "demo.db").exists()
    )
    assert "TELEGRAM" not in "".join(
        demo_advisor.demo_environment(demo_advisor.demo_settings(Settings(var_dir=shown.var_dir)))
    )
