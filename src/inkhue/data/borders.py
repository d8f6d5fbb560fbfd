"""Where the colours of a training picture end: what a boundary map should find.

A plane of bytes like line art: 0 where colours end, 255 where they do not, UNKNOWN where nobody
can say.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

UNKNOWN: Final = 128
INKED: Final = 200  # line art of less is ink, or its soft edge
STEP: Final = 12.0  # CIELAB distance of two colours; less is shading
PAINTED: Final = 0.06  # share of borders beside no line: from here on it is texture
BRUSH: Final = 1.5  # deviation of the blur that takes brushwork from a painting, pixels
ACROSS: Final = 3  # pixels to either side of a painting's border
FAINT: Final = 7.0  # CIELAB distance across it: of less no border, up to STEP nobody can say

Bytes = NDArray[np.uint8]


def borders_of_labels(labels: NDArray[np.int32]) -> Bytes:
    """Return the borders (H, W) of regions that are known."""
    ends = np.zeros(labels.shape, np.bool_)
    # Both sides of an edge: a border of one pixel would fade where a crop is cut between pixels.
    for ahead, behind in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:], np.s_[:-1])):
        differ = labels[ahead] != labels[behind]
        ends[ahead] |= differ
        ends[behind] |= differ
    return drawn(ends)


def borders_of_flats(rgb: Bytes, line: Bytes) -> Bytes:
    """Find the borders of flat art (H, W, 3) with its true lines (H, W), 255 = paper.

    Under a line the colours beside it run through to its middle. Art with texture or brushwork
    is UNKNOWN.
    """
    paper = line >= INKED
    if not paper.any():
        return np.full(line.shape, UNKNOWN, np.uint8)
    lab = cv2.cvtColor(
        cv2.medianBlur(through(rgb, paper), 3).astype(np.float32) / 255, cv2.COLOR_RGB2LAB
    )
    ends = np.zeros(line.shape, np.bool_)
    # Two pixels apart: an edge that was smoothed is a step too.
    ends[:, 1:-1] |= apart(lab[:, 2:], lab[:, :-2])
    ends[1:-1] |= apart(lab[2:], lab[:-2])
    beside = cv2.dilate((~paper).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    bare = ~beside
    if bare.any() and ends[bare].mean() > PAINTED:
        return np.full(line.shape, UNKNOWN, np.uint8)
    return drawn(ends)


def borders_of_paintings(rgb: Bytes, line: Bytes) -> Bytes:
    """Find borders (H, W) of painted art (H, W, 3), its lines drawn after it (H, W), 255 = paper.

    They are the crests of the colours' change across a few pixels, line or no line: an extracted
    line on one colour is no border. Faint ones are UNKNOWN, and all of it where all is ink.

    Source: J. Canny, "A Computational Approach to Edge Detection" (1986): blur, and of the gradient
    what is largest along its direction; here of colour, along rows or columns.
    """
    paper = line >= INKED
    if not paper.any():
        return np.full(line.shape, UNKNOWN, np.uint8)
    lab = cv2.cvtColor(through(rgb, paper).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab = np.asarray(cv2.GaussianBlur(lab, (0, 0), BRUSH), np.float32)
    height, width = line.shape
    padded = np.pad(lab, ((ACROSS, ACROSS), (ACROSS, ACROSS), (0, 0)), mode="edge")
    rows, columns = np.s_[ACROSS : ACROSS + height], np.s_[ACROSS : ACROSS + width]
    aside = distance(padded[rows, 2 * ACROSS :], padded[rows, :width])
    along = distance(padded[2 * ACROSS :, columns], padded[:height, columns])
    around = np.ones((1, 5), np.uint8)
    crest = (aside >= np.maximum(cv2.dilate(aside, around), along)) | (
        along >= np.maximum(cv2.dilate(along, around.T), aside)
    )
    change = np.maximum(aside, along)
    borders = drawn(crest & (change > STEP))
    borders[crest & (change > FAINT) & (change <= STEP)] = UNKNOWN
    return borders


def distance(one: cv2.typing.MatLike, other: cv2.typing.MatLike) -> NDArray[np.float32]:
    """Return the distance of colours (..., 3) in CIELAB."""
    return np.asarray(np.sqrt(np.square(one - other).sum(axis=-1)), np.float32)


def through(rgb: Bytes, paper: NDArray[np.bool_]) -> Bytes:
    """Give each inked pixel the colour of the nearest paper."""
    _, nearest = cv2.distanceTransformWithLabels(
        (~paper).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    owner = np.zeros(int(nearest.max()) + 1, np.int64)
    owner[nearest[paper]] = np.flatnonzero(paper)
    return np.ascontiguousarray(rgb.reshape(-1, 3)[owner[nearest]])


def apart(one: cv2.typing.MatLike, other: cv2.typing.MatLike) -> NDArray[np.bool_]:
    """Whether colours (..., 3) in CIELAB differ by a step."""
    return np.asarray(distance(one, other) > STEP)


def drawn(ends: NDArray[np.bool_]) -> Bytes:
    """Draw borders as lines on white."""
    return np.where(ends, 0, 255).astype(np.uint8)
