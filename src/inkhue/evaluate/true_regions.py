"""The regions of a flat picture with true lines, by the protocol."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.color import rgb2lab

from inkhue.evaluate.distinct import distinct
from inkhue.evaluate.sets import Item, Regions

FEWEST = 3  # a picture with fewer regions is left out

PAPER = 200  # line art above it is no line
SAME = 6.0  # largest difference of neighbours within a flat area, summed over CIELAB's channels
SMALLEST = 64  # pixels
UNEVEN = 12.0  # largest mean deviation from the median colour, of 255


def true_regions(item: Item) -> Regions:
    """Find the 4-connected areas without lines whose colour is flat, in row order.

    The caller leaves out pictures with fewer than FEWEST.
    """
    areas, _ = ndimage.label((item.line > PAPER) & flat(item.original))
    labels = np.zeros(areas.shape, np.int32)
    colors = []
    for index, box in enumerate(ndimage.find_objects(areas), 1):
        inside = areas[box] == index
        color = even_color(item.original[box][inside])
        if color is not None:
            colors.append(color)
            labels[box][inside] = len(colors)
    return Regions(labels, np.array(colors, np.uint8).reshape(-1, 3))


def flat(original: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return where no 4-neighbour differs much."""
    colors, place = distinct(original.reshape(-1, 3))
    lab = rgb2lab(colors)[place].reshape(original.shape)
    still = np.ones(original.shape[:2], np.bool_)
    for one, other in (
        (np.s_[1:], np.s_[:-1]),
        (np.s_[:, 1:], np.s_[:, :-1]),
    ):
        same = np.abs(lab[one] - lab[other]).sum(axis=2) <= SAME
        still[one] &= same
        still[other] &= same
    return still


def even_color(pixels: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return the median colour of an area, (n, 3), None if it is small or uneven."""
    if len(pixels) < SMALLEST:
        return None
    median = np.median(pixels, axis=0)
    uneven = np.abs(pixels - median).max(axis=1).mean()
    return np.rint(median).astype(np.uint8) if uneven <= UNEVEN else None
