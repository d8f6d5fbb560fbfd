"""Export: checkpoint folders -> a model folder that the runtime colours with."""

from __future__ import annotations

import copy
import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inkhue import __version__
from inkhue.data.crops import DRAFT_SCALE
from inkhue.errors import UsageError
from inkhue.model import COST_SIDE, DESCRIPTION, FLOAT32, FORMAT, Graph, Stage
from inkhue.models.exported import FULL, REDUCED, Exported
from inkhue.models.pair import count_multiply_adds, count_parameters, count_trainable
from inkhue.models.systems import SYSTEMS, model_name
from inkhue.models.vgg import as_reference
from inkhue.train.checkpoint import (
    ATTRIBUTION,
    load_config,
    load_samples,
    load_state,
    read_attribution,
)
from inkhue.train.compare import (
    MOST_MEAN,
    MOST_TAIL,
    Outputs,
    compare,
    compare_stored,
    difference,
    run_graph,
)
from inkhue.train.graphs import fold_norms, norm_values, store_weights, to_onnx
from inkhue.train.int8 import int8_arithmetic
from inkhue.train.origin import NORMS, Origin, load_origin, origin_of_frozen

LICENSE = "Apache-2.0"


@dataclass(frozen=True)
class Trained:
    """A stage's averaged network, how it came about, and real inputs of it by name."""

    stage: str
    origin: Origin
    samples: dict[str, Tensor]
    then: Trained | None = None  # the stage that goes on with what this one makes

    @property
    def network(self) -> Exported:
        """The network itself, or the part of it."""
        return self.origin.module.parts.get(self.stage, self.origin.module)

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The network's inputs."""
        return tuple(self.samples[name] for name in self.network.INPUTS)

    def picture(self, made: Outputs) -> NDArray[np.float32]:
        """Return what is seen of the network's outputs: a picture, or what is painted from them."""
        if self.then is None:
            return made[0]
        tensors = zip(self.network.OUTPUTS, map(torch.from_numpy, made), strict=True)
        then = replace(self.then, samples={**self.then.samples, **dict(tensors)})
        with torch.no_grad():
            return then.picture(outputs(then.network.eval()(*then.inputs)))


@dataclass(frozen=True)
class Form:
    """What an export writes."""

    store: str = "int8"  # the weights' type in the files: float32, float16 or int8
    int8: bool = False  # also graphs that compute in 8 bits, where that does not show
    described: bool = False  # no graphs at all, only what describes them


def export(runs: Sequence[Path], out: Path, form: Form, tell: Callable[[str], None]) -> Path:
    """Write a model folder from a draft run and a colorize run, or from the latter alone.

    A pair's colorize run holds the draft network that it was trained on; a draft run beside it
    replaces that. An existing folder is replaced, whole. `tell` hears what was measured.
    """
    trained = load_stages(runs)
    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=out.name, dir=out.parent))
    try:
        stages = {s.stage: export_stage(s, part, form, tell) for s in trained}
        if not form.described and SYSTEMS[trained[-1].origin.network.name].folded:
            write_norms(trained, part / NORMS)
        seen = pictures_seen(runs)
        description = describe(trained, stages, len(seen))
        if form.described:
            description["attribution"] = ""  # without weights there is nobody's picture in it
        else:
            write_attribution(seen, part / ATTRIBUTION)
        (part / DESCRIPTION).write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
        part.chmod(0o755)
        if out.exists():
            shutil.rmtree(out)
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return out


def load_stages(runs: Sequence[Path]) -> list[Trained]:
    """Return the stages of these runs in the order in which they colour."""
    found = {load_config(run).stage: run for run in runs}
    if "colorize" not in found:
        raise UsageError("export needs a run of stage 'colorize': name one")
    network = load_config(found["colorize"]).network
    if "draft" in found and load_config(found["draft"]).network != network:
        raise UsageError(f"{found['draft']}: is another network than {found['colorize']}'s")
    colorize = load_stage(found["colorize"], "colorize")
    if "reference" in SYSTEMS[network.name].needs:
        return with_reference(colorize)
    if colorize.origin.module.parts:
        return in_parts(colorize)
    if "draft" not in SYSTEMS[network.name].stages:
        return [colorize]
    if "draft" in found:
        return [load_stage(found["draft"], "draft"), colorize]
    return [frozen_stage(found["colorize"], colorize.samples), colorize]


