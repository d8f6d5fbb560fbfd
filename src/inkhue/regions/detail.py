"""The borders of spread hints, which a network's coarser grid has blurred, put back."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.hints import Hints
from inkhue.pixels import resize, strips
from inkhue.regions.fill import Spread, palette

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


def surrounded(flats: Floats, sure: Floats) -> Floats:
    """Give each cell without a spread hint the colour of the nearest one with.

    flats (3, h, w), sure (1, h, w), see `spread_planes`; (3, h, w), 0 if there is none at all.
    """
    there = sure[0] > 0
    if there.all() or not there.any():
        return flats
    _, nearest = cv2.distanceTransformWithLabels(
        (~there).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    owner = np.zeros(int(nearest.max()) + 1, np.intp)
    owner[nearest[there]] = np.flatnonzero(there)
    return flats.reshape(3, -1)[:, owner[nearest]]


def with_borders(color: Bytes, seen: Bytes, spread: Spread, hints: Hints) -> Bytes:
    """Bring a network's picture to the page, with the spread hints' own sharp borders.

    What the network adds to the hints, as it saw them, is enlarged; the hints themselves are taken
    from the page, not from the grid.

    Args:
        color: (h, w, 3), the network's picture.
        seen: (h, w, 3), what the network saw of the spread hints (`surrounded`), enlarged as the
            network does.
        spread: those hints, on the page.
        hints: themselves.

    Returns:
        (H, W, 3) uint8 of the page's size.
    """
    height, width = spread.labels.shape
    added = resize(np.asarray(cv2.subtract(color, seen, dtype=cv2.CV_16S), np.int16), width, height)
    ground = resize(seen.astype(np.int16), width, height).astype(np.uint8)
    table = palette(hints)
    out = np.empty((height, width, 3), np.uint8)
    for rows in strips(out):
        labels = spread.labels[rows]
        flat = table.take(labels, 0)
        cv2.copyTo(ground[rows], (labels < 0).view(np.uint8), flat)
        cv2.add(flat, added[rows], out[rows], dtype=cv2.CV_8U)
    return out
