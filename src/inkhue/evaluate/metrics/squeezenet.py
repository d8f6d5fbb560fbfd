"""SqueezeNet's features of pictures: what LPIPS, FSD and KSD look at."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from inkhue.models.squeezenet import SQUEEZENET, Taps, load


def squeeze_taps(pictures: NDArray[np.uint8]) -> Taps:
    """(N, H, W, 3) uint8 -> the outputs of TAPS: 36 MB for each picture of 512 x 512.

    One at a time: no digit depends on which pictures come together.
    """
    network = load(SQUEEZENET.path())
    with torch.inference_mode():
        inputs = torch.tensor(pictures).permute(0, 3, 1, 2)
        each = [network(x[None] / 127.5 - 1) for x in inputs]
        return tuple(torch.cat(tap) for tap in zip(*each, strict=True))


def means_of(taps: Taps) -> NDArray[np.float32]:
    """Taps of N pictures -> (N, 512) float32: the spatial mean of the last layer's output."""
    means: NDArray[np.float32] = taps[-1].mean((2, 3)).numpy()
    return means
