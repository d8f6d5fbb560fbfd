"""The networks of Ci et al. 2018, one of the two systems that the paper measures itself against.

Source: Y. Ci, X. Ma, Z. Wang, H. Li, Z. Luo, "User-Guided Deep Anime Line Art Colorization with
Conditional Adversarial Networks" (2018), and the layer plan of its published code (AlacGAN). A
U-Net whose decoder is ResNeXt blocks, conditioned on features of a network that was trained on
other pictures; the critic (Wasserstein, with gradient penalty) sees those features too. At width
64: generator 21,936,003 parameters, critic 10,612,033.
"""

from __future__ import annotations

import math
from typing import ClassVar

import torch
from torch import Tensor, nn

from inkhue.errors import UsageError
from inkhue.models.exported import FULL, QUARTER, Exported
from inkhue.models.illustration2vec import Illustration2Vec

LEAK = 0.2
LOCAL = 512  # channels of the local features
LOCAL_SCALE = 16  # pixels of the line art for one of the local features
FINE, COARSE = (1, 1, 2, 2, 4, 4, 2, 1), (1,) * 20  # dilations of a decoder's blocks
LAST = (1, 2, 4, 2, 1)
CRITIC_CELLS = 4  # side of what the critic's last convolution sees


class Generator(nn.Module):
    """Line art, hints and local features -> a colour picture in [-1, 1]; sides divisible by 16.

    ``width`` is the number of channels at half scale, a multiple of 8; ``local`` that of the local
    features. Every block has as many channels a group as at width 64.
    """

    def __init__(self, width: int = 64, local: int = LOCAL) -> None:
        super().__init__()
        w0, w1, w2, w3, w4 = width // 2, width, 2 * width, 4 * width, 8 * width
        groups = width // 2

        self.hint = nn.Sequential(nn.Conv2d(4, w1, 7, padding=3), nn.LeakyReLU(LEAK))
        self.e0 = nn.Sequential(conv3(1, w0), nn.LeakyReLU(LEAK))
        self.e1, self.e2 = down(w0, w1), down(w1, w2)
        self.e3, self.e4 = down(w2 + w1, w3), down(w3, w4)

        self.d4 = up(w4 + local, w4, w3, blocks(w4, groups, COARSE))
        self.d3 = up(2 * w3, w3, w2, blocks(w3, groups, FINE))
        self.d2 = up(2 * w2, w2, w1, blocks(w2, groups, FINE))
        self.d1 = up(2 * w1, w1, w0, blocks(w1, groups // 2, LAST))
        self.out = nn.Sequential(conv3(2 * w0, 3), nn.Tanh())

    def forward(self, line: Tensor, hint: Tensor, local: Tensor) -> Tensor:
        """Line (N, 1, H, W); hint (N, 4, H/4, W/4); local (N, local, H/16, W/16)."""
        e0 = self.e0(line)
        e1 = self.e1(e0)
        e2 = self.e2(e1)
        e3 = self.e3(torch.cat([e2, self.hint(hint)], dim=1))
        e4 = self.e4(e3)

        d4 = self.d4(torch.cat([e4, local], dim=1))
        d3 = self.d3(torch.cat([d4, e3], dim=1))
        d2 = self.d2(torch.cat([d3, e2], dim=1))
        d1 = self.d1(torch.cat([d2, e1], dim=1))
        color: Tensor = self.out(torch.cat([d1, e0], dim=1))
        return color


class Colorize(Exported):
    """The whole system, in one stage: line art and hints, both in [0, 1], give the result.

    The network of the local features does not learn.
    """

    INPUTS, OUTPUTS = ("line", "hint"), ("color",)
    SIDES: ClassVar = {"line": FULL, "hint": QUARTER, "color": FULL}

    def __init__(self, generator: Generator, local: Illustration2Vec) -> None:
        super().__init__()
        self.generator = generator
        self.local = local

    def forward(self, line: Tensor, hint: Tensor) -> Tensor:
        """Line (N, 1, H, W), 1 = paper; hint (N, 4, H/4, W/4): RGB times mask, mask."""
        color, mask = hint[:, :3], hint[:, 3:]
        # In [-1, 1] where the mask is 1; 0 elsewhere, a mid grey that the mask takes back.
        seen = torch.cat([2 * color - mask, mask], dim=1)
        drawn: Tensor = self.generator(2 * line - 1, seen, self.local(line))
        return (drawn + 1) / 2


class Critic(nn.Module):
    """A colour picture in [-1, 1] and local features -> a score, higher for a real one.

    ``size`` is the picture's side: 64, 128, 256 or 512 (theirs). It has two blocks for each
    halving; no norms, with which a gradient penalty would mix the pictures of a batch.
    """

    def __init__(self, size: int = 512, width: int = 64, local: int = LOCAL) -> None:
        super().__init__()
        halvings = math.log2(size / (LOCAL_SCALE * CRITIC_CELLS))
        if halvings < 0 or halvings % 1:
            raise UsageError(f"crops.size is {size}: this critic needs 64, 128, 256 or 512")
        w1, w2, w3, w4 = width, 2 * width, 4 * width, 8 * width
        groups = width // 8

        self.picture = nn.Sequential(
            *(nn.Conv2d(3, w1, 7, padding=3, bias=False), nn.LeakyReLU(LEAK)),
            *(nn.Conv2d(w1, w1, 4, stride=2, padding=1, bias=False), nn.LeakyReLU(LEAK)),
            *halve(w1, groups),
            *(nn.Conv2d(w1, w2, 1, bias=False), nn.LeakyReLU(LEAK)),
            *halve(w2, groups),
            *(nn.Conv2d(w2, w3, 1, bias=False), nn.LeakyReLU(LEAK)),
            *halve(w3, groups),
        )
        self.joined = nn.Sequential(
            *(nn.Conv2d(w3 + local, w4, 3, padding=1, bias=False), nn.LeakyReLU(LEAK)),
            *(block for _ in range(int(halvings)) for block in halve(w4, groups)),
            Block(w4, groups),
            *(nn.Conv2d(w4, w4, CRITIC_CELLS, bias=False), nn.LeakyReLU(LEAK)),
        )
        self.judge = nn.Linear(w4, 1)

    def forward(self, picture: Tensor, local: Tensor) -> Tensor:
        """(N, 3, size, size), (N, local, size/16, size/16) -> (N,) scores."""
        features = self.joined(torch.cat([self.picture(picture), local], dim=1))
        scores: Tensor = self.judge(features.flatten(1))
        return scores.squeeze(1)


class Block(nn.Module):
    """A ResNeXt block without norms: what three convolutions make is added to their input."""

    def __init__(self, channels: int, groups: int, dilation: int = 1, stride: int = 1) -> None:
        super().__init__()
        inner = channels // 2
        middle = nn.Conv2d(
            inner,
            inner,
            kernel_size=2 + stride,
            stride=stride,
            padding=dilation,
            dilation=dilation,
            groups=groups,
            bias=False,
        )
        self.change = nn.Sequential(
            *(nn.Conv2d(channels, inner, 1, bias=False), nn.LeakyReLU(LEAK)),
            *(middle, nn.LeakyReLU(LEAK)),
            nn.Conv2d(inner, channels, 1, bias=False),
        )
        self.keep = nn.AvgPool2d(2) if stride == 2 else nn.Identity()

    def forward(self, features: Tensor) -> Tensor:
        """(N, channels, H, W) -> the same, or half the size with stride 2."""
        changed: Tensor = self.keep(features) + self.change(features)
        return changed


def blocks(channels: int, groups: int, dilations: tuple[int, ...]) -> list[Block]:
    """Return a block for each dilation."""
    return [Block(channels, groups, dilation) for dilation in dilations]


def halve(channels: int, groups: int) -> list[Block]:
    """Return two blocks, the second of which halves the size."""
    return [Block(channels, groups), Block(channels, groups, stride=2)]


def up(inputs: int, width: int, outputs: int, middle: list[Block]) -> nn.Sequential:
    """Blocks of a width between two convolutions; what comes out is twice the size."""
    return nn.Sequential(
        *(conv3(inputs, width), nn.LeakyReLU(LEAK)),
        *middle,
        *(conv3(width, 4 * outputs), nn.PixelShuffle(2), nn.LeakyReLU(LEAK)),
    )


def down(inputs: int, outputs: int) -> nn.Sequential:
    """4x4 convolution that halves the size, leaky ReLU."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, 4, stride=2, padding=1), nn.LeakyReLU(LEAK))


def conv3(inputs: int, outputs: int) -> nn.Conv2d:
    """3x3 convolution that keeps the size."""
    return nn.Conv2d(inputs, outputs, 3, padding=1)
