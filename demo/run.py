"""`advisor demo PLATFORM`: the whole advisor with a stand-in of the platform, to chat in a browser without an account there."""

from __future__ import annotations

from collections.abc import Callable

from bot.ops.supervisor import Supervisor
from channels import registry
from channels.info import StandIn
from core.ports import require_free_port, require_free_ports
from core.secrets import with_engine_key
from core.services import Service, front_service, services
from core.settings import Settings, env_name, process_environment
from training.train import prepare_all

DEMOS: dict[str, StandIn] = {info.name: info.stand_in for info in registry.infos() if info.stand_in}


def stand_in_argv(demo: StandIn, settings: Settings, port: int) -> list[str]:
    """Return the command that runs a stand-in for the front of the settings."""
    front = [settings.front_url] if demo.calls_front else []
    return [str(settings.front_python), "-m", demo.module, str(port), *front]


def run(name: str, port: int, settings: Settings, say: Callable[[str], None]) -> int:
    """Until told to stop; what is said lands in a database of its own. 0 after a clean stop."""
    demo, url = DEMOS[name], f"http://127.0.0.1:{port}"
    require_free_port("127.0.0.1", port, "--port", "the stand-in")
    require_free_ports(settings)
    prepare_all(settings, say)
    settings = with_engine_key(settings)
    stand_in = Service(
        name="The stand-in",
        argv=stand_in_argv(demo, settings, port),
        ready_url=url,
        log=settings.log_dir / f"demo-{name}.log",
        environment=process_environment(),
        folder=settings.root,
    )
    wanted = [*services(settings), stand_in, front_service(settings, _front_settings(demo, url, settings))]
    say(f"Starting the advisor and a stand-in of {registry.titles()[name]} ...")
    return Supervisor(wanted, say, lambda: say(f"\nChat at {url} as a phone would show it. Ctrl-C stops it.")).run()


def _front_settings(demo: StandIn, url: str, settings: Settings) -> dict[str, str]:
    own = {
        "packs_file": "",
        "public_url": settings.front_url,
        "database_url": f"sqlite:///{settings.var_dir / 'demo.db'}",
    }
    return {env_name(name): value for name, value in {**own, **demo.settings(url)}.items()}
