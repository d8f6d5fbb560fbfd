"""Export: checkpoint folders -> a model folder that the runtime colours with."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inkhue import __version__
from inkhue.errors import InkhueError, UsageError
from inkhue.model import DESCRIPTION, FORMAT, REFERENCE_SIDE, Stage
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
from inkhue.train.graphs import INPUTS, fold_norms, norm_values, store_weights, to_onnx
from inkhue.train.loop import thaw
from inkhue.train.origin import NORMS, load_origin

LICENSE = "Apache-2.0"
MULTIPLE, SIZE = 64, 512
TORCH_TOLERANCE = 1e-4  # float32 graph against torch, on real drawings
# Stored weights against float32, at most: mean and 99.9th percentile of the differences.
STORED_MEAN, STORED_TAIL = 1 / 255, 4 / 255

SUMMARIES = {
    "au-net": "the paper's pair of additive U-Nets",
    "u-net": "the pair of U-Nets that the paper compares with",
}


@dataclass(frozen=True)
class Trained:
    """A stage's averaged network and how it came about."""

    stage: str
    network: nn.Module
    crops: int
    seconds: float
    config: str
    samples: dict[str, Tensor]


def export(
    runs: Sequence[Path], out: Path, *, store: str = "int8", described: bool = False
) -> Path:
    """Write a model folder from a draft run and a colorize run, or from the latter alone.

    A colorize run holds the draft network that it was trained on; a draft run beside it replaces
    that. `store`: the weights' type in the files, float32, float16 or int8. With `described` the
    folder gets no graphs. An existing folder is replaced, whole.
    """
    pair, name = load_pair(runs)
    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=out.name, dir=out.parent))
    try:
        stages = {s.stage: export_stage(s, part, store, described=described) for s in pair}
        if not described:
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
    origin = load_origin(run, stage)
    facts = (origin.crops, origin.seconds, origin.config)
    return Trained(stage, origin.module.eval(), *facts, load_samples(run))


def frozen_stage(run: Path, samples: dict[str, Tensor]) -> Trained:
    """Return the draft network that a colorize run kept."""
    frozen = load_state(run)["frozen"]
    facts = (frozen["crops"], frozen["seconds"], frozen["config"])
    small = {**samples, "line": samples["line_small"]}
    return Trained("draft", thaw(frozen), *facts, small)


def export_stage(stage: Trained, folder: Path, store: str, *, described: bool) -> Stage:
    """Write one stage's graph, compared with torch on real drawings, and describe it."""
    inputs = stage_inputs(stage)
    one = tuple(part[:1] for part in inputs)  # the contract's graphs take one picture
    graph = to_onnx(fold_norms(stage.network), stage.stage, one)
    with torch.no_grad():
        expected = stage.network(*inputs).numpy()
    compare(run_graph(graph, stage.stage, inputs), expected, stage.stage)
    if store != "float32":
        stored = store_weights(graph, store)
        compare_stored(run_graph(stored, stage.stage, inputs), expected, stage.stage)
        graph = stored
    data = graph.SerializeToString()
    file = f"{stage.stage}.onnx"
    if not described:
        (folder / file).write_bytes(data)
    return Stage(
        file=file,
        parameters=count_parameters(stage.network),
        trainable=count_trainable(stage.network),
        multiply_adds=count_multiply_adds(stage.network, *reference_inputs(stage.stage)),
        bytes=len(data),
        sha256="" if described else hashlib.sha256(data).hexdigest(),
    )


def stage_inputs(stage: Trained) -> tuple[Tensor, ...]:
    """Return real inputs of a stage; the colorize stage's draft is the original, reduced."""
    samples = stage.samples
    if stage.stage == "draft":
        return samples["line"], samples["hint"]
    reduced = nn.functional.avg_pool2d(samples["color"], Colorize.SCALE)
    return samples["line"], reduced


def reference_inputs(stage: str) -> tuple[Tensor, ...]:
    """Return inputs of the size that multiply-adds are stated for."""
    small = REFERENCE_SIDE // Colorize.SCALE
    if stage == "draft":
        return torch.zeros(1, 1, small, small), torch.zeros(1, 4, small, small)
    return torch.zeros(1, 1, REFERENCE_SIDE, REFERENCE_SIDE), torch.zeros(1, 3, small, small)


def run_graph(
    graph: onnx.ModelProto, stage: str, inputs: tuple[Tensor, ...]
) -> NDArray[np.float32]:
    """Run a graph on a batch, picture by picture."""
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    rows = [
        session.run(
            None,
            {n: part[i : i + 1].numpy() for n, part in zip(INPUTS[stage], inputs, strict=True)},
        )[0]
        for i in range(len(inputs[0]))
    ]
    return np.concatenate(rows)


def compare(made: NDArray[np.float32], expected: NDArray[np.float32], stage: str) -> None:
    """Refuse a graph that does not compute what torch does."""
    worst = float(np.abs(made - expected).max())
    if worst > TORCH_TOLERANCE:
        raise InkhueError(
            f"stage {stage!r}: the graph differs from torch by {worst:.2g}: report it"
        )


def compare_stored(made: NDArray[np.float32], expected: NDArray[np.float32], stage: str) -> None:
    """Refuse weights whose rounding shows."""
    off = np.abs(made - expected)
    mean, tail = float(off.mean()), float(np.quantile(off, 0.999))
    if mean > STORED_MEAN or tail > STORED_TAIL:
        raise InkhueError(
            f"stage {stage!r}: stored weights change the picture by {255 * mean:.2f}/255"
            f" (99.9th percentile {255 * tail:.1f}/255): use --store float16"
        )


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
        "needs": [],
        "training": {
            "pictures": pictures,
            **{
                stage.stage: {
                    "crops": stage.crops,
                    "hours": round(stage.seconds / 3600, 3),
                    "config": stage.config,
                }
                for stage in pair
            },
        },
        "scores": {},
        "attribution": ATTRIBUTION,
    }