def load_stage(run: Path, stage: str) -> Trained:
    """Return a run's averaged network; what it is shown as draft is the original, reduced."""
    samples = load_samples(run)
    samples["draft"] = nn.functional.avg_pool2d(samples["color"], DRAFT_SCALE)
    return Trained(stage, load_origin(run, stage), samples)


def frozen_stage(run: Path, samples: dict[str, Tensor]) -> Trained:
    """Return the draft network that a colorize run kept."""
    small = {**samples, "line": samples["line_small"]}
    return Trained("draft", origin_of_frozen(load_state(run)["frozen"]), small)


def with_reference(colorize: Trained) -> list[Trained]:
    """Put the network that describes reference pictures before the one that needs it."""
    made = colorize.origin
    aide = SYSTEMS[made.network.name].aide
    assert aide is not None
    style = aide.load(made.network.width, made.published)
    assert isinstance(style, Exported)
    picture = as_reference(colorize.samples["color"])
    with torch.no_grad():
        samples = {**colorize.samples, style.OUTPUTS[0]: style(picture)}
    then = replace(colorize, samples=samples)
    first = replace(made, module=style)
    return [Trained("reference", first, {"reference": picture}, then=then), then]


def in_parts(whole: Trained) -> list[Trained]:
    """Return the parts of a network that was trained as a whole, each with what it is shown."""
    samples, stages = dict(whole.samples), []
    for name in whole.origin.module.parts:
        part = replace(whole, stage=name, samples=dict(samples))
        with torch.no_grad():
            made = part.network.eval()(*part.inputs)
        samples |= dict(zip(part.network.OUTPUTS, several(made), strict=True))
        stages.append(part)
    for index in reversed(range(len(stages) - 1)):
        stages[index] = replace(stages[index], then=stages[index + 1])
    return stages


def export_stage(stage: Trained, folder: Path, form: Form, tell: Callable[[str], None]) -> Stage:
    """Write one stage's graphs, compared with torch on real drawings, and describe it."""
    network = stage.network.eval()
    inputs = stage.inputs
    one = tuple(part[:1] for part in inputs)  # the contract's graphs take one picture
    exact = to_onnx(fold_norms(network), one)
    expected = in_full(network, inputs)
    compare(run_graph(exact, inputs), expected, stage.stage)
    graph, seen = exact, stage.picture(expected)
    if form.store != "float32":
        graph = store_weights(exact, form.store)
        compare_stored(stage.picture(run_graph(graph, inputs)), seen, stage.stage)
    variants = {}
    if form.int8:
        fast = int8_arithmetic(exact, inputs)
        mean, tail = difference(stage.picture(run_graph(fast, inputs)), seen)
        kept = mean <= MOST_MEAN and tail <= MOST_TAIL
        tell(
            f"stage {stage.stage!r}: int8 arithmetic changes the picture by {mean:.2f}/255"
            f" (99.9th percentile {tail:.1f}/255): {'kept' if kept else 'left out'}"
        )
        if kept:
            int8 = labelled(fast, stage)
            variants["int8"] = write_graph(int8, folder / f"{stage.stage}.int8.onnx", form)
    return Stage(
        **asdict(write_graph(labelled(graph, stage), folder / f"{stage.stage}.onnx", form)),
        parameters=count_parameters(network),
        trainable=count_trainable(network),
        multiply_adds=count_multiply_adds(network, *cost_inputs(network, one)),
        variants=variants,
    )


def labelled(graph: onnx.ModelProto, stage: Trained) -> onnx.ModelProto:
    """Write into a graph what it is and under what terms, for those who meet it alone."""
    network = stage.origin.network
    graph.producer_name, graph.producer_version = "inkhue", __version__
    facts = {
        "model": model_name(network.name, network.width),
        "stage": stage.stage,
        "license": LICENSE,
        "values": "line: 1 = paper; hint: RGB times mask, mask; colours: sRGB; all in [0, 1]",
        "attribution": ATTRIBUTION,
    }
    onnx.helper.set_model_props(graph, facts)
    return graph


