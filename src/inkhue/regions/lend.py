"""What no hint reaches borrows from the hinted land around it.

A network that has to guess paints a quiet mean. Most often the thing beside it has a like colour:
a strand of hair, a plank, a stone of a wall. What surrounds the figure neither lends, for it is
another thing, nor borrows.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.pixels import pull_push
from inkhue.regions.areas import Regions
from inkhue.regions.rooms import joined

AROUND: Final = 8  # what holds at least this share of the page's edge surrounds the figure
CELL: Final = 4  # pixels of the reduced page to one of the lent colours
SHARE: Final = 0.5  # of what an area borrows; the rest is the network's
BAND: Final = 1 << 18  # pixels that are mixed together

Bytes = NDArray[np.uint8]


class Lent(NamedTuple):
    """Colours that are lent, and who borrows, on the reduced page.

    colors: (h / CELL, w / CELL, 3) uint8, rounded up; borrows: (h, w) bool.
    """

    colors: Bytes
    borrows: NDArray[np.bool_]


def find_lent(
    regions: Regions, reached: NDArray[np.bool_], areas: NDArray[np.int32], tones: Bytes
) -> Lent:
    """Find who borrows, and what.

    Args:
        regions: of n cells.
        reached: (n,) bool, by a hint.
        areas: (H, W) int32, the area of each pixel, -1 = none.
        tones: (k, 3) uint8, their colours.

    Returns:
        Nobody borrows where there is nobody to lend.
    """
    areas = regions.reduced(areas)
    at = np.ix_(*(np.arange(CELL // 2, n + CELL // 2, CELL).clip(max=n - 1) for n in areas.shape))
    cells = areas[at]
    lends = (cells >= 0) & ~surrounding(edge(areas), len(tones))[cells]
    poor = unreached(regions, reached)
    if not (lends.any() and poor.any()):
        return Lent(np.zeros((1, 1, 3), np.uint8), np.zeros(areas.shape, np.bool_))
    borrows = poor.take(regions.reduced(regions.cells))
    borrows &= areas < 0
    weight = lends[..., None].astype(np.float32)
    colors = pull_push(tones.take(cells, 0) * weight, weight)
    return Lent(np.rint(colors).astype(np.uint8), borrows)


def unreached(regions: Regions, reached: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which cells no hint reaches, (n + 1,) and the last not: none around the figure."""
    graph, count = regions.graph, len(reached)
    if reached.all():
        return np.zeros(count + 1, np.bool_)
    poor = np.flatnonzero(~reached)
    other = graph.neighbor.take(poor, 0)
    row, column = np.nonzero(~np.append(reached, True)[other])
    part = np.append(joined(count, poor[row], other[row, column]), count)
    around = surrounding(part.take(edge(regions.reduced(regions.cells))), count)
    return np.asarray(np.append(~reached, False) & ~around[part])


def surrounding(edge: NDArray[np.integer[Any]], count: int) -> NDArray[np.bool_]:
    """Return which of the numbers from 0 hold AROUND's share of the page's edge, (count + 1,)."""
    held = np.bincount(edge[edge >= 0], minlength=count + 1)
    return np.asarray(held * AROUND >= len(edge))


def edge(plane: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the values along a plane's edge."""
    return np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])


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
