"""Zhang et al.'s recipe: L1 for the picture and both guides, and a critic that names the style.

Source: as for `inkhue.models.zhang2017`. In training a picture is its own reference. The critic has
an output for each of the style's numbers. As written, its term for real pictures, log(D(y) + 1 -
V(y)), has no bounds, V(y) having none; here the outputs are to be V(y), clipped to [0, 1], for a
real picture and 0 for a made one, by cross-entropy, and the generator wants V(y).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from inkhue.models.pretrained import Shelf
from inkhue.models.systems import SYSTEMS
from inkhue.models.vgg import VGG19, Style, as_reference
from inkhue.models.zhang2017 import Colorize, Critic, Generator, make_guides
from inkhue.train import losses
from inkhue.train.config import TrainConfig
from inkhue.train.recipes.recipe import Painted, Recipe

GREY, GUIDE = 0.3, 0.9  # weights of the guides' differences, relative to the picture's
LUMINANCE = (0.299, 0.587, 0.114)


class Guided(nn.Module):
    """What learns: the generator and its guides, run together."""

    def __init__(self, colorize: Colorize, width: int) -> None:
        super().__init__()
        self.colorize = colorize
        self.before, self.behind = make_guides(width)

    def forward(self, line: Tensor, style: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Line (N, 1, S, S) in [0, 1], style -> picture, grey guess, colour guess in [-1, 1]."""
        picture, before, behind = self.colorize.generator(2 * line - 1, style)
        return picture, self.before(before), self.behind(behind)


class Zhang2017(Recipe):
    """Generator and guides learn; the network that describes styles stays as it is."""

    network: Colorize

    def __init__(self, config: TrainConfig, frozen: dict[str, Any] | None, shelf: Shelf) -> None:
        width, aide = config.network.width, SYSTEMS["zhang2017"].aide
        assert aide is not None
        shelf.take(VGG19, "drawn weights stand in for them")
        self.style = aide.load(width, shelf.used)
        self.aides = (self.style,)
        features = Style.features_of(aide.width(width, shelf.used))
        self.network = Colorize(Generator(width, features))
        self.learner = Guided(self.network, width)
        self.critic = Critic(config.crops.size, 2 * width, features)
        l1 = config.loss.l1
        self.weights = {"l1": l1, "grey": GREY * l1, "guide": GUIDE * l1}

    def paint(self, learner: nn.Module, crops: dict[str, Tensor]) -> Painted:
        """Make pictures of the crops, and the guides' guesses, in the style of the originals."""
        style = self.describe(crops)
        picture, *guesses = learner(crops["line"], style)
        return Painted(picture, 2 * crops["color"] - 1, style, tuple(guesses))

    def describe(self, crops: dict[str, Tensor]) -> Tensor:
        """Return the originals' styles."""
        with torch.no_grad():
            style: Tensor = self.style(as_reference(crops["color"]))
        return style

    def compare(self, painted: Painted) -> dict[str, Tensor]:
        """Return the mean absolute differences: of the picture, and of both guesses."""
        original, (before, behind) = painted.original, painted.guesses
        luminance = original.new_tensor(LUMINANCE)[:, None, None]
        grey = (luminance * original).sum(dim=1, keepdim=True)
        return {
            "l1": losses.l1(painted.picture, original),
            "grey": losses.l1(before, grey),
            "guide": losses.l1(behind, original),
        }

    def judge(self, critic: nn.Module, painted: Painted) -> Tensor:
        """Return the cross-entropy of a real picture's style, and of none of a made one's."""
        made = critic(painted.picture.detach())
        return losses.judging(critic(painted.original), made, wanted(painted))

    def fool(self, critic: nn.Module, painted: Painted) -> Tensor:
        """Return the cross-entropy of made pictures taken for real ones of the style."""
        return losses.fooling(critic(painted.picture), wanted(painted))

    def show(self, network: nn.Module, crops: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Return the result twice: there is no draft."""
        result = network(crops["line"], self.describe(crops))
        return result, result


def wanted(painted: Painted) -> Tensor:
    """Return what the critic is to say of a real picture: its style, clipped."""
    assert painted.known is not None
    return painted.known.flatten(1).clamp(0, 1)
