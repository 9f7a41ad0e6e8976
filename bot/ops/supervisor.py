"""Supervisor of the advisor's services: starts them, restarts crashed and hung ones, stops all cleanly."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from core.http_client import fetch
from core.processes import end_group, end_groups, last_line, start_process
from core.services import Service

TICK = 0.2  # seconds between two looks


@dataclass(frozen=True)
class Patience:
    """Timeouts and intervals of the supervisor, in seconds unless said otherwise."""

    waits: tuple[float, ...] = (1, 2, 4, 8, 15, 30)  # before the first, second, ... restart in a row
    steady: float = 60  # after running so long, a crash counts as the first again
    stop: float = 20  # Rasa itself lets running turns finish for up to 15
    slow: float = 60  # after so long without an answer, say that we are still waiting
    first_tries: int = 3  # crashes in a row before the very first answer, after which we give up
    look_every: float = 5  # between two looks whether a service is hung
    answer_within: float = 10  # longer than any answer keeps others waiting on a busy machine
    misses: int = 3  # looks in a row without an answer, after which it is killed


@dataclass
class _Watch:
    """State of one service."""

    service: Service
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    crashes: int = 0
    restart_at: float = 0.0
    ready: bool = False
    told_slow: bool = False
    look: Future[int] | None = None  # one that is under way: the status of the answer, 0 for none
    look_at: float = 0.0
    missed: int = 0


@dataclass
class Supervisor:
    """Runs services until told to stop; `say` gets each line for the screen."""

    services: Sequence[Service]
    say: Callable[[str], None]
    when_ready: Callable[[], None] = lambda: None
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        self._watches = [_Watch(service) for service in self.services]
        self._looking = ThreadPoolExecutor(
            max(1, len(self._watches)), "look"
        )  # a hung service must not hold up the loop
        self._stopping = False
        self._gave_up = False
        self._all_answered = False

    def run(self) -> int:
        """Run until told to stop; return 0 after a clean stop, 1 if a service would not start at all."""
        before = {number: signal.signal(number, self._stop) for number in _stop_signals()}
        try:
            while not self._stopping:
                for watch in self._watches:
                    self._tend(watch)
                self._announce()
                time.sleep(TICK)
        finally:
            self._end_all()
            self._looking.shutdown(wait=False)
            for number, handler in before.items():
                signal.signal(number, handler)
        return 1 if self._gave_up else 0

    def _stop(self, number: int, frame: object) -> None:
        # Only a flag: anything with a lock could deadlock inside a signal handler.
        self._stopping = True

    def _tend(self, watch: _Watch) -> None:
        if self._stopping:
            return
        if watch.process is None:
            if time.monotonic() >= watch.restart_at:
                self._start(watch)
        elif watch.process.poll() is not None:
            self._crashed(watch)
        elif not watch.ready:
            self._look_whether_ready(watch)
        elif watch.service.health_url:
            self._look_whether_hung(watch)

    def _start(self, watch: _Watch) -> None:
        service = watch.service
        watch.process = start_process(service.argv, service.log, service.environment, service.folder)
        watch.started, watch.told_slow = time.monotonic(), False

    def _look_whether_ready(self, watch: _Watch) -> None:
        status, body = fetch(watch.service.ready_url)
        if status == 200:
            watch.ready = True
            if self._all_answered:
                self.say(f"{watch.service.name} answers again.")
        elif not watch.told_slow and time.monotonic() - watch.started > self.patience.slow:
            watch.told_slow = True
            why = f" ({_reason(body)})" if _reason(body) else ""
            self.say(f"{watch.service.name} is not ready yet{why}; still waiting. Its log: {watch.service.log}")

    def _look_whether_hung(self, watch: _Watch) -> None:
        if watch.look is None:
            if time.monotonic() >= watch.look_at:
                watch.look = self._looking.submit(_status, watch.service.health_url, self.patience.answer_within)
            return
        if not watch.look.done():
            return
        watch.missed = 0 if watch.look.result() else watch.missed + 1
        watch.look, watch.look_at = None, time.monotonic() + self.patience.look_every
        if watch.missed >= self.patience.misses:
            watch.missed = 0
            log = watch.service.log
            self.say(f"{watch.service.name} runs but answers nothing any more; it is killed. Its log: {log}")
            if watch.process:
                end_group(watch.process, seconds=0)  # the next round starts it again

    def _crashed(self, watch: _Watch) -> None:
        assert watch.process
        code = watch.process.returncode
        end_group(watch.process, seconds=0)
        lasted = time.monotonic() - watch.started
        watch.crashes = 1 if lasted > self.patience.steady else watch.crashes + 1
        watch.process, watch.ready, watch.look, watch.missed = None, False, None, 0
        reason = f"{watch.service.name} stopped ({_how(code)})"
        if not self._all_answered and watch.crashes >= self.patience.first_tries:
            self.say(f"{reason} and does not start: {last_line(watch.service.log)} Its log: {watch.service.log}")
            self._gave_up = self._stopping = True
            return
        wait = self.patience.waits[min(watch.crashes, len(self.patience.waits)) - 1]
        watch.restart_at = time.monotonic() + wait
        self.say(f"{reason}; starting it again in {wait:g} s. Its log: {watch.service.log}")

    def _announce(self) -> None:
        if not self._all_answered and all(watch.ready for watch in self._watches):
            self._all_answered = True
            self.when_ready()

    def _end_all(self) -> None:
        end_groups([watch.process for watch in self._watches if watch.process], self.patience.stop)


def _stop_signals() -> list[signal.Signals]:
    # Under nohup, a closed terminal must not stop us.
    hangup = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]
    return [signal.SIGINT, signal.SIGTERM, *hangup]


def _status(url: str, seconds: float) -> int:
    return fetch(url, seconds)[0]


def _reason(body: bytes) -> str:
    """Return the reason in a service's "not ready", or "" if it gives none."""
    try:
        return str(json.loads(body).get("reason", ""))
    except (ValueError, AttributeError):
        return ""


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
