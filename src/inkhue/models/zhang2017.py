"""The networks of Zhang et al. 2017, one of the two systems that the paper measures itself against.

Source: L. Zhang, Y. Ji, X. Lin, "Style Transfer for Anime Sketches with Enhanced Residual U-net and
Auxiliary Classifier GAN" (2017). A U-Net takes the style of a reference picture, VGG19's 4096
features, at its middle. Two guide decoders, which only training has, paint from the features just
before and behind the middle, so that these learn too (the paper calls that residual). The critic
has an output for each of the 4096 features.

The code was never published. Channels and sizes are those of the paper's figure as others have
rebuilt it; kernels, norms and activations are the customary ones. At width 16: generator
31,719,123 parameters, batch norm's moving mean and variance counted, critic 68,854,048.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from inkhue.models.exported import FULL, Exported

STYLE = 4096  # numbers that describe a reference picture
LEAK = 0.2


class Generator(nn.Module):
    """Line art and a style -> a colour picture, both in [-1, 1]; any side divisible by 32.

    ``width`` is the number of channels at full scale: 16 in the paper. The middle has 128 times as
    many.
    """

    def __init__(self, width: int = 16, style: int = STYLE) -> None:
        super().__init__()
        w0, w1, w2, w3, w4 = width, 2 * width, 4 * width, 8 * width, 16 * width
        deep, middle = 32 * width, 128 * width

        self.e0 = nn.Sequential(conv3(1, w0), conv3(w0, w0))
        self.e1, self.e2, self.e3, self.e4 = down(w0, w1), down(w1, w2), down(w2, w3), down(w3, w4)
        self.middle = nn.Sequential(
            nn.Conv2d(w4, middle, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(middle)
        )
        self.style = nn.Conv2d(style, middle, 1)
        self.mix = nn.LeakyReLU(LEAK)

        self.d5 = up(middle, deep)
        self.d4 = conv3(deep, deep)
        self.d3 = nn.Sequential(up(deep + w4, w3), conv3(w3, w3))
        self.d2 = nn.Sequential(up(w3 + w3, w2), conv3(w2, w2))
        self.d1 = nn.Sequential(up(w2 + w2, w1), conv3(w1, w1))
        self.d0 = nn.Sequential(up(w1 + w1, w2), conv3(w2, w2))
        self.out = nn.Sequential(nn.Conv2d(w2, 3, 3, padding=1), nn.Tanh())

    def forward(self, line: Tensor, style: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the picture, and what the two guides see: the features around the middle.

        Line (N, 1, H, W); style (N, style, 1, 1) -> (N, 3, H, W), (N, 16 width, H/16, W/16),
        (N, 32 width, H/16, W/16).
        """
        e1 = self.e1(self.e0(line))
        e2 = self.e2(e1)
        e3 = self.e3(e2)
        before = self.e4(e3)
        behind = self.d5(self.mix(self.middle(before) + self.style(style)))

        d4 = self.d4(behind)
        d3 = self.d3(torch.cat([d4, before], dim=1))
        d2 = self.d2(torch.cat([d3, e3], dim=1))
        d1 = self.d1(torch.cat([d2, e2], dim=1))
        d0 = self.d0(torch.cat([d1, e1], dim=1))
        return self.out(d0), before, behind


class Colorize(Exported):
    """The whole system but the reference's network: line art and a style give the result."""

    INPUTS, OUTPUTS = ("line", "style"), ("color",)
    SIDES: ClassVar = {"line": FULL, "color": FULL}

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, line: Tensor, style: Tensor) -> Tensor:
        """Line (N, 1, H, W), 1 = paper; style (N, style, 1, 1) -> (N, 3, H, W) in [0, 1]."""
        drawn: Tensor = self.generator(2 * line - 1, style)[0]
        return (drawn + 1) / 2


class Guide(nn.Module):
    """Features at a sixteenth of the size -> a grey or colour picture in [-1, 1]."""

    def __init__(self, inputs: int, outputs: int, width: int = 16) -> None:
        super().__init__()
        w1, w2, w3, w4, w5 = 2 * width, 4 * width, 8 * width, 16 * width, 32 * width
        self.paint = nn.Sequential(
            *(conv3(inputs, w5), up(w5, w4), up(w4, w3), up(w3, w2), up(w2, w1)),
            *(nn.Conv2d(w1, outputs, 1), nn.Tanh()),
        )

    def forward(self, features: Tensor) -> Tensor:
        """(N, inputs, H/16, W/16) -> (N, outputs, H, W)."""
        picture: Tensor = self.paint(features)
        return picture


def make_guides(width: int = 16) -> tuple[Guide, Guide]:
    """Return the guide before the middle, which paints in grey, and the one behind it."""
    return Guide(16 * width, 1, width), Guide(32 * width, 3, width)


class Critic(nn.Module):
    """A colour picture in [-1, 1] -> a logit for each feature of a style, positive if real.

    ``size`` is the picture's side, 256 in the paper.
    """

    def __init__(self, size: int = 256, width: int = 32, style: int = STYLE) -> None:
        super().__init__()
        w1, w2, w3, w4 = width, 2 * width, 4 * width, 8 * width
        self.features = nn.Sequential(
            *(nn.Conv2d(3, w1, 4, stride=2, padding=1), nn.LeakyReLU(LEAK)),
            *(down4(w1, w2), down4(w2, w3), down4(w3, w4), down4(w4, w4)),
        )
        self.judge = nn.Linear(w4 * (size // 32) ** 2, style)

    def forward(self, picture: Tensor) -> Tensor:
        """(N, 3, size, size) -> (N, style) logits."""
        logits: Tensor = self.judge(self.features(picture).flatten(1))
        return logits


def down(inputs: int, outputs: int) -> nn.Sequential:
    """3x3 convolution, and a 4x4 one that halves the size."""
    return nn.Sequential(conv3(inputs, outputs), down4(outputs, outputs))


def up(inputs: int, outputs: int) -> nn.Sequential:
    """Twice the size by nearest neighbour, 3x3 convolution."""
    return nn.Sequential(nn.Upsample(scale_factor=2, mode="nearest"), conv3(inputs, outputs))


def conv3(inputs: int, outputs: int) -> nn.Sequential:
    """3x3 convolution that keeps the size, batch norm, leaky ReLU."""
    return normed(nn.Conv2d(inputs, outputs, 3, padding=1, bias=False))


def down4(inputs: int, outputs: int) -> nn.Sequential:
    """4x4 convolution that halves the size, batch norm, leaky ReLU."""
    return normed(nn.Conv2d(inputs, outputs, 4, stride=2, padding=1, bias=False))


def normed(convolution: nn.Conv2d) -> nn.Sequential:
    """Convolution, batch norm, leaky ReLU."""
    return nn.Sequential(convolution, nn.BatchNorm2d(convolution.out_channels), nn.LeakyReLU(LEAK))
