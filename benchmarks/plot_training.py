"""Plot the losses of runs: `python benchmarks/plot_training.py RUN... -o PICTURE.png`.

A panel for each stage and loss. With `--chain` each run of a stage goes on where the one before it
ended, as it was started from that one.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from inkhue.train.checkpoint import load_config, read_log

SMOOTH = 2000  # crops that a point of a curve is the mean of,
LEAST = 4  # and at most a run's part by this
COLUMNS = 2


def main() -> None:
    """Write the plot."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--chain", action="store_true", help="one run goes on where one ended")
    parser.add_argument("-o", "--out", type=Path, required=True)
    given = parser.parse_args()
    curves = read_curves(given.runs, given.chain)
    rows = -(-len(curves) // COLUMNS)
    figure, grid = plt.subplots(
        rows, COLUMNS, figsize=(11, 3.2 * rows), constrained_layout=True, squeeze=False
    )
    for panel in grid.flat[len(curves) :]:
        panel.set_visible(False)
    for panel, (title, lines) in zip(grid.flat, curves.items(), strict=False):
        for name, crops, losses in lines:
            panel.plot(crops, losses, label=name)
        panel.set(title=title, xlabel="crops seen")
        panel.grid(alpha=0.3)
        panel.legend(fontsize=8)
    figure.savefig(given.out, dpi=80)


def read_curves(
    runs: list[Path], chain: bool
) -> dict[str, list[tuple[str, np.ndarray, np.ndarray]]]:
    """Return for each stage and loss the runs' names, crops and smoothed losses."""
    curves, ends = defaultdict(list), defaultdict(int)
    for run in runs:
        stage, rows = load_config(run).stage, read_log(run)
        crops = np.array([row.crops for row in rows]) + ends[stage]
        for name in rows[0].losses:
            losses = np.array([row.losses[name] for row in rows])
            if losses.any():
                seen = max(1, rows[-1].crops)
                window = max(1, min(SMOOTH, seen // LEAST) * len(rows) // seen)
                smooth = np.convolve(losses, np.ones(window) / window, mode="valid")
                curves[f"{stage}: {name}"].append(
                    (run.name, crops[len(rows) - len(smooth) :], smooth)
                )
        ends[stage] = int(crops[-1]) if chain else 0
    return curves


if __name__ == "__main__":
    main()
