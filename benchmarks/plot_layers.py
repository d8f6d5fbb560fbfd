"""Plot each layer's parameters, AU-Net against U-Net, and check the paper's equation.

    python benchmarks/plot_layers.py -o docs/layers.png

The paper's Fig. 2, from the networks themselves. Its equation counts (inputs x kernel^2 + 1) x
outputs for a convolution; here no convolution has a bias, so the + 1 is absent. A layer that
disagrees with it ends the program with an error.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from torch import nn

from inkhue.models.au_net import Generator
from inkhue.models.pair import JOINS, count_parameters


def main() -> None:
    """Write the plot and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--out", type=Path, required=True)
    out = parser.parse_args().out
    networks = {name: Generator(join=join) for name, join in JOINS.items()}
    counts = {name: layers(network) for name, network in networks.items()}
    names = list(counts["au-net"])
    figure, axes = plt.subplots(figsize=(10, 4), constrained_layout=True)
    places = np.arange(len(names))
    for shift, name in ((-0.2, "u-net"), (0.2, "au-net")):
        total = count_parameters(networks[name])
        values = [counts[name][layer] / 1e6 for layer in names]
        axes.bar(places + shift, values, 0.4, label=f"{name}: {total:,} in all")
    axes.set_xticks(places, names)
    axes.set(ylabel="parameters, millions", title="Convolution weights of each layer, no bias")
    axes.legend()
    figure.savefig(out, dpi=90)
    print("| layer | u-net | au-net | au-net / u-net |\n|---|---:|---:|---:|")
    for layer in names:
        wide, narrow = counts["u-net"][layer], counts["au-net"][layer]
        print(f"| {layer} | {wide:,} | {narrow:,} | {narrow / wide:.2f} |")


def layers(network: Generator) -> dict[str, int]:
    """Return the weights of each convolution by its name, each checked against the equation."""
    found = {}
    for name, layer in network.named_modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            kernel = layer.kernel_size[0] * layer.kernel_size[1]
            expected = layer.in_channels * kernel * layer.out_channels
            assert layer.bias is None
            assert layer.weight.numel() == expected, name
            found[name.split(".")[0]] = expected
    return found


if __name__ == "__main__":
    main()
