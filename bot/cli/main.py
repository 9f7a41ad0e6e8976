"""The `advisor` command: reads the arguments, calls the room that does the work, prints.

Heavy imports stand inside the functions, so that `--help` is quick. Exit code 0 is well, 1 a problem, 2 wrong usage.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli import front_commands
from core.file_permissions import restrict_new_files
from core.settings import Settings, SettingsError, process_environment, settings_table, values_in_force

if TYPE_CHECKING:
    from knowledge.knowledge_base import Knowledge

PLAIN = {"rich_markup_mode": None, "add_completion": False, "no_args_is_help": True, "pretty_exceptions_enable": False}
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
app = typer.Typer(help="The advisor on micro-credentials abroad: everything it can be told to do.", **PLAIN)
knowledge_app = typer.Typer(help="The knowledge base: check, build and look into it.", **PLAIN)
app.add_typer(knowledge_app, name="knowledge")
demo_app = typer.Typer(help="To look at it: platforms without an account, made-up conversations.", **PLAIN)
app.add_typer(demo_app, name="demo")
bench_app = typer.Typer(help="Measurements: whole turns, and understanding on public data sets.", **PLAIN)
app.add_typer(bench_app, name="bench")


def say(line: str = "") -> None:
    typer.echo(line)


@contextmanager
def problems_in_one_line() -> Iterator[None]:
    """Whatever a person can put right becomes its message on stderr and exit code 1."""
    from bot.cli.chat import AdvisorUnreachable
    from channels.slack.errors import SocketFailed
    from channels.telegram.errors import PollingFailed
    from conversations.errors import BackupError, StaffError, StoreError
    from core.processes import PortTaken
    from knowledge.errors import KnowledgeError
    from nlu.encoding.model_files import ModelFilesError
    from training.evaluation.assistant import MeasurementFailed
    from training.train import ReleaseRefused, TrainingFailed

    try:
        yield
    except (
        BackupError,
        MeasurementFailed,
        SettingsError,
        PortTaken,
        AdvisorUnreachable,
        TrainingFailed,
        ReleaseRefused,
        KnowledgeError,
        ModelFilesError,
        StaffError,
        StoreError,
        PollingFailed,
        SocketFailed,
    ) as error:
        typer.echo(f"advisor: {error}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def read_settings() -> Settings:
    return Settings.from_environment()


def _show_version(wanted: bool) -> None:
    if wanted:
        from core.version import version

        say(version())
        raise typer.Exit


@app.callback()
def advisor(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Show the version."),
) -> None:
    """The advisor on micro-credentials abroad: everything it can be told to do."""


@app.command()
def run(brief: bool = typer.Option(False, "--brief", hidden=True)) -> None:
    """Prepare what is missing, then run the advisor.

    Starts the engine, says where it answers, brings it back if it crashes.
    """
    from bot.ops import run

    with problems_in_one_line():
        code = run.run(read_settings(), say, brief)
    raise typer.Exit(code)


@demo_app.command("telegram")
def demo_telegram(port: int = typer.Option(8090, help="Where the stand-in's page is.", min=1, max=65535)) -> None:
    """Run the advisor with a stand-in of Telegram.

    One chats in a browser as a phone would show it, without an account. Stop an advisor that runs already.
    """
    _run_demo("telegram", port)


@demo_app.command("slack")
def demo_slack(port: int = typer.Option(8090, help="Where the stand-in's page is.", min=1, max=65535)) -> None:
    """Run the advisor with a stand-in of Slack.

    One chats in a browser as Slack would show it, without an account. Stop an advisor that runs already.
    """
    _run_demo("slack", port)


def _run_demo(platform: str, port: int) -> None:
    from demo import run as room

    with problems_in_one_line():
        code = room.run(platform, port, read_settings(), say)
    raise typer.Exit(code)


@app.command()
def engine() -> None:
    """Run the engine alone, for a service manager.

    With actions on a server of their own, `advisor actions` runs that one.
    """
    _become_service("The engine")


@app.command()
def actions() -> None:
    """Run the action server alone, for a service manager."""
    _become_service("The action server")


@app.command()
def chat() -> None:
    """Talk to the advisor in this terminal.

    Uses the advisor that runs already; else starts one for as long as the conversation lasts.
    """
    from bot.cli import chat

    with problems_in_one_line():
        settings = read_settings()
        with chat.advisor_running(settings):
            chat.chat(settings, say)


@app.command()
def ask(question: str, sender: str = typer.Option(None, help="Go on with the conversation of this name.")) -> None:
    """Ask the running advisor one question."""
    from bot.cli import chat

    with problems_in_one_line():
        for reply in chat.Conversation(read_settings(), sender).say(question):
            say(chat.format_reply(reply, bold=sys.stdout.isatty()))


@app.command()
def train(force: bool = typer.Option(False, "--force", help="Train even where nothing changed.")) -> None:
    """Train where something that matters changed.

    Prepares what training needs first: the sentence model and the knowledge base.
    """
    from training import train

    with problems_in_one_line():
        train.prepare_all(read_settings(), say, force)
        say("The model is up to date.")


@app.command()
def release(
    lessons: Path = typer.Argument(None, help="A JSON Lines file of lessons; without one, the console's corrections."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Show what would come of it; change nothing."),
    back: bool = typer.Option(False, "--back", help="Go back to what was before the last release."),
) -> None:
    """Learn from corrections, or go back.

    Builds, trains and measures in a copy; what is not worse than the model in use takes its place without a restart.
    """
    from training import release as room

    if lessons and back:
        raise typer.BadParameter("give a file of lessons or --back, not both")
    with problems_in_one_line():
        if back:
            room.roll_back(read_settings(), say)
        else:
            room.release(read_settings(), lessons, dry_run, say)


@app.command("model-files")
def model_files() -> None:
    """Prepare the sentence model (part of the set-up)."""
    from training import train

    with problems_in_one_line():
        train.prepare_model_files(read_settings(), say)


@app.command()
def doctor() -> None:
    """Say what is missing or broken, and what to do.

    Exit code 1 if anything is.
    """
    from bot.ops import doctor as room

    with problems_in_one_line():
        findings = []
        for finding in room.run_checks(read_settings()):
            findings.append(finding)
            say(str(finding))
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@app.command()
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


@app.command(context_settings=PASS_ON)
def rasa(context: typer.Context) -> None:
    """Run Rasa's own command, with no telemetry.

    For example: advisor rasa test core -s tests; advisor rasa data validate; advisor rasa shell.
    """
    _become("bot.engine.rasa_command", context.args)


@app.command(context_settings=PASS_ON)
def pytest(context: typer.Context) -> None:
    """Run the tests, with pytest's own options."""
    _become("pytest", context.args)


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


