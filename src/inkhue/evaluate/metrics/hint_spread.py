"""Hint spread: how far the colour around a region's hint is from the hint's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkhue.evaluate.metrics.hint_error import difference
from inkhue.evaluate.sets import Regions
from inkhue.hints import Hints
from inkhue.pixels import WHITE

RADIUS = 12.0  # pixels


def errors(layer: NDArray[np.uint8], regions: Regions, hints: Hints) -> NDArray[np.float64]:
    """Return the CIEDE2000 between each hint's colour and the colour layer's mean around it.

    The mean is of sRGB values, over the pixels of the hint's region whose centres are within
    RADIUS of its point.

    Args:
        layer: (H, W, 3) uint8, the colour layer.
        regions: of the same size.
        hints: one dot for each region, in their order, each within its own.

    Returns:
        (n,) float64.
    """
    means = [
        mean_around(layer, regions.labels, place, *hint.points[0])
        for place, hint in enumerate(hints, 1)
    ]
    colors = [hint.color or WHITE for hint in hints]
    return difference(np.reshape(means, (-1, 3)), np.reshape(colors, (-1, 3)))


def mean_around(
    layer: NDArray[np.uint8], labels: NDArray[np.int32], place: int, x: float, y: float
) -> NDArray[np.float64]:
    """Return the mean colour of the disc around a point, cut to a region."""
    top, left = (max(0, int(middle - RADIUS)) for middle in (y, x))
    near = np.s_[top : int(y + RADIUS) + 1, left : int(x + RADIUS) + 1]
    region = labels[near] == place
    rows, columns = np.ogrid[: region.shape[0], : region.shape[1]]
    disc = (rows + top + 0.5 - y) ** 2 + (columns + left + 0.5 - x) ** 2 <= RADIUS**2
    return np.asarray(layer[near][region & disc].mean(axis=0))
