"""`advisor bench understanding` asks an endpoint the project's own questions, and tells what came of it."""

from __future__ import annotations

import json
import re
import subprocess

from core.settings import PROJECT_ROOT
from tests.front.model_endpoint import running_endpoint

NOTHING = {
    "act": "ask_topic",
    "topic": "challenges/visa",
    "claims": [],
    "things": [],
    "form": "what",
    "attributes": [],
    "unknown": [],
    "answerable": False,
}


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a few questions."""
    command = ["./advisor", "bench", "understanding", "--every", "400", *arguments]
    return subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=300)


def test_figures_of_an_endpoint() -> None:
    with running_endpoint(json.dumps({"questions": [NOTHING], "language": "en"})) as endpoint:
        done = bench(
            "--with", endpoint.url, "--model", "small", "--when", "always", "--prices", "1", "2", "--seconds", "20"
        )
    assert done.returncode == 0, done.stderr
    assert re.search(r"it was asked (\d+) times: understood \1\n", done.stdout), done.stdout
    assert "tokens a call: 1200 read, 80 written" in done.stdout and "1.3600 a thousand calls" in done.stdout
    assert "with an answer" in done.stdout and "visa-then-a-person.yml" in done.stdout


def test_address_that_is_none_is_said_in_one_line() -> None:
    done = bench("--with", "nowhere", "--model", "small")
    assert done.returncode == 1 and done.stderr.startswith("advisor: ADVISOR_LANGUAGE_MODEL_URL") and done.stdout == ""
