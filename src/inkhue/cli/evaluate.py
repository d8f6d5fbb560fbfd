"""`inkhue evaluate`: score models, fills and programs."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from inkhue.cli import needing, say
from inkhue.errors import UsageError

NUMBERS = "0,10,40,140,400"


@click.command()
@click.argument("more", nargs=-1, metavar="")
@click.option("--data", multiple=True, required=True, metavar="SHARDS...", help="Sets; several.")
@click.option(
    "--model",
    multiple=True,
    metavar="NAME[@OBEY],...",
    help="Models, by name or folder, fills, or recorded scores (NAME.csv.gz); repeatable.",
)
@click.option(
    "--command",
    "commands",
    multiple=True,
    metavar="[NAME=]CMD",
    help='A program: "CMD {line} {hints} {out}"; also {hints_json}, {reference}.',
)
@click.option("--with-lines", is_flag=True, help="What --command writes has the lines in it.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Time limit of --command.",
)
@click.option("--hints", default=NUMBERS, show_default=True, help="Numbers of pixel hints.")
@click.option("--regions", is_flag=True, help="One hint a region for sets with true lines.")
@click.option("--hint-auc", is_flag=True, help="Hint-AUC too (pip install inkhue[hint-auc]).")
@click.option("--record", "into", is_flag=True, help="Write the figures into each model.json.")
@click.option("--limit", type=click.IntRange(min=1), help="So many pictures of each set.")
@click.option("--threads", type=click.IntRange(min=1), help="All cores, at most 4, by default.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Report."
)
@click.pass_context
def command(
    ctx: click.Context,
    more: tuple[str, ...],
    data: tuple[str, ...],
    model: tuple[str, ...],
    commands: tuple[str, ...],
    with_lines: bool,
    seconds: float,
    hints: str,
    regions: bool,
    hint_auc: bool,
    into: bool,
    limit: int | None,
    threads: int | None,
    output: Path,
) -> None:
    """Score colorizers by inkhue's protocol and write a report. A run that was stopped goes on."""
    with needing("evaluate"):
        from inkhue.evaluate.figures import blocks
        from inkhue.evaluate.hint_auc import find_package
        from inkhue.evaluate.record import record
        from inkhue.evaluate.report import write_report
        from inkhue.evaluate.run import Plan, evaluate
        from inkhue.evaluate.systems import make_systems
    if hint_auc:
        find_package()  # before hours of scoring
    names = [name for given in model for name in given.split(",") if name]
    systems = make_systems(names, commands, seconds=seconds, with_lines=with_lines, threads=threads)
    # `--data A B` gives A to the option and leaves B among the arguments.
    plan = Plan((*data, *more), systems, output, parse_numbers(hints), regions, limit, hint_auc)
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("scoring", total=None)
        outcome = evaluate(plan, lambda done, of: bar.update(task, completed=done, total=of))
    figures = blocks(outcome)
    say(f"wrote {write_report(outcome, figures)}")
    for note in (note for block in figures for note in block.notes):
        say(note)
    for path in record(outcome, figures) if into else ():
        say(f"wrote the scores into {path}")
    if outcome.failures:
        say(f"{len(outcome.failures)} predictions failed: the report lists them", level=-1)
        ctx.exit(1)


def parse_numbers(text: str) -> tuple[int, ...]:
    """Read "0,10,140"."""
    try:
        numbers = tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        numbers = (-1,)
    if any(not 0 <= number <= 128 * 128 for number in numbers):
        raise UsageError(f"--hints {text!r}: give numbers from 0 to 16384, such as 10,140")
    return tuple(dict.fromkeys(numbers))
