"""`make run`: prepares what is missing, then runs the engine, its action server if it has one, and the front, supervised."""

from __future__ import annotations

from collections.abc import Callable

from bot.ops.supervisor import Supervisor
from core.pack_registry import packs_of
from core.ports import require_free_ports
from core.secrets import with_engine_key
from core.services import REST_PATH, front_service, services_of_packs
from core.settings import LOOPBACK, Settings
from training.train import prepare_all, say_what_is_not_served


def run(settings: Settings, say: Callable[[str], None], brief: bool = False) -> int:
    """Run the advisor, with an engine for each guide pack, until told to stop; return 0 after a clean stop.

    `say` gets each line for the screen; `brief` leaves out the addresses.
    """
    require_free_ports(settings)  # first, so that nobody waits minutes to be told
    for pack in packs_of(settings).values():
        if pack.name:
            say(f"Guide pack {pack.name}:")
        prepare_all(pack.settings, say)
        say_what_is_not_served(pack.settings, say)
    settings = with_engine_key(settings)
    wanted = [*services_of_packs(settings), front_service(settings)]
    names = ", ".join(service.name[0].lower() + service.name[1:] for service in wanted)
    say(f"Starting {names} ...")
    when_ready = (lambda: None) if brief else (lambda: say(_addresses(settings)))
    code = Supervisor(wanted, say, when_ready).run()
    if code == 0 and not brief:
        say("Stopped.")
    return code


def _addresses(settings: Settings) -> str:
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
    # With a sites file the sites are the organisation's own, and the demo page may not be among them.
    if settings.sites_file is None:
        lines.insert(2, f"  in a browser  {settings.public_url or settings.front_url}/demo")
    if settings.uses_language_model:
        which = "Some messages" if settings.language_model_when != "always" else "Messages"
        lines.insert(2, f"  {which} go to a language model at {settings.language_model_host}, personal data covered.")
    if settings.front_host not in LOOPBACK:
        lines.insert(2, f"  It is open to the network on {settings.front_host}.")
    return "\n".join(lines)
