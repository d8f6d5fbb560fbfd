"""LPIPS 0.1 on SqueezeNet: how different two pictures look; lower is better.

Source: R. Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric"
(2018).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from inkhue.evaluate.metrics.squeezenet import squeeze_taps
from inkhue.models.squeezenet import SQUEEZENET, Taps, difference, heads


def distance(made: NDArray[np.uint8], original: NDArray[np.uint8]) -> float:
    """LPIPS of two pictures (H, W, 3) uint8; 0 = the same."""
    return float(between(squeeze_taps(made[None]), squeeze_taps(original[None]))[0])


def between(made: Taps, original: Taps) -> NDArray[np.float64]:
    """Taps of N pictures and of their N originals -> (N,) LPIPS.

    For pictures whose taps are wanted elsewhere too, or an original of several pictures.
    """
    weights = heads(SQUEEZENET.path())
    with torch.inference_mode():
        # One picture at a time: its sum must not depend on how many there are.
        parts = [
            [float(difference(a[None], b[None], head).mean()) for a, b in zip(*taps, strict=True)]
            for *taps, head in zip(made, original, weights, strict=True)
        ]
    distances: NDArray[np.float64] = np.array(parts).sum(axis=0)
    return distances
