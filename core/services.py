"""The advisor's processes as services: how each is started, and the addresses that say whether it is ready and alive."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.contract.turns import READY_PATH, TURNS_PATH
from core.pack_registry import pack_environment, packs_of
from core.ports import FRONT_READY_PATH
from core.served_model import served_model
from core.settings import Settings, env_name, process_environment

REST_PATH = "/webhooks/rest/webhook"  # the front's
FRONT_HEALTH_PATH = "/health"


@dataclass(frozen=True)
class Service:
    """A program to keep running, with the address that answers 200 when it is ready for use.

    `health_url` answers with any status as long as the process is not hung; it is empty if that cannot be asked.
    """

    name: str
    argv: Sequence[str]
    ready_url: str
    log: Path
    environment: Mapping[str, str]
    folder: Path
    health_url: str = ""


def front_service(settings: Settings, more: Mapping[str, str] | None = None) -> Service:
    """Return the front as a service, in its own environment without Rasa; `more` are variables for it alone."""
    return Service(
        name="The front",
        argv=[str(settings.front_python), "-m", "bot.front.app"],
        ready_url=settings.front_url + FRONT_READY_PATH,
        log=settings.log_dir / "front.log",
        environment=process_environment({env_name("engine_key"): settings.engine_key, **(more or {})}),
        folder=settings.root,
        health_url=settings.front_url + FRONT_HEALTH_PATH,
    )


def services_of_packs(settings: Settings) -> list[Service]:
    """Return the services of each guide pack; those of further packs say in their name whose they are.

    Of a further pack whose engines run elsewhere, there are none here.
    """
    packs = [pack.settings for pack in packs_of(settings).values()]
    return [each for pack in packs if not (pack.pack and pack.engine_addresses) for each in services(pack)]


def services(settings: Settings) -> list[Service]:
    """Return the engine of one guide pack, preceded by the action server unless actions run in the engine's process."""
    engine = _engine_service(settings)
    return [engine] if settings.actions == "in-process" else [_action_service(settings), engine]


def _action_service(settings: Settings) -> Service:
    return Service(
        name=_named("The action server", settings),
        argv=[
            sys.executable,
            "-m",
            "bot.engine.action_server",
            "--actions",
            "actions",
            "-p",
            str(settings.actions_port),
        ],
        ready_url=f"{settings.actions_url}/health",
        log=settings.log_dir / "actions.log",
        # The SDK has no option for the address and would listen on all of them.
        environment=process_environment({"SANIC_HOST": "127.0.0.1", **pack_environment(settings)}),
        folder=settings.root,
        health_url=f"{settings.actions_url}/health",
    )


def _named(what: str, settings: Settings) -> str:
    return f"{what} of {settings.pack}" if settings.pack else what


def _engine_service(settings: Settings) -> Service:
    key = {env_name("engine_key"): settings.engine_key} if settings.engine_key else {}
    return Service(
        name=_named("The engine", settings),
        argv=[
            *(sys.executable, "-m", "bot.engine.start", "run"),
            *("-i", settings.host, "-p", str(settings.engine_port)),
            *("-m", str(served_model(settings)), "--credentials", "credentials.yml"),
            *("--endpoints", str(endpoints_file(settings))),
        ],
        ready_url=settings.engine_url + READY_PATH,
        log=settings.log_dir / "engine.log",
        environment=process_environment({**key, **pack_environment(settings)}),
        folder=settings.root,
        health_url=settings.engine_url + TURNS_PATH,
    )


def endpoints_file(settings: Settings) -> Path:
    """Return endpoints.yml, or a copy with the action server's port if a setting changes it."""
    usual = settings.root / "endpoints.yml"
    if settings.actions_port == Settings.actions_port:
        return usual
    from ruamel.yaml import YAML

    yaml = YAML()
    endpoints = yaml.load(usual.read_text(encoding="utf-8"))
    endpoints["action_endpoint"]["url"] = settings.actions_url + "/webhook"
    moved = settings.var_dir / "endpoints.yml"
    moved.parent.mkdir(parents=True, exist_ok=True)
    with moved.open("w", encoding="utf-8") as file:
        yaml.dump(endpoints, file)
    return moved
