"""`inkhue prepare`: make training shards of a folder of pictures."""

from __future__ import annotations

from pathlib import Path

import click

from inkhue.cli import needing, say


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    *("-o", "--output", "out"),
    type=click.Path(path_type=Path),
    required=True,
    metavar="SHARDS",
    help="Folder of the shards; a second run adds the new pictures.",
)
@click.option(
    *("--from", "table"),
    type=click.Path(path_type=Path),
    metavar="SOURCES.CSV",
    help="Rebuild the set that this table names; FOLDER holds its sources unpacked, one folder "
    "for each origin, such as github_a_b for github:a/b@VERSION; what has to be rendered is taken "
    "from ID.png in it.",
)
def command(folder: Path, out: Path, table: Path | None) -> None:
    """Make training shards of the pictures in FOLDER.

    NAME.line.EXT beside NAME.EXT is its true line art; NAME.json may hold its title, author,
    license, origin and path. Broken, small (under 64 pixels), grey and repeated pictures are left
    out; SHARDS/left-out.csv says why, SHARDS/manifest.csv lists the others.
    """
    from rich.console import Console
    from rich.progress import Progress

    with needing("train"):
        from inkhue.data.prepare import LEFT_OUT, prepare_folder, rebuild

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("pictures", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        if table is None:
            summary = prepare_folder(folder, out, progress)
        else:
            summary = rebuild(table, folder, out, progress)
    made = f"{count(summary.pictures, 'picture')} in {count(summary.shards, 'shard')}"
    say(f"{made}, {summary.left_out} left out: see {out / LEFT_OUT}")


def count(number: int, thing: str) -> str:
    """Return "1 shard" or "4 shards"."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
