"""The ports that the advisor needs: whether they are free, and who answers there. Standard library only."""

from __future__ import annotations

import contextlib
import enum
import json
from collections.abc import Iterator

from core.http_client import fetch
from core.pack_registry import packs_of
from core.processes import PortTaken, hold_port
from core.settings import Settings, env_name

FRONT_READY_PATH = "/ready"


class Whose(enum.Enum):
    """Kind of program that answers at an address."""

    NOBODY = "nobody"
    OURS = "ours"
    ANOTHER = "another advisor"
    UNNAMED = "an advisor that does not say whose it is"
    OTHER = "another program"


def whose(settings: Settings, ready_url: str) -> Whose:
    """Return who answers at an address at which this advisor's engine or front would say that it is ready."""
    status, body = fetch(ready_url)
    if not status:
        return Whose.NOBODY
    try:
        answer = json.loads(body)
    except ValueError:
        return Whose.OTHER
    if not isinstance(answer, dict) or "ready" not in answer:
        return Whose.OTHER
    if "installation" not in answer:
        return Whose.UNNAMED
    return Whose.OURS if answer["installation"] == settings.installation else Whose.ANOTHER


def require_free_port(host: str, port: int, setting: str, what: str) -> None:
    """Raise PortTaken, naming the port and its setting, if `what` could not listen there."""
    try:
        with hold_port(host, port):
            pass
    except OSError as error:
        raise PortTaken(_message(host, port, setting, what, str(error.strerror))) from None


def require_free_ports(settings: Settings) -> None:
    """Raise PortTaken if any port of the advisor cannot be used; the message names each with its setting."""
    taken = []
    with contextlib.ExitStack() as stack:  # all at once, so that two of them may not be the same either
        for host, port, setting, what in _needed(settings):
            try:
                stack.enter_context(hold_port(host, port))
            except OSError as error:
                taken.append((host, port, setting, what, str(error.strerror)))
    if len(taken) == 1:
        raise PortTaken(_message(*taken[0]))
    if taken:
        each = ", ".join(f"{port} on {host} ({what}: {why})" for host, port, _, what, why in taken)
        names = ", ".join(setting for _, _, setting, _, _ in taken)
        raise PortTaken(
            f"Ports cannot be used: {each}. Stop what uses them (an advisor that runs already?), or set other ports: {names}."
        )


def _message(host: str, port: int, setting: str, what: str, why: str) -> str:
    return (
        f"Port {port}, which {what} needs, cannot be used on {host} ({why}). Stop what uses it "
        f"(an advisor that runs already?), or set {setting} to another port."
    )


def _needed(settings: Settings) -> Iterator[tuple[str, int, str, str]]:
    """Yield (host, port, its setting, what needs it) of each port."""
    for pack in packs_of(settings).values():
        own, of = pack.settings, f" of {pack.name}" if pack.name else ""
        if pack.name and own.engine_addresses:
            continue  # its engines run elsewhere
        names = [
            f"{name} of [{pack.name}]" if pack.name else env_name(name) for name in ("engine_port", "actions_port")
        ]
        yield own.host, own.engine_port, names[0], f"the engine{of}"
        if own.actions == "server":
            yield "127.0.0.1", own.actions_port, names[1], f"the action server{of}"
    yield settings.front_host, settings.front_port, env_name("front_port"), "the front"
    yield settings.operators_host, settings.operators_port, env_name("operators_port"), "the front's operators' address"
