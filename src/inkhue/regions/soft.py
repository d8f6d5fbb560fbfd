"""Where hints meet in open space their colours run into each other: there is no line to meet at.

Each pixel takes the mean of a square around it that no line reaches into, so that borders are
soft in wide places, short in narrow ones, and nothing runs over a line.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

REACH: Final = 16  # half a side of the largest square, pixels of the reduced page,
PAGE: Final = 32  # and at most so much of its longer side

Bytes = NDArray[np.uint8]


def find_reach(free: NDArray[np.bool_]) -> Bytes:
    """Return half the side, without the middle, of the largest square around each pixel, (h, w).

    `free` (h, w): neither wall nor boundary; all of a square is free, at most REACH pixels to each
    side. 0 where not even the next pixels are.
    """
    most = min(REACH, max(free.shape) // PAGE)
    if free.all():
        return np.full(free.shape, most, np.uint8)
    away = cv2.distanceTransform(free.view(np.uint8), cv2.DIST_C, 3)
    return np.clip(away - 1, 0, most).astype(np.uint8)


def run_together(
    labels: NDArray[np.int32], reach: Bytes, colors: NDArray[np.uint8]
) -> tuple[Bytes, NDArray[np.bool_]]:
    """Mix the colours of labels near where those meet.

    Args:
        labels: (h, w) int32, of the reduced page; -1 = none, which does not mix.
        reach: (h, w), see `find_reach`.
        colors: (n, 3) uint8 of the labels.

    Returns:
        (h, w, 3) uint8, and (h, w) bool where it holds: labels of several colours are near.
    """
    flat = np.append(colors, np.zeros((1, 3), np.uint8), axis=0)[labels]
    there = labels >= 0
    at = np.flatnonzero(meeting(flat, there) & (reach > 0) & there)
    rows, columns = np.divmod(at, labels.shape[1])
    half = reach.reshape(-1)[at].astype(np.intp)
    height, width = labels.shape
    end = np.minimum(rows + half + 1, height), np.minimum(columns + half + 1, width)
    begin = np.maximum(rows - half, 0), np.maximum(columns - half, 0)
    count = box_sums(there.astype(np.uint8), end, begin)
    mixed = flat.copy()
    for channel in range(3):
        sums = box_sums(np.ascontiguousarray(flat[..., channel]), end, begin)
        mixed[rows, columns, channel] = (2 * sums + count) // (2 * count)
    holds = np.zeros(labels.shape, np.bool_)
    holds[rows, columns] = (mixed[rows, columns] != flat[rows, columns]).any(axis=1)
    return mixed, holds


def meeting(flat: Bytes, there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where another colour is within REACH pixels, in both directions."""
    edge = np.zeros(there.shape, np.uint8)
    for one, other in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        met = (flat[one] != flat[other]).any(axis=2) & there[one] & there[other]
        edge[one] |= met
        edge[other] |= met
    side = 2 * REACH + 1
    return cv2.dilate(edge, np.ones((side, side), np.uint8)).astype(np.bool_)


def box_sums(
    plane: Bytes,
    end: tuple[NDArray[np.intp], NDArray[np.intp]],
    begin: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> NDArray[np.int64]:
    """Return the sums of a plane (h, w) over squares from `begin` to before `end`."""
    sums = cv2.integral(plane, sdepth=cv2.CV_32S)
    (bottom, right), (top, left) = end, begin
    total = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return np.asarray(total, np.int64)
