"""SqueezeNet 1.1 without its classifier: what LPIPS, FSD, KSD and a loss look through.

Source: F. N. Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and
<0.5MB model size" (2016), version 1.1 of its authors. Layers have torchvision's names.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from inkhue.models.pretrained import Shelf, Source, broken, filled, read_weights

SQUEEZENET = Source(
    "LPIPS, FSD and KSD (SqueezeNet)",
    "lpips-squeeze.safetensors",
    "convert torchvision's squeezenet1_1 with the heads of lpips 0.1 as docs/evaluation.md says",
    "INKHUE_PERCEPTUAL",
    "perceptual",
)
TAPS = (1, 4, 7, 9, 10, 11, 12)  # layers whose outputs LPIPS compares
# LPIPS's own rounding of ImageNet's mean and deviation, for pictures in [-1, 1].
SHIFT = (-0.030, -0.088, -0.188)
SCALE = (0.458, 0.448, 0.450)

EPSILON = 1e-10

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


class Likeness(nn.Module):
    """LPIPS 0.1 on SqueezeNet as a loss: how different pictures look.

    Source: R. Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual
    Metric" (2018).
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.network = load(path)
        self.heads = heads(path)

    def forward(self, made: Tensor, original: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1], twice -> the mean over pictures."""
        with torch.no_grad():
            wanted = self.network(original)
        parts = [
            difference(a, b, head.to(a)).mean()
            for a, b, head in zip(self.network(made), wanted, self.heads, strict=True)
        ]
        return torch.stack(parts).sum()


def difference(made: Tensor, original: Tensor, head: Tensor) -> Tensor:
    """Two taps (N, C, h, w) -> (N, h, w): weighted squared difference of their directions.

    Multiplied out, so that no more than two products of the taps' size are made: the taps are
    large, and memory is what this takes its time for.
    """
    sums = torch.stack([torch.ones_like(head), head])
    length, own = channel_sums(made * made, sums)
    wanted_length, wanted = channel_sums(original * original, sums)
    (shared,) = channel_sums(made * original, head[None])
    # Not the norm, whose slope at 0 is none.
    both = torch.rsqrt((length + EPSILON) * (wanted_length + EPSILON))
    return own / (length + EPSILON) - 2 * shared * both + wanted / (wanted_length + EPSILON)


def channel_sums(products: Tensor, weights: Tensor) -> tuple[Tensor, ...]:
    """(N, C, h, w), (k, C) -> k weighted sums over the channels, (N, h, w) each."""
    return functional.conv2d(products, weights[:, :, None, None]).unbind(1)


@cache
def load(path: Path) -> SqueezeNet:
    """Read the network from a file in torchvision's names, once for each file."""
    return filled(SqueezeNet, read_weights(path), path)


@cache
def heads(path: Path) -> tuple[Tensor, ...]:
    """Read the weights of the channels of each tap: seven of (C,) float32."""
    tensors = read_weights(path)
    names = [f"lin{number}.weight" for number in range(len(TAPS))]
    for name in names:
        if name not in tensors:
            raise broken(path, f"{name} is missing")
    return tuple(tensors[name].float().flatten() for name in names)


def load_likeness(shelf: Shelf) -> Likeness | None:
    """Return the loss where there are SqueezeNet's weights."""
    path = shelf.take(SQUEEZENET, "the perceptual loss is left out")
    return None if path is None else Likeness(path)
