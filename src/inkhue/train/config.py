"""What a training run is: frozen dataclasses, read from TOML; an unknown key is an error."""

from __future__ import annotations

import dataclasses
import json
import sys
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from inkhue.data.crops import CropConfig, Stage
from inkhue.errors import UsageError, did_you_mean
from inkhue.models.systems import SYSTEMS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")


@dataclass(frozen=True)
class NetworkConfig:
    """Which network; `width` is its number of channels at half scale, 64 in the paper.

    That of zhang2017 is at full scale, 16 in theirs.
    """

    name: Literal["au-net", "u-net", "light", "ci2018", "zhang2017"] = "au-net"
    width: int = 64


@dataclass(frozen=True)
class LossConfig:
    """Weights of the losses; a loss of weight 0 is not computed."""

    l1: float = 100.0
    adversarial: float = 1.0
    adversarial_from: int = 0  # step at which the critic joins
    content: float = 0.0  # of features of VGG16; ci2018 alone
    perceptual: float = 0.0  # LPIPS on SqueezeNet; of the pairs and light
    own: float = 0.5  # L1 of the picture before hints are obeyed; light alone, as the next one
    border: float = 0.0  # cross-entropy of the boundary map
    keep: float = 0.0  # of features, as in --init: the boundary map alone is trained


@dataclass(frozen=True)
class OptimizerConfig:
    """Adam, and how many crops a step sees (on each device)."""

    rate: float = 1e-4  # learning rate
    beta1: float = 0.5
    beta2: float = 0.9
    batch: int = 16
    falls: float = 0.0  # the last share of a run, of its steps or minutes, in which the rate falls


@dataclass(frozen=True)
class RunConfig:
    """How long a run goes on and what it leaves behind."""

    steps: int = 100_000
    seed: int = 0
    average: float = 0.999  # decay of the moving average of the weights
    precision: Literal["auto", "32-true", "bf16-mixed"] = "auto"
    sheet_every: int = 500  # steps
    save_every: int = 200  # steps
    workers: int = 1  # processes that make crops


@dataclass(frozen=True)
class TrainConfig:
    """One stage of one network."""

    stage: Stage = "draft"
    network: NetworkConfig = field(default_factory=NetworkConfig)
    crops: CropConfig = field(default_factory=CropConfig)
    loss: LossConfig = field(default_factory=LossConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    run: RunConfig = field(default_factory=RunConfig)

    def __post_init__(self) -> None:
        name, width, size = self.network.name, self.network.width, self.crops.size
        system = SYSTEMS[name]
        if self.stage not in system.stages:
            raise UsageError(f"stage: {name} has none but {system.stages[0]!r}")
        multiple = system.sides[self.stage]
        if size < multiple or size % multiple:
            raise UsageError(f"crops.size of stage {self.stage!r} must be a multiple of {multiple}")
        if width < system.widths or width % system.widths:
            raise UsageError(
                f"network.width must be a multiple of {system.widths} for {name}, not {width}"
            )
        if self.loss.keep:
            self.check_borders_alone()
        elif name == "light" and not self.crops.regions:
            raise UsageError("crops.regions: light paints from spread hints: set it to true")
        if not 0 <= self.optimizer.falls <= 1:
            raise UsageError(
                f"optimizer.falls: {self.optimizer.falls:g} is no share of a run, 0 to 1"
            )
        if self.loss.content and not system.contents:
            raise UsageError(f"loss.content: {name} has no such loss, leave it out")

    def check_borders_alone(self) -> None:
        """Features are kept while light's boundary map alone is trained, and never else."""
        loss = self.loss
        if self.network.name != "light":
            raise UsageError(f"loss.keep: {self.network.name} has no boundary map, leave it out")
        if loss.l1 or loss.own or loss.perceptual or loss.adversarial or not self.crops.borders:
            raise UsageError(
                "loss.keep: is for the boundary map alone: set crops.borders to true and the losses"
                " l1, own, perceptual and adversarial to 0"
            )


def read_config(path: Path) -> TrainConfig:
    """Read a run's configuration; anything wrong in it is a UsageError that names the key."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: is no TOML ({error})") from error
    return build(TrainConfig, given, str(path))


def build(kind: type[T], given: Mapping[str, object], where: str) -> T:
    """Make the dataclass `kind` of what a TOML table gives."""
    types = typing.get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in types:
            raise UsageError(f"{where}: no key {key!r}{did_you_mean(key, types)}")
        values[key] = convert(types[key], value, f"{where}: {key}")
    try:
        return kind(**values)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from error


def convert(kind: Any, value: object, where: str) -> object:  # noqa: ANN401
    """Check a TOML value against a field's type, and make nested dataclasses."""
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, dict):
            raise UsageError(f"{where} must be a table")
        return build(typing.cast("type[object]", kind), value, where)
    if typing.get_origin(kind) is Literal:
        allowed = typing.get_args(kind)
        if value not in allowed:
            raise UsageError(f"{where}: no {value!r}{did_you_mean(str(value), allowed)}")
        return value
    if typing.get_origin(kind) is not None:
        if not isinstance(value, dict):
            raise UsageError(f"{where} must be a table of names and numbers")
        return {str(k): convert(float, v, f"{where}.{k}") for k, v in value.items()}
    fits = isinstance(value, (int, float) if kind is float else kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise UsageError(f"{where} must be a {kind.__name__}, not {value!r}")
    return kind(value)


def to_toml(config: DataclassInstance, prefix: str = "") -> str:
    """Write a configuration as TOML that `read_config` gives back."""
    plain, tables = [], []
    for entry in dataclasses.fields(config):
        value = getattr(config, entry.name)
        name = f"{prefix}{entry.name}"
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            tables.append(f"[{name}]\n{to_toml(value, name + '.')}")
        elif isinstance(value, Mapping):
            pairs = ", ".join(f"{literal(str(k))} = {literal(v)}" for k, v in value.items())
            plain.append(f"{entry.name} = {{ {pairs} }}\n")
        else:
            plain.append(f"{entry.name} = {literal(value)}\n")
    return "".join(plain) + "".join("\n" + table for table in tables)


def literal(value: bool | int | float | str) -> str:
    """Write one TOML value."""
    if isinstance(value, bool):
        return str(value).lower()
    # A JSON string is a TOML string.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
