"""The light model's recipe: what counts is the picture once its hints are obeyed.

A hint's area takes the hint's tone whatever the network paints (`inkhue.regions.guarantee`), so
the loss is taken of the obeyed picture, in OKLab and where there is no ink, and with less weight
of the picture and the draft as they were painted. The boundary map learns from borders that are
known.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from inkhue.models.critic import Critic
from inkhue.models.light import Light
from inkhue.models.pretrained import Shelf
from inkhue.models.squeezenet import load_likeness
from inkhue.regions.guarantee import CONTRAST, FULL_CONTRAST, STILL
from inkhue.train.config import TrainConfig
from inkhue.train.losses import border_entropy
from inkhue.train.oklab import to_oklab
from inkhue.train.recipes.recipe import Painted, Recipe

STEPS = 2  # after which the mean is off by less than half a level


class LightRecipe(Recipe):
    """All three parts learn together."""

    network: Light

    def __init__(self, config: TrainConfig, frozen: dict[str, Any] | None, shelf: Shelf) -> None:
        self.network = self.learner = Light(config.network.width)
        self.critic = Critic(config.crops.size)
        loss = config.loss
        self.weights = {"l1": loss.l1, "own": loss.own, "border": loss.border}
        self.likeness = load_likeness(shelf) if loss.perceptual else None
        if self.likeness is not None:
            self.aides = (self.likeness,)
            self.weights["perceptual"] = loss.perceptual

    def paint(self, learner: nn.Module, crops: dict[str, Tensor]) -> Painted:
        """Make pictures of the crops."""
        draft, color, logits = learner(*(crops[n] for n in ("line", "hint", "flats", "sure")))
        color = with_borders(color, crops)
        obeyed = obey(color, crops["area"], crops["tone"]) + crops["run"]
        return Painted(2 * obeyed - 1, 2 * crops["color"] - 1, None, (draft, color, logits), crops)

    def compare(self, painted: Painted) -> dict[str, Tensor]:
        """Return the losses; under ink nothing counts."""
        crops = painted.crops
        assert crops is not None
        draft, color, logits = painted.guesses
        paper = clear_of_ink(crops["line"])
        small = functional.avg_pool2d(paper, 4)
        original = to_oklab(crops["color"])
        original_small = to_oklab(functional.avg_pool2d(crops["color"] * paper, 4) / (small + 1e-3))
        own = off(to_oklab(color), original, paper) + off(to_oklab(draft), original_small, small)
        parts = {
            "l1": off(to_oklab((painted.picture + 1) / 2), original, paper),
            "own": own,
            "border": border_entropy(logits, crops),
        }
        if self.likeness is not None:
            inked = (painted.picture + 1) * crops["line"] - 1  # black lines over the colours
            parts["perceptual"] = self.likeness(inked, painted.original)
        return parts

    def show(self, network: nn.Module, crops: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Return draft and result, its hints obeyed and its lines laid over."""
        draft, color, _ = network(*(crops[n] for n in ("line", "hint", "flats", "sure")))
        color = with_borders(color, crops)
        obeyed = obey(color, crops["area"], crops["tone"]) + crops["run"]
        return draft.clamp(0, 1), (obeyed * crops["line"]).clamp(0, 1)


def clear_of_ink(line: Tensor) -> Tensor:
    """(N, 1, H, W) -> how much a pixel counts: little beside lines, which reach into it."""
    thick = functional.max_pool2d(1 - line, 3, stride=1, padding=1)
    return (1 - 1.6 * thick).clamp(min=0).square()


def off(made: Tensor, original: Tensor, weight: Tensor) -> Tensor:
    """Return the mean absolute difference (N, 3, H, W), weighted (N, 1, H, W)."""
    return ((made - original).abs() * weight).sum() / (3 * weight.sum()).clamp(min=1)


def with_borders(color: Tensor, crops: dict[str, Tensor]) -> Tensor:
    """Put back the spread hints' sharp borders, as `inkhue.regions.with_borders` does."""
    seen = functional.interpolate(crops["around"], scale_factor=4.0, mode="bilinear")
    return color + torch.where(crops["area"][:, None] >= 0, crops["tone"] - seen, 0.0)


def obey(color: Tensor, area: Tensor, tone: Tensor) -> Tensor:
    """Give areas their tones as `inkhue.regions.obey` does, but for its last digits.

    color (N, 3, H, W) in [0, 1], area (N, H, W) whole numbers from 0, -1 = none, tone
    (N, 3, H, W): an area's pixels become its tone plus their deviation from its mean, all of it in
    lightness and half of it in colour, shrunk and bent, and shifted so that the mean holds.
    """
    luma = luma_of(color)
    values = 0.5 * (color + luma)
    deviation = functional.softshrink(values - means(values, area), STILL / 255)
    deviation = strength(tone) * deviation
    below = tone.clamp(1e-3, CONTRAST / 255)
    above = (1 - tone).clamp(1e-3, CONTRAST / 255)
    for _ in range(STEPS):  # Newton's, so that bending does not move the mean
        limit = torch.where(deviation < 0, below, above)
        slope = (1 + (deviation / limit) ** 2) ** -1.5
        moved = means(torch.cat([bent(deviation, below, above), slope], dim=1), area)
        deviation = deviation - moved[:, :3] / moved[:, 3:].clamp(min=0.05)
    shaded = tone + bent(deviation, below, above)
    return torch.where(area[:, None] >= 0, shaded, color)


def bent(deviation: Tensor, below: Tensor, above: Tensor) -> Tensor:
    """Bring deviations smoothly between -below and above."""
    limit = torch.where(deviation < 0, below, above)
    return deviation / torch.sqrt(1 + (deviation / limit) ** 2)


def strength(tone: Tensor) -> Tensor:
    """Return how much shading a tone takes, (N, 1, H, W): dark ones take less."""
    return ((luma_of(tone) + 0.25) / (FULL_CONTRAST / 255 + 0.25)).clamp(max=1)


def luma_of(color: Tensor) -> Tensor:
    """(N, 3, H, W) -> (N, 1, H, W)."""
    return 0.299 * color[:, :1] + 0.587 * color[:, 1:2] + 0.114 * color[:, 2:]


def means(values: Tensor, area: Tensor) -> Tensor:
    """Return for each pixel the mean of its area in its picture, (N, C, H, W)."""
    count, channels = values.shape[:2]
    most = int(area.max()) + 2
    first = torch.arange(count, device=area.device)[:, None] * most
    place = (area.flatten(1).long() + 1 + first).flatten()
    flat = values.permute(0, 2, 3, 1).reshape(-1, channels)
    sums = flat.new_zeros(count * most, channels).index_add(0, place, flat)
    number = flat.new_zeros(count * most).index_add(0, place, torch.ones_like(flat[:, 0]))
    mean = (sums / number.clamp(min=1)[:, None])[place]
    return mean.reshape(count, *values.shape[2:], channels).permute(0, 3, 1, 2)
