"""LPIPS 0.1 on SqueezeNet: how different two pictures look; lower is better.

Source: R. Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric"
(2018).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inkhue.evaluate.metrics.squeezenet import squeeze_taps
from inkhue.models.squeezenet import SQUEEZENET, Taps, heads

EPSILON = 1e-10


def distance(made: NDArray[np.uint8], original: NDArray[np.uint8]) -> float:
    """LPIPS of two pictures (H, W, 3) uint8; 0 = the same."""
    return float(between(squeeze_taps(made[None]), squeeze_taps(original[None]))[0])


def between(made: Taps, original: Taps) -> NDArray[np.float64]:
    """Taps of N pictures and of their N originals -> (N,) LPIPS.

    For pictures whose taps are wanted elsewhere too, or an original of several pictures.
    """
    weights = heads(SQUEEZENET.path())
    with torch.inference_mode():
        parts = [
            [head_distance(a, b, head) for a, b in zip(taps_a, taps_b, strict=True)]
            for taps_a, taps_b, head in zip(made, original, weights, strict=True)
        ]
    distances: NDArray[np.float64] = np.array(parts).sum(axis=0)
    return distances


def head_distance(made: Tensor, original: Tensor, head: Tensor) -> float:
    """One tap (C, h, w) of two pictures: weighted squared difference of directions, mean."""
    difference = directions(made) - directions(original)
    return float(difference.square_().mean(0) @ head)


def directions(tap: Tensor) -> Tensor:
    """(C, h, w) -> (h * w, C), each row of length 1 (or 0)."""
    rows = tap.permute(1, 2, 0).flatten(0, 1)
    lengths: Tensor = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
    return rows / (lengths + EPSILON)
