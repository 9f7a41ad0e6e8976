"""`advisor demo`: the whole advisor over made-up conversations and programs, beside a real one and apart from it."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.ops.supervisor import Supervisor
from conversations.errors import StoreError
from core.secrets import with_engine_key
from core.services import Service, front_service, services
from core.settings import Settings, env_name, process_environment
from training.train import prepare_all

FOLDER = "demo"  # below the usual folder of what is kept
ACCOUNT = "demo"
SHARED = ("work_dir", "guide_dir", "models_dir", "knowledge_db", "encoder_dir")  # settings of the installation
APART = ("var_dir", "catalogue_dir", "database_url", "engine_key", "guide_pages", "catalogue_pages")
PORTS = ("engine_port", "actions_port", "front_port", "operators_port")


def run(settings: Settings, messages: int, say: Callable[[str], None]) -> int:
    """Serve the demo until told to stop, on ports that are free; return 0 after a clean stop.

    Guide, knowledge, model and sentence model are the real ones. Everything else is apart: the demo reads no other setting of
    the installation, so it uses none of its platforms, sites, keys or mail servers, and can run beside it.
    """
    prepare_all(settings, say)
    apart = with_engine_key(demo_settings(settings))
    environment = demo_environment(apart)
    say(f"Making up {messages:,} messages and 300 programs ...")
    password = _made_up(apart, environment, messages)
    wanted = [_of(service, environment) for service in (*services(apart), front_service(apart))]

    def ready() -> None:
        say(f"\nThe console:  {apart.front_url}/staff    name {ACCOUNT}, password {password}")
        say(f"The widget:   {apart.front_url}/demo")
        say("All conversations and programs in it are made up. Ctrl-C stops it.")

    return Supervisor(wanted, say, ready).run()


def demo_settings(settings: Settings) -> Settings:
    """Return the settings of the demo of an installation: its content, and a folder, a database and ports of their own."""
    folder = settings.var_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: getattr(settings, name) for name in SHARED}
    ports = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
    own: dict[str, Any] = {**kept, **ports}
    return Settings(
        **own,
        var_dir=folder,
        catalogue_dir=folder / "catalogue",
        database_url=f"sqlite:///{folder / 'demo.db'}",
        guide_pages="on",
        catalogue_pages="on",
    )


def demo_environment(settings: Settings) -> dict[str, str]:
    """Return the environment of the demo's processes: this one, with the demo's settings in place of all others."""
    others = {name: value for name, value in process_environment().items() if not name.startswith(env_name(""))}
    return {**others, **{env_name(name): str(getattr(settings, name)) for name in (*SHARED, *APART, *PORTS)}}


def _of(service: Service, environment: Mapping[str, str]) -> Service:
    kept = {name: value for name, value in service.environment.items() if not name.startswith(env_name(""))}
    return replace(service, environment={**kept, **environment})


def _made_up(settings: Settings, environment: Mapping[str, str], messages: int) -> str:
    """Make the demo's catalogue, database and account in the front's environment; return the account's password.

    Raises StoreError, with what the command said, if one of them could not be made.
    """
    said = ""
    for command in (["catalogue"], ["data", "--messages", str(messages), "--account", ACCOUNT]):
        argv = [str(settings.front_python), "-m", "demo", *command]
        made = subprocess.run(
            argv, cwd=settings.root, env=dict(environment), capture_output=True, text=True, check=False
        )
        said = made.stdout.strip()
        if made.returncode:
            raise StoreError(f"The demo's data could not be made: {made.stderr.strip() or said}")
    return said.split()[-1]


def _free_ports(count: int) -> list[int]:
    """Return ports that were free a moment ago."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
