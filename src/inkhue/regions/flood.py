"""The way of hints from cell to cell."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkhue.regions.graph import Graph, way
from inkhue.regions.seeds import Seeds
from inkhue.regions.steps import FAR, GROWTH, PLACES, measure, taken

SEED: Final = (1 << PLACES) - 1
BEYOND: Final = FAR << PLACES  # keys from here on are of cells that nothing reaches


class Flood(NamedTuple):
    """What the way to each cell left there, (n,) each.

    key: int64, cost << PLACES | seed, BEYOND where nothing came; low: int32, its lowest pass.
    """

    key: NDArray[np.int64]
    low: NDArray[np.int32]


def flooded(graph: Graph, seeds: Seeds) -> tuple[Flood, int]:
    """Spread seeds from cell to cell, in rounds; return how many cells made offers, too.

    In each round every cell takes the least of what it has and what its neighbours offer at the
    round's start, by cost, then by seed, then by neighbour. Only neighbours that changed in the
    round before make offers: what the others have was offered before.
    """
    flood, links = planted(graph, seeds), graph.links
    key, low = flood
    # In units of keys, as what is above them costs GROWTH times as much.
    unit = np.int64(GROWTH << PLACES)
    height, home = graph.height * unit, graph.home[seeds.cell] * unit
    count = np.arange(max(len(links.target), len(graph)))
    mark = np.zeros(len(key), np.bool_)
    changed = np.flatnonzero(key < BEYOND)
    visited = 0
    while len(changed):
        visited += len(changed)
        number = links.number.take(changed)
        which = count[: len(changed)].repeat(number)
        link = (links.stop.take(changed) - number.cumsum()).take(which)
        link += count[: len(which)]
        target = links.target.take(link)
        has = key.take(changed)
        over = np.maximum(height.take(changed), home.take(has & SEED))
        offer = np.maximum(links.growth.take(link), over.take(which))
        offer += links.cost.take(link)
        offer += (has - over).take(which)
        better = offer < key.take(target)
        better &= links.wall.take(link) <= low.take(changed).take(which)
        found = better.nonzero()[0]
        target, offer = target.take(found), offer.take(found)
        np.minimum.at(key, target, offer)
        # From the last to the first, for of equal offers the first is to stay.
        won = (offer == key.take(target)).nonzero()[0][::-1]
        target, found = target.take(won), found.take(won)
        passed = links.pass_.take(link.take(found))
        low[target] = np.minimum(low.take(changed.take(which.take(found))), passed)
        mark[target] = True
        changed = mark.nonzero()[0]
        mark[changed] = False
    return flood, visited


def planted(graph: Graph, seeds: Seeds) -> Flood:
    """Let each seed offer itself to its own cell and to the cells beside, from its own place."""
    count, most = graph.neighbor.shape
    flood = Flood(np.full(count, BEYOND, np.int64), np.zeros(count, np.int32))
    number = np.arange(len(seeds.cell))
    seed = np.concatenate([number, np.repeat(number, most)])
    target = np.concatenate([seeds.cell, graph.neighbor[seeds.cell].ravel().astype(np.int64)])
    width = np.concatenate([graph.near[seeds.cell], graph.width[seeds.cell].ravel()])
    real = target < count
    seed, target, width = seed[real], target[real], width[real]
    source = seeds.cell[seed]
    home = graph.home[source]
    climb, low = climbed(graph, (source, target), home, home)
    near = np.minimum(width, np.minimum(graph.near[source], graph.near[target]))
    cost = way(seeds.place[seed] - graph.middle[target], near) + np.where(
        source == target, 0, climb
    )
    key = np.minimum(cost, FAR) << PLACES | seed
    np.minimum.at(flood.key, target, key)
    won = flood.key[target] == key
    flood.low[target[won]] = low[won]
    return flood


def climbed(
    graph: Graph,
    ends: tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]],
    low: NDArray[np.int32],
    top: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return what single steps cost beside their length, and the lowest pass after them."""
    return taken(measure(graph.height, graph.hilltop, *ends), low, top)
