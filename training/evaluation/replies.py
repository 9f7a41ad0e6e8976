"""What a model replies to single questions: `python -m training.evaluation.replies QUESTIONS --json FILE`."""

from __future__ import annotations

import argparse
import http.client
import json
import tempfile
from pathlib import Path
from typing import Any

from training.evaluation.assistant import advisor
from training.evaluation.conversations import ask


def main() -> None:
    """Ask each question of a JSON list, in a conversation of its own, and write what was replied."""
    parser = argparse.ArgumentParser(description="Ask an engine of its own some questions.")
    parser.add_argument("questions", type=Path, help="a JSON list of texts")
    parser.add_argument("--json", type=Path, required=True, help="write the replies into this file, in the same order")
    chosen = parser.parse_args()
    questions: list[str] = json.loads(chosen.questions.read_text(encoding="utf-8"))
    with (
        tempfile.TemporaryDirectory(prefix="advisor-replies-") as scratch,
        advisor("in-process", Path(scratch)) as running,
    ):
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
        replies = [_reply(connection, number, text) for number, text in enumerate(questions)]
    chosen.json.write_text(json.dumps(replies), encoding="utf-8")


def _reply(connection: http.client.HTTPConnection, number: int, text: str) -> dict[str, Any]:
    turn = ask(connection, f"reply-{number}", text)
    outcomes = [(message.get("metadata") or {}).get("outcome") for message in turn["messages"]]
    return {
        "text": "\n\n".join(message["text"] for message in turn["messages"] if message.get("text")),
        "outcome": next(filter(None, outcomes), ""),
        "topic": turn["understanding"].get("topic") or "",
        "intent": turn["understanding"].get("intent") or "",
    }


if __name__ == "__main__":
    main()
