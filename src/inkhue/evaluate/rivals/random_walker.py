"""Random walker: a pixel gets the colour of the hint that a walk from it is likeliest to reach.

Walks seldom cross a line. They are solved for at half the page's size: a 512 x 512 page takes
about a second of one core so and six at its full size, where region accuracy is the same within
0.002.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import random_walker

from inkhue.evaluate.rivals.paint import painted
from inkhue.hint_pixels import pooled, spans
from inkhue.hints import Hints

HINDRANCE = 4000.0  # a step between pixels that differ by d of 1 weighs exp(-HINDRANCE d^2)


def fill(line: NDArray[np.uint8], hints: Hints) -> NDArray[np.uint8]:
    """Colour line art, (H, W) uint8, 255 = paper; return (H, W, 3) uint8."""
    height, width = line.shape
    half = ((width + 1) // 2, (height + 1) // 2)
    small = cv2.resize(line, half, interpolation=cv2.INTER_AREA)
    columns, rows = spans(width, half[0], width), spans(height, half[1], height)
    labels = walked(small / 255, pooled(hints.owner(), columns, rows, nothing=-1) + 1)
    colors = painted(labels, hints)
    return np.asarray(
        cv2.resize(colors, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8
    )


def walked(line: NDArray[np.float64], markers: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the marker that a walk from each pixel is likeliest to reach; without any, all 0."""
    values, places = np.unique(markers[markers > 0], return_inverse=True)
    if len(values) < 2 or markers.all():
        return np.where(markers > 0, markers, values.max(initial=0))
    numbered = np.zeros_like(markers)
    numbered[markers > 0] = places + 1
    if line.min() == line.max():
        line = line.copy()
        line[0, 0] += 0.001  # scikit-image divides by the deviation
    # What it divides by is multiplied in: how much is drawn elsewhere must not count.
    beta = HINDRANCE * 10 * line.std()
    # One factorization serves all hints; the iterative modes start anew for each.
    found = random_walker(line, numbered, beta=beta, mode="bf")
    return np.asarray(values[found - 1])
