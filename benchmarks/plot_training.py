"""Plot the losses of runs: `python benchmarks/plot_training.py RUN... -o PICTURE.png`."""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from inkhue.train.checkpoint import load_config, read_log


def main() -> None:
    """Write the plot: a panel for each stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    arguments = parser.parse_args()
    figure, panels = plt.subplots(1, 2, figsize=(11, 4), constrained_layout=True)
    for panel, stage in zip(panels, ("draft", "colorize"), strict=True):
        for run in arguments.runs:
            if load_config(run).stage == stage:
                plot_run(panel, run)
        panel.set(title=f"stage: {stage}", xlabel="crops seen", ylabel="L1, colours in [-1, 1]")
        panel.grid(alpha=0.3)
        if panel.lines:
            panel.legend()
    figure.savefig(arguments.out, dpi=90)


def plot_run(panel: plt.Axes, run: Path) -> None:
    """Draw one run's L1, smoothed over a fortieth of it."""
    rows = read_log(run)
    crops, losses = [row.crops for row in rows], np.array([row.losses["l1"] for row in rows])
    window = max(1, len(losses) // 40)
    smooth = np.convolve(losses, np.ones(window) / window, mode="valid")
    panel.plot(crops[window - 1 :], smooth, label=run.name)


if __name__ == "__main__":
    main()
