"""The paper's generator: the additive U-Net, and the U-Net that it is measured against.

Source: Y. Lee, S. Lee, "A Lightweight Deep Learning Model for Line-Art Colorization Using Two
Stage Generator Model" (2020). Both networks have one plan; they differ in how a skip is joined:
the AU-Net adds it to the decoder's features, the U-Net concatenates it, which doubles the inputs
of five layers. At width 64 that is 13,071,072 against 18,642,496 parameters.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from torch import Tensor, nn

from inkhue.models.exported import FULL, QUARTER, Exported

Join = Literal["add", "concat"]

LEAK = 0.3  # slope of the encoder's leaky ReLU
INIT_DEVIATION = 0.02  # weights are drawn from N(0, 0.02)
NO_HINT = 2.0  # colour of a cell without a hint, outside the range [-1, 1] of colours


class Generator(nn.Module):
    """Four pictures' channels in, a colour picture out, both in [-1, 1]; any side divisible by 16.

    ``width`` is the number of channels at half scale: 64 in the paper. The first block has half
    of it, the deepest eight times as many.
    """

    def __init__(self, width: int = 64, join: Join = "add") -> None:
        super().__init__()
        self.join = join
        twice = 1 if join == "add" else 2
        w0, w1, w2, w3, w4 = width // 2, width, 2 * width, 4 * width, 8 * width

        self.e0 = nn.Sequential(conv3(4, w0), nn.LeakyReLU(LEAK))
        self.e1, self.e2 = encode(down4(w0, w1)), encode(conv3(w1, w1))
        self.e3, self.e4 = encode(down4(w1, w2)), encode(conv3(w2, w2))
        self.e5, self.e6 = encode(down4(w2, w3)), encode(conv3(w3, w3))
        self.e7, self.e8 = encode(down4(w3, w4)), encode(conv3(w4, w4))

        self.d8, self.d7 = decode(up4(twice * w4, w4)), decode(conv3(w4, w3))
        self.d6, self.d5 = decode(up4(twice * w3, w3)), decode(conv3(w3, w2))
        self.d4, self.d3 = decode(up4(twice * w2, w2)), decode(conv3(w2, w1))
        self.d2 = nn.Sequential(up4(twice * w1, w1), nn.ReLU())
        self.d1 = nn.Sequential(conv3(w1, w0), nn.ReLU())
        self.out = nn.Sequential(conv3(twice * w0, 3), nn.Tanh())

        self.apply(draw_weights)

    def forward(self, picture: Tensor) -> Tensor:
        """(N, 4, H, W) -> (N, 3, H, W)."""
        e0 = self.e0(picture)
        e2 = self.e2(self.e1(e0))
        e4 = self.e4(self.e3(e2))
        e6 = self.e6(self.e5(e4))
        e7 = self.e7(e6)
        e8 = self.e8(e7)

        d7 = self.d7(self.d8(self.skip(e7, e8)))
        d5 = self.d5(self.d6(self.skip(e6, d7)))
        d3 = self.d3(self.d4(self.skip(e4, d5)))
        d1 = self.d1(self.d2(self.skip(e2, d3)))
        color: Tensor = self.out(self.skip(e0, d1))
        return color

    def skip(self, encoded: Tensor, decoded: Tensor) -> Tensor:
        """Join an encoder's features to the decoder's: the networks' only difference."""
        if self.join == "add":
            return encoded + decoded
        return torch.cat([encoded, decoded], dim=1)


class Draft(Exported):
    """First stage: line art and hints at a quarter of the size give a rough picture.

    Everything outside is in [0, 1]; the hint's picture and its mask become the paper's three
    channels here: the colour where there is a hint, 2.0 elsewhere.
    """

    INPUTS, OUTPUTS = ("line", "hint"), ("draft",)
    SIDES: ClassVar = {"line": FULL, "hint": FULL, "draft": FULL}

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, line: Tensor, hint: Tensor) -> Tensor:
        """Line (N, 1, h, w), 1 = paper; hint (N, 4, h, w): RGB times mask, mask -> (N, 3, h, w)."""
        color, mask = hint[:, :3], hint[:, 3:]
        # In [-1, 1]: 2 c - 1 where the mask is 1, NO_HINT where it is 0 (and c is 0).
        seen = 2 * color - (1 + NO_HINT) * mask + NO_HINT
        drawn: Tensor = self.generator(torch.cat([2 * line - 1, seen], dim=1))
        return (drawn + 1) / 2


class Colorize(Exported):
    """Second stage: the line art and the draft, enlarged four times, give the result."""

    INPUTS, OUTPUTS = ("line", "draft"), ("color",)
    SIDES: ClassVar = {"line": FULL, "draft": QUARTER, "color": FULL}
    SCALE = 4

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator
        self.enlarge = nn.Upsample(scale_factor=self.SCALE, mode="nearest")

    def forward(self, line: Tensor, draft: Tensor) -> Tensor:
        """Line (N, 1, H, W), 1 = paper; draft (N, 3, H/4, W/4) -> (N, 3, H, W); all in [0, 1]."""
        picture = torch.cat([line, self.enlarge(draft)], dim=1)
        color: Tensor = self.generator(2 * picture - 1)
        return (color + 1) / 2


def conv3(inputs: int, outputs: int) -> nn.Conv2d:
    """3x3 convolution that keeps the size."""
    return nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)


def down4(inputs: int, outputs: int) -> nn.Conv2d:
    """4x4 convolution that halves the size."""
    return nn.Conv2d(inputs, outputs, 4, stride=2, padding=1, bias=False)


def up4(inputs: int, outputs: int) -> nn.ConvTranspose2d:
    """4x4 transposed convolution that doubles the size."""
    return nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1, bias=False)


def encode(convolution: nn.Conv2d) -> nn.Sequential:
    """Convolution, batch norm, leaky ReLU."""
    return nn.Sequential(convolution, nn.BatchNorm2d(convolution.out_channels), nn.LeakyReLU(LEAK))


def decode(convolution: nn.Conv2d | nn.ConvTranspose2d) -> nn.Sequential:
    """Convolution, batch norm, ReLU."""
    return nn.Sequential(convolution, nn.BatchNorm2d(convolution.out_channels), nn.ReLU())


def draw_weights(module: nn.Module) -> None:
    """Draw a convolution's weights from N(0, 0.02), as the paper does."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, std=INIT_DEVIATION)
