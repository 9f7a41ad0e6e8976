"""What a visitor of `advisor bench load` does; Locust runs it (python -m locust -f bench/locustfile.py).

LOAD_PORTS are the fronts' ports, with commas; each visitor keeps to one. LOAD_PAUSE is how long they think, in seconds.
LOAD_KINDS is a file for how often each kind of failure came.
"""

from __future__ import annotations

import json
import os
from itertools import count, cycle
from pathlib import Path
from typing import Any

from locust import FastHttpUser, constant, events, task

from bench.messages import mixed

TURNS = 8  # of one conversation, before the visitor begins another
PORTS = cycle(os.environ["LOAD_PORTS"].split(","))
NUMBERS = count()


@events.quitting.add_listener
def tell_kinds(environment: Any, **more: Any) -> None:
    """Write down how often each kind of failure came."""
    kinds = {str(each.error): each.occurrences for each in environment.stats.errors.values()}
    Path(os.environ["LOAD_KINDS"]).write_text(json.dumps(kinds), encoding="utf-8")


class Visitor(FastHttpUser):
    """Somebody who holds one conversation after another, each message once the last one is answered."""

    host = "http://127.0.0.1"
    wait_time = constant(float(os.environ.get("LOAD_PAUSE", "0")))
    network_timeout = connection_timeout = 30.0

    def on_start(self) -> None:
        """Choose a front, and what to say."""
        self.number, self.said = next(NUMBERS), 0
        self.address = f"http://127.0.0.1:{next(PORTS)}/webhooks/rest/webhook"
        self.messages = cycle(mixed(400, seed=1000 + self.number))

    @task
    def say(self) -> None:
        """Send the next message; an apology, or no message at all, is a failure."""
        body = {"sender": f"visitor-{self.number}-{self.said // TURNS}", "message": next(self.messages)}
        self.said += 1
        with self.client.post(self.address, json=body, name="turn", catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(f"status {answer.status_code}")
                return
            outcomes = [message.get("metadata", {}).get("outcome") for message in json.loads(answer.text or "[]")]
            if not outcomes or "failed" in outcomes:
                answer.failure("an apology" if outcomes else "no message")
