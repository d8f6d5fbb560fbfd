"""The light model's boundary map alone: more than twice as many crops a second as with painting.

What the painters take from the drawing's encoder is kept as it was in the weights that the run
starts from, so that they go on as before.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from inkhue.models.critic import Critic
from inkhue.models.light import Light
from inkhue.models.pretrained import Shelf
from inkhue.train.config import TrainConfig
from inkhue.train.losses import border_entropy
from inkhue.train.origin import origin_of_frozen
from inkhue.train.recipes.recipe import Painted, Recipe

NOTHING = 1e-6  # beside the mean square of features


class Looking(Light):
    """The light network, of which the encoder alone is asked."""

    def forward(self, line: Tensor) -> tuple[Tensor, ...]:  # type: ignore[override]
        """Line (N, 1, H, W) -> features and the boundary's logits."""
        return self.encode.look(line)


class BordersRecipe(Recipe):
    """The encoder learns borders; `frozen` is the network whose features stay."""

    def __init__(self, config: TrainConfig, frozen: dict[str, Any] | None, shelf: Shelf) -> None:
        self.network = self.learner = Looking(config.network.width)
        for part in (self.network.draft, self.network.colorize):
            part.requires_grad_(False)
        self.critic = Critic(config.crops.size)
        self.weights = {"border": config.loss.border, "keep": config.loss.keep}
        assert frozen is not None
        kept = origin_of_frozen(frozen).module
        assert isinstance(kept, Light)
        self.kept = kept.encode.requires_grad_(False)
        self.aides = (self.kept,)

    def paint(self, learner: nn.Module, crops: dict[str, Tensor]) -> Painted:
        """Look at the crops' lines; the pictures are the originals."""
        original = 2 * crops["color"] - 1
        return Painted(original, original, None, learner(crops["line"]), crops)

    def compare(self, painted: Painted) -> dict[str, Tensor]:
        """Return the boundary map's loss, and how far the features are from those kept."""
        crops = painted.crops
        assert crops is not None
        *features, logits = painted.guesses
        with torch.no_grad():
            kept = self.kept.features(crops["line"])
        pairs = zip(features, kept, strict=True)
        away = [(one - other).square().mean() / power(other) for one, other in pairs]
        return {"border": border_entropy(logits, crops), "keep": torch.stack(away).mean()}

    def show(self, network: nn.Module, crops: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Return the boundary map as a drawing, and laid under the lines."""
        *_, logits = network(crops["line"])
        small = (1 - torch.sigmoid(logits)).expand(-1, 3, -1, -1)
        return small, functional.interpolate(small, scale_factor=4.0) * crops["line"]


def power(features: Tensor) -> Tensor:
    """Return the mean square of features."""
    return features.square().mean() + NOTHING
