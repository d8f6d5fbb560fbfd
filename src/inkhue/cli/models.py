"""`inkhue models`: what there is to colour with, and what it costs."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from inkhue.model import DEFAULT_MODEL, Model, list_models

PIPE_WIDTH = 200  # columns of a table that no terminal shows


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Exact numbers for programs.")
def command(as_json: bool) -> None:
    """List the models: parameters, sizes, multiply-adds for 512 x 512 pixels, licence."""
    models = list_models()
    if as_json:
        click.echo(json.dumps([facts(model) for model in models], indent=2))
    else:
        show(table(models))


def facts(model: Model) -> dict[str, Any]:
    """Return what `--json` tells of a model; sizes in bytes."""
    return {
        "name": model.name,
        "version": model.version,
        "summary": model.summary,
        "license": model.license,
        "default": model.name == DEFAULT_MODEL,
        "installed": model.installed,
        "folder": str(model.folder),
        "parameters": model.parameters,
        "float32_bytes": model.float32_bytes,
        "file_bytes": model.file_bytes,
        "multiply_adds_512": model.multiply_adds,
        "size": model.size,
        "needs": list(model.needs),
        "stages": {
            name: {
                "parameters": stage.parameters,
                "trainable": stage.trainable,
                "multiply_adds_512": stage.multiply_adds,
                "file_bytes": stage.bytes,
            }
            for name, stage in model.stages.items()
        },
    }


def table(models: list[Model]) -> Table:
    """Lay the models out, one a row."""
    shown = Table("model", "parameters of each stage", box=None, pad_edge=False)
    for heading in ("parameters", "float32 MB", "file MB", "multiply-adds at 512, G"):
        shown.add_column(heading, justify="right")
    for heading in ("licence", "default", "installed"):
        shown.add_column(heading)
    for model in models:
        shown.add_row(
            model.name,
            ", ".join(f"{name} {stage.parameters:,}" for name, stage in model.stages.items()),
            f"{model.parameters:,}",
            f"{model.float32_bytes / 1e6:.1f}",
            f"{model.file_bytes / 1e6:.1f}",
            f"{model.multiply_adds / 1e9:.2f}",
            model.license,
            "yes" if model.name == DEFAULT_MODEL else "",
            "yes" if model.installed else "no",
        )
    return shown


def show(shown: Table) -> None:
    """Print a table to stdout; only a terminal's width may wrap it."""
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    Console(file=sys.stdout, width=width, highlight=False).print(shown)
