"""`advisor demo PLATFORM`: the whole advisor with a stand-in of the platform, to chat in a browser without an account there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.ops.run import front_service, services
from bot.ops.supervisor import Service, Supervisor
from core.ports import require_free_port, require_free_ports
from core.secrets import with_engine_key
from core.settings import Settings, env_name, process_environment
from training.train import prepare_all


@dataclass(frozen=True)
class PlatformDemo:
    """A platform's stand-in: the module that runs it on a port, and the settings under which the front uses it.

    `calls_front` where it must be told the front's address: Telegram learns it from the bot, Slack from the app's manifest.
    """

    module: str
    title: str
    settings: Callable[[str], Mapping[str, str]]
    calls_front: bool = False

    def argv(self, settings: Settings, port: int) -> list[str]:
        """The command that runs it for the front of the settings."""
        front = [settings.front_url] if self.calls_front else []
        return [str(settings.front_python), "-m", self.module, str(port), *front]


DEMOS = {
    "telegram": PlatformDemo(
        "demo.stand_ins.telegram",
        "Telegram",
        lambda url: {"telegram_token": "42:stand-in", "telegram_secret": "", "telegram_api_url": url},
    ),
    "slack": PlatformDemo(
        "demo.stand_ins.slack",
        "Slack",
        lambda url: {
            "slack_bot_token": "xoxb-stand-in",
            "slack_signing_secret": "the-stand-ins-secret",
            "slack_api_url": f"{url}/api/",
        },
        calls_front=True,
    ),
}


def run(name: str, port: int, settings: Settings, say: Callable[[str], None]) -> int:
    """Until told to stop; what is said lands in a database of its own. 0 after a clean stop."""
    demo, url = DEMOS[name], f"http://127.0.0.1:{port}"
    require_free_port("127.0.0.1", port, "--port", "the stand-in")
    require_free_ports(settings)
    prepare_all(settings, say)
    settings = with_engine_key(settings)
    stand_in = Service(
        name="The stand-in",
        argv=demo.argv(settings, port),
        ready_url=url,
        log=settings.log_dir / f"demo-{name}.log",
        environment=process_environment(),
        folder=settings.root,
    )
    wanted = [*services(settings), stand_in, front_service(settings, _front_settings(demo, url, settings))]
    say(f"Starting the advisor and a stand-in of {demo.title} ...")
    return Supervisor(wanted, say, lambda: say(f"\nChat at {url} as a phone would show it. Ctrl-C stops it.")).run()


def _front_settings(demo: PlatformDemo, url: str, settings: Settings) -> dict[str, str]:
    own = {"public_url": settings.front_url, "database_url": f"sqlite:///{settings.var_dir / 'demo.db'}"}
    return {env_name(name): value for name, value in {**own, **demo.settings(url)}.items()}
