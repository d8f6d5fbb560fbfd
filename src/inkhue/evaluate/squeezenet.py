"""SqueezeNet 1.1 without its classifier: what LPIPS, FSD and KSD look through.

Source: F. N. Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and
<0.5MB model size" (2016), version 1.1 of its authors. Layers have torchvision's names.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inkhue.evaluate.weights import fill, find_weights, read_weights

FEATURES = 512
TAPS = (1, 4, 7, 9, 10, 11, 12)  # layers whose outputs LPIPS compares
# LPIPS's own rounding of ImageNet's mean and deviation, for pictures in [-1, 1].
SHIFT = (-0.030, -0.088, -0.188)
SCALE = (0.458, 0.448, 0.450)

Taps = tuple[Tensor, ...]  # outputs of TAPS: seven of (N, C, h, w) float32, 0 or more


class Fire(nn.Module):
    """1x1 convolution to few channels, then 1x1 and 3x3 side by side, each with ReLU."""

    def __init__(self, inputs: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, 2 * expanded, H, W)."""
        x = functional.relu(self.squeeze(x))
        return functional.relu(torch.cat([self.expand1x1(x), self.expand3x3(x)], 1))


class SqueezeNet(nn.Module):
    """Pictures (N, 3, H, W) float32 in [-1, 1] -> the outputs of TAPS."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 3, stride=2),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(64, 16, 64),
            Fire(128, 16, 64),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(128, 32, 128),
            Fire(256, 32, 128),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(256, 48, 192),
            Fire(384, 48, 192),
            Fire(384, 64, 256),
            Fire(512, 64, 256),
        )

    def forward(self, x: Tensor) -> Taps:
        """See the class."""
        x = (x - x.new_tensor(SHIFT).view(3, 1, 1)) / x.new_tensor(SCALE).view(3, 1, 1)
        taps = []
        for number, layer in enumerate(self.features):
            x = layer(x)
            if number in TAPS:
                taps.append(x)
        return tuple(taps)


@cache
def load(path: Path) -> SqueezeNet:
    """Read the network from a file in torchvision's names, once for each file."""
    with torch.device("meta"):
        network = SqueezeNet()
    fill(network, read_weights(path), path)
    return network


def squeeze_taps(pictures: NDArray[np.uint8]) -> Taps:
    """(N, H, W, 3) uint8 -> the outputs of TAPS: 36 MB for each picture of 512 x 512."""
    return tuple(torch.cat(tap) for tap in zip(*each_taps(pictures), strict=True))


def squeeze_means(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, H, W, 3) uint8 -> (N, 512) float32, the features of FSD and KSD."""
    return np.concatenate([means_of(taps) for taps in each_taps(pictures)])


def means_of(taps: Taps) -> NDArray[np.float32]:
    """Taps of N pictures -> (N, 512) float32: the spatial mean of the last layer's output."""
    means: NDArray[np.float32] = taps[-1].mean((2, 3)).numpy()
    return means


def each_taps(pictures: NDArray[np.uint8]) -> Iterator[Taps]:
    """Yield the taps of each picture of (N, H, W, 3) uint8.

    One at a time: memory stays small, and no digit depends on which pictures come together.
    """
    network = load(find_weights("lpips-squeeze"))
    for picture in pictures:
        with torch.inference_mode():
            x = torch.tensor(picture)[None].permute(0, 3, 1, 2)
            yield network(x / 127.5 - 1)
