"""Commands on the knowledge base: check, build and look into it; bring a guide of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.base import PACK, PACKS, PLAIN, problems_in_one_line, read_settings, say, say_which, settings_of_packs

if TYPE_CHECKING:
    from core.settings import Settings
    from knowledge.knowledge_base import Knowledge

guide_app = typer.Typer(help="Your own guide: bring pages, check them, accept them.", **PLAIN)
SHOWN = 10  # things that an import left out; the report has them all
knowledge_app = typer.Typer(help="The knowledge base: check, build and look into it.", **PLAIN)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(knowledge_app, name="knowledge")
    app.add_typer(guide_app, name="guide")


@knowledge_app.command("build")
def knowledge_build(
    check: bool = typer.Option(False, "--check", help="Say what is wrong; change nothing."), pack: str = PACKS
) -> None:
    """Build the database and data/generated/.

    From the files in knowledge/: whole, or not at all.
    """
    if check:
        knowledge_check(pack)
        return
    from training import train

    with problems_in_one_line():
        for settings in settings_of_packs(pack):
            say_which(settings)
            train.prepare_model_files(settings, say)
            train.build_knowledge(settings, say)


@knowledge_app.command("check")
def knowledge_check(pack: str = PACKS) -> None:
    """Say what is wrong in the files; change nothing.

    Also names what is out of step in data/generated/.
    """
    from training import train

    with problems_in_one_line():
        for settings in settings_of_packs(pack):
            say_which(settings)
            train.check_knowledge(settings, say)
            say("The knowledge files are well, and data/generated/ is in step with them.")


@knowledge_app.command("search")
def knowledge_search(
    words: str, limit: int = typer.Option(5, min=1, max=50, help="How many at most."), pack: str = PACK
) -> None:
    """Find the passages nearest to some words."""
    with problems_in_one_line():
        from nlu.encoding.encoder import open_encoder

        settings = read_settings(pack)
        vector = open_encoder(settings.encoder_dir).encode([words])[0]
        for passage in _open(settings).search(words, vector, limit):
            say(f"{passage.score:.2f}  {passage.topic_key}  {passage.title}\n      {passage.text}")


@knowledge_app.command("show")
def knowledge_show(key: str, pack: str = PACK) -> None:
    """Show what is held under a key.

    For example challenges/visa, canada or not-stated/fees.
    """
    with problems_in_one_line():
        from bot.cli.show import entry_page

        say(entry_page(_open(read_settings(pack)), key))


@knowledge_app.command("stats")
def knowledge_stats(pack: str = PACK) -> None:
    """Count what the knowledge base holds."""
    with problems_in_one_line():
        for name, number in _open(read_settings(pack)).stats().items():
            say(f"{number!s:>7}  {name}")


@guide_app.command("import")
def guide_import_command(
    files: list[Path] = typer.Argument(..., help="HTML, Markdown, DOCX, PDF, CSV, or the JSON of a help centre."),
    into: Path = typer.Option(..., help="The folder of the guide pack; a new one, or one of an earlier import."),
    subject: str = typer.Option("", help='What the guide is about, e.g. "language courses at Alder Street".'),
    thing: str = typer.Option("course", help="One of the things that it tells of."),
    things: str = typer.Option("courses", help="Several of them."),
    owner: str = typer.Option("office", help="Who looks after the guide."),
    contact: str = typer.Option("the people behind this guide", help='Whom to ask: "For this, ask ..."'),
) -> None:
    """Make a draft of a guide from pages and files.

    Nothing of it is served before it is accepted.
    """
    with problems_in_one_line():
        from guide_import.draft import About
        from guide_import.import_guide import import_guide
        from nlu.encoding.encoder import open_encoder

        about = About(subject, thing, things, owner, contact)
        made = import_guide(files, into, about, open_encoder(read_settings().encoder_dir).encode)
        for name, keys in made.written.items():
            say(f"{into}/knowledge/guide/{name}: {len(keys)} topics")
        for each in made.left[:SHOWN]:
            say(f"left out: {each.what} ({each.place}): {each.why}")
        say(
            f"All of it: {into}/import-report.md. Read the topics, then: ./advisor guide accept {into} KEY... (or --all)"
        )


@guide_app.command("check")
def guide_check(folder: Path = typer.Argument(..., help="The folder of the guide pack.")) -> None:
    """Say what is wrong in a guide pack and what waits there."""
    with problems_in_one_line():
        from guide_import.import_guide import check_guide

        waiting = check_guide(folder)
        for key in waiting:
            say(f"waits: {key}")
        say(f"The guide is well; {len(waiting)} topics wait to be accepted.")


@guide_app.command("accept")
def guide_accept(
    folder: Path = typer.Argument(..., help="The folder of the guide pack."),
    keys: list[str] = typer.Argument(None, help="Keys of topics, as ./advisor guide check shows them."),
    every: bool = typer.Option(False, "--all", help="All topics that wait; read them first."),
) -> None:
    """Accept topics of a draft, so that the next build serves them."""
    if bool(keys) == every:
        raise typer.BadParameter("give keys of topics, or --all")
    with problems_in_one_line():
        from guide_import.import_guide import accept

        accepted = accept(folder, keys or ())
        say(
            f"{len(accepted)} topics accepted. With ADVISOR_GUIDE_DIR={folder}: ./advisor train, and start the advisor."
        )


def _open(settings: Settings) -> Knowledge:
    from knowledge.knowledge_base import open_knowledge

    return open_knowledge(settings.knowledge_db)
