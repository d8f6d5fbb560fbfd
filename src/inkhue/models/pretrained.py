"""Published networks' weights: where they are looked for, what to do without, how they are loaded.

Recipes lean on some, and metrics on others. None is part of inkhue.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import platformdirs
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from inkhue.errors import InkhueError

Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True)
class Source:
    """A published network's weights: the file that is looked for, and how to come by it.

    It is looked for in the folder that the environment's `variable` names, then in `folder` of
    inkhue's user data.
    """

    title: str
    file: str
    recipe: str  # what to get and how to convert it
    variable: str = "INKHUE_PRETRAINED"
    folder: str = "pretrained"

    @property
    def missing(self) -> str:
        """Say that the weights are not here, and what to do."""
        places = " or ".join(map(str, self.folders()))
        return (
            f"{self.title}: no {self.file} in {places}: {self.recipe}, and put it there"
            f" or into the folder that ${self.variable} names"
        )

    def folders(self) -> list[Path]:
        """Return the folders that are looked in."""
        named = os.environ.get(self.variable)
        user = Path(platformdirs.user_data_dir("inkhue", appauthor=False)) / self.folder
        return [*([Path(named)] if named else []), user]

    def find(self) -> Path | None:
        """Return the file's path, None where it is not."""
        paths = [folder / self.file for folder in self.folders()]
        return next((path for path in paths if path.is_file()), None)

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


def load_pretrained(network: nn.Module, path: Path) -> None:
    """Load a network's weights from a safetensors file; what else it holds is left alone.

    A file that is broken, or lacks a weight of the network's name and shape, is an InkhueError.
    """
    fill(network, read_weights(path, network.state_dict()), path)


def read_weights(path: Path, wanted: Collection[str] | None = None) -> dict[str, Tensor]:
    """Read a safetensors file's weights by name, all or those of the wanted that it has."""
    try:
        with safe_open(path, framework="pt") as file:
            names = set(file.keys())
            names = names if wanted is None else names & set(wanted)
            return {name: file.get_tensor(name) for name in names}
    except (OSError, SafetensorError) as error:
        raise broken(path, f"cannot be read ({error})") from error


def fill(network: nn.Module, weights: Mapping[str, Tensor], path: Path) -> None:
    """Put weights into a network, all or, if one is missing or misshapen, none; `path` is named."""
    wanted = network.state_dict()
    for name, place in wanted.items():
        if name not in weights:
            raise broken(path, f"{name} is missing")
        if weights[name].shape != place.shape:
            shapes = f"{tuple(weights[name].shape)}, not {tuple(place.shape)}"
            raise broken(path, f"{name} is {shapes}")
    network.load_state_dict({name: weights[name] for name in wanted})


def filled(make: Callable[[], Network], weights: Mapping[str, Tensor], path: Path) -> Network:
    """Make a network of these weights that stays as it is; none are drawn for it first."""
    with torch.device("meta"):
        network = make()
    fill(network.to_empty(device="cpu"), weights, path)
    still(network)
    # Channels last saves a quarter of the time of convolutions on a processor.
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def broken(path: Path, what: str) -> InkhueError:
    """Return the error for a file that is not what it should be."""
    return InkhueError(f"{path}: {what}: convert it again")


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
