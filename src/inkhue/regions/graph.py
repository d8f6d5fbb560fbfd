"""Which cells touch, how far apart they are, and how high each lies.

Height is the logarithm of the distance to the lines: rooms are hills, gaps are passes. Ways are
measured by their length in units of that distance, so that a gap between two strokes is as far
across as the room behind it is wide, whatever their size.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inkhue.regions.cells import BLOCK
from inkhue.regions.integers import log_steps, root
from inkhue.regions.steps import FAR, Links, make_links

LENGTH: Final = 46  # of a way as long as its distance to the lines; as heights: 32 log2(e)
HALF_LENGTH: Final = LENGTH // 2  # of one in half pixels
WIDTH_BITS: Final = 22  # of squared distances
CLIMB: Final = 24  # a hint need not lie in the middle of its room


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

    @cached_property
    def links(self) -> Links:
        """What the steps to the neighbours cost, whatever the hints."""
        return make_links(self.height, self.hilltop, self.neighbor, self.length)


def make_graph(cells: NDArray[np.int32], distance: NDArray[np.int32]) -> Graph:
    """Measure the cells, (h, w) int32, -1 in walls, by the squared distance to the lines."""
    height, width = cells.shape
    count = int(cells.max()) + 1
    # The walls come first and are left out. The pixels' number, columns and rows are summed up at
    # once, in 10, 20 and 23 bits: a cell has at most 256, a reduced page is smaller than 1024.
    cell = cells.reshape(-1).astype(np.intp) + 1
    place = (np.arange(height)[:, None] << 30) + ((np.arange(width) << 10) + 1)
    sums = np.bincount(cell, place.reshape(-1), count + 1)[1:].astype(np.int64)
    number, columns, rows = sums & 1023, (sums >> 10) & ((1 << 20) - 1), sums >> 30
    middle = np.stack([2 * rows // number + 1, 2 * columns // number + 1], axis=1)
    near = np.zeros(count + 1, np.int32)
    np.maximum.at(near, cell, distance.reshape(-1))
    near = near[1:]
    one, other, border = shared_borders(cells, distance, count)
    length = way(
        middle[one] - middle[other], np.minimum(border, np.minimum(near[one], near[other]))
    )
    neighbor, (lengths, widths) = by_cell(one, other, (length, border), count)
    levels = log_steps(near + 1)
    hilltop, home = hilltops(levels, neighbor)
    return Graph(levels, hilltop, home, middle, near, neighbor, lengths, widths)


def way(offset: NDArray[np.int64], width: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return LENGTH times a way, (n, 2) in half pixels, over a squared width's root."""
    squares = offset[:, 0] ** 2 + offset[:, 1] ** 2
    return root(squares * HALF_LENGTH**2, width.astype(np.int64) + 1)


def shared_borders(
    cells: NDArray[np.int32], distance: NDArray[np.int32], count: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int32]]:
    """Return the pairs of 4-connected cells, smaller number first, in order, and their widths.

    Cells meet where blocks do: only there need be looked.
    """
    met = [
        borders(here[BLOCK - 1 : -1 : BLOCK], here[BLOCK::BLOCK], away, count)
        for here, away in ((cells, distance), (cells.T, distance.T))
    ]
    # One sort brings the pairs together and puts the widest place of each last.
    both = np.sort(np.concatenate(met))
    pair = both >> WIDTH_BITS
    last = np.flatnonzero(np.append(pair[1:] != pair[:-1], True)) if len(pair) else pair
    one, other = np.divmod(pair[last], max(count, 1))
    return one, other, (both[last] & ((1 << WIDTH_BITS) - 1)).astype(np.int32)


def borders(
    one: NDArray[np.int32], other: NDArray[np.int32], distance: NDArray[np.int32], count: int
) -> NDArray[np.int64]:
    """Return pairs of cells that meet in two rows, with the widest place of each run of equals."""
    one, other = np.ascontiguousarray(one), np.ascontiguousarray(other)
    meet = np.flatnonzero((one != other) & (np.minimum(one, other) >= 0))
    near = np.minimum(distance[BLOCK - 1 : -1 : BLOCK], distance[BLOCK::BLOCK])
    one, other, near = (table.reshape(-1).take(meet) for table in (one, other, near))
    pair = np.minimum(one, other).astype(np.int64) * count + np.maximum(one, other)
    if not len(pair):
        return pair
    run = np.flatnonzero(np.append(True, pair[1:] != pair[:-1]))
    return pair[run] << WIDTH_BITS | np.maximum.reduceat(near, run)


def by_cell(
    one: NDArray[np.intp],
    other: NDArray[np.intp],
    values: tuple[NDArray[np.int32] | NDArray[np.int64], ...],
    count: int,
) -> tuple[NDArray[np.int32], list[NDArray[np.int32]]]:
    """Make of pairs, in order, a table: for each cell its neighbours, in order, and the values."""
    fewer, more = np.bincount(other, minlength=count), np.bincount(one, minlength=count)
    most = int((fewer + more).max(initial=0))
    # A cell's neighbours with smaller numbers come first; sorts of small types are by counting.
    order = np.argsort(other.astype(np.min_scalar_type(count)), kind="stable")
    low, high = other[order], one
    each = np.arange(len(one))
    cell = np.concatenate([low, high])
    column = np.concatenate(
        [each - (np.cumsum(fewer) - fewer)[low], each - (np.cumsum(more) - more - fewer)[high]]
    )
    tables = []
    for first, second, nothing in ((one, other, count), *((value, value, FAR) for value in values)):
        table = np.full((count, most), nothing, np.int32)
        table[cell, column] = np.concatenate([first[order], second])
        tables.append(table)
    return tables[0], tables[1:]


def hilltops(
    height: NDArray[np.int32], neighbor: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return where a climb from each cell ends, and how high a hint in it belongs.

    The climb is to the highest neighbour, the first of equals, as long as it is higher. A hint
    belongs as high as the hilltop, but near its cell: at most CLIMB above its height, and at
    least as high as its highest neighbour.
    """
    count, most = neighbor.shape
    each = np.arange(count, dtype=np.int32)
    up, highest = each, height
    levels = np.append(height, np.int32(-1))
    for column in range(most):
        other = neighbor[:, column]
        level = levels.take(other)
        up = np.where(level > highest, other, up)
        highest = np.maximum(highest, level)
    while not np.array_equal(above := up[up], up):
        up = above
    return up, np.maximum(np.minimum(height[up], height + CLIMB), highest)
