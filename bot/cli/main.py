"""The `advisor` command: reads the arguments, calls the room that does the work, prints.

Heavy imports stand inside the functions, so that `--help` is quick. Exit code 0 is well, 1 a problem, 2 wrong usage.
"""

from __future__ import annotations

import typer

from bot.cli import (
    catalogue_commands,
    catalogue_upkeep_commands,
    data_commands,
    engine_commands,
    front_commands,
    knowledge_commands,
    staff_commands,
)
from bot.cli.base import PASS_ON, PLAIN, become, run_app, say

app = typer.Typer(help="The advisor: everything it can be told to do.", **PLAIN)


def _show_version(wanted: bool) -> None:
    if wanted:
        from core.version import version

        say(version())
        raise typer.Exit


@app.callback(help="The advisor: everything it can be told to do.")
def advisor(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Show the version."),
) -> None:
    """Take the options that stand before a command."""


for commands in (
    engine_commands,
    knowledge_commands,
    catalogue_commands,
    catalogue_upkeep_commands,
    front_commands,
    staff_commands,
    data_commands,
):
    commands.add_to(app)


# These two stand above this room and have command lines of their own: python -m demo, python -m bench.
@app.command(context_settings=PASS_ON)
def demo(context: typer.Context) -> None:
    """To look at it: platforms without an account, made-up conversations."""
    become("demo", context.args)


@app.command(context_settings=PASS_ON)
def bench(context: typer.Context) -> None:
    """Measurements: whole turns, and understanding on public data sets."""
    become("bench", context.args)


def main() -> None:
    """Run the command line."""
    run_app(app, "advisor")


if __name__ == "__main__":
    main()
