"""The paper's recipe for either stage of a pair: L1, and the DCGAN critic's cross-entropy."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from inkhue.models.au_net import Colorize, Draft
from inkhue.models.critic import Critic
from inkhue.models.pair import make_stage, widen
from inkhue.models.pretrained import Shelf, still
from inkhue.models.squeezenet import load_likeness
from inkhue.train import losses
from inkhue.train.config import TrainConfig
from inkhue.train.origin import Origin, origin_of_frozen
from inkhue.train.recipes.recipe import Painted, Recipe

WIDEN_NOISE = 0.02  # how far the copies of a widened network are moved apart


class Pair(Recipe):
    """A stage of a two-stage pair; `frozen` is the draft network that a colorize run keeps."""

    network: Draft | Colorize

    def __init__(self, config: TrainConfig, frozen: dict[str, Any] | None, shelf: Shelf) -> None:
        self.kind = config.network
        self.draft = None if frozen is None else origin_of_frozen(frozen).module
        if self.draft is not None:
            still(self.draft)
            self.aides = (self.draft,)
        made = make_stage(config.network.name, config.stage, config.network.width)
        self.network = self.learner = made
        self.critic = Critic(config.crops.size)
        self.weights = {"l1": config.loss.l1}
        self.likeness = load_likeness(shelf) if config.loss.perceptual else None
        if self.likeness is not None:
            self.aides = (*self.aides, self.likeness)
            self.weights["perceptual"] = config.loss.perceptual

    def fits(self, origin: Origin) -> bool:
        """Whether it is the same kind of network, as wide or narrower by a whole factor."""
        theirs = origin.network
        return theirs.name == self.kind.name and self.kind.width % theirs.width == 0

    def start(self, origin: Origin, generator: torch.Generator) -> None:
        """Take weights of either stage, both having one generator; widen narrower ones."""
        assert isinstance(origin.module, Draft | Colorize)
        noise = WIDEN_NOISE if origin.network.width < self.kind.width else 0.0
        widen(origin.module.generator, self.network.generator, noise, generator)

    def paint(self, learner: nn.Module, crops: dict[str, Tensor]) -> Painted:
        """Make pictures of the crops."""
        _, result = self.show(learner, crops)
        return Painted(2 * result - 1, 2 * crops["color"] - 1)

    def compare(self, painted: Painted) -> dict[str, Tensor]:
        """Return the mean absolute difference, and how different they look if a config asks."""
        parts = {"l1": losses.l1(painted.picture, painted.original)}
        if self.likeness is not None:
            parts["perceptual"] = self.likeness(painted.picture, painted.original)
        return parts

    def show(self, network: nn.Module, crops: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Return draft and result; a draft stage's result is its draft."""
        if self.draft is None:
            result = network(crops["line"], crops["hint"])
            return result, result
        with torch.no_grad():
            draft = self.draft(crops["line_small"], crops["hint"])
        return draft, network(crops["line"], draft)
