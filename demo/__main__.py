"""The command line of the demos: `./advisor demo ...`, or python -m demo."""

from __future__ import annotations

from datetime import date, datetime

import typer

from bot.cli.base import PLAIN, problems_in_one_line, read_settings, run_app, say

app = typer.Typer(
    help="To look at it: everything over made-up data, or platforms without an account.",
    **{**PLAIN, "no_args_is_help": False},
    invoke_without_command=True,
)


@app.callback()
def demo(
    context: typer.Context, messages: int = typer.Option(3_000, min=2, help="How many made-up messages there are.")
) -> None:
    """Run everything over made-up conversations and programs, on free ports, beside a real advisor and apart from it."""
    if context.invoked_subcommand:
        return
    from demo import demo_advisor

    with problems_in_one_line():
        code = demo_advisor.run(read_settings(), messages, say)
    raise typer.Exit(code)


@app.command("telegram")
def demo_telegram(port: int = typer.Option(8090, help="Where the stand-in's page is.", min=1, max=65535)) -> None:
    """Run the advisor with a stand-in of Telegram.

    One chats in a browser as a phone would show it, without an account. Stop an advisor that runs already.
    """
    _run_demo("telegram", port)


@app.command("slack")
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


@app.command("data")  # in the front's environment, see the script `advisor`
def demo_data(
    messages: int = typer.Option(30_000, min=2, help="How many messages."),
    account: str = typer.Option("", help="Name of an admin to add, whose password is said."),
) -> None:
    """Fill var/demo.db with made-up conversations.

    A file of its own, made anew each time; real conversations are never touched.
    """
    from demo.generator import make_demo_file

    with problems_in_one_line():
        settings = read_settings()
        file, made, password = make_demo_file(settings, messages, account)
        say(f"{file} holds {made:,} made-up messages.")
        if account:
            say(f"{account} signs in with the password {password}")
            return
        say("To look at them, stop a running advisor; then:")
        say(f"  export ADVISOR_DATABASE_URL=sqlite:///{file}")
        say("  ./advisor staff add NAME --role admin    # asks for a password")
        say(f"  make run                                 # then open {settings.front_url}/staff")
        say("`./advisor demo` does all of it by itself, beside a running advisor.")


@app.command("catalogue")
def demo_catalogue(
    today: datetime | None = typer.Option(
        None, formats=["%Y-%m-%d"], help="The day that starts and deadlines lie around; today if left out."
    ),
) -> None:
    """Put 300 made-up programs into the catalogue of own programs.

    They are the source "sample": `advisor catalogue remove sample` takes them out again.
    """
    from demo.sample_catalogue import SOURCE, write_sample
    from own_programs.store.writer import FILE_NAME, master_of

    with problems_in_one_line():
        settings = read_settings()
        file = settings.catalogue_dir / FILE_NAME
        count = write_sample(file, today.date() if today else date.today(), master_of(settings))
        say(f"{file} holds {count} made-up programs of the source {SOURCE!r}.")
        say(f"  ./advisor catalogue remove {SOURCE}    # takes them out again")


if __name__ == "__main__":
    run_app(app, "advisor demo")
