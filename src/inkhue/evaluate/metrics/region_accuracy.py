"""Region accuracy and bleed: how much of each region got its colour from its own hint."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2lab

from inkhue.evaluate.distinct import distinct
from inkhue.evaluate.metrics.ciede import between
from inkhue.evaluate.sets import Regions

NEAR = 3.0  # colours this near, in CIEDE2000, count as one
CHUNK = 4096  # colours


def score(layer: NDArray[np.uint8], regions: Regions) -> tuple[float, float]:
    """Return a picture's region accuracy and its bleed, in [0, 1].

    A pixel is right when the region colour nearest to it (CIELAB distance) is within NEAR of its
    own region's. Accuracy is the mean over regions of the share of right pixels; bleed is the
    share of wrong pixels among all pixels of regions.

    Args:
        layer: (H, W, 3) uint8, the colour layer.
        regions: one region or more.
    """
    inside = regions.labels > 0
    own = regions.labels[inside] - 1
    colors, color_of = np.unique(regions.colors, axis=0, return_inverse=True)
    palette = rgb2lab(colors)
    near = between(palette[:, None], palette[None]) <= NEAR
    right = near[nearest(layer[inside], palette), color_of.ravel()[own]]
    pixels = np.bincount(own)
    rights = np.bincount(own, right)
    return float((rights / pixels).mean()), float(1 - rights.sum() / pixels.sum())


def nearest(pixels: NDArray[np.uint8], palette: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return for each pixel, (n, 3) sRGB, the index of the nearest CIELAB colour of (k, 3)."""
    colors, place = distinct(pixels)
    lab = rgb2lab(colors.astype(np.float32) / 255).astype(np.float64)
    squares, pairs = (palette**2).sum(axis=1), 2 * palette.T
    # The distance's square without what all colours of the palette share, a cache's worth at once.
    found = [
        (squares - lab[start : start + CHUNK] @ pairs).argmin(axis=1)
        for start in range(0, len(lab), CHUNK)
    ]
    return np.asarray(np.concatenate(found)[place])