@bench_app.command("turns")
def bench_turns(
    actions: str = typer.Option("", help="Only with actions `in-process` or on the `server`; both when left out."),
    peer: bool = typer.Option(False, "--peer", help="Rasa's default project beside it, trained once (minutes)."),
    train: bool = typer.Option(False, "--train", help="Training time as well."),
    longest: int = typer.Option(1000, min=1, help="How long the longest conversation is."),
) -> None:
    """Measure whole turns over HTTP.

    Latency, CPU, throughput, start and memory of an engine of its own.
    """
    from bench import turns

    with problems_in_one_line():
        ways = ("in-process", "server")
        if actions and actions not in ways:
            raise typer.BadParameter(f"'{actions}' is not in-process or server", param_hint="--actions")
        ways = (actions,) if actions else ways
        places = tuple(place for place in turns.PLACES if place <= longest)
        turns.bench_turns(ways, peer, train, places, say)


@bench_app.command("widgets")
def bench_widgets(count: int = typer.Option(200, min=1, help="How many are open at once.")) -> None:
    """Measure open widgets on a front of its own.

    Memory, time to an answer, and that no message is missed.
    """
    from bench import widgets

    with problems_in_one_line():
        widgets.bench_widgets(count, say)


@bench_app.command("front")
def bench_front() -> None:
    """Measure what the front adds to a turn.

    The same messages over HTTP, to the engine directly and through the front.
    """
    from bench import front

    with problems_in_one_line():
        front.bench_front(say)


@bench_app.command("nlu")
def bench_nlu(
    data: Path = typer.Option(..., help="Folder with train_10.csv, test.csv and perhaps oos_test.csv."),
    peer: str = typer.Option("", help="`diet`: Rasa's default pipeline on the same data (slow)."),
    limit: int = typer.Option(None, min=2, help="Only so many intents."),
) -> None:
    """Measure understanding on a data set.

    Accuracy, what is refused outside its scope, training and parsing time.
    """
    from bench import nlu

    with problems_in_one_line():
        nlu.bench_nlu(data, peer or None, limit, say)


@bench_app.command("channels")
def bench_channels(
    files: list[Path] = typer.Argument(..., help="Questions, one JSON object a line (bench/questions.py)."),
    channel: list[str] = typer.Option(None, help="Only these beside REST, e.g. slack; all when left out."),
) -> None:
    """Ask the same questions through each channel.

    Over REST and through the platforms' adapters with stand-ins; exit code 1 where the verdicts differ.
    """
    from bench import channels, questions

    with problems_in_one_line():
        try:
            asked = questions.questions_in(files)
        except questions.NoQuestions as error:
            raise typer.BadParameter(str(error), param_hint="FILES") from None
        others = channel or [name for name in channels.WAYS if name != "rest"]
        if unknown := set(others) - set(channels.WAYS):
            raise typer.BadParameter(f"no such channel: {', '.join(sorted(unknown))}", param_hint="--channel")
        same = channels.bench_channels(asked, others, say)
    raise typer.Exit(0 if same else 1)


@bench_app.command("console")
def bench_console(
    messages: int = typer.Option(1_000_000, min=1000, help="How many messages there are."),
    on: str = typer.Option("both", help="`sqlite`, `postgresql` or `both`."),
) -> None:
    """Measure the staff console's pages.

    Over HTTP, with very many made-up messages, which are kept in var/bench for the next time (SQLite).
    """
    from bench.console import bench_console as measure

    with problems_in_one_line():
        if on not in ("sqlite", "postgresql", "both"):
            raise typer.BadParameter(f"'{on}' is not sqlite, postgresql or both", param_hint="--on")
        measure(read_settings(), messages, on, say)


front_commands.add_to(app, demo_app, problems_in_one_line, say)


def _open(settings: Settings) -> Knowledge:
    from knowledge.knowledge_base import open_knowledge

    return open_knowledge(settings.knowledge_db)


def _become_service(name: str) -> None:
    """Let this process be one of the engine's side."""
    from bot.ops import run

    with problems_in_one_line():
        settings = read_settings()
        found = next((one for one in run.services(settings) if one.name == name), None)
        if found is None:
            raise SettingsError(f"{name} has no place of its own with ADVISOR_ACTIONS={settings.actions}.")
        os.chdir(found.folder)
        os.execve(found.argv[0], list(found.argv), dict(found.environment))


def _become(module: str, arguments: list[str]) -> None:
    """Let this process be `python -m MODULE ...`: its signals, its exit code."""
    os.execve(sys.executable, [sys.executable, "-m", module, *arguments], process_environment())


def main() -> None:
    # So that what we started is ended with us: `finally` does not run on an unhandled SIGTERM.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    restrict_new_files()
    app(prog_name="advisor")


if __name__ == "__main__":
    main()
