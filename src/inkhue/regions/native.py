"""From paper to ink, and from the reduced page to the page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkhue.regions.integers import squared_distance

# Up, left, right, down: the first of equals counts.
SIDES = ((-1, 0), (0, -1), (0, 1), (1, 0))
BEYOND = 1 << 30  # deeper than any pixel


def under_ink(cells: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give each pixel in a wall, -1, the cell that the shortest way out of the wall leads to.

    From each it goes on to the one of its eight neighbours that is nearest to paper, the first
    of equals in row order.
    """
    height, width = cells.shape
    inside = cells < 0
    if inside.all() or not inside.any():
        return cells
    step = width + 2
    places = np.flatnonzero(np.pad(inside, 1))
    # Depth, then the neighbour's place in row order: the least is the first of the least.
    depth = np.pad(squared_distance(inside) << 3, 1, constant_values=BEYOND).reshape(-1)
    around = np.array([-step - 1, -step, -step + 1, -1, 1, step - 1, step, step + 1])
    least = depth.take(places + around[0])
    for k, offset in enumerate(around[1:], 1):
        np.minimum(least, depth.take(places + offset) | k, out=least)
    out = np.arange(len(depth))
    out[places] = ends = places + around[least & 7]
    while not np.array_equal(ahead := out[ends], ends):
        out[places] = ends = ahead
    filled = np.pad(cells, 1).ravel()
    filled[places] = filled[ends]
    return np.ascontiguousarray(filled.reshape(height + 2, step)[1:-1, 1:-1])


def to_native(
    cells: NDArray[np.int32], paper: NDArray[np.bool_], light: NDArray[np.bool_], scale: int
) -> NDArray[np.int32]:
    """Carry cells to the page along its lines.

    A pixel of the page in the reduced page's paper has that pixel's cell. Elsewhere cells spread
    from there over light pixels, then `scale` pixels into the lines, in rounds; what is left
    takes the cell of its reduced pixel.

    Args:
        cells: (h, w) int32 of the reduced page.
        paper: (h, w) bool, where it has no wall.
        light: (H, W) bool, where the page has no line.
        scale: pixels of the page to one of the reduced page.
    """
    height, width = light.shape
    known = np.where(paper, cells, -1)
    full = np.repeat(np.repeat(known, scale, 0)[:height], scale, 1)[:, :width]
    full = np.ascontiguousarray(full)
    missing = full < 0
    spread_in(full, missing & light, 4 * scale)
    spread_in(full, missing & ~light, scale)
    ys, xs = np.nonzero(full < 0)
    full[ys, xs] = cells[ys // scale, xs // scale]
    return full


def spread_in(full: NDArray[np.int32], where: NDArray[np.bool_], rounds: int) -> None:
    """Fill pixels of -1 from the neighbours they have at each round's start."""
    height, width = full.shape
    flat = full.reshape(-1)
    places = np.flatnonzero(where & (full < 0))
    for _ in range(rounds):
        if not len(places):
            break
        ys, xs = np.divmod(places, width)
        found = np.full(len(places), -1, np.int32)
        for dy, dx in SIDES:
            y, x = (ys + dy).clip(0, height - 1), (xs + dx).clip(0, width - 1)
            found = np.where(found < 0, flat[y * width + x], found)
        hit = found >= 0
        if not hit.any():
            break
        flat[places[hit]] = found[hit]
        places = places[~hit]
