"""Which cells touch, how far apart they are, and how high each lies.

Height is the logarithm of the distance to the lines: rooms are hills, gaps are passes. Ways are
measured by their length in units of that distance, so that a gap between two strokes is as far
across as the room behind it is wide, whatever their size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inkhue.regions.integers import log_steps, root

LENGTH: Final = 46  # of a way as long as its distance to the lines; as heights: 32 log2(e)
CLIMB: Final = 24  # a hint need not lie in the middle of its room
FAR: Final = 1 << 28  # farther than any way


@dataclass(frozen=True, eq=False)
class Graph:
    """n cells and their neighbours.

    Attributes:
        height: (n,) int32, 32 for each doubling of the cell's largest distance to the lines.
        hilltop: (n,) int32, the cell where steepest ascent ends.
        home: (n,) int32, how high a hint in that cell belongs.
        middle: (n, 2) int64, y and x of the mean of its pixels' centres, in half pixels.
        near: (n,) int32, its largest squared distance to the lines.
        neighbor: (n, most) int32, n where there is none.
        length: (n, most) int32, of the way from that neighbour, FAR where there is none.
        width: (n, most) int32, the largest squared distance to the lines on the shared border.
    """

    height: NDArray[np.int32]
    hilltop: NDArray[np.int32]
    home: NDArray[np.int32]
    middle: NDArray[np.int64]
    near: NDArray[np.int32]
    neighbor: NDArray[np.int32]
    length: NDArray[np.int32]
    width: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.height)


def make_graph(cells: NDArray[np.int32], distance: NDArray[np.int32]) -> Graph:
    """Measure the cells, (h, w) int32, -1 in walls, by the squared distance to the lines."""
    count = int(cells.max()) + 1
    axes = np.nonzero(cells >= 0)
    cell, away = cells[axes], distance[axes]
    number = np.bincount(cell, minlength=count)
    doubled = [2 * np.bincount(cell, axis, count).astype(np.int64) + number for axis in axes]
    middle = np.stack(doubled, axis=1) // np.maximum(number, 1)[:, None]
    near = np.zeros(count, np.int32)
    np.maximum.at(near, cell, away)
    height = log_steps(near + 1)
    one, other, width = shared_borders(cells, distance, count)
    length = way(middle[one] - middle[other], np.minimum(width, np.minimum(near[one], near[other])))
    neighbor, (lengths, widths) = by_cell(one, other, (length, width), count)
    hilltop = hilltops(height, neighbor)
    home = homes(height, hilltop, neighbor)
    return Graph(height, hilltop, home, middle, near, neighbor, lengths, widths)


def way(offset: NDArray[np.int64], width: NDArray[np.int32], scale: int = 1) -> NDArray[np.int32]:
    """Return LENGTH times a way, (n, 2) in half pixels / scale, over a squared width's root."""
    squares = (offset**2).sum(axis=-1)
    unit = (width.astype(np.int64) + 1) * (scale * scale)
    return root(squares * (LENGTH**2 // 4) // unit).astype(np.int32)


def shared_borders(
    cells: NDArray[np.int32], distance: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Return the pairs of 4-connected cells, smaller number first, in order, and their widths."""
    pairs, widths = [], []
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        one, other = cells[here], cells[there]
        meet = np.nonzero((one != other) & (one >= 0) & (other >= 0))
        a, b = one[meet].astype(np.int64), other[meet].astype(np.int64)
        pairs.append(np.minimum(a, b) * count + np.maximum(a, b))
        widths.append(np.minimum(distance[here][meet], distance[there][meet]))
    # One sort brings the pairs together and puts the widest place of each last.
    both = np.sort(np.concatenate(pairs) << 22 | np.concatenate(widths))
    pair = both >> 22
    last = np.flatnonzero(np.append(pair[1:] != pair[:-1], True)) if len(pair) else pair
    one, other = np.divmod(pair[last], max(count, 1))
    return np.asarray(one), np.asarray(other), (both[last] & ((1 << 22) - 1)).astype(np.int32)


def by_cell(
    one: NDArray[np.int64],
    other: NDArray[np.int64],
    values: tuple[NDArray[np.int32], ...],
    count: int,
) -> tuple[NDArray[np.int32], list[NDArray[np.int32]]]:
    """Make of pairs a table: for each cell its neighbours, in order, and the values of each."""
    cell, neighbor = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.argsort(cell * count + neighbor)
    cell, neighbor = cell[order], neighbor[order]
    number = np.bincount(cell, minlength=count)
    most = int(number.max(initial=0))
    column = np.arange(len(cell)) - (np.cumsum(number) - number)[cell]
    neighbors = np.full((count, most), count, np.int32)
    neighbors[cell, column] = neighbor
    tables = []
    for value in values:
        table = np.full((count, most), FAR, np.int32)
        table[cell, column] = np.concatenate([value, value])[order]
        tables.append(table)
    return neighbors, tables


def hilltops(height: NDArray[np.int32], neighbor: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the cell where a climb to the highest neighbour, the first of equals, ends."""
    count, most = neighbor.shape
    each = np.arange(count, dtype=np.int32)
    if not most:
        return each
    around = np.append(height, -1)[neighbor]
    best = around.argmax(axis=1)
    up = np.where(around[each, best] > height, neighbor[each, best], each)
    while not np.array_equal(above := up[up], up):
        up = above
    return up


def homes(
    height: NDArray[np.int32], hilltop: NDArray[np.int32], neighbor: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return how high a hint in each cell belongs: its hilltop's height, but near its own.

    That is at most CLIMB above its own height, and at least the height of its highest neighbour.
    """
    beside = np.append(height, -1)[neighbor].max(axis=1, initial=-1)
    highest = np.minimum(height[hilltop], height + CLIMB)
    return np.asarray(np.maximum(highest, np.maximum(height, beside)), np.int32)
