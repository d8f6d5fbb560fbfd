"""Hint error: how far the colour under a hint is from the hint's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2lab

from inkhue.evaluate.metrics.ciede import between
from inkhue.hints import Hints
from inkhue.pixels import WHITE


def errors(layer: NDArray[np.uint8], hints: Hints, line: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the CIEDE2000 between each hint's colour and the colour layer's mean under it.

    The mean is of sRGB values, over the pixels where the hint is the latest. Left out are hints
    that others cover and those under full ink: all of their pixels are 0 in the line art.

    Args:
        layer: (H, W, 3) uint8, the colour layer.
        hints: for a page of that size; a transparent one asks for white.
        line: (H, W) uint8, 0 = ink, 255 = paper.

    Returns:
        (n,) float64, in the order of the hints.
    """
    owner = hints.owner()
    hinted = owner >= 0
    places = owner[hinted]
    count = len(hints)
    pixels = np.bincount(places, minlength=count)
    in_sight = np.bincount(places, line[hinted] > 0, count) > 0
    sums = [np.bincount(places, channel, count) for channel in layer[hinted].T]
    means = np.stack(sums, axis=1)[in_sight] / pixels[in_sight, None]
    colors = np.array([hint.color or WHITE for hint in hints]).reshape(-1, 3)[in_sight]
    return difference(means, colors)


def difference(made: NDArray[np.float64], wanted: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return the CIEDE2000 of sRGB colours, (n, 3) of 0 .. 255 each, as (n,) float64."""
    return np.asarray(between(rgb2lab(wanted / 255), rgb2lab(made / 255)), np.float64)
