"""`inkhue export`: training runs become a model folder."""

from __future__ import annotations

from pathlib import Path

import click

from inkhue.cli import needing, say
from inkhue.errors import UsageError
from inkhue.model import DESCRIPTION

FOLDER = click.Path(path_type=Path)


@click.command()
@click.argument("runs", nargs=-1, required=True, type=FOLDER)
@click.option("-o", "--output", type=FOLDER, required=True, metavar="FOLDER", help="Model folder.")
@click.option(
    "--store",
    type=click.Choice(["int8", "float16", "float32"]),
    default="int8",
    show_default=True,
    help="How the files keep the weights; they compute in float32.",
)
@click.option("--int8", is_flag=True, help="Also graphs that compute in 8 bits, if as good.")
@click.option("--describe-only", is_flag=True, help="Write no graphs, only what describes them.")
@click.option("--force", is_flag=True, help="Replace a model folder that exists.")
def command(
    runs: tuple[Path, ...], output: Path, store: str, int8: bool, describe_only: bool, force: bool
) -> None:
    """Make a model folder of RUNS: a run of stage colorize, and a draft run to replace its own."""
    check(output, force)
    with needing("train"):
        from inkhue.train.export import Form, export
    form = Form(store, int8=int8, described=describe_only)
    say(f"wrote {export(runs, output, form, say)}")


def check(out: Path, force: bool) -> None:
    """Refuse to replace a model unasked, and anything else at all."""
    if not out.exists():
        return
    if not force:
        raise UsageError(f"{out} exists: name another folder, or replace it with --force")
    if not (out / DESCRIPTION).is_file():
        raise UsageError(f"{out} is no model folder, and is not replaced: name another")
