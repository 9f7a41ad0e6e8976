"""Commands on the organisation's own programs. They run in the front's environment (see front_commands).

Only bot.cli.base may be imported at the top: the engine's environment reads this too, for the list of commands.
"""

from __future__ import annotations

from pathlib import Path

import typer

from bot.cli.base import problems_in_one_line, read_settings

catalogue_app = typer.Typer(help="The organisation's own programs.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(catalogue_app, name="catalogue")


@catalogue_app.command("import")
def import_files(
    files: list[Path] = typer.Argument(help="CSV, XLSX, JSON, JSON-LD or saved HTML files of one source."),
) -> None:
    """Bring programs from files, all of them or none."""
    with problems_in_one_line():
        read_settings()
        raise NotImplementedError
