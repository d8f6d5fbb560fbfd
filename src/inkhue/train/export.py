"""Export: checkpoint folders -> a model folder that the runtime colours with."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from inkhue import __version__
from inkhue.errors import UsageError
from inkhue.model import COST_SIDE, DESCRIPTION, FLOAT32, FORMAT, Graph, Stage
from inkhue.models.au_net import Colorize
from inkhue.models.pair import (
    count_multiply_adds,
    count_parameters,
    count_trainable,
    pair_name,
)
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
    compare,
    compare_stored,
    difference,
    run_graph,
)
from inkhue.train.graphs import fold_norms, norm_values, store_weights, to_onnx
from inkhue.train.int8 import int8_arithmetic
from inkhue.train.origin import NORMS, Origin, load_origin, origin_of_frozen

LICENSE = "Apache-2.0"
MULTIPLE, SIZE = 64, 512

SUMMARIES = {
    "au-net": "the paper's pair of additive U-Nets",
    "u-net": "the pair of U-Nets that the paper compares with",
}


@dataclass(frozen=True)
class Trained:
    """A stage's averaged network, how it came about, and crops of its run."""

    stage: str
    origin: Origin
    samples: dict[str, Tensor]

    @property
    def network(self) -> nn.Module:
        """The network itself."""
        return self.origin.module


@dataclass(frozen=True)
class Form:
    """What an export writes."""

    store: str = "int8"  # the weights' type in the files: float32, float16 or int8
    int8: bool = False  # also graphs that compute in 8 bits, where that does not show
    described: bool = False  # no graphs at all, only what describes them


def export(runs: Sequence[Path], out: Path, form: Form, tell: Callable[[str], None]) -> Path:
    """Write a model folder from a draft run and a colorize run, or from the latter alone.

    A colorize run holds the draft network that it was trained on; a draft run beside it replaces
    that. An existing folder is replaced, whole. `tell` hears what was measured.
    """
    pair, name = load_pair(runs)
    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=out.name, dir=out.parent))
    try:
        stages = {s.stage: export_stage(s, part, form, tell) for s in pair}
        if not form.described:
            norms = {f"{s.stage}.{k}": v for s in pair for k, v in norm_values(s.network).items()}
            np.savez_compressed(part / NORMS, **norms)  # type: ignore[arg-type]
        pictures = write_attribution(runs, part / ATTRIBUTION)
        description = describe(name, pair, stages, pictures)
        (part / DESCRIPTION).write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
        part.chmod(0o755)
        if out.exists():
            shutil.rmtree(out)
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return out


def load_pair(runs: Sequence[Path]) -> tuple[list[Trained], str]:
    """Return the draft and the colorize stage of these runs, and the pair's name."""
    found = {load_config(run).stage: run for run in runs}
    if "colorize" not in found:
        raise UsageError("export needs a run of stage 'colorize': name one")
    network = load_config(found["colorize"]).network
    colorize = trained(found["colorize"], "colorize")
    if "draft" not in found:
        draft = frozen_stage(found["colorize"], colorize.samples)
    elif load_config(found["draft"]).network != network:
        raise UsageError(f"{found['draft']}: is another network than {found['colorize']}'s")
    else:
        draft = trained(found["draft"], "draft")
    return [draft, colorize], pair_name(network.name, network.width)


def trained(run: Path, stage: str) -> Trained:
    """Return a run's averaged network."""
    return Trained(stage, load_origin(run, stage), load_samples(run))


def frozen_stage(run: Path, samples: dict[str, Tensor]) -> Trained:
    """Return the draft network that a colorize run kept."""
    small = {**samples, "line": samples["line_small"]}
    return Trained("draft", origin_of_frozen(load_state(run)["frozen"]), small)


