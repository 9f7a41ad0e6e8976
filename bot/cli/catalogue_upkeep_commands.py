"""Commands that export, check, show and keep the organisation's own programs. They run in the front's environment.

Only bot.cli.base may be imported at the top: the engine's environment reads this too, for the list of commands.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from enum import Enum
from pathlib import Path

import typer

from bot.cli.base import problems_in_one_line, read_settings, say
from bot.cli.catalogue_commands import catalogue_app
from core.settings import Settings

SHOWN = 5  # findings of a kind


class Form(str, Enum):
    """A form of export."""

    schema_org = "schema-org"
    ctdl = "ctdl"
    elm = "elm"
    csv = "csv"
    xlsx = "xlsx"


def add_to(app: typer.Typer) -> None:
    """Do nothing: the commands are registered with the others on the catalogue."""


@catalogue_app.command("export")
def export_file(
    file: Path = typer.Argument(help="The file to write; what is there is replaced."),
    form: Form = typer.Option(..., "--format", help="How it is written."),
    source: str = typer.Option(None, help="Only the programs of this source."),
    language: str = typer.Option("en", help="Language of the texts (BCP 47), which ctdl and elm tell."),
) -> None:
    """Write the programs to a file that other programs read.

    csv, xlsx and schema-org hold all that a program states; ctdl and elm what they have terms for.
    """
    from own_programs.exporting.export import export

    with problems_in_one_line():
        done = export(_database(read_settings()), file, form.value, source, language)
        say(f"{_counted(done.programs, 'program')} in {file}.")
        if done.left_out:
            say(f"Left out, as {form.value} has no certain term for them: {', '.join(done.left_out)}.")


@catalogue_app.command("check")
def check_programs(
    source: str = typer.Option(None, help="Only the programs of this source."),
    everything: bool = typer.Option(False, "--all", help="Show all of each kind, not only the first five."),
    stale_days: int = typer.Option(180, min=1, help="After so many days a program is to be checked again."),
) -> None:
    """Say what is missing or contradictory; change nothing.

    Exit code 1 if there is anything.
    """
    from own_programs.checking.check import KINDS, check, counted
    from own_programs.store.reader import CatalogueReader
    from own_programs.store.sources import require_source

    with problems_in_one_line():
        settings = read_settings()
        with closing(CatalogueReader(_database(settings))) as reader:
            if source is not None:
                require_source(reader, source)
            findings = check(reader, date.today(), source, stale_days, _word_test(settings))
            programs = reader.count()
        for kind, count in counted(findings).items():
            say(f"{KINDS[kind]} ({count:,})")
            of_kind = [finding for finding in findings if finding.kind == kind]
            for finding in of_kind if everything else of_kind[:SHOWN]:
                what = f"{finding.source}:{finding.key}  {finding.name}: " if finding.key else f"{finding.source}: "
                say(f"  {what}{finding.text}")
            if len(of_kind) > SHOWN and not everything:
                say(f"  ... and {len(of_kind) - SHOWN:,} more (--all shows them)")
        if findings:
            raise typer.Exit(1)
        say(f"Nothing is wrong with {_counted(programs, 'program')}.")


@catalogue_app.command("show")
def show_programs(
    which: str = typer.Argument("", metavar="[KEY|NAME]", help="SOURCE:KEY or a name; all names if left out."),
    limit: int = typer.Option(50, min=1, help="How many names at most."),
) -> None:
    """Show what a program states, or the names of all."""
    from bot.cli.show import program_page
    from own_programs.search.program_queries import names, programs_called
    from own_programs.store.reader import CatalogueReader

    with problems_in_one_line(), closing(CatalogueReader(_database(read_settings()))) as reader:
        if which:
            say("\n\n".join(program_page(program) for program in programs_called(reader, which)))
            return
        for key, name in names(reader, limit):
            say(f"{key}  {name}")
        if reader.count() > limit:
            say(f"... {reader.count():,} in all (--limit shows more)")


@catalogue_app.command("sources")
def show_sources() -> None:
    """List the sources, with how many programs each has."""
    from own_programs.store.reader import CatalogueReader
    from own_programs.store.sources import all_sources

    with problems_in_one_line(), closing(CatalogueReader(_database(read_settings()))) as reader:
        for source in all_sources(reader):
            gone = f", {source.missing:,} no longer there" if source.missing else ""
            say(f"{source.name}: {_counted(source.programs, 'program')}{gone}")
            say(f"  imported {source.imported_at or 'never'}")
            say(f"  owner {source.owner or 'not named'}, to be reviewed by {source.review_on or 'no date'}")


@catalogue_app.command("remove")
def remove(source: str = typer.Argument(help="A source, with all its programs.")) -> None:
    """Remove a source with all its programs."""
    from own_programs.store.sources import remove_source
    from own_programs.store.writer import master_of

    with problems_in_one_line():
        settings = read_settings()
        count = remove_source(_database(settings), source, master_of(settings))
        say(f"The source {source!r} is removed, with {_counted(count, 'program')}.")


@catalogue_app.command("owner")
def owner(
    source: str = typer.Argument(help="A source."),
    name: str = typer.Argument(None, help="Who keeps it true: a name or an e-mail address."),
    review_on: datetime = typer.Option(None, formats=["%Y-%m-%d"], help="The day on which it is looked at again."),
) -> None:
    """Note who keeps a source true, and when it is looked at next."""
    from own_programs.store.sources import keep_source
    from own_programs.store.writer import master_of

    with problems_in_one_line():
        if name is None and review_on is None:
            raise typer.BadParameter("name an owner, or a day with --review-on")
        settings = read_settings()
        day = review_on.date() if review_on else None
        keep_source(_database(settings), source, name, day, master_of(settings))
        say(f"It is noted with the source {source!r}.")


def _database(settings: Settings) -> Path:
    """Return the catalogue's file, up to date with PostgreSQL if that is where the programs are."""
    from own_programs.store.transaction import bring_up_to_date
    from own_programs.store.writer import FILE_NAME, master_of

    file = settings.catalogue_dir / FILE_NAME
    if master := master_of(settings):
        from own_programs.store.master import refresh

        refresh(file, master)
    else:
        bring_up_to_date(file)
    return file


def _word_test(settings: Settings) -> Callable[[str], bool]:
    """Return what tells ordinary words, which the sentence model knows; nothing is one while it is not prepared."""
    from nlu.encoding.encoder import open_encoder
    from nlu.encoding.model_files import check

    if check(settings.encoder_dir):
        return lambda word: False
    return open_encoder(settings.encoder_dir).is_word


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
