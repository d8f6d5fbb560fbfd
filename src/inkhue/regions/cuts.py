"""Where a figure ends in a straight cut that nobody drew: busts below, an open glass above.

Strokes that end side by side on one side of all that is drawn are joined there.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

UP: Final = 2  # a stroke's width is looked at again this far from its end, in thicknesses
SIDES: Final = 4

Mask = NDArray[np.bool_]


def find_cuts(wall: Mask) -> Mask:
    """Return the cuts (h, w) of a drawing's walls (h, w), two pixels wide."""
    cuts = np.zeros(wall.shape, np.bool_)
    thick = usual_run(wall)
    if thick:
        for side in range(SIDES):
            # Views: what is marked below a turned drawing is marked in the drawing.
            cut_below(np.rot90(wall, side), np.rot90(cuts, side), thick)
    return cuts


def usual_run(wall: Mask) -> int:
    """Return the median length of the runs of walls in rows and columns, pixels; 0 without any."""
    lengths = np.concatenate([np.subtract(*runs(plane)[::-1]) for plane in (wall, wall.T)])
    return int(np.partition(lengths, len(lengths) // 2)[len(lengths) // 2]) if len(lengths) else 0


def runs(wall: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where the runs of rows begin, and end behind their last pixel: flat indices.

    They are of a plane with a column more on either side.
    """
    padded = np.pad(wall, ((0, 0), (1, 1))).view(np.int8).reshape(-1)
    change = np.flatnonzero(padded[1:] != padded[:-1])
    return change[::2], change[1::2]


def cut_below(wall: Mask, cuts: Mask, thick: int) -> None:
    """Mark where the drawing ends below in a cut."""
    last = int(np.flatnonzero(wall.any(axis=1))[-1])
    if len(wall) - 1 - last <= thick:  # the page ends there
        return
    inked: Mask = np.any(wall[max(0, last - thick + 1) : last + 1], axis=0, keepdims=True)
    ends, stops = runs(inked)
    above = wall[max(0, last - (UP + 1) * thick) : max(1, last - UP * thick + 1)]
    end_here = [is_end(above, int(a), int(b), thick) for a, b in zip(ends, stops, strict=True)]
    for k in range(len(ends) - 1):
        if end_here[k] and end_here[k + 1]:
            cuts[last - 1 : last + 1, stops[k] : ends[k + 1]] = True


def is_end(above: Mask, begin: int, end: int, thick: int) -> bool:
    """Tell whether a run of columns is the end of one stroke that comes from above."""
    if 2 * (end - begin) > 3 * thick + 4:
        return False
    ink = above[:, max(0, begin - 2 * thick) : end + 2 * thick].sum(axis=1)
    return bool(2 * ink.min() >= thick and ink.max() <= 2 * thick + 2)