def export_stage(stage: Trained, folder: Path, form: Form, tell: Callable[[str], None]) -> Stage:
    """Write one stage's graphs, compared with torch on real drawings, and describe it."""
    network = stage.network.eval()
    inputs = stage_inputs(stage)
    one = tuple(part[:1] for part in inputs)  # the contract's graphs take one picture
    exact = to_onnx(fold_norms(network), stage.stage, one)
    with torch.no_grad():
        expected = network(*inputs).numpy()
    compare(run_graph(exact, stage.stage, inputs), expected, stage.stage)
    graph = exact
    if form.store != "float32":
        graph = store_weights(exact, form.store)
        compare_stored(run_graph(graph, stage.stage, inputs), expected, stage.stage)
    variants = {}
    if form.int8:
        fast = int8_arithmetic(exact, stage.stage, inputs)
        mean, tail = difference(run_graph(fast, stage.stage, inputs), expected)
        kept = mean <= MOST_MEAN and tail <= MOST_TAIL
        tell(
            f"stage {stage.stage!r}: int8 arithmetic changes the picture by {mean:.2f}/255"
            f" (99.9th percentile {tail:.1f}/255): {'kept' if kept else 'left out'}"
        )
        if kept:
            variants["int8"] = write_graph(fast, folder / f"{stage.stage}.int8.onnx", form)
    return Stage(
        **asdict(write_graph(graph, folder / f"{stage.stage}.onnx", form)),
        parameters=count_parameters(network),
        trainable=count_trainable(network),
        multiply_adds=count_multiply_adds(network, *reference_inputs(stage.stage)),
        variants=variants,
    )


def write_graph(graph: onnx.ModelProto, path: Path, form: Form) -> Graph:
    """Write a graph and describe its file; one that is only described is not written."""
    data = graph.SerializeToString()
    if form.described:
        return Graph(path.name, len(data), "")
    path.write_bytes(data)
    return Graph(path.name, len(data), hashlib.sha256(data).hexdigest())


def stage_inputs(stage: Trained) -> tuple[Tensor, ...]:
    """Return real inputs of a stage; the colorize stage's draft is the original, reduced."""
    samples = stage.samples
    if stage.stage == "draft":
        return samples["line"], samples["hint"]
    reduced = nn.functional.avg_pool2d(samples["color"], Colorize.SCALE)
    return samples["line"], reduced


def reference_inputs(stage: str) -> tuple[Tensor, ...]:
    """Return inputs of the size that multiply-adds are stated for."""
    small = COST_SIDE // Colorize.SCALE
    if stage == "draft":
        return torch.zeros(1, 1, small, small), torch.zeros(1, 4, small, small)
    return torch.zeros(1, 1, COST_SIDE, COST_SIDE), torch.zeros(1, 3, small, small)


def write_attribution(runs: Sequence[Path], path: Path) -> int:
    """Write every training picture's facts once, by all runs; return how many there are."""
    rows = {row["id"]: row for run in runs for row in read_attribution(run)}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(next(iter(rows.values()))), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[key] for key in sorted(rows))
    return len(rows)


def describe(
    name: str, pair: Sequence[Trained], stages: dict[str, Stage], pictures: int
) -> dict[str, Any]:
    """Return what model.json holds."""
    network = name.split("-w")[0]
    return {
        "format": FORMAT,
        "name": name,
        "version": __version__,
        "license": LICENSE,
        "summary": SUMMARIES[network] + (f", width {name.split('-w')[1]}" if "-w" in name else ""),
        "stages": {key: asdict(stage) for key, stage in stages.items()},
        "multiple": MULTIPLE,
        "size": SIZE,
        "variant": FLOAT32,
        "needs": [],
        "training": {
            "pictures": pictures,
            **{
                stage.stage: {
                    "crops": stage.origin.crops,
                    "hours": round(stage.origin.seconds / 3600, 3),
                    "config": stage.origin.config,
                }
                for stage in pair
            },
        },
        "scores": {},
        "attribution": ATTRIBUTION,
    }
