"""Commands on the knowledge base: check, build and look into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bot.cli.base import PLAIN, problems_in_one_line, read_settings, say

if TYPE_CHECKING:
    from core.settings import Settings
    from knowledge.knowledge_base import Knowledge

knowledge_app = typer.Typer(help="The knowledge base: check, build and look into it.", **PLAIN)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(knowledge_app, name="knowledge")


@knowledge_app.command("build")
def knowledge_build(check: bool = typer.Option(False, "--check", help="Say what is wrong; change nothing.")) -> None:
    """Build the database and data/generated/.

    From the files in knowledge/: whole, or not at all.
    """
    if check:
        knowledge_check()
        return
    from training import train

    with problems_in_one_line():
        settings = read_settings()
        train.prepare_model_files(settings, say)
        train.build_knowledge(settings, say)


@knowledge_app.command("check")
def knowledge_check() -> None:
    """Say what is wrong in the files; change nothing.

    Also names what is out of step in data/generated/.
    """
    from training import train

    with problems_in_one_line():
        train.check_knowledge(read_settings())
        say("The knowledge files are well, and data/generated/ is in step with them.")


@knowledge_app.command("search")
def knowledge_search(words: str, limit: int = typer.Option(5, min=1, max=50, help="How many at most.")) -> None:
    """Find the passages nearest to some words."""
    with problems_in_one_line():
        from nlu.encoding.encoder import open_encoder

        settings = read_settings()
        vector = open_encoder(settings.encoder_dir).encode([words])[0]
        for passage in _open(settings).search(words, vector, limit):
            say(f"{passage.score:.2f}  {passage.topic_key}  {passage.title}\n      {passage.text}")


@knowledge_app.command("show")
def knowledge_show(key: str) -> None:
    """Show what is held under a key.

    For example challenges/visa, canada or not-stated/fees.
    """
    with problems_in_one_line():
        from bot.cli.show import entry_page

        say(entry_page(_open(read_settings()), key))


@knowledge_app.command("stats")
def knowledge_stats() -> None:
    """Count what the knowledge base holds."""
    with problems_in_one_line():
        for name, number in _open(read_settings()).stats().items():
            say(f"{number!s:>7}  {name}")


def _open(settings: Settings) -> Knowledge:
    from knowledge.knowledge_base import open_knowledge

    return open_knowledge(settings.knowledge_db)
