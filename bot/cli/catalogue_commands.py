"""Commands on the organisation's own programs. They run in the front's environment (see front_commands).

Only bot.cli.base may be imported at the top: the engine's environment reads this too, for the list of commands.
"""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.base import problems_in_one_line, read_settings, say

if TYPE_CHECKING:
    from own_programs.importing.importer import Prepared

catalogue_app = typer.Typer(help="The organisation's own programs.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(catalogue_app, name="catalogue")


@catalogue_app.command("import")
def import_files(
    files: list[Path] = typer.Argument(help="CSV, XLSX, JSON, JSON-LD or saved HTML; several are one source together."),
    source: str = typer.Option("", help="What the source is called; the file's name if not said."),
    mapping: Path | None = typer.Option(None, help="A mapping file; else the one kept from last time, or a proposal."),
    yes: bool = typer.Option(False, "--yes", help="Take a proposed mapping at once; remove however many are missing."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Tell what would be done; change nothing."),
    partial: bool = typer.Option(False, "--partial", help="Take the rows that can be read, without the others."),
    remove_missing: bool = typer.Option(False, "--remove-missing", help="Remove what the files no longer hold."),
    keep_edits: bool = typer.Option(False, "--keep-edits", help="Keep what staff changed in the console as it is."),
    checked_on: str = typer.Option("", help="The day on which somebody checked the files, as 2027-03-01."),
    url_base: str = typer.Option("", help="Where addresses begin that the files give without their site."),
    decimal: str = typer.Option("", help="The decimal mark of numbers: . or ,"),
    dates: str = typer.Option("", help="The order in 03/04/2027: day-first or month-first."),
    currency: str = typer.Option("", help="The currency of prices that state none, as EUR."),
    sheet: str = typer.Option("", help="The sheet of an XLSX file."),
    encoding: str = typer.Option("", help="The encoding of a text file, if it is not found rightly."),
    delimiter: str = typer.Option("", help="The sign between the cells of a CSV file, likewise."),
    records: str = typer.Option("", help="Where the list of records is in a JSON file, as data.courses."),
) -> None:
    """Bring programs from files: all of them or none."""
    from own_programs.importing import importer
    from own_programs.importing.report import report_lines
    from own_programs.store.writer import master_of

    gc.disable()  # what is read holds no circles, and this process ends soon: looking for garbage takes a tenth of its time
    told = {"url_base": url_base, "decimal": decimal, "dates": dates, "currency": currency, "sheet": sheet}
    told |= {"encoding": encoding, "delimiter": delimiter, "records": records}
    with problems_in_one_line():
        options = importer.ImportOptions(
            source,
            mapping,
            dry_run,
            partial,
            remove_missing,
            yes,
            importer.read_day(checked_on),
            importer.read_options(told),
            keep_edits,
        )
        settings = read_settings()
        folder = settings.catalogue_dir
        prepared = importer.prepare(folder, files, options)
        if prepared.proposed and not _agreed(prepared, options, yes):
            return
        report = importer.carry_out(folder, prepared, options, _progress(), master_of(settings))
        if not dry_run and not (report.blocked and prepared.kept_at.is_file()):
            added = importer.keep_mapping(prepared, {} if report.blocked else options.read)
            report.remarks += [f"Kept in the mapping for the next time: {', '.join(added)}."] if added else []
    for line in report_lines(report):
        say(line)
    if report.blocked:
        raise typer.Exit(1)


def _agreed(prepared: Prepared, options: Any, yes: bool) -> bool:
    """Show a proposed mapping, with what would hinder an import; return whether to go on with it."""
    from own_programs.importing import importer
    from own_programs.importing.report import open_lines
    from own_programs.store.writer import master_of

    say("There is no mapping for this source yet. Proposed from its columns, with a value of each beside it:")
    say()
    say(prepared.mapping.text)
    if yes or options.dry_run:
        return True
    importer.keep_mapping(prepared, {})
    say(f"It is kept in {prepared.kept_at}: change it there as you like (docs/own-programs.md).")
    settings = read_settings()
    trial = importer.carry_out(
        settings.catalogue_dir, prepared, replace(options, dry_run=True), master=master_of(settings)
    )
    for line in open_lines(trial):
        say(line)
    say("Nothing is imported yet. Give the same command again to import with it.")
    return False


def _progress() -> Any:
    """Return what shows how far the import is: a line that is written over, on a terminal only."""

    def show(done: int, of: int) -> None:
        if sys.stderr.isatty():
            typer.echo(f"\r{done:,} of {of:,} rows", nl=done == of, err=True)

    return show
