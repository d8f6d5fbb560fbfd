"""Where hints take hold: the cells under what can be seen of them."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkhue.hints import Hint, Hints
from inkhue.regions.areas import Regions

MASK_CAP: Final = 64  # pixels; a third of it is enough of a painted area


class Seeds(NamedTuple):
    """Hints in cells, in the order of the hints' topmost points, then of the cells.

    hint, cell: (n,) int64; place: (n, 2) int64, y and x of the mean of the hint's pixels there,
    in half pixels of the reduced page.
    """

    hint: NDArray[np.int64]
    cell: NDArray[np.int64]
    place: NDArray[np.int64]


def find_seeds(
    regions: Regions, hints: Hints, pixels: NDArray[np.intp], hint: NDArray[np.int64]
) -> tuple[Seeds, tuple[int, ...]]:
    """Find what each hint takes hold of, and which lie on ink with no paper near.

    `pixels` are all that hints cover, flat indices in order, `hint` is the hint on each.

    What can be seen of a hint falls into connected parts. A part counts with a third of a dot's
    pixels or more (of a stroke: of a dot as thick), or if it is the largest, the first of equals.
    A hint of which nothing can be seen holds the visible pixel nearest to one of its points, the
    first of equals in row order, if that is within twice its radius or next to it.
    """
    pixels, hint, idle = seen_pixels(regions, hints, pixels, hint)
    cell = regions.cells.reshape(-1)[pixels].astype(np.int64)
    known = cell >= 0
    pixels, hint, cell = pixels[known], hint[known], cell[known]
    count = max(len(regions.graph), 1)
    # Not in the order in which they were given, nor by what later hints leave of them.
    tops = np.array([min((y, x) for x, y in item.points) for item in hints]).reshape(-1, 2)
    order = np.lexsort((tops[:, 1], tops[:, 0]))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    pair, which, number = np.unique(
        rank[hint] * count + cell, return_inverse=True, return_counts=True
    )
    axes = np.divmod(pixels, regions.cells.shape[1])
    sums = [np.bincount(which, 2 * axis + 1, len(pair)) for axis in axes]
    place = np.stack(sums, axis=1).astype(np.int64) // (number * regions.scale)[:, None]
    ranked, cell = pair // count, pair % count
    hint = order[ranked]
    keep = large_parts(regions, hints, hint, cell, number)
    return Seeds(hint[keep], cell[keep], place[keep]), idle


def seen_pixels(
    regions: Regions, hints: Hints, pixels: NDArray[np.intp], hint: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.int64], tuple[int, ...]]:
    """Return the pixels that hints hold, the hint of each, and which hints are idle."""
    seen = regions.visible.reshape(-1)[pixels]
    hidden = np.setdiff1d(hint, hint[seen]).tolist()
    nearest = {index: nearest_visible(regions.visible, hints.items[index]) for index in hidden}
    found = {index: pixel for index, pixel in nearest.items() if pixel >= 0}
    pixels = np.append(pixels[seen], np.array(list(found.values()), np.int64))
    hint = np.append(hint[seen], np.array(list(found), np.int64))
    return pixels, hint, tuple(index for index in hidden if index not in found)


def nearest_visible(visible: NDArray[np.bool_], hint: Hint) -> int:
    """Return the flat index of the visible pixel nearest to a hint's points, -1 without one."""
    width = visible.shape[1]
    points, radius = hint.points, hint.radius
    if hint.mask is not None:  # as a dot of its size in its middle
        rows, columns = np.nonzero(hint.mask.pixels)
        middle = (hint.mask.x + columns.mean() + 0.5, hint.mask.y + rows.mean() + 0.5)
        points, radius = (middle,), math.sqrt(len(rows) / math.pi)
    reach = max(2 * radius, math.sqrt(2))
    best = (reach * reach, -1)
    for x, y in points:
        top, left = max(0, int(y - reach)), max(0, int(x - reach))
        rows, columns = np.nonzero(visible[top : int(y + reach) + 1, left : int(x + reach) + 1])
        squares = (rows + top + 0.5 - y) ** 2 + (columns + left + 0.5 - x) ** 2
        if len(squares) and squares.min() <= best[0]:
            k = int(squares.argmin())
            found = int((rows[k] + top) * width + columns[k] + left)
            if squares[k] < best[0] or best[1] < 0 or found < best[1]:
                best = (float(squares[k]), found)
    return best[1]


def large_parts(
    regions: Regions,
    hints: Hints,
    hint: NDArray[np.int64],
    cell: NDArray[np.int64],
    number: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Return which of the sorted pairs of hint and cell are in a part that counts."""
    part = connected(regions, hint, cell)
    size = np.bincount(part, number, len(part)).astype(np.int64)
    total = np.bincount(hint, number, len(hints)).astype(np.int64)
    largest = np.zeros(len(hints), np.int64)
    np.maximum.at(largest, hint, size[part])
    caps = np.array([cap(item) for item in hints] or [0], np.int64)
    enough = 3 * size[part] >= np.minimum(total, caps)[hint]
    if not (alone := ~np.isin(hint, hint[enough])).any():
        return enough
    # No part is large enough: the first of the largest stands for all.
    chosen = np.full(len(hints), len(part), np.int64)
    candidates = np.flatnonzero(alone & (size[part] == largest[hint]))
    np.minimum.at(chosen, hint[candidates], part[candidates])
    return np.asarray(enough | (alone & (part == chosen[hint])))


def cap(hint: Hint) -> int:
    """Return the pixels of which a third is always enough for a part to count."""
    return MASK_CAP if hint.mask is not None else 3 * math.ceil(hint.radius) ** 2 + 1


def connected(
    regions: Regions, hint: NDArray[np.int64], cell: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return for each of the sorted pairs of hint and cell the first pair of its part."""
    graph = regions.graph
    count = len(graph)
    pair = hint_order(hint) * count + cell
    neighbor = graph.neighbor[cell]
    wanted = np.where(neighbor < count, (pair - cell)[:, None] + neighbor, -1)
    place = np.searchsorted(pair, wanted).clip(max=max(len(pair) - 1, 0))
    linked = (pair[place] == wanted) if len(pair) else wanted > 0
    part = np.arange(len(pair))
    around = np.where(linked, place, part[:, None])
    while True:
        least = np.minimum(part, part[around].min(axis=1, initial=len(part)))
        least = least[least]
        if np.array_equal(least, part):
            return part
        part = least


def hint_order(hint: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return numbers from 0 for the hints of a list, where each hint's entries are together."""
    return np.cumsum(np.append(0, hint[1:] != hint[:-1])[: len(hint)])
