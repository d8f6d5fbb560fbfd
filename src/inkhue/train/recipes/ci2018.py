"""Ci et al.'s recipe: contents as VGG16 sees them, and a Wasserstein critic.

Source: as for `inkhue.models.ci2018`. Their content loss stands alone; ours has an L1 beside it,
which a config may leave out where there is VGG16. Their code takes the slope's norm at each pixel,
over its three channels; this one takes the whole picture's, as WGAN-GP has it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from inkhue.errors import UsageError
from inkhue.models.ci2018 import Colorize, Critic, Generator
from inkhue.models.illustration2vec import ILLUSTRATION2VEC, Illustration2Vec
from inkhue.models.pretrained import Shelf, load_pretrained, still
from inkhue.models.systems import SYSTEMS
from inkhue.models.vgg import VGG16, Contents
from inkhue.train import losses
from inkhue.train.config import TrainConfig
from inkhue.train.recipes.recipe import Painted, Recipe

SLOPE, DRIFT = 10.0, 0.001  # weights of the critic's penalties


class Ci2018(Recipe):
    """The generator learns; the local features, which it holds, stay as they are."""

    network: Colorize
    several = False  # the slope is asked of the critic itself, past what links several devices

    def __init__(self, config: TrainConfig, frozen: dict[str, Any] | None, shelf: Shelf) -> None:
        width, loss = config.network.width, config.loss
        aide = SYSTEMS["ci2018"].aide
        assert aide is not None
        shelf.take(ILLUSTRATION2VEC, "drawn weights stand in for them")
        local = aide.load(width, shelf.used)
        assert isinstance(local, Illustration2Vec)
        self.network = self.learner = Colorize(Generator(width, local.channels), local)
        self.critic = Critic(config.crops.size, width, local.channels)
        self.weights = {"l1": loss.l1}
        self.contents = load_contents(shelf) if loss.content else None
        if self.contents is not None:
            self.aides = (self.contents,)
            self.weights["content"] = loss.content
        elif not loss.l1:
            raise UsageError(f"nothing to compare pictures by: set loss.l1. {VGG16.missing}")

    def paint(self, learner: nn.Module, crops: dict[str, Tensor]) -> Painted:
        """Make pictures of the crops; the critic is to see their local features too."""
        result = learner(crops["line"], crops["hint"])
        with torch.no_grad():
            local = self.network.local(crops["line"])
        return Painted(2 * result - 1, 2 * crops["color"] - 1, local)

    def compare(self, painted: Painted) -> dict[str, Tensor]:
        """Return the mean absolute difference, and the mean square one of the contents."""
        parts = {"l1": losses.l1(painted.picture, painted.original)}
        if self.contents is not None:
            made, original = (
                self.contents((picture + 1) / 2) for picture in (painted.picture, painted.original)
            )
            parts["content"] = functional.mse_loss(made, original)
        return parts

    def judge(self, critic: nn.Module, painted: Painted) -> Tensor:
        """Return made minus real scores, with penalties on the slope and on large scores."""
        made, real, local = painted.picture.detach(), painted.original, painted.known
        scores = critic(real, local)
        share = torch.rand(len(made), 1, 1, 1).to(made)
        mixed = torch.lerp(made, real, share).requires_grad_()
        (slope,) = torch.autograd.grad(self.critic(mixed, local).sum(), mixed, create_graph=True)
        penalty = (slope.flatten(1).norm(dim=1) - 1).square().mean()
        drift = scores.square().mean()
        loss: Tensor = (critic(made, local) - scores).mean() + SLOPE * penalty + DRIFT * drift
        return loss

    def fool(self, critic: nn.Module, painted: Painted) -> Tensor:
        """Return the made pictures' scores, turned round."""
        loss: Tensor = -critic(painted.picture, painted.known).mean()
        return loss

    def show(self, network: nn.Module, crops: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Return the result twice: there is no draft."""
        result = network(crops["line"], crops["hint"])
        return result, result


def load_contents(shelf: Shelf) -> Contents | None:
    """Return VGG16's first layers where there are its weights."""
    path = shelf.take(VGG16, "the content loss is left out")
    if path is None:
        return None
    contents = Contents()
    load_pretrained(contents, path)
    still(contents)
    return contents
