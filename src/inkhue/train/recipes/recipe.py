"""What a recipe is: the networks of a run, and what they learn from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from inkhue.train import losses
from inkhue.train.origin import Origin


@dataclass(frozen=True, eq=False)
class Painted:
    """What the learner made of a batch.

    Attributes:
        picture: (N, 3, S, S) in [-1, 1].
        original: what it should have been, likewise.
        known: features that the critic is shown, or is to find: a recipe's own.
        guesses: what else the learner made: a recipe's own.
        crops: what the pictures were made of, where the losses need more of it.
    """

    picture: Tensor
    original: Tensor
    known: Tensor | None = None
    guesses: tuple[Tensor, ...] = ()
    crops: Mapping[str, Tensor] | None = None


class Recipe(ABC):
    """A run's networks and losses. The loop, the devices and the files are the trainer's.

    Attributes:
        learner: all that the generator's optimizer changes.
        network: part of it, or all: averaged, shown on sheets, exported.
        critic: what judges the learner's pictures.
        aides: networks that stay as they are and are no part of the learner.
        weights: of each loss that compares pictures, by its name in the log.
        several: whether several devices can share a run.
    """

    learner: nn.Module
    network: nn.Module
    critic: nn.Module
    aides: tuple[nn.Module, ...] = ()
    weights: Mapping[str, float]
    several = True

    @property
    def losses(self) -> tuple[str, ...]:
        """The log's columns."""
        return (*self.weights, "adversarial", "critic")

    def fits(self, origin: Origin) -> bool:
        """Whether training can start from these weights: by default, those of such a network."""
        mine, theirs = (
            {name: weight.shape for name, weight in network.state_dict().items()}
            for network in (self.network, origin.module)
        )
        return mine == theirs

    def start(self, origin: Origin, generator: torch.Generator) -> None:
        """Give the network weights that fit."""
        self.network.load_state_dict(origin.module.state_dict())

    @abstractmethod
    def paint(self, learner: nn.Module, crops: dict[str, Tensor]) -> Painted:
        """Let the learner, as the devices have it, make pictures of these crops."""

    @abstractmethod
    def compare(self, painted: Painted) -> dict[str, Tensor]:
        """Return how far the pictures are from the originals: the losses that `weights` names."""

    def judge(self, critic: nn.Module, painted: Painted) -> Tensor:
        """Return the cross-entropy of real and made pictures, the critic's own loss."""
        return losses.judging(critic(painted.original), critic(painted.picture.detach()))

    def fool(self, critic: nn.Module, painted: Painted) -> Tensor:
        """Return the cross-entropy of made pictures taken for real ones: the learner's loss."""
        return losses.fooling(critic(painted.picture))

    @abstractmethod
    def show(self, network: nn.Module, crops: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Return draft and result for a sample sheet, in [0, 1]."""
