"""Published networks that a recipe leans on: their weights are used where the user has them."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
from safetensors import SafetensorError, safe_open
from torch import nn

from inkhue.errors import InkhueError


@dataclass(frozen=True)
class Source:
    """A published network's weights: the file that is looked for, and how to come by it."""

    title: str
    file: str
    recipe: str  # what to get and how to convert it

    @property
    def missing(self) -> str:
        """Say that the weights are not here, and what to do."""
        return f"{self.title}: no {self.file} in {pretrained_folder()}: {self.recipe}"

    def find(self) -> Path | None:
        """Return the file's path, None where it is not."""
        path = pretrained_folder() / self.file
        return path if path.is_file() else None

    def path(self) -> Path:
        """Return the file's path; one that is not is an InkhueError."""
        path = self.find()
        if path is None:
            raise InkhueError(self.missing)
        return path


@dataclass
class Shelf:
    """Published weights as a run uses them: those that are found, or, later, those it began with.

    Attributes:
        began: the files that a run which goes on began with; None for a new run.
        used: the files that were taken.
        notes: what is missing, and what is done without it, a line each.
    """

    began: Collection[str] | None = None
    used: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def take(self, source: Source, otherwise: str) -> Path | None:
        """Return the path of a source's weights, None (and a note) where they are not used."""
        if self.began is None:
            path = source.find()
        else:
            path = source.path() if source.file in self.began else None
        if path is None:
            self.notes.append(f"{source.missing}; {otherwise}")
        else:
            self.used.add(source.file)
        return path


def pretrained_folder() -> Path:
    """Return the folder of published weights: $INKHUE_PRETRAINED, or one in the user's data."""
    own = os.environ.get("INKHUE_PRETRAINED")
    return Path(own) if own else Path(platformdirs.user_data_dir("inkhue", False)) / "pretrained"


def load_pretrained(network: nn.Module, path: Path) -> None:
    """Load a network's weights from a safetensors file; what else it holds is left alone.

    A file that is broken, or lacks a weight of the network's name and shape, is an InkhueError.
    """
    wanted = network.state_dict()
    try:
        with safe_open(path, framework="pt") as file:
            names = set(file.keys())
            for name, weight in wanted.items():
                if name not in names or file.get_slice(name).get_shape() != list(weight.shape):
                    raise InkhueError(
                        f"{path}: holds no {name} of shape {tuple(weight.shape)}: convert it again"
                    )
            network.load_state_dict({name: file.get_tensor(name) for name in wanted})
    except (OSError, SafetensorError) as error:
        raise InkhueError(f"{path}: cannot be read ({error}): convert it again") from error


def still(network: nn.Module) -> None:
    """Keep a network as it is: it judges or describes pictures, and does not learn."""
    network.eval().requires_grad_(False)


def draw_weights(network: nn.Module) -> None:
    """Draw weights that carry a picture through all layers, for where there are no published ones.

    Such features tell pictures apart, but know nothing of what they show.
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight)
