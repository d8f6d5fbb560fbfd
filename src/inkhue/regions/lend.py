"""What no hint reaches borrows from the hinted land around it.

A network that has to guess paints a quiet mean. Most often the thing beside it has a like colour:
a strand of hair, a plank, a stone of a wall. What surrounds the figure neither lends, for it is
another thing, nor borrows.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.regions.areas import Regions
from inkhue.regions.rooms import joined

AROUND: Final = 8  # what holds at least this share of the page's edge surrounds the figure
CELL: Final = 4  # pixels of the reduced page to one of the lent colours
LEVELS: Final = 5  # halvings: surroundings of up to 128 pixels of the reduced page
SHARE: Final = 0.5  # of what an area borrows; the rest is the network's
BAND: Final = 1 << 18  # pixels that are mixed together

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Lent(NamedTuple):
    """Colours that are lent, and who borrows, on the reduced page.

    colors: (h / CELL, w / CELL, 3) uint8, rounded up; borrows: (h, w) bool.
    """

    colors: Bytes
    borrows: NDArray[np.bool_]


def find_lent(
    regions: Regions, reached: NDArray[np.bool_], areas: NDArray[np.int32], flat: Bytes
) -> Lent:
    """Find who borrows, and what.

    Args:
        regions: of n cells.
        reached: (n,) bool, by a hint.
        areas: (h, w) int32, the area of each pixel of the reduced page, -1 = none.
        flat: (h, w, 3) uint8, its hint's colour.

    Returns:
        Nobody borrows where there is nobody to lend.
    """
    at = np.ix_(*(np.arange(CELL // 2, n + CELL // 2, CELL).clip(max=n - 1) for n in areas.shape))
    cells = areas[at]
    lends = (cells >= 0) & ~surrounding(areas, edge(areas))[cells]
    borrows = unreached(regions, reached)[regions.reduced(regions.cells)] & (areas < 0)
    if not (lends.any() and borrows.any()):
        return Lent(np.zeros((1, 1, 3), np.uint8), np.zeros(areas.shape, np.bool_))
    return Lent(pushed(flat[at], lends), borrows)


def unreached(regions: Regions, reached: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which cells no hint reaches, (n + 1,) and the last not: none around the figure."""
    graph, count = regions.graph, len(reached)
    cell, column = np.nonzero((graph.neighbor < count) & ~reached[:, None])
    other = graph.neighbor[cell, column]
    both = ~reached[other]
    part = np.append(joined(count, cell[both], other[both]), count).astype(np.int32)
    around = surrounding(part, part[edge(regions.reduced(regions.cells))])
    return np.append(~reached, False) & ~around[part]


def surrounding(numbers: NDArray[np.int32], edge: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which numbers, from 0, hold AROUND's share of the page's edge."""
    held = np.bincount(edge[edge >= 0], minlength=int(numbers.max(initial=0)) + 1)
    return held * AROUND >= len(edge)


def edge(plane: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the values along a plane's edge."""
    return np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])


def pushed(flat: Bytes, lends: NDArray[np.bool_]) -> Bytes:
    """Fill (h, w, 3) from the nearest surroundings, finer and coarser, that lend.

    Source: pull-push, Gortler et al. 1996, section 5.2.
    """
    height, width = lends.shape
    rim = ((0, -height % (1 << LEVELS)), (0, -width % (1 << LEVELS)))
    weight = np.pad(lends.astype(np.float32), rim)
    planes = [cv2.merge([*cv2.split(np.pad(flat, (*rim, (0, 0))) * weight[..., None]), weight])]
    for _ in range(LEVELS):
        planes.append(halved(planes[-1]))
    sums = planes[-1].reshape(-1, 4).sum(axis=0)
    filled = np.broadcast_to(sums[:3] / sums[3], (*planes[-1].shape[:2], 3))
    for level, plane in enumerate(reversed(planes)):
        if level:
            size = plane.shape[1::-1]
            filled = cv2.resize(filled, size, interpolation=cv2.INTER_LINEAR)
        # Sums over the share that lends: what is lent counts as much as there is of it.
        filled = np.asarray(plane[..., :3] + filled * (1 - plane[..., 3:]), np.float32)
    return np.rint(filled[:height, :width]).astype(np.uint8)


def halved(plane: Floats) -> Floats:
    """Reduce (h, w, c), of even sides, by the mean of 2 x 2."""
    size = (plane.shape[1] // 2, plane.shape[0] // 2)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)


def borrow(layer: Bytes, labels: NDArray[np.int32], lent: Lent) -> None:
    """Mix what is lent into a colour layer (H, W, 3), where no label (H, W) is and some borrow."""
    if not lent.borrows.any():
        return
    size = layer.shape[1::-1]
    colors = cv2.resize(lent.colors, size, interpolation=cv2.INTER_LINEAR).reshape(-1, 3)
    here = cv2.resize(lent.borrows.view(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    at, flat = np.flatnonzero(here.view(np.bool_) & (labels < 0)), layer.reshape(-1, 3)
    for low in range(0, len(at), BAND):
        part = at[low : low + BAND]
        own = flat.take(part, 0).astype(np.float32)
        flat[part] = np.rint(own + SHARE * (colors.take(part, 0) - own)).astype(np.uint8)
