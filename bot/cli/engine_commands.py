"""Commands that run in the engine's environment: run, chat, train, release, doctor and the like."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import typer

from bot.cli.base import (
    PACK,
    PACKS,
    PASS_ON,
    become,
    problems_in_one_line,
    read_settings,
    say,
    say_which,
    settings_of_packs,
)
from core.pack_registry import FIRST
from core.settings import SettingsError
from core.settings_list import settings_table, values_in_force


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(run)
    app.command()(engine)
    app.command()(actions)
    app.command()(chat)
    app.command()(ask)
    app.command()(train)
    app.command()(release)
    app.command()(publication)
    app.command("model-files")(model_files)
    app.command()(doctor)
    app.command()(settings)
    app.command(context_settings=PASS_ON)(rasa)
    app.command(context_settings=PASS_ON)(pytest)


def run(brief: bool = typer.Option(False, "--brief", hidden=True)) -> None:
    """Prepare what is missing, then run the advisor.

    Starts the engine, says where it answers, brings it back if it crashes.
    """
    from bot.ops import run

    with problems_in_one_line():
        code = run.run(read_settings(FIRST), say, brief)
    raise typer.Exit(code)


def engine(pack: str = PACK) -> None:
    """Run the engine alone, for a service manager.

    With actions on a server of their own, `advisor actions` runs that one. Each guide pack has an engine.
    """
    _become_service("The engine", pack)


def actions(pack: str = PACK) -> None:
    """Run the action server alone, for a service manager."""
    _become_service("The action server", pack)


def chat() -> None:
    """Talk to the advisor in this terminal.

    Uses the advisor that runs already; else starts one for as long as the conversation lasts.
    """
    from bot.cli import chat

    with problems_in_one_line():
        settings = read_settings()
        with chat.advisor_running(settings):
            chat.chat(settings, say)


def ask(question: str, sender: str = typer.Option(None, help="Go on with the conversation of this name.")) -> None:
    """Ask the running advisor one question."""
    from bot.cli import chat

    with problems_in_one_line():
        for reply in chat.Conversation(read_settings(), sender).say(question):
            say(chat.format_reply(reply, bold=sys.stdout.isatty()))


def train(
    force: bool = typer.Option(False, "--force", help="Train even where nothing changed."), pack: str = PACKS
) -> None:
    """Train where something that matters changed.

    Prepares what training needs first: the sentence model and the knowledge base.
    """
    from training import train

    with problems_in_one_line():
        for own in settings_of_packs(pack):
            say_which(own)
            train.prepare_all(own, say, force)
            say("The model is up to date.")


def release(
    lessons: Path = typer.Argument(None, help="A JSON Lines file of lessons; without one, the console's corrections."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Show what would come of it; change nothing."),
    back: bool = typer.Option(False, "--back", help="Go back to what was before the last release."),
    pack: str = PACK,
) -> None:
    """Learn from corrections, or go back.

    Builds, trains and measures in a copy; what is not worse than the model in use takes its place without a restart.
    """
    from training import release as room

    if lessons and back:
        raise typer.BadParameter("give a file of lessons or --back, not both")
    with problems_in_one_line():
        settings = read_settings(pack)
        say_which(settings)
        if back:
            room.roll_back(settings, say)
        else:
            room.release(settings, lessons, dry_run, say)


def publication(
    what: str = typer.Argument(help="facts, check, take or back."),
    folder: Path = typer.Argument(help="The folder in var/publications/ that the console has written."),
    pack: str = PACK,
) -> None:
    """Publish what staff wrote; the console calls this.

    `facts` at once, `check` trains and compares, `take` puts in place what was checked,
    `back` what the last one replaced.
    """
    from training.publishing import publication as room

    ways = {"facts": room.publish_facts, "check": room.check, "take": room.take, "back": room.go_back}
    if what not in ways:
        raise typer.BadParameter(f"{what}: give one of {', '.join(ways)}")
    with problems_in_one_line():
        ways[what](read_settings(pack), folder.resolve(), say)


def model_files() -> None:
    """Prepare the sentence model (part of the set-up)."""
    from training import train

    with problems_in_one_line():
        train.prepare_model_files(read_settings(), say)


def doctor() -> None:
    """Say what is missing or broken, and what to do.

    Exit code 1 if anything is.
    """
    from bot.ops import doctor as room

    with problems_in_one_line():
        findings = []
        for finding in room.run_all_checks(read_settings(FIRST)):
            findings.append(finding)
            say(str(finding))
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


def settings(
    markdown: bool = typer.Option(False, "--markdown", help="The page docs/settings.md."),
    env: bool = typer.Option(False, "--env", help="The file deploy/advisor.env.example."),
) -> None:
    """Show every setting: its value and meaning."""
    with problems_in_one_line():
        if markdown or env:
            from bot.cli.settings_docs import settings_env, settings_page

            typer.echo(settings_page() if markdown else settings_env(), nl=False)
            return
        values = dict(values_in_force(read_settings()))
    for name, default, meaning in settings_table():
        say(f"{name}={values[name]}\n    {meaning} Default: {default or 'empty'}")


def rasa(context: typer.Context) -> None:
    """Run Rasa's own command, with no telemetry.

    For example: advisor rasa test core -s tests; advisor rasa data validate; advisor rasa shell.
    """
    become("bot.engine.rasa_command", context.args)


def pytest(context: typer.Context) -> None:
    """Run the tests, with pytest's own options."""
    become("pytest", context.args)


def _become_service(name: str, pack: str) -> NoReturn:
    """Replace this process by one of the services of a guide pack."""
    from core.services import services

    with problems_in_one_line():
        settings = read_settings(pack)
        service = next((each for each in services(settings) if each.name.startswith(name)), None)
        if service is None:
            raise SettingsError(f"{name} has no place of its own with ADVISOR_ACTIONS={settings.actions}.")
        os.chdir(service.folder)
        os.execve(service.argv[0], list(service.argv), dict(service.environment))
