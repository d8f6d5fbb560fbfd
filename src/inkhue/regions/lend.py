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

from inkhue.hints import Hints
from inkhue.pixels import pull_push, strips
from inkhue.regions.areas import Regions
from inkhue.regions.fill import Spread, palette
from inkhue.regions.rooms import joined_hills

AROUND: Final = 8  # what holds at least this share of the page's edge surrounds the figure
CELL: Final = 4  # pixels of the reduced page to one of the lent colours
SHARE: Final = 0.5  # of what an area borrows; the rest is the network's

Bytes = NDArray[np.uint8]


class Lent(NamedTuple):
    """Colours that are lent, and who borrows, on the reduced page.

    colors: (h / CELL, w / CELL, 3) uint8, rounded up; borrows: (h, w) bool.
    """

    colors: Bytes
    borrows: NDArray[np.bool_]


def borrow(layer: Bytes, regions: Regions, spread: Spread, hints: Hints, share: float) -> None:
    """Mix what is lent into a colour layer, (H, W, 3), where no hint reaches.

    `share` in [0, 1]: of SHARE, as `obey` has it. `hints` are those of the spread.
    """
    lent = find_lent(regions, spread, hints) if share else None
    if lent is None:
        return
    colors = cv2.resize(lent.colors, layer.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    for rows in strips(layer):
        here = regions.enlarged(lent.borrows, rows) & (spread.labels[rows] < 0)
        at = np.flatnonzero(here)
        flat, given = layer[rows].reshape(-1, 3), colors[rows].reshape(-1, 3)
        own = flat.take(at, 0).astype(np.float32)
        flat[at] = np.rint(own + np.float32(SHARE * share) * (given.take(at, 0) - own))


def find_lent(regions: Regions, spread: Spread, hints: Hints) -> Lent | None:
    """Find who borrows of whom; None where nobody lends or nobody borrows.

    `spread` and its hints are of the regions' page.
    """
    poor = unreached(regions, spread.reached)
    if not poor.any():
        return None
    areas = regions.reduced(spread.areas)
    at = np.ix_(*(np.arange(CELL // 2, n + CELL // 2, CELL).clip(max=n - 1) for n in areas.shape))
    cells = areas[at]
    lenders = ~surrounding(edge(areas), len(spread.tones))
    clear = np.array([hints.items[tone].color is None for tone in spread.tones], np.bool_)
    lenders[:-1] &= ~clear  # what is to be transparent is no colour
    lends = (cells >= 0) & lenders[cells]
    borrows = poor.take(regions.reduced(regions.cells)) & (areas < 0)
    if not (lends.any() and borrows.any()):
        return None
    tones = palette(hints).take(spread.tones, 0)
    weight = lends[..., None].astype(np.float32)
    colors = pull_push(tones.take(cells, 0) * weight, weight)
    return Lent(np.rint(colors).astype(np.uint8), borrows)


def unreached(regions: Regions, reached: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the cells that no hint reaches, without the figure's surroundings.

    (n + 1,): the last, False, is for the page's cell -1. A narrow pass parts the figure from them.
    """
    count = len(reached)
    if reached.all():
        return np.zeros(count + 1, np.bool_)
    part = np.append(joined_hills(regions.graph, ~reached), count)
    around = surrounding(part.take(edge(regions.reduced(regions.cells))), count)
    return np.asarray(np.append(~reached, False) & ~around[part])


def surrounding(rim: NDArray[np.integer[Any]], count: int) -> NDArray[np.bool_]:
    """Return which of the numbers from 0 hold AROUND's share of the page's edge, (count + 1,).

    rim: (k,) the numbers along that edge, -1 = none.
    """
    held = np.bincount(rim[rim >= 0], minlength=count + 1)
    return np.asarray(held * AROUND >= len(rim))


def edge(plane: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the values along a plane's (h, w) edge, (2 h + 2 w,): corners twice."""
    return np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])
