"""What all commands of the command line share: output, settings, and errors as one line.

Only typer and core may be imported at the top: both environments read this for the list of commands.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NoReturn

import typer

from core.file_permissions import restrict_new_files
from core.pack_registry import pack_environment, pack_named, packs_of, shown_name
from core.settings import Settings, SettingsError, process_environment

PLAIN: dict[str, Any] = {
    "rich_markup_mode": None,
    "add_completion": False,
    "no_args_is_help": True,
    "pretty_exceptions_enable": False,
}
PACK: Any = typer.Option("", "--pack", help="The guide pack of this name; else as ADVISOR_PACK says.")
PACKS: Any = typer.Option("", "--pack", help="The guide pack of this name alone; else all.")
PASS_ON: dict[str, Any] = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def say(line: str = "") -> None:
    """Print a line to stdout."""
    typer.echo(line)


def read_settings(pack: str = "") -> Settings:
    """Return the settings of a guide pack: the named one, else that of ADVISOR_PACK, else the first.

    Raises SettingsError if a setting cannot be used, or there is no such pack.
    """
    settings = Settings.from_environment()
    name = pack or settings.pack
    return pack_named(replace(settings, pack=""), name) if name else settings


def settings_of_packs(pack: str = "") -> list[Settings]:
    """Return the settings of the guide pack that is named, or meant by ADVISOR_PACK, else those of all packs."""
    settings = Settings.from_environment()
    if pack or settings.pack:
        return [read_settings(pack)]
    return [each.settings for each in packs_of(settings).values()]


def say_which(settings: Settings) -> None:
    """Print which guide pack the next lines are about, where there are several."""
    if settings.packs_file:
        say(f"Guide pack {shown_name(settings.pack)}:")


@contextmanager
def problems_in_one_line() -> Iterator[None]:
    """Turn an error that a person can put right into its message on stderr and exit code 1."""
    from bot.cli.chat import AdvisorUnreachable
    from channels.slack.errors import SocketFailed
    from channels.telegram.errors import PollingFailed
    from conversations.errors import BackupError, StaffError, StoreError
    from core.processes import PortTaken
    from guide_import.errors import GuideImportError
    from knowledge.errors import KnowledgeError
    from nlu.encoding.model_files import ModelFilesError
    from own_programs.errors import CatalogueError
    from training.evaluation.assistant import MeasurementFailed
    from training.train import ReleaseRefused, TrainingFailed

    try:
        yield
    except (
        AdvisorUnreachable,
        BackupError,
        CatalogueError,
        GuideImportError,
        KnowledgeError,
        MeasurementFailed,
        ModelFilesError,
        PollingFailed,
        PortTaken,
        ReleaseRefused,
        SettingsError,
        SocketFailed,
        StaffError,
        StoreError,
        TrainingFailed,
    ) as error:
        typer.echo(f"advisor: {error}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def become(module: str, arguments: Sequence[str]) -> NoReturn:
    """Replace this process by `python -m MODULE ...`, so that its signals and its exit code are ours."""
    with problems_in_one_line():
        environment = process_environment(pack_environment(read_settings()))
    os.execve(sys.executable, [sys.executable, "-m", module, *arguments], environment)


def run_app(app: typer.Typer, name: str) -> None:
    """Run a command line as a program of this name, and end what it started when it is told to stop."""
    # `finally` does not run on an unhandled SIGTERM.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    restrict_new_files()
    app(prog_name=name)
