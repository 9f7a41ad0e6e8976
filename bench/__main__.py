"""The command line of the measurements: `./advisor bench ...`, or python -m bench."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import typer

from bot.cli.base import PLAIN, problems_in_one_line, read_settings, run_app, say

app = typer.Typer(help="Measurements: whole turns, and understanding on public data sets.", **PLAIN)


@app.command("turns")
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
        if actions not in ("", "in-process", "server"):
            raise typer.BadParameter(f"'{actions}' is not in-process or server", param_hint="--actions")
        kinds = (actions,) if actions else ("in-process", "server")
        places = tuple(place for place in turns.PLACES if place <= longest)
        turns.bench_turns(kinds, peer, train, places, say)


@app.command("claims")
def bench_claims(fit: bool = typer.Option(False, "--fit", help="Write the weights that were found.")) -> None:
    """Measure how well claims are chosen for labelled questions.

    Cross-validated, with the trained model and the knowledge base that stand.
    """
    from bench import claim_ranking

    with problems_in_one_line():
        claim_ranking.bench_claims(fit, say)


@app.command("topics")
def bench_topics(fit: bool = typer.Option(False, "--fit", help="Write the weights that were found.")) -> None:
    """Measure how well topics are found by their texts alone.

    Those of a guide that was made of a page are; the project's guide stands in for such pages.
    """
    from bench import topic_ranking

    with problems_in_one_line():
        topic_ranking.bench_topics(fit, say)


@app.command("understanding")
def bench_understanding(
    url: str = typer.Option("", "--with", help="An OpenAI-compatible endpoint, e.g. http://127.0.0.1:8000/v1."),
    name: str = typer.Option("", "--model", help="What it calls the model."),
    key_file: Path = typer.Option(None, "--key-file", help="File with its key."),
    when: str = typer.Option("unsure", help="What is put to it: `unsure` or `always`."),
    seconds: float = typer.Option(2.0, min=0.1, help="How long it is waited for."),
    form: str = typer.Option("schema", help="How it is told the form of its answer: `schema` or `json`."),
    prices: tuple[float, float] = typer.Option((0.0, 0.0), help="What a million tokens cost, read and written."),
    every: int = typer.Option(1, min=1, help="Only every so-manyth question."),
) -> None:
    """Measure what a language model would gain.

    Quality, time and cost on the project's own questions, which are all that is sent to the endpoint.
    """
    from bench import understanding

    with problems_in_one_line():
        told = {"url": url, "name": name, "key_file": key_file, "when": when, "seconds": seconds, "form": form}
        understanding.bench_understanding(understanding.with_endpoint(read_settings(), told, prices), every, say)


@app.command("widgets")
def bench_widgets(
    count: int = typer.Option(200, min=1, help="How many are open at once."),
    pause: float = typer.Option(8.0, min=0.1, help="Seconds between two messages of a visitor."),
    talking: int = typer.Option(0, min=0, help="How many of the visitors write; 0 means all."),
) -> None:
    """Measure open widgets on a front of its own.

    Memory, time to an answer, and that no message is missed.
    """
    from bench import widgets

    with problems_in_one_line():
        widgets.bench_widgets(count, pause, say, min(talking, count))


@app.command("load")
def bench_load(
    engines: int = typer.Option(1, min=1, help="How many engines."),
    fronts: int = typer.Option(1, min=1, help="How many fronts."),
    visitors: int = typer.Option(32, min=1, help="How many talk at once."),
    minutes: float = typer.Option(1.0, min=0.1, help="How long; 20 and more is a soak."),
    pause: float = typer.Option(0.0, min=0, help="Seconds that a visitor thinks between two messages."),
    on: str = typer.Option("", help="`sqlite` or `postgresql`; left out, PostgreSQL where there are several."),
) -> None:
    """Measure many visitors at once over REST.

    Turns a second, how long they waited, failures, the processor's time and memory over time, with as many engines and fronts.
    """
    from bench import load

    with problems_in_one_line():
        if on not in ("", "sqlite", "postgresql"):
            raise typer.BadParameter(f"'{on}' is not sqlite or postgresql", param_hint="--on")
        on_postgresql = on == "postgresql" or (not on and max(engines, fronts) > 1)
        load.bench_load(load.Plan(engines, fronts, visitors, minutes * 60, pause, on_postgresql), say)


@app.command("front")
def bench_front() -> None:
    """Measure what the front adds to a turn.

    The same messages over HTTP, to the engine directly and through the front.
    """
    from bench import front

    with problems_in_one_line():
        front.bench_front(say)


@app.command("memory")
def bench_memory(
    megabytes: int = typer.Option(1000, min=100, help="The memory that there is."),
    minutes: float = typer.Option(10.0, min=0.1, help="How long visitors talk."),
    conversations: int = typer.Option(20, min=1, help="How many of them talk at once."),
) -> None:
    """Try a small server.

    Engine, front and visitors under a limit of memory; exit code 1 if one of them is killed or takes more.
    """
    from bench import limits

    with problems_in_one_line():
        limits.bench_memory(megabytes, minutes * 60, conversations, say)


@app.command("catalogue")
def bench_catalogue(
    size: list[int] = typer.Option([], min=1, help="How many programs; several times for several sizes."),
    keep: Path = typer.Option(
        None, exists=True, file_okay=False, help="A folder for the catalogues; one that is there is not written again."
    ),
) -> None:
    """Measure the catalogue of own programs.

    Import, searches, names in messages, size and memory, in a made-up catalogue.
    """
    from bench import catalogue

    with problems_in_one_line():
        catalogue.bench_catalogue(size or catalogue.SIZES, say, keep)


@app.command("nlu")
def bench_nlu(
    data: Path = typer.Option(..., help="Folder with train_10.csv, test.csv and perhaps oos_test.csv."),
    peer: str = typer.Option("", help="`diet`: Rasa's default pipeline on the same data (slow)."),
    limit: int = typer.Option(None, min=2, help="Only so many intents."),
) -> None:
    """Measure understanding on a data set.

    Accuracy, what is refused outside its scope, training and parsing time.
    """
    from bench import diet, nlu

    with problems_in_one_line():
        score_peer = partial(diet.bench_diet, say=say) if peer == "diet" else None
        nlu.bench_nlu(data, score_peer, limit, say)


@app.command("channels")
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


@app.command("console")
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


if __name__ == "__main__":
    run_app(app, "advisor bench")
