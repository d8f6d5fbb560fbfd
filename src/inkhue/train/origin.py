"""Trained weights to start from: a run's averaged ones, or those of an exported model folder."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch

from inkhue.errors import InkhueError, UsageError
from inkhue.model import DESCRIPTION, Model, read_model
from inkhue.models.exported import Exported
from inkhue.models.systems import SYSTEMS, make_network
from inkhue.train.checkpoint import load_config, load_state
from inkhue.train.config import NetworkConfig, TrainConfig, build, to_toml
from inkhue.train.graphs import read_weights, unfold_norms

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

NORMS = "norms.npz"  # in a model folder: the batch norms that its graphs hold folded


@dataclass(frozen=True)
class Origin:
    """A trained stage and how it came about.

    `crops` and `seconds` include the runs that its first weights came from.
    """

    network: NetworkConfig
    stage: str
    module: Exported
    crops: int
    seconds: float
    config: str  # TOML
    published: frozenset[str] = frozenset()  # weight files that it leans on


def load_origin(path: Path, stage: str) -> Origin:
    """Read a stage's trained weights; a run of the other stage is a UsageError."""
    if (path / DESCRIPTION).is_file():
        return origin_of_model(path, stage)
    config = load_config(path)
    if config.stage != stage:
        raise UsageError(f"{path}: is a run of stage {config.stage!r}, not of {stage!r}")
    return origin_of_run(path, config)


def load_either(path: Path, stage: str) -> Origin:
    """Read a run's trained weights, of whichever stage it is; of a model folder, this stage's."""
    if (path / DESCRIPTION).is_file():
        return origin_of_model(path, stage)
    return origin_of_run(path, load_config(path))


def origin_of_run(path: Path, config: TrainConfig) -> Origin:
    """Read the averaged weights of a run."""
    state = load_state(path)
    published = frozenset(state.get("published", ()))
    module = make_network(config.network.name, config.stage, config.network.width, published)
    module.load_state_dict(state["average"])
    crops, seconds = state.get("earlier", (0, 0.0))
    return Origin(
        config.network,
        config.stage,
        module,
        crops + state["crops"],
        seconds + state["seconds"],
        to_toml(config),
        published,
    )


def origin_of_frozen(frozen: dict[str, Any]) -> Origin:
    """Return the network that a run keeps as it is (see `freeze`)."""
    network = NetworkConfig(frozen["name"], frozen["width"])
    stage = frozen["stage"]
    module = make_network(network.name, stage, network.width)
    module.load_state_dict(frozen["weights"])
    return Origin(network, stage, module, frozen["crops"], frozen["seconds"], frozen["config"])


def freeze(origin: Origin) -> dict[str, Any]:
    """Return what a run keeps of a network: weights and how they came about."""
    return {
        "weights": origin.module.state_dict(),
        "name": origin.network.name,
        "stage": origin.stage,
        "width": origin.network.width,
        "crops": origin.crops,
        "seconds": origin.seconds,
        "config": origin.config,
    }


def origin_of_model(folder: Path, stage: str) -> Origin:
    """Read a stage's weights back out of a model folder's graph; rounded as they are stored."""
    model = read_model(folder)
    if stage not in model.training:
        raise UsageError(f"{folder}: holds no trained stage {stage!r}")
    facts = model.training[stage]
    config: TrainConfig = build(TrainConfig, tomllib.loads(facts["config"]), str(folder))
    if not SYSTEMS[config.network.name].reopens:
        raise UsageError(f"{folder}: training of {config.network.name} starts from a run alone")
    module = make_network(config.network.name, stage, config.network.width)
    if module.parts:
        graphs = {name: onnx.load_from_string(model.check(name)) for name in module.parts}
        weights = {
            f"{part}.{name}": torch.from_numpy(np.array(value))
            for part, graph in graphs.items()
            for name, value in read_weights(graph).items()
        }
        module.load_state_dict({name: weights[name] for name in module.state_dict()})
    else:
        load_folded(module, model, stage)
    seconds = 3600 * float(facts["hours"])
    return Origin(config.network, stage, module, int(facts["crops"]), seconds, facts["config"])


def load_folded(module: Exported, model: Model, stage: str) -> None:
    """Load a stage's graph, in which batch norms are folded away, into its network."""
    folder = model.folder
    try:
        with np.load(folder / NORMS) as stored:
            norms = {
                name.removeprefix(f"{stage}."): stored[name]
                for name in stored.files
                if name.startswith(f"{stage}.")
            }
    except (OSError, ValueError) as error:
        raise InkhueError(
            f"{folder / NORMS}: cannot be read ({error}): without it no training can start from it"
        ) from error
    unfold_norms(module, read_weights(onnx.load_from_string(model.check(stage))), norms)
