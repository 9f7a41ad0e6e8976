"""Commands on the conversations database, in the front's environment: corrections, retention, daily counts."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.cli.base import problems_in_one_line, read_settings, say
from core.pack_registry import FIRST

corrections_app = typer.Typer(help="What staff corrected in the console; `advisor release` calls these.")
privacy_app = typer.Typer(help="How long what people said is kept.", no_args_is_help=True)
insights_app = typer.Typer(help="The daily counts behind the console's insights.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(corrections_app, name="corrections")
    app.add_typer(privacy_app, name="privacy")
    app.add_typer(insights_app, name="insights")


@corrections_app.command("export")
def export(folder: Path = typer.Argument(help="A folder to write lessons.jsonl and talks/ into.")) -> None:
    """Write what is collected for the next release."""
    from training import corrections_exchange

    with problems_in_one_line():
        lessons, conversations = corrections_exchange.export(read_settings(), folder.absolute())
        say(f"{lessons} corrections and {conversations} conversations to be kept as tests are in {folder}.")


@corrections_app.command("settle")
def settle(folder: Path = typer.Argument(help="The folder, with the settled.json that a release wrote.")) -> None:
    """Note what a release learned."""
    from training import corrections_exchange

    with problems_in_one_line():
        corrections_exchange.record_release(read_settings(), folder.absolute())
        say("What the release learned is noted in the console.")


@corrections_app.command("take-back")
def take_back(release: str = typer.Argument(help="The name of a release.")) -> None:
    """Collect again what a release had learned."""
    from training import corrections_exchange

    with problems_in_one_line():
        count = corrections_exchange.reopen_released(read_settings(), release)
        say(f"{count} corrections are collected again.")


@privacy_app.callback()
def privacy() -> None:
    """How long what people said is kept."""


@privacy_app.command("run")
def run(
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what is due."),
    yes: bool = typer.Option(False, "--yes", help="Even where that is nearly everything."),
) -> None:
    """Mask and delete what is old enough.

    The running front does the same once a day; see ADVISOR_MASK_AFTER_DAYS and ADVISOR_DELETE_AFTER_DAYS.
    """
    import asyncio
    from contextlib import closing
    from datetime import datetime

    from bot.ops.backup import days_of_copies, drop_old_copies, old_copies
    from bot.ops.retention import Retention
    from conversations.admin import timeouts
    from conversations.data_rights import retention
    from conversations.db.opening import open_store

    with problems_in_one_line():
        settings = read_settings(FIRST)
        with closing(open_store(settings, alone=False)) as store:
            environment = timeouts.from_settings(settings)
            effective = store.run(timeouts.effective, environment)
            due = (
                store.run(retention.count_due, effective.periods)
                if dry_run
                else asyncio.run(Retention(store, environment).run(sure=yes))
            )
        verb = "are due to be" if dry_run else "were"
        say(f"{due.delete} conversations {verb} deleted, {due.mask} {verb} covered.")
        days, var_dir = days_of_copies(effective.delete_after_days), settings.var_dir
        copies = len(old_copies(var_dir, days, datetime.now())) if dry_run else drop_old_copies(var_dir, days)
        if copies:
            say(f"Files that a restore had put aside: {copies} {verb} deleted.")


@insights_app.callback()
def insights() -> None:
    """Group the commands about daily counts; their help is the group's."""


@insights_app.command("rebuild")
def rebuild() -> None:
    """Count again every day whose conversations are still all there.

    The running front counts by itself. Counts of days whose conversations were deleted since stay as they are.
    """
    import asyncio
    from contextlib import closing

    from conversations.admin import timeouts
    from conversations.analytics.jobs import DailyCountJob
    from conversations.db.opening import open_store
    from conversations.local_days import use_zone

    with problems_in_one_line():
        settings = read_settings()
        use_zone(settings.time_zone)
        with closing(open_store(settings, alone=False)) as store:
            days = store.run(timeouts.effective, timeouts.from_settings(settings)).delete_after_days
            counted = asyncio.run(DailyCountJob(store).rebuild(days))
        say(f"Counted from {counted[0]} to {counted[1]}." if counted else "There are no conversations to count.")
