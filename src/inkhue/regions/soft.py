"""Where hints meet in open space their colours run into each other: there is no line to meet at.

Each pixel takes the mean of a square around it that no line reaches into, so that borders are
soft in wide places, short in narrow ones, and nothing runs over a line.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

REACH: Final = 16  # half a side of the largest square, pixels of the reduced page,
PAGE: Final = 32  # and at most so much of its longer side

Bytes = NDArray[np.uint8]


class Soft(NamedTuple):
    """Colours that run into each other on a reduced page, and where they do.

    mixed: (h, w, 3) uint8; holds: (h, w) bool.
    """

    mixed: Bytes
    holds: NDArray[np.bool_]


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


def run_together(labels: NDArray[np.int32], reach: Bytes, colors: Bytes) -> Soft:
    """Mix the colours of labels near where those meet.

    Args:
        labels: (h, w) int32, of the reduced page; -1 = none, which does not mix.
        reach: (h, w), see `find_reach`.
        colors: (n + 1, 3) uint8 of the labels; the last is for -1.

    Returns:
        It holds where labels of several colours are near; black if they are nowhere.
    """
    code = colors.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1], np.int32)
    code[-1] = -1
    edge = meeting(code.take(labels))
    if not edge.any():
        return Soft(np.zeros((*labels.shape, 3), np.uint8), np.zeros(labels.shape, np.bool_))
    there, flat = labels >= 0, colors.take(labels, 0)
    side = 2 * REACH + 1
    near = cv2.dilate(edge, np.ones((side, side), np.uint8)).view(np.bool_)
    at = np.flatnonzero(near & (reach > 0) & there)
    squares = Squares.around(at, reach)
    mixing = squares.sums(edge) > 0
    squares, at = squares.some(mixing), at[mixing]
    count = squares.sums(there.view(np.uint8))
    mixed, holds = flat.copy(), np.zeros(labels.shape, np.bool_)
    for channel, plane in enumerate(cv2.split(flat)):
        sums = squares.sums(np.asarray(plane, np.uint8))
        mixed.reshape(-1, 3)[at, channel] = (2 * sums + count) // (2 * count)
    holds.reshape(-1)[at] = (mixed.reshape(-1, 3)[at] != flat.reshape(-1, 3)[at]).any(axis=1)
    return Soft(mixed, holds)


def meeting(codes: NDArray[np.int32]) -> Bytes:
    """Return 1 where a colour meets another one, (h, w); -1 is none."""
    edge = np.zeros(codes.shape, np.uint8)
    for one, other in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        met = (codes[one] != codes[other]) & (np.minimum(codes[one], codes[other]) >= 0)
        edge[one] |= met
        edge[other] |= met
    return edge


class Squares(NamedTuple):
    """Squares of a plane by the places of their corners, (n,) each, in its table of sums."""

    first: NDArray[np.intp]
    right: NDArray[np.intp]
    below: NDArray[np.intp]
    last: NDArray[np.intp]

    @classmethod
    def around(cls, at: NDArray[np.intp], reach: Bytes) -> Squares:
        """Lay a square around each of these pixels (flat indices), cut at the plane's edges."""
        height, width = reach.shape
        rows, columns = np.divmod(at, width)
        half = reach.reshape(-1).take(at).astype(np.intp)
        top, left = np.maximum(rows - half, 0), np.maximum(columns - half, 0)
        bottom = np.minimum(rows + half + 1, height)
        right = np.minimum(columns + half + 1, width)
        top, bottom = top * (width + 1), bottom * (width + 1)
        return cls(top + left, top + right, bottom + left, bottom + right)

    def some(self, which: NDArray[np.bool_]) -> Squares:
        """Return those that are chosen."""
        return Squares(*(corner[which] for corner in self))

    def sums(self, plane: Bytes) -> NDArray[np.int32]:
        """Return the sums of a plane over the squares."""
        table = cv2.integral(plane, sdepth=cv2.CV_32S).reshape(-1)
        total = table.take(self.last) - table.take(self.right)
        return np.asarray(total - table.take(self.below) + table.take(self.first), np.int32)
