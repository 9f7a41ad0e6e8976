"""Commands that run in the front's environment (the `advisor` script knows their names): the front, platforms, backups.

Only bot.cli.base may be imported at the top: the engine's environment reads this too, for the list of commands.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import typer

from bot.cli.base import PASS_ON, problems_in_one_line, read_settings, say
from core.pack_registry import FIRST
from core.settings import SettingsError, process_environment

WHAT = {"engine.db": "The engine's memory", "catalogue.db": "The catalogue of own programs"}
front_app = typer.Typer(help="The front: what visitors, platforms and staff reach.", no_args_is_help=True)
telegram_app = typer.Typer(help="Telegram, beside the running advisor.", no_args_is_help=True)
slack_app = typer.Typer(help="Slack, beside the running advisor.", no_args_is_help=True)
db_app = typer.Typer(help="The conversations database.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(front_app, name="front")
    app.add_typer(telegram_app, name="telegram")
    app.add_typer(slack_app, name="slack")
    app.add_typer(db_app, name="db")
    app.command()(backup)
    app.command()(restore)


@front_app.command("run")
def run() -> None:
    """Run the front alone, for a service manager."""
    from bot.front import app

    app.main()


@front_app.command("pytest", context_settings=PASS_ON)
def front_pytest(context: typer.Context) -> None:
    """Run the front's tests, with pytest's own options."""
    if find_spec("pytest") is None:
        typer.echo("advisor: the tests' packages are not installed. Run: make setup TESTS=yes", err=True)
        raise typer.Exit(1)
    argv = [sys.executable, "-m", "pytest", *(context.args or ["tests/front"])]
    os.execve(sys.executable, argv, process_environment())


@front_app.command("site-key")
def site_key(site: str) -> None:
    """Print the key that a site's server signs identities with.

    It is made of the key that sessions are signed with (ADVISOR_WEB_SESSION_KEY) and changes with that alone. Whoever has it
    can say to be any visitor of the site, so it belongs on that server and never on a page.
    """
    from contextlib import closing

    from channels.web.session_tokens import identity_key
    from channels.web.setup import WebChannel
    from channels.web.yaml_schema import SitesError
    from conversations.admin.sites import list_sites
    from conversations.db.opening import open_store
    from conversations.db.shared_secret import with_session_key
    from core.secrets import session_key

    with problems_in_one_line():
        settings = read_settings()
        with closing(open_store(settings, alone=False)) as store:
            try:
                known = sorted({*WebChannel(settings).sites, *store.run(list_sites)})
            except SitesError as error:
                raise SettingsError(str(error)) from None
            if site not in known:
                raise SettingsError(f"There is no site '{site}', only: {', '.join(known)}.")
            say(identity_key(session_key(with_session_key(settings, store)), site))


@front_app.command("upgrade")
def upgrade() -> None:
    """Bring the conversations database up to date."""
    from conversations.db.opening import open_store

    with problems_in_one_line():
        open_store(read_settings()).close()
        say("The conversations database is up to date.")


@db_app.command("migrate")
def migrate() -> None:
    """Bring the conversations database up to date; fronts may run."""
    from contextlib import closing

    from conversations.db.opening import open_store

    with problems_in_one_line(), closing(open_store(read_settings(), alone=False)):
        say("The conversations database is up to date.")


@db_app.command("status")
def status() -> None:
    """Show what the database is, holds and is used by."""
    from contextlib import closing

    from bot.ops.database_status import describe
    from conversations.db.opening import store_of

    with problems_in_one_line(), closing(store_of(read_settings())) as store:
        for line in describe(store):
            say(line)


@db_app.command("copy")
def copy(
    source: str = typer.Option(..., "--from", help="Address of the database that is copied, as ADVISOR_DATABASE_URL."),
    target: str = typer.Option(..., "--to", help="Address of an empty database."),
    anew: bool = typer.Option(False, help="Empty the unfinished copy first, instead of going on with it."),
) -> None:
    """Copy all conversations into an empty database; fronts must stop.

    From SQLite (sqlite:////full/path/conversations.db) to PostgreSQL, or back. If it is interrupted, run it again.
    """
    from contextlib import closing

    from conversations.db.database_copy import copy_database
    from conversations.db.store import Store

    with problems_in_one_line(), closing(Store(source)) as old, closing(Store(target)) as new:
        tables = copy_database(old, new, say, anew)
        rows = sum(table.rows for table in tables)
        say(f"The copy is whole: {rows} rows in {len(tables)} tables, the same count and hash on both sides.")


@telegram_app.command("poll")
def poll() -> None:
    """Fetch messages from Telegram: no public address needed.

    For a first try on a laptop, beside `make run`, both with ADVISOR_TELEGRAM_TOKEN. Takes the place of the webhook.
    """
    from channels.telegram import setup

    with problems_in_one_line():
        setup.poll(read_settings(), say)


@slack_app.command("socket")
def socket() -> None:
    """Take messages from Slack by a socket: no public address needed.

    Socket Mode, for a first try on a laptop, beside `make run`, both with ADVISOR_SLACK_BOT_TOKEN and _SIGNING_SECRET;
    here with ADVISOR_SLACK_APP_TOKEN, too.
    """
    from channels.slack import setup

    with problems_in_one_line():
        setup.listen(read_settings(), say)


def backup(file: Path = typer.Argument(help="Where to write it; must not be there yet.")) -> None:
    """Write conversations and own programs to a file, while running."""
    from bot.ops import backup as room

    with problems_in_one_line():
        left_out = room.back_up(read_settings(FIRST), file.absolute())
        size = file.stat().st_size / 1e6
        say(f"The backup is written: {file} ({size:.1f} MB). It holds what people said: keep it safe.")
        for name in left_out:
            say(f"{WHAT[name.rpartition('/')[2]]} ({name}) is damaged and not in it; the conversations are, whole.")


def restore(file: Path = typer.Argument(help="A file that `advisor backup` wrote.")) -> None:
    """Put a backup in place; the advisor must be stopped."""
    from bot.ops import backup as room

    with problems_in_one_line():
        settings = read_settings(FIRST)
        replaced = room.restore(settings, file.absolute())
        say(f"The conversations of {file} are in place.")
        for copy in replaced:
            say(f"What was there before is kept: {copy}")
        if replaced:
            days = room.days_of_copies(settings.delete_after_days)
            say(f"It holds what people said. Delete it when all is well; after {days} days the advisor does.")
