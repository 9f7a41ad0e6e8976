"""Commands that run in the front's environment (the `advisor` script knows their names). Listed by bot.cli.main.

Nothing but typer may be imported at the top: the engine's environment reads this too, for the list of commands.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import typer

from core.settings import Settings, SettingsError, process_environment

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def add_to(
    app: typer.Typer,
    demo_app: typer.Typer,
    problems_in_one_line: Callable[[], AbstractContextManager],
    say: Callable[[str], None],
) -> None:
    """Register the commands; `problems_in_one_line` turns what a person can put right into a line and exit code 1."""
    front_app = typer.Typer(help="The front: what visitors, platforms and staff reach.", no_args_is_help=True)
    app.add_typer(front_app, name="front")

    @front_app.command("run")
    def run() -> None:
        """Run the front alone, for a service manager."""
        from bot.front import app

        app.main()

    @front_app.command("pytest", context_settings=PASS_ON)
    def front_pytest(context: typer.Context) -> None:
        """Run the front's tests, with pytest's own options."""
        argv = [sys.executable, "-m", "pytest", *(context.args or ["tests/front"])]
        os.execve(sys.executable, argv, process_environment())

    _add_telegram(app, problems_in_one_line, say)
    _add_slack(app, problems_in_one_line, say)

    @front_app.command("upgrade")
    def upgrade() -> None:
        """Bring the conversations database up to date."""
        from conversations.db.opening import open_store

        with problems_in_one_line():
            open_store(Settings.from_environment()).close()
            say("The conversations database is up to date.")

    _add_staff_commands(app, problems_in_one_line, say)
    _add_corrections(app, problems_in_one_line, say)
    _add_privacy(app, problems_in_one_line, say)
    _add_insights(app, problems_in_one_line, say)
    _add_demo_data(demo_app, problems_in_one_line, say)

    @app.command()
    def backup(file: Path = typer.Argument(help="Where to write it; must not be there yet.")) -> None:
        """Write all conversations to a file, while running."""
        from bot.ops import backup as room

        with problems_in_one_line():
            with_memory = room.back_up(Settings.from_environment(), file.absolute())
            size = file.stat().st_size / 1e6
            say(f"The backup is written: {file} ({size:.1f} MB). It holds what people said: keep it safe.")
            if not with_memory:
                say("The engine's memory (engine.db) is damaged and not in it; the conversations are, whole.")

    @app.command()
    def restore(file: Path = typer.Argument(help="A file that `advisor backup` wrote.")) -> None:
        """Put a backup in place; the advisor must be stopped."""
        from bot.ops import backup as room

        with problems_in_one_line():
            settings = Settings.from_environment()
            kept = room.restore(settings, file.absolute())
            say(f"The conversations of {file} are in place.")
            for old in kept:
                say(f"What was there before is kept: {old}")
            if kept:
                days = room.days_of_copies(settings.delete_after_days)
                say(f"It holds what people said. Delete it when all is well; after {days} days the advisor does.")


def _add_telegram(
    app: typer.Typer, problems_in_one_line: Callable[[], AbstractContextManager], say: Callable[[str], None]
) -> None:
    telegram_app = typer.Typer(help="Telegram, beside the running advisor.", no_args_is_help=True)
    app.add_typer(telegram_app, name="telegram")

    @telegram_app.command("poll")
    def poll() -> None:
        """Fetch messages from Telegram: no public address needed.

        For a first try on a laptop, beside `make run`, both with ADVISOR_TELEGRAM_TOKEN. Takes the place of the webhook.
        """
        from channels.telegram import setup

        with problems_in_one_line():
            setup.poll(Settings.from_environment(), say)


def _add_slack(
    app: typer.Typer, problems_in_one_line: Callable[[], AbstractContextManager], say: Callable[[str], None]
) -> None:
    slack_app = typer.Typer(help="Slack, beside the running advisor.", no_args_is_help=True)
    app.add_typer(slack_app, name="slack")

    @slack_app.command("socket")
    def socket() -> None:
        """Take messages from Slack by a socket: no public address needed.

        Socket Mode, for a first try on a laptop, beside `make run`, both with ADVISOR_SLACK_BOT_TOKEN and _SIGNING_SECRET;
        here with ADVISOR_SLACK_APP_TOKEN, too.
        """
        from channels.slack import setup

        with problems_in_one_line():
            setup.listen(Settings.from_environment(), say)


def _add_staff_commands(app: typer.Typer, problems_in_one_line, say) -> None:
    staff_app = typer.Typer(help="Who may use the console.", no_args_is_help=True)
    app.add_typer(staff_app, name="staff")
    role_help = "viewer, adviser, trainer or admin."

    def change(what: str, *arguments: str | None) -> None:
        """Run a function of conversations.accounts.accounts on the database of the settings."""
        from conversations.accounts import accounts
        from conversations.db.opening import open_store

        with problems_in_one_line():
            store = open_store(Settings.from_environment(), alone=False)  # beside a running front
            try:
                store.run(getattr(accounts, what), *arguments)
            finally:
                store.close()

    @staff_app.command("add")
    def add(
        name: str,
        role: str = typer.Option(..., help=role_help),
        outside: bool = typer.Option(False, "--outside", help="No password: signs in by the identity provider alone."),
    ) -> None:
        """Add an account; its password is asked for.

        Without a terminal, the password is read from the first line of the input.
        """
        change("add", name, role, None if outside else _password())
        say(f"{name} may sign in at /staff as {role}.")

    @staff_app.command("list")
    def show() -> None:
        """List the accounts with their roles."""
        from conversations.accounts import accounts
        from conversations.db.opening import open_store

        with problems_in_one_line():
            store = open_store(Settings.from_environment(), alone=False)  # beside a running front
            for one in store.run(accounts.list_accounts):
                say(f"{one.role:<8}  {one.name}")
            store.close()

    @staff_app.command("role")
    def role(name: str, role: str) -> None:
        """Give an account another role, at once."""
        change("set_role", name, role)
        say(f"{name} is {role} now.")

    @staff_app.command("reset")
    def reset(name: str) -> None:
        """Give an account a new password.

        Its open sessions end; a lock and the second factor go.
        """
        change("reset", name, _password())
        say(f"{name} has a new password and is signed out everywhere.")

    @staff_app.command("invite")
    def invite(name: str) -> None:
        """Make a link that ties an account to a person of the identity provider.

        Whoever opens it within a week and signs in there has the account.
        """
        from channels.web.session_tokens import session_key
        from console.identity.invitations import Invitations
        from conversations.accounts import accounts
        from conversations.db.opening import open_store

        with problems_in_one_line():
            settings = Settings.from_environment()
            if not settings.oidc_issuer:
                raise SettingsError("There is no identity provider: set ADVISOR_OIDC_ISSUER first.")
            store = open_store(settings, alone=False)  # beside a running front
            try:
                member = store.run(accounts.invite, name)
            finally:
                store.close()
            key = session_key(settings.web_session_key, settings.var_dir / "session.key")
            say(Invitations(key, settings.public_url).link(member))

    @staff_app.command("remove")
    def remove(name: str) -> None:
        """Remove an account; its sessions end at once."""
        change("remove", name)
        say(f"{name} may not sign in any more.")


def _add_corrections(app: typer.Typer, problems_in_one_line, say) -> None:
    corrections_app = typer.Typer(help="What staff corrected in the console; `advisor release` calls these.")
    app.add_typer(corrections_app, name="corrections")

    @corrections_app.command("export")
    def export(folder: Path = typer.Argument(help="A folder to write lessons.jsonl and talks/ into.")) -> None:
        """Write what is collected for the next release."""
        from training import corrections_exchange as room

        with problems_in_one_line():
            lessons, talks = room.export(Settings.from_environment(), folder.absolute())
            say(f"{lessons} corrections and {talks} conversations to be kept as tests are in {folder}.")

    @corrections_app.command("settle")
    def settle(folder: Path = typer.Argument(help="The folder, with the settled.json that a release wrote.")) -> None:
        """Note what a release learned."""
        from training import corrections_exchange as room

        with problems_in_one_line():
            room.record_release(Settings.from_environment(), folder.absolute())
            say("What the release learned is noted in the console.")

    @corrections_app.command("take-back")
    def take_back(release: str = typer.Argument(help="The name of a release.")) -> None:
        """Collect again what a release had learned."""
        from training import corrections_exchange as room

        with problems_in_one_line():
            count = room.reopen_released(Settings.from_environment(), release)
            say(f"{count} corrections are collected again.")


def _add_privacy(app: typer.Typer, problems_in_one_line, say) -> None:
    privacy_app = typer.Typer(help="How long what people said is kept.", no_args_is_help=True)
    app.add_typer(privacy_app, name="privacy")

    @privacy_app.callback()
    def group() -> None:
        """How long what people said is kept."""

    @privacy_app.command("run")
    def run(
        dry_run: bool = typer.Option(False, "--dry-run", help="Only say what is due."),
        yes: bool = typer.Option(False, "--yes", help="Even where that is nearly everything."),
    ) -> None:
        """Cover and delete what is old enough.

        The running front does the same once a day; see ADVISOR_MASK_AFTER_DAYS and ADVISOR_DELETE_AFTER_DAYS.
        """
        import asyncio
        from datetime import datetime

        from bot.ops.backup import days_of_copies, drop_old_copies, old_copies
        from bot.ops.retention import Retention
        from console.views.admin.timeouts import timeouts_from
        from conversations.admin import timeouts
        from conversations.data_rights import retention
        from conversations.db.opening import open_store

        with problems_in_one_line():
            settings = Settings.from_environment()
            store = open_store(settings, alone=False)  # beside a running front
            try:
                environment = timeouts_from(settings)
                days = days_of_copies(store.run(timeouts.effective, environment).delete_after_days)
                periods = store.run(timeouts.effective, environment).periods
                found = (
                    store.run(retention.count_due, periods)
                    if dry_run
                    else asyncio.run(Retention(store, environment).run(sure=yes))
                )
            finally:
                store.close()
            verb = "are due to be" if dry_run else "were"
            say(f"{found.delete} conversations {verb} deleted, {found.mask} {verb} covered.")
            var_dir = settings.var_dir
            copies = len(old_copies(var_dir, days, datetime.now())) if dry_run else drop_old_copies(var_dir, days)
            if copies:
                say(f"Files that a restore had put aside: {copies} {verb} deleted.")


def _add_insights(app: typer.Typer, problems_in_one_line, say) -> None:
    insights_app = typer.Typer(help="The daily counts behind the console's insights.", no_args_is_help=True)
    app.add_typer(insights_app, name="insights")

    @insights_app.callback()
    def group() -> None:
        """The daily counts behind the console's insights."""

    @insights_app.command("rebuild")
    def rebuild() -> None:
        """Count again every day whose conversations are still all there.

        The running front counts by itself. Counts of days whose conversations were deleted since stay as they are.
        """
        import asyncio

        from console.views.admin.timeouts import timeouts_from
        from conversations.admin import timeouts
        from conversations.analytics.jobs import DailyCountJob
        from conversations.db.opening import open_store

        with problems_in_one_line():
            settings = Settings.from_environment()
            store = open_store(settings, alone=False)  # beside a running front
            try:
                kept_days = store.run(timeouts.effective, timeouts_from(settings)).delete_after_days
                counted = asyncio.run(DailyCountJob(store).rebuild(kept_days))
            finally:
                store.close()
            say(f"Counted from {counted[0]} to {counted[1]}." if counted else "There are no conversations to count.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return typer.prompt("Password", hide_input=True, confirmation_prompt=True)


def _add_demo_data(demo_app: typer.Typer, problems_in_one_line, say) -> None:
    @demo_app.command("data")
    def data(messages: int = typer.Option(30_000, min=2, help="How many messages.")) -> None:
        """Fill var/demo.db with made-up conversations.

        A file of its own, made anew each time; real conversations are never touched.
        """
        from demo.generator import make_demo_file

        with problems_in_one_line():
            settings = Settings.from_environment()
            file, made = make_demo_file(settings, messages)
            say(f"{file} holds {made:,} made-up messages. To look at them:")
            say(f"  export ADVISOR_DATABASE_URL=sqlite:///{file}")
            say("  ./advisor staff add NAME --role admin    # asks for a password")
            say(f"  ./advisor front run                      # then open {settings.front_url}/staff")
