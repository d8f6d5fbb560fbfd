"""Figures and paired differences of recorded scores, as Markdown; needs no shards and no torch.

    print_scores.py benchmarks/scores/au-net-w16.csv.gz benchmarks/scores/u-net-w16.csv.gz ...

The others are compared with the first, on its pictures.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from inkhue.errors import InkhueError
from inkhue.evaluate.figures import recorded_blocks
from inkhue.evaluate.recorded import Recorded, read_recorded
from inkhue.evaluate.tables import difference_table, figure_table, markdown


def main() -> None:
    """Print the tables of every block."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    files = parser.parse_args().files
    try:
        systems = named_apart(files, [read_recorded(path) for path in files])
    except InkhueError as error:
        parser.exit(1, f"{error}\n")
    for system in systems:
        print(f"- {system.name}: {'; '.join(system.facts)}")
    for block in recorded_blocks(systems):
        for table in (figure_table(block), difference_table(block)):
            if table is not None:
                print(f"\n{markdown(table)}", end="")
        for note in block.notes:
            print(f"\n{note}")


def named_apart(files: Sequence[Path], systems: Sequence[Recorded]) -> list[Recorded]:
    """Call systems whose name comes twice by their files."""
    names = [system.name for system in systems]
    return [
        replace(system, name=str(path)) if names.count(system.name) > 1 else system
        for path, system in zip(files, systems, strict=True)
    ]


if __name__ == "__main__":
    main()
