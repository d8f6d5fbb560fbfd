"""What is particular to each system's training, by the network's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inkhue.models.pretrained import Shelf
from inkhue.train.config import TrainConfig
from inkhue.train.recipes.borders import BordersRecipe
from inkhue.train.recipes.ci2018 import Ci2018
from inkhue.train.recipes.light import LightRecipe
from inkhue.train.recipes.pair import Pair
from inkhue.train.recipes.recipe import Painted, Recipe
from inkhue.train.recipes.zhang2017 import Zhang2017

Make = Callable[[TrainConfig, dict[str, Any] | None, Shelf], Recipe]

RECIPES: dict[str, Make] = {
    "au-net": Pair,
    "u-net": Pair,
    "light": LightRecipe,
    "ci2018": Ci2018,
    "zhang2017": Zhang2017,
}


def make_recipe(config: TrainConfig, frozen: dict[str, Any] | None, shelf: Shelf) -> Recipe:
    """Make a run's recipe; `frozen` is what the run keeps of other weights."""
    make = BordersRecipe if config.loss.keep else RECIPES[config.network.name]
    return make(config, frozen, shelf)


__all__ = ["RECIPES", "Painted", "Recipe", "make_recipe"]
