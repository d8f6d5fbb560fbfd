"""The areas of a drawing as a person would count them, without any hint."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inkhue.regions.areas import Regions
from inkhue.regions.integers import log_steps

NARROW: Final = 40  # a pass this far below the lower of two hilltops parts them: 1 to 2.4


def rooms(regions: Regions) -> NDArray[np.int32]:
    """Join the hills that no narrow pass parts.

    Returns:
        (H, W) int32, from 0 in the order of the rooms' first cells; -1 on a page without paper.
    """
    graph = regions.graph
    count = len(graph)
    cell, column = np.nonzero(graph.neighbor < count)
    one, other = graph.hilltop[cell], graph.hilltop[graph.neighbor[cell, column]]
    passes = log_steps(graph.width[cell, column] + 1)
    open_ = np.minimum(graph.height[one], graph.height[other]) - passes <= NARROW
    room = joined(count, one[open_], other[open_])[graph.hilltop]
    _, first, number = np.unique(room, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    return np.append(order[number], -1).astype(np.int32)[regions.cells]


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
