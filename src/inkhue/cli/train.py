"""`inkhue train`: train one stage of a model."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from inkhue.cli import needing, say

if TYPE_CHECKING:
    from inkhue.train.checkpoint import LogRow

FOLDER = click.Path(path_type=Path)


@click.command()
@click.argument("config", type=FOLDER)
@click.argument("more", nargs=-1, metavar="")
@click.option("--data", multiple=True, required=True, metavar="SHARDS...", help="Shards; several.")
@click.option("-o", "--output", type=FOLDER, required=True, metavar="RUN", help="The run's folder.")
@click.option("--resume", is_flag=True, help="Go on where the run in RUN stopped.")
@click.option("--init", type=FOLDER, metavar="MODEL", help="Start from another run's weights.")
@click.option("--draft", type=FOLDER, metavar="RUN", help="The trained draft, for stage colorize.")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="Stop after so long.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, mps.")
@click.option("--seed", type=int, help="In place of the config's.")
def command(
    config: Path,
    more: tuple[str, ...],
    data: tuple[str, ...],
    output: Path,
    resume: bool,
    init: Path | None,
    draft: Path | None,
    minutes: float | None,
    device: str,
    seed: int | None,
) -> None:
    """Train what CONFIG.toml says on SHARDS. Ctrl-C stops the run whole; --resume goes on."""
    with needing("train"):
        from inkhue.train.config import read_config
        from inkhue.train.start import Request, train
    chosen = read_config(config)
    if seed is not None:
        chosen = replace(chosen, run=replace(chosen.run, seed=seed))
    # `--data A B` gives A to the option and leaves B among the arguments.
    request = Request(chosen, (*data, *more), output, resume, init, draft, minutes, device)
    with Bar(chosen.run.steps, minutes) as bar:
        train(request, bar.update, say)
    say(f"{output}: {bar.summary}")


class Bar:
    """A progress bar on stderr, at a terminal alone: rate, time left, the first loss."""

    def __init__(self, steps: int, minutes: float | None) -> None:
        self.steps = steps
        self.deadline = None if minutes is None else time.monotonic() + 60 * minutes
        self.last: LogRow | None = None
        self.summary = "no new row of the log"
        console = Console(stderr=True)
        columns = (BarColumn(), TextColumn("{task.description}"))
        self.progress = Progress(*columns, console=console, disable=not console.is_terminal)
        self.task = self.progress.add_task("starting", total=steps)

    def __enter__(self) -> Bar:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def update(self, row: LogRow) -> None:
        """Show a line of the log."""
        loss, value = next(iter(row.losses.items()))
        self.summary = f"step {row.step}, {row.crops} crops, {loss} {value:.4f}"
        text = self.summary
        if self.last is not None:
            seconds = max(row.seconds - self.last.seconds, 0.1)
            left = (self.steps - row.step) * seconds / max(row.step - self.last.step, 1)
            if self.deadline is not None:
                left = min(left, self.deadline - time.monotonic())
            rate = (row.crops - self.last.crops) / seconds
            text += f", {rate:.1f} crops/s, {max(left, 0) / 60:.0f} min left"
        self.last = row
        self.progress.update(self.task, completed=row.step, description=text)
