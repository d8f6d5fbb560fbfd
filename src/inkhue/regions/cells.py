"""The page cut into cells: squares that grow with the distance to the lines.

Blocks of BLOCK pixels lie on a grid from the page's corner. Four of them make a block of twice
the side where each of its pixels is at least that side away from any wall, and so on up to
LARGEST. In a block of the smallest size each 4-connected part of its paper is a cell; larger
blocks have no walls and are one. So a cell never reaches over a line, and there are few.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 4
LARGEST: Final = 16


def find_cells(paper: NDArray[np.bool_], distance: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the cells, numbered by their first pixels in row order.

    Args:
        paper: (h, w) bool, where no wall is.
        distance: (h, w) int32, squared, to the nearest wall or boundary.

    Returns:
        (h, w) int32, 0 .. n - 1, -1 in walls.
    """
    height, width = paper.shape
    sides = block_sides(distance)
    rows, columns = sides.shape
    padded = np.zeros((rows * BLOCK, columns * BLOCK), np.bool_)
    padded[:height, :width] = paper
    count, parts = parts_of_blocks(padded)
    scale = sides // BLOCK
    first = (np.arange(rows)[:, None] // scale * scale) * columns
    first = first + np.arange(columns) // scale * scale
    whole = np.where(scale > 1, count + first, 0).astype(np.int32)
    whole = np.repeat(np.repeat(whole, BLOCK, 1), BLOCK, 0)
    # The numbers of larger blocks are above those of all parts.
    numbers = np.maximum(whole, parts)[:height, :width]
    return in_row_order(numbers, count + rows * columns)


def block_sides(distance: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return for each smallest block the side of the block that it is part of, pixels."""
    height, width = distance.shape
    below, right = -height % LARGEST, -width % LARGEST
    nearest = np.pad(distance, ((0, below), (0, right)))
    nearest = pooled(nearest, BLOCK)
    sides = np.full(nearest.shape, BLOCK, np.int32)
    side = BLOCK
    while side < LARGEST:
        nearest, side = pooled(nearest, 2), 2 * side
        times = side // BLOCK
        far = np.repeat(np.repeat(nearest >= side * side, times, 0), times, 1)
        sides[far] = side
    return sides


def pooled(values: NDArray[np.int32], times: int) -> NDArray[np.int32]:
    """Return the least of each times x times block."""
    lines = values[::times]
    for k in range(1, times):
        lines = np.minimum(lines, values[k::times])
    least = lines[:, ::times]
    for k in range(1, times):
        least = np.minimum(least, lines[:, k::times])
    return least


def parts_of_blocks(paper: NDArray[np.bool_]) -> tuple[int, NDArray[np.int32]]:
    """Label the 4-connected parts of each block's paper; return the number of labels with 0."""
    rows, columns = (side // BLOCK for side in paper.shape)
    # A line of walls after each block keeps it apart from the next.
    apart = np.zeros((rows, BLOCK + 1, columns, BLOCK + 1), np.uint8)
    apart[:, :BLOCK, :, :BLOCK] = paper.reshape(rows, BLOCK, columns, BLOCK)
    shape = (rows * (BLOCK + 1), columns * (BLOCK + 1))
    count, parts = cv2.connectedComponents(apart.reshape(shape), connectivity=4)
    parts = parts.reshape(apart.shape)[:, :BLOCK, :, :BLOCK]
    return count, np.asarray(parts, np.int32).reshape(paper.shape)


def in_row_order(numbers: NDArray[np.int32], count: int) -> NDArray[np.int32]:
    """Renumber from 0 by each number's first pixel; 0 becomes -1."""
    # Only pixels that differ from those above and left of them can be the first.
    corner = numbers > 0
    corner[:, 1:] &= numbers[:, 1:] != numbers[:, :-1]
    corner[1:] &= numbers[1:] != numbers[:-1]
    pixels = np.flatnonzero(corner)
    found = numbers[corner]
    first = np.empty(count, np.intp)
    first[found[::-1]] = pixels[::-1]
    found = found[first[found] == pixels]
    place = np.full(count, -1, np.int32)
    place[found] = np.arange(len(found), dtype=np.int32)
    return place.take(numbers)
