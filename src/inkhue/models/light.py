"""The light network: the drawing is encoded once, each hint costs little.

Three graphs. `Encode` looks at the lines: features at a quarter of the size and below, and where it
believes that colours end. `Draft` starts from the hints as the regions spread them and paints at a
quarter of the size; `Colorize` brings that to full size. Features of the drawing are added to the
painter's, level by level: the additive skips of Lee and Lee 2020, from an encoder that does not
wait for hints. Both painters add to what they start from, by a last layer that is zero at first:
an untrained network paints the spread hints.

Dense 3x3 convolutions of a multiple of 16 channels, ReLU, no norms, nearest and linear resizing:
what onnxruntime and a browser's GPU are fast at. Any side divisible by 32.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from inkhue.models.exported import FULL, QUARTER, Exported

WIDTH = 32  # channels at a quarter of the size
FEATURES = ("near", "middle", "far", "deep")  # at 1/4, 1/8, 1/16 and 1/32 of the size
PAPER = 0.94  # grey of a page without any hint, as the base is before the network speaks
SURE_ENOUGH = 4  # from a quarter of full sureness on, a spread hint is taken as it is
LITTLE = 1e-3  # weight of nothing
LEVELS = 3  # halvings of the draft over which unhinted places take their surroundings' colours
SIDES = {
    "line": FULL,
    "hint": QUARTER,
    "flats": QUARTER,
    "sure": QUARTER,
    "near": QUARTER,
    "middle": ("h/2", "w/2"),
    "far": ("h/4", "w/4"),
    "deep": ("h/8", "w/8"),
    "boundary": QUARTER,
    "draft": QUARTER,
    "color": FULL,
}


def channels(width: int) -> tuple[int, int, int, int]:
    """Return the channels at the four levels."""
    return width, 2 * width, 4 * width, 6 * width


class Encode(Exported):
    """The drawing's features and the boundary map."""

    INPUTS, OUTPUTS = ("line",), (*FEATURES, "boundary")
    SIDES: ClassVar = SIDES

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        w0, w1, w2, w3 = channels(width)
        self.stem = nn.Sequential(
            nn.Conv2d(1, 16, 5, stride=2, padding=2), nn.ReLU(), halve(16, w0), nn.ReLU()
        )
        self.near = Block(w0)
        self.to_middle, self.middle = halve(w0, w1), Block(w1)
        self.to_far, self.far = halve(w1, w2), Block(w2)
        self.to_deep, self.deep = halve(w2, w3), Block(w3)
        self.up_far, self.up_middle, self.up_near = Up(w3, w2), Up(w2, w1), Up(w1, w0)
        self.boundary = Boundary(width)

    def forward(self, line: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Line (N, 1, H, W), 1 = paper -> features, boundary (N, 1, H/4, W/4) in [0, 1]."""
        near, middle, far, deep, logits = self.look(line)
        return near, middle, far, deep, torch.sigmoid(logits)

    def look(self, line: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """As `forward`, with the boundary's logits."""
        seen = self.features(line)
        return *seen, self.boundary(*seen)

    def features(self, line: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Line (N, 1, H, W) -> what the painters take: near, middle, far, deep."""
        near = self.near(self.stem(1 - line))
        middle = self.middle(functional.relu(self.to_middle(near)))
        far = self.far(functional.relu(self.to_far(middle)))
        deep = self.deep(functional.relu(self.to_deep(far)))
        far = self.up_far(deep, far)
        middle = self.up_middle(far, middle)
        near = self.up_near(middle, near)
        return near, middle, far, deep


class Boundary(nn.Module):
    """Where colours end, with a line or without, from the drawing's features at all levels.

    It has a way of its own to full detail: what the painters take need not change for it to learn.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        w0, w1, w2, w3 = channels(width)
        self.far, self.middle, self.near = Up(w3, w0), Up(w0, w0), Up(w0, w0)
        self.from_far, self.from_middle = nn.Conv2d(w2, w0, 1), nn.Conv2d(w1, w0, 1)
        self.leave = nn.Conv2d(w0, 1, 1)

    def forward(self, near: Tensor, middle: Tensor, far: Tensor, deep: Tensor) -> Tensor:
        """Features -> logits (N, 1, h, w) at the size of `near`."""
        seen = self.far(deep, self.from_far(far))
        seen = self.middle(seen, self.from_middle(middle))
        logits: Tensor = self.leave(self.near(seen, near))
        return logits


class Draft(Exported):
    """First painter: hints and the drawing's features give a rough picture."""

    INPUTS, OUTPUTS = ("hint", "flats", "sure", *FEATURES), ("draft",)
    SIDES: ClassVar = SIDES

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        w0, w1, w2, w3 = channels(width)
        self.enter = conv3(11, w0)
        self.to_middle, self.middle = halve(w0, w1), Step(w1)
        self.to_far, self.far = halve(w1, w2), Step(w2)
        self.to_deep, self.deep = halve(w2, w3), Step(w3)
        self.up_far, self.up_middle, self.up_near = Up(w3, w2), Up(w2, w1), Up(w1, w0)
        self.leave = silent(conv3(w0, 3))

    def forward(
        self,
        hint: Tensor,
        flats: Tensor,
        sure: Tensor,
        near: Tensor,
        middle: Tensor,
        far: Tensor,
        deep: Tensor,
    ) -> Tensor:
        """Return the draft (N, 3, h, w) in [0, 1].

        hint (N, 4, h, w): RGB times mask, mask; flats (N, 3, h, w): the hints' colours spread over
        the regions; sure (N, 1, h, w): how sure that is, 0 where no hint reaches; features of the
        drawing.
        """
        start = base(flats, sure)
        seen = self.enter(torch.cat([hint, flats * (sure > 0), sure, start], dim=1))
        x0 = functional.relu(seen + near)
        x1 = self.middle(functional.relu(self.to_middle(x0) + middle))
        x2 = self.far(functional.relu(self.to_far(x1) + far))
        x3 = self.deep(functional.relu(self.to_deep(x2) + deep))
        x2 = self.up_far(x3, x2)
        x1 = self.up_middle(x2, x1)
        x0 = self.up_near(x1, x0)
        return within(start + self.leave(x0), self.training)


class Colorize(Exported):
    """Second painter: the draft at full size, with the drawing's finer features."""

    INPUTS, OUTPUTS = ("near", "draft"), ("color",)
    SIDES: ClassVar = SIDES
    SCALE = 4

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.enter = conv3(3, width)
        self.step = Step(width)
        self.leave = silent(conv3(width, 3 * self.SCALE**2))
        self.enlarge = nn.Upsample(scale_factor=self.SCALE, mode="bilinear")
        self.unfold = nn.PixelShuffle(self.SCALE)

    def forward(self, near: Tensor, draft: Tensor) -> Tensor:
        """Near (N, C, h, w), draft (N, 3, h, w) -> (N, 3, 4 h, 4 w), all colours in [0, 1]."""
        seen = self.step(functional.relu(self.enter(draft) + near))
        return within(self.enlarge(draft) + self.unfold(self.leave(seen)), self.training)


class Light(Exported):
    """All three, as they are trained: together."""

    INPUTS, OUTPUTS = ("line", "hint", "flats", "sure"), ("draft", "color")
    SIDES: ClassVar = SIDES

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.encode, self.draft, self.colorize = Encode(width), Draft(width), Colorize(width)

    @property
    def parts(self) -> dict[str, Exported]:
        """The three graphs, in the order in which they run."""
        return {"encode": self.encode, "draft": self.draft, "colorize": self.colorize}

    def forward(
        self, line: Tensor, hint: Tensor, flats: Tensor, sure: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return draft, colour, and the boundary's logits."""
        near, middle, far, deep, boundary = self.encode.look(line)
        draft = self.draft(hint, flats, sure, near, middle, far, deep)
        return draft, self.colorize(near, draft), boundary


class Block(nn.Module):
    """Two convolutions added to what comes in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one, self.two = conv3(width, width), conv3(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) -> the same."""
        added: Tensor = self.two(functional.relu(self.one(x)))
        return functional.relu(x + added)


class Step(nn.Module):
    """One convolution added to what comes in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one = conv3(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) -> the same."""
        return functional.relu(x + self.one(x))


class Up(nn.Module):
    """Coarser features brought to the finer ones' size and added, then one step."""

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(coarse, fine, 1)
        self.enlarge = nn.Upsample(scale_factor=2, mode="nearest")
        self.step = Step(fine)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """(N, D, h/2, w/2), (N, C, h, w) -> (N, C, h, w)."""
        joined: Tensor = self.step(functional.relu(fine + self.enlarge(self.narrow(coarse))))
        return joined


def base(flats: Tensor, sure: Tensor) -> Tensor:
    """Return the spread hints; where no hint reaches, the mean of coarser and coarser surroundings.

    Source: pull-push, Gortler et al. 1996, section 5.2; of a page without hints, paper.
    """
    weight = (SURE_ENOUGH * sure).clamp(max=1)
    colors, weights = [flats * weight], [weight]
    for _ in range(LEVELS):
        colors.append(functional.avg_pool2d(colors[-1], 2))
        weights.append(functional.avg_pool2d(weights[-1], 2))
    whole, known = (part[-1].mean(dim=(2, 3), keepdim=True) for part in (colors, weights))
    filled = (whole + LITTLE * PAPER) / (known + LITTLE)
    for level in reversed(range(LEVELS + 1)):
        if level < LEVELS:
            filled = functional.interpolate(filled, scale_factor=2.0, mode="bilinear")
        share = weights[level]
        filled = colors[level] / (share + LITTLE) * share + filled * (1 - share)
    return filled


def within(picture: Tensor, training: bool) -> Tensor:
    """Keep a picture in [0, 1]; in training what leaves it must find its way back."""
    return picture if training else picture.clamp(0, 1)


def conv3(inputs: int, outputs: int) -> nn.Conv2d:
    """3x3 convolution that keeps the size."""
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def halve(inputs: int, outputs: int) -> nn.Conv2d:
    """3x3 convolution that halves the size."""
    return nn.Conv2d(inputs, outputs, 3, stride=2, padding=1)


def silent(convolution: nn.Conv2d) -> nn.Conv2d:
    """Return a convolution that gives zeros until it has learnt something."""
    nn.init.zeros_(convolution.weight)
    assert convolution.bias is not None
    nn.init.zeros_(convolution.bias)
    return convolution
