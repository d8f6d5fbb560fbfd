"""`inkhue bench`: how long colouring takes here, and how much memory."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from rich.table import Table

from inkhue.cli.models import show
from inkhue.errors import UsageError
from inkhue.measure import Measured, measure_apart
from inkhue.model import DEFAULT_MODEL, find_model


@click.command()
@click.option("--model", multiple=True, default=(DEFAULT_MODEL,), help="Repeatable.")
@click.option(
    "--variant", multiple=True, help="Of the models; repeatable. Their usual one by default."
)
@click.option(
    "--sizes", default="512,1024,2048,4096", show_default=True, help="Pages' sides, pixels."
)
@click.option("--threads", type=click.IntRange(min=1), help="All cores, at most 4, by default.")
@click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Numbers for programs.")
def command(
    model: tuple[str, ...],
    variant: tuple[str, ...],
    sizes: str,
    threads: int | None,
    runs: int,
    as_json: bool,
) -> None:
    """Measure draft, colour and the whole, and peak memory; medians of alternating runs."""
    sides = parse_sizes(sizes)
    # An unknown one is told before the first minute is spent.
    kinds = [(n, find_model(n).known(v)) for n in model for v in variant or (None,)]
    rows = [measure_apart(n, v, side, threads, runs) for n, v in kinds for side in sides]
    if as_json:
        listed = [asdict(row) | {"ratio": round(row.ratio, 3)} for row in rows]
        click.echo(json.dumps(listed, indent=2))
    else:
        show(table(rows))


def parse_sizes(text: str) -> list[int]:
    """Read "512,1024"."""
    try:
        sides = [int(part) for part in text.split(",")]
    except ValueError:
        sides = []
    if not sides or min(sides) < 16 or max(sides) > 12000:
        raise UsageError(f"--sizes {text!r}: give pixels from 16 to 12000, such as 512,1024")
    return sides


def table(rows: list[Measured]) -> Table:
    """Lay the measurements out."""
    shown = Table("model", "variant", box=None, pad_edge=False)
    headings = (
        "page",
        "threads",
        "draft ms",
        "colour ms",
        "whole ms",
        "networks ms",
        "again ms",
        "ratio",
        "peak MB",
    )
    for heading in headings:
        shown.add_column(heading, justify="right")
    for row in rows:
        times = (f"{t:.0f}" for t in (row.draft, row.color, row.whole, row.networks, row.hint))
        peak = "n/a" if row.peak_mb is None else f"{row.peak_mb:.0f}"
        shown.add_row(
            row.model,
            row.variant,
            str(row.size),
            str(row.threads),
            *times,
            f"{row.ratio:.2f}",
            peak,
        )
    return shown
