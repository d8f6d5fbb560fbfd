"""Whether a graph computes what torch does, and whether fewer bits show."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from torch import Tensor

from inkhue.errors import InkhueError
from inkhue.train.graphs import picture_feeds

Outputs: TypeAlias = "tuple[NDArray[np.float32], ...]"  # of a graph, one after the other

TORCH_TOLERANCE = 1e-4  # float32 graph against torch, on real drawings
# Fewer bits against float32, at most: mean and 99.9th percentile of the differences, of 255.
MOST_MEAN, MOST_TAIL = 1.0, 4.0


def run_graph(graph: onnx.ModelProto, inputs: tuple[Tensor, ...]) -> Outputs:
    """Run a graph on a batch, picture by picture; return its outputs."""
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    made = [session.run(None, feed) for feed in picture_feeds(graph, inputs)]
    return tuple(map(np.concatenate, zip(*made, strict=True)))


def compare(made: Outputs, expected: Outputs, stage: str) -> None:
    """Refuse a graph that does not compute what torch does."""
    # Pictures reach 1 at most; features are measured by the largest.
    worst = max(
        float(np.abs(ours - theirs).max() / max(1.0, np.abs(theirs).max()))
        for ours, theirs in zip(made, expected, strict=True)
    )
    if worst > TORCH_TOLERANCE:
        raise InkhueError(
            f"stage {stage!r}: the graph differs from torch by {worst:.2g}: report it"
        )


def compare_stored(made: NDArray[np.float32], expected: NDArray[np.float32], stage: str) -> None:
    """Refuse weights whose rounding shows."""
    mean, tail = difference(made, expected)
    if mean > MOST_MEAN or tail > MOST_TAIL:
        raise InkhueError(
            f"stage {stage!r}: stored weights change the picture by {mean:.2f}/255"
            f" (99.9th percentile {tail:.1f}/255): use --store float16"
        )


def difference(made: NDArray[np.float32], expected: NDArray[np.float32]) -> tuple[float, float]:
    """Return mean and 99.9th percentile of the absolute differences, in levels of 255."""
    off = 255 * np.abs(made - expected)
    return float(off.mean()), float(np.quantile(off, 0.999))
