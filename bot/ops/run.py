"""`make run`: everything made ready, then the engine (with its action server, if there is one) and the front, supervised."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.ops.supervisor import Service, Supervisor
from core.ports import FRONT_READY_PATH, READY_PATH, require_free_ports
from core.secrets import with_engine_key
from core.settings import LOOPBACK, Settings, env_name, process_environment
from training.train import prepare_all, say_what_is_not_served, served_model

HEALTH_PATH = "/webhooks/rest/"  # the engine's
FRONT_HEALTH_PATH = "/health"
REST_PATH = "/webhooks/rest/webhook"


def run(settings: Settings, say: Callable[[str], None], brief: bool = False) -> int:
    """Until told to stop; 0 after a clean stop. `brief` leaves out where to go."""
    require_free_ports(settings)  # first, so that nobody waits minutes to be told
    prepare_all(settings, say)
    say_what_is_not_served(settings, say)
    settings = with_engine_key(settings)
    wanted = [*services(settings), front_service(settings)]
    say(f"Starting {', '.join(_inside(service.name) for service in wanted)} ...")
    when_ready = (lambda: None) if brief else (lambda: say(_where_to_go(settings)))
    code = Supervisor(wanted, say, when_ready).run()
    if code == 0 and not brief:
        say("Stopped.")
    return code


def front_service(settings: Settings, more: Mapping[str, str] | None = None) -> Service:
    """The front, in its own environment, where there is no Rasa; `more` are variables for it alone."""
    return Service(
        name="The front",
        argv=[str(settings.front_python), "-m", "bot.front.app"],
        ready_url=settings.front_url + FRONT_READY_PATH,
        log=settings.log_dir / "front.log",
        environment=process_environment({env_name("engine_key"): settings.engine_key, **(more or {})}),
        folder=settings.root,
        health_url=settings.front_url + FRONT_HEALTH_PATH,
    )


def services(settings: Settings) -> list[Service]:
    """The engine's side: the action server, unless actions run in the engine, and the engine."""
    python, logs = sys.executable, settings.log_dir
    actions = Service(
        name="The action server",
        argv=[python, "-m", "bot.engine.action_server", "--actions", "actions", "-p", str(settings.actions_port)],
        ready_url=f"{settings.actions_url}/health",
        log=logs / "actions.log",
        # The SDK has no option for the address and would listen on all of them.
        environment=process_environment({"SANIC_HOST": "127.0.0.1"}),
        folder=settings.root,
        health_url=f"{settings.actions_url}/health",
    )
    engine = Service(
        name="The engine",
        argv=[
            *(python, "-m", "bot.engine.start", "run"),
            *("-i", settings.host, "-p", str(settings.engine_port)),
            *("-m", str(served_model(settings)), "--credentials", "credentials.yml"),
            *("--endpoints", str(endpoints_file(settings))),
        ],
        ready_url=settings.engine_url + READY_PATH,
        log=logs / "engine.log",
        environment=process_environment({env_name("engine_key"): settings.engine_key} if settings.engine_key else None),
        folder=settings.root,
        health_url=settings.engine_url + HEALTH_PATH,
    )
    return [engine] if settings.actions == "in-process" else [actions, engine]


def _inside(name: str) -> str:
    return name[0].lower() + name[1:]


def endpoints_file(settings: Settings) -> Path:
    """endpoints.yml, or a copy that names the action server's port where a setting moved it."""
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


def _where_to_go(settings: Settings) -> str:
    key = ' -H "Authorization: Bearer $ADVISOR_REST_KEY"' if settings.rest_key else ""
    lines = [
        "",
        f"The advisor answers at {settings.front_url}{REST_PATH}",
        "  talk to it    ./advisor chat      (in another terminal)",
        '  ask one thing ./advisor ask "which unis in canada?"',
        f"  over HTTP     curl {settings.front_url}{REST_PATH}{key} \\",
        """                  -d '{"sender": "me", "message": "which unis in canada?"}'""",
        f"  for staff     {settings.public_url or settings.front_url}/staff      (./advisor staff add NAME --role admin)",
        f"  logs          {settings.log_dir}",
        "Ctrl-C stops it.",
    ]
    if (
        settings.sites_file is None
    ):  # else the sites are the organisation's own, and perhaps none of them is the demo page
        lines.insert(2, f"  in a browser  {settings.public_url or settings.front_url}/demo")
    if settings.front_host not in LOOPBACK:
        lines.insert(2, f"  It is open to the network on {settings.front_host}.")
    return "\n".join(lines)
