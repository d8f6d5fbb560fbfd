"""A model folder: find it by name, check it, describe it, load its graphs (contract 4)."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import onnxruntime
import platformdirs

from inkhue.errors import InkhueError, UsageError, did_you_mean

FORMAT = 1
DEFAULT_MODEL = "light"
FLOAT32 = "float32"  # the variant that a stage's own graph is: it computes in float32
DESCRIPTION = "model.json"
COST_SIDE = 512  # multiply-adds are stated for a square picture of this side, pixels


@dataclass(frozen=True)
class Graph:
    """A graph's file. `sha256` is empty where a model is described without its files."""

    file: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Stage(Graph):
    """One stage of a model: its graph, what it costs, and other graphs of the same network."""

    parameters: int
    trainable: int
    multiply_adds: int  # for a result of 512 x 512 pixels
    variants: Mapping[str, Graph] = field(default_factory=dict)  # by name, such as int8

    def graph(self, variant: str) -> Graph:
        """Return the graph of this variant, or the stage's own where it has none."""
        return self.variants.get(variant, self)


@dataclass(frozen=True)
class Model:
    """A model folder's description; the graphs are loaded by `session`."""

    folder: Path
    name: str
    version: str
    license: str
    summary: str
    stages: Mapping[str, Stage]
    multiple: int  # divides both sides of what the networks see
    size: int  # working size: the longer side of what the networks see, pixels, at most
    variant: str = FLOAT32  # the graphs that are used unless others are asked for
    needs: tuple[str, ...] = ()
    clean: bool = False  # its colours run through under the lines by themselves
    line_width: float = 0.0  # it is shown lines of at most about this, pixels; 0: of any
    training: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    attribution: str = ""

    @property
    def installed(self) -> bool:
        """Whether all graphs are here."""
        return all((self.folder / stage.file).is_file() for stage in self.stages.values())

    @property
    def variants(self) -> tuple[str, ...]:
        """The ways in which this model can compute."""
        return FLOAT32, *sorted({name for stage in self.stages.values() for name in stage.variants})

    @property
    def parameters(self) -> int:
        """Parameters of all stages."""
        return sum(stage.parameters for stage in self.stages.values())

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of all stages for a result of 512 x 512 pixels."""
        return sum(stage.multiply_adds for stage in self.stages.values())

    @property
    def float32_bytes(self) -> int:
        """Size of all parameters as float32."""
        return 4 * self.parameters

    @property
    def file_bytes(self) -> int:
        """Size of all graphs as files."""
        return sum(stage.bytes for stage in self.stages.values())

    def check(self, stage: str, variant: str = FLOAT32) -> bytes:
        """Return a graph's bytes; a missing, cut-off or changed file is an InkhueError."""
        entry = self.stages[stage].graph(variant)
        path = self.folder / entry.file
        try:
            graph = path.read_bytes()
        except FileNotFoundError:
            raise InkhueError(
                f"model {self.name!r} is described but not installed ({path} is missing):"
                " train and export it, or choose another of `inkhue models`"
            ) from None
        except OSError as error:
            raise InkhueError(f"{path}: cannot be read ({error.strerror})") from error
        if len(graph) != entry.bytes:
            raise InkhueError(
                f"{path}: is cut off ({len(graph)} of {entry.bytes} bytes): copy it again"
            )
        if hashlib.sha256(graph).hexdigest() != entry.sha256:
            raise InkhueError(
                f"{path}: does not match its checksum in {DESCRIPTION}: copy it again"
            )
        return graph

    def check_reference(self, given: bool) -> None:
        """Refuse a reference picture that is of no use, and the want of one that is needed."""
        needed = "reference" in self.needs
        if needed and not given:
            raise UsageError(
                f"model {self.name!r} needs a picture with colours: --reference PICTURE"
            )
        if given and not needed:
            raise UsageError(f"model {self.name!r} uses no --reference: leave it out")

    def known(self, variant: str | None) -> str:
        """Return this variant, the usual one for None; an unknown one is a UsageError."""
        variant = variant or self.variant
        if variant not in self.variants:
            hint = did_you_mean(variant, self.variants)
            raise UsageError(f"model {self.name!r} has no variant {variant!r}{hint}")
        return variant

    def session(
        self, stage: str, threads: int, variant: str | None = None
    ) -> onnxruntime.InferenceSession:
        """Load a stage's graph for this many threads; an unknown variant is a UsageError."""
        variant = self.known(variant)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # The stages take turns: one's idle threads must not spin while the other computes.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        graph = self.check(stage, variant)
        try:
            return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's exceptions share no base of their own
            file = self.stages[stage].graph(variant).file
            raise InkhueError(
                f"{self.folder / file}: onnxruntime cannot load it ({error})"
            ) from error


def read_model(folder: Path) -> Model:
    """Read a model folder's description; anything wrong in it is an InkhueError."""
    path = folder / DESCRIPTION
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found.get("format") != FORMAT:
            raise InkhueError(
                f"{path}: is of format {found.get('format')!r}, this inkhue reads {FORMAT}:"
                " update inkhue, or export the model again"
            )
        stages = {name: read_stage(entry) for name, entry in found["stages"].items()}
        return Model(
            folder=folder,
            name=found["name"],
            version=found["version"],
            license=found["license"],
            summary=found["summary"],
            stages=stages,
            multiple=int(found["multiple"]),
            size=int(found["size"]),
            variant=found.get("variant", FLOAT32),
            needs=tuple(found["needs"]),
            clean=bool(found.get("clean", False)),
            line_width=float(found.get("line_width", 0)),
            training=found["training"],
            scores=found["scores"],
            attribution=found["attribution"],
        )
    except OSError as error:
        raise InkhueError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InkhueError(f"{path}: is no model description ({error!r})") from error


def read_stage(entry: Mapping[str, Any]) -> Stage:
    """Make a stage of its entry in model.json."""
    variants = {name: Graph(**graph) for name, graph in entry.get("variants", {}).items()}
    return Stage(**{**entry, "variants": variants})


def model_folders() -> list[Path]:
    """Return the folders that are searched for models, in order."""
    here = Path(__file__).parent
    own = os.environ.get("INKHUE_MODELS")
    user = Path(platformdirs.user_data_dir("inkhue", appauthor=False)) / "models"
    checkout = here.parent.parent / "weights"
    return [*([Path(own)] if own else []), user, here / "weights", checkout]


def list_models() -> list[Model]:
    """Return every model found, the default first, then by name; the first of a name wins."""
    found: dict[str, Model] = {}
    for path in described():
        model = read_model(path)
        found.setdefault(model.name, model)
    return sorted(found.values(), key=lambda m: (m.name != DEFAULT_MODEL, m.name))


def described() -> Iterator[Path]:
    """Yield the model folders below the searched folders."""
    for folder in model_folders():
        yield from (path.parent for path in sorted(folder.glob(f"*/{DESCRIPTION}")))


def find_model(name: str | os.PathLike[str] = DEFAULT_MODEL) -> Model:
    """Find a model by name, or by the path of its folder; an unknown one is a UsageError."""
    folder = Path(name)
    if (folder / DESCRIPTION).is_file():
        return read_model(folder)
    for path in described():
        if path.name == str(name):
            return read_model(path)
    names = sorted({path.name for path in described()})
    raise UsageError(f"no model {str(name)!r}{did_you_mean(str(name), names)}")
