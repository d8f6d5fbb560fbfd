"""The areas of a drawing as a person would count them, without any hint."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.pixels import WHITE
from inkhue.regions.areas import Regions
from inkhue.regions.graph import Graph
from inkhue.regions.integers import log_steps

GOLDEN: Final = (1 + 5**0.5) / 2
NARROW: Final = 40  # a pass this far below the lower of two hilltops parts them: 1 to 2.4


def rooms(regions: Regions) -> NDArray[np.int32]:
    """Join the hills that no narrow pass parts.

    Returns:
        (H, W) int32, from 0 in the order of the rooms' first cells; -1 on a page without paper.
    """
    room = joined_hills(regions.graph, np.ones(len(regions.graph), np.bool_))
    _, first, number = np.unique(room, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    return np.append(order[number], -1).astype(np.int32)[regions.cells]


def joined_hills(graph: Graph, there: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Join the hills that no narrow pass parts, by way of the cells that are `there`, (n,).

    Returns:
        (n,) the least of the hilltops that each cell's own is joined to.
    """
    count = len(graph)
    cell, column = np.nonzero((graph.neighbor < count) & there[:, None])
    both = there[graph.neighbor[cell, column]]
    cell, column = cell[both], column[both]
    one, other = graph.hilltop[cell], graph.hilltop[graph.neighbor[cell, column]]
    passes = log_steps(graph.width[cell, column] + 1)
    open_ = np.minimum(graph.height[one], graph.height[other]) - passes <= NARROW
    return joined(count, one[open_], other[open_])[graph.hilltop]


def tinted(numbers: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Give each of the numbers (H, W) a light tint of its own, (H, W, 3); white where it is -1.

    Hues of numbers near each other are far apart: each is a golden angle from the last.
    """
    number = np.arange(numbers.max(initial=-1) + 1)
    hues = (number * 360 / GOLDEN) % 360
    tints = np.stack([hues, np.where(number % 2, 0.6, 0.4), np.full(len(hues), 1.0)], axis=1)
    rgb = cv2.cvtColor(tints[None].astype(np.float32), cv2.COLOR_HSV2RGB)[0] if len(hues) else tints
    table = np.append(np.rint(255 * rgb), [WHITE], axis=0).astype(np.uint8)
    return np.asarray(table[numbers])


def joined(
    count: int, one: NDArray[np.integer[Any]], other: NDArray[np.integer[Any]]
) -> NDArray[np.int64]:
    """Return for each of `count` things the least of those that pairs connect it to."""
    least = np.arange(count)
    while True:
        found = least.copy()
        np.minimum.at(found, one, least[other])
        np.minimum.at(found, other, least[one])
        found = found[found]
        if np.array_equal(found, least):
            return least
        least = found