def in_full(network: nn.Module, inputs: tuple[Tensor, ...]) -> Outputs:
    """Compute what a network does in float64: torch's own float32 is off by up to 1e-4 itself."""
    exact = copy.deepcopy(network).double()
    with torch.no_grad():
        made = exact(*(part.double() for part in inputs))
    return outputs(made)


def outputs(made: Tensor | tuple[Tensor, ...]) -> Outputs:
    """Return what a network made as float32 arrays, one or several."""
    return tuple(np.asarray(part.numpy(), np.float32) for part in several(made))


def several(made: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return a network's outputs, of which there may be one."""
    return made if isinstance(made, tuple) else (made,)


def write_graph(graph: onnx.ModelProto, path: Path, form: Form) -> Graph:
    """Write a graph and describe its file; one that is only described is not written."""
    data = graph.SerializeToString()
    if form.described:
        return Graph(path.name, len(data), "")
    path.write_bytes(data)
    return Graph(path.name, len(data), hashlib.sha256(data).hexdigest())


def cost_inputs(network: Exported, one: tuple[Tensor, ...]) -> list[Tensor]:
    """Return empty inputs of the size that multiply-adds are stated for."""
    # A pair's draft network sees a small page of its own.
    small = network.OUTPUTS == ("draft",) and network.SIDES["draft"] == FULL
    full = COST_SIDE // DRAFT_SCALE if small else COST_SIDE
    inputs = []
    for name, given in zip(network.INPUTS, one, strict=True):
        if name in network.SIDES:
            side = full // REDUCED[network.SIDES[name]]
            given = given.new_zeros(1, given.shape[1], side, side)
        inputs.append(given)
    return inputs


def write_norms(trained: Sequence[Trained], path: Path) -> None:
    """Keep the batch norms that the graphs hold folded."""
    norms = {f"{s.stage}.{k}": v for s in trained for k, v in norm_values(s.network).items()}
    np.savez_compressed(path, **norms)  # type: ignore[arg-type]


def pictures_seen(runs: Sequence[Path]) -> list[dict[str, str]]:
    """Return every training picture's facts once, by all runs, sorted by id."""
    rows = {row["id"]: row for run in runs for row in read_attribution(run)}
    return [rows[key] for key in sorted(rows)]


def write_attribution(pictures: Sequence[dict[str, str]], path: Path) -> None:
    """Write what the folder says of the pictures that its weights come from."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(pictures[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(pictures)


def describe(trained: Sequence[Trained], stages: dict[str, Stage], pictures: int) -> dict[str, Any]:
    """Return what model.json holds."""
    network = trained[-1].origin.network
    system, name = SYSTEMS[network.name], model_name(network.name, network.width)
    narrow = "" if network.width == system.width else f", width {network.width}"
    return {
        "format": FORMAT,
        "name": name,
        "version": __version__,
        "license": LICENSE,
        "summary": system.summary + narrow,
        "stages": {key: asdict(stage) for key, stage in stages.items()},
        "multiple": system.multiple,
        "size": system.size,
        "variant": FLOAT32,
        "needs": list(system.needs),
        "clean": system.clean,
        "line_width": system.line_width,
        "training": {
            "pictures": pictures,
            **{s.stage: training_facts(s) for s in trained if s.stage in system.stages},
        },
        "scores": {},
        "attribution": ATTRIBUTION,
    }


def training_facts(stage: Trained) -> dict[str, Any]:
    """Return how a stage came about; an aide's weights are published ones or drawn."""
    origin = stage.origin
    facts = {
        "crops": origin.crops,
        "hours": round(origin.seconds / 3600, 3),
        "config": origin.config,
    }
    aide = SYSTEMS[origin.network.name].aide
    if aide is None:
        return facts
    weights = "published" if aide.source.file in origin.published else "drawn"
    return {**facts, "published": sorted(origin.published), aide.source.title: weights}
