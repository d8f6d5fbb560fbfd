"""The way of hints from cell to cell."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkhue.regions.graph import FAR, Graph, way
from inkhue.regions.seeds import Seeds

GROWTH: Final = 8  # times: what a climb above the hint's own hilltop costs more
DEEPEST: Final = 160  # above the lowest pass on its way: rooms 32 times as wide as the gap
HIGH: Final = 1 << 20  # above all heights

PLACES: Final = 28  # bits for the seed in a key; the cost is above them
SEED: Final = (1 << PLACES) - 1
BEYOND: Final = FAR << PLACES  # keys from here on are of cells that nothing reaches
NONE: Final = BEYOND | SEED


class Flood(NamedTuple):
    """What the way to each cell left there, (n + 1,) each; the last is no cell.

    key: int64, cost << PLACES | seed; low: int32, its lowest pass; top: int32, the height of the
    hilltop over its seed.
    """

    key: NDArray[np.int64]
    low: NDArray[np.int32]
    top: NDArray[np.int32]


def flooded(graph: Graph, seeds: Seeds) -> tuple[Flood, int]:
    """Spread seeds from cell to cell, in rounds; return how many cells were looked at, too.

    In each round every cell next to one that changed in the round before takes the least of what
    it has and what its neighbours offered at the round's start, by cost, then by seed, then by
    neighbour.
    """
    count, most = graph.neighbor.shape
    flood = planted(graph, seeds)
    steps = measure(graph, graph.neighbor, np.arange(count)[:, None])
    length = graph.length.astype(np.int64) + steps.climb
    changed = np.flatnonzero(flood.key[:-1] < BEYOND)
    visited = len(changed)
    while most and len(active := beside(graph, changed)):
        visited += len(active)
        neighbor = graph.neighbor[active]
        top = flood.top[neighbor]
        here = Steps(*(table[active] for table in steps))
        growth, low = taken(here, flood.low[neighbor], top)
        offer = flood.key[neighbor] + ((growth + length[active]) << PLACES)
        best = offer.argmin(axis=1) + np.arange(0, offer.size, most)
        least = offer.reshape(-1)[best]
        better = np.flatnonzero(least < np.minimum(flood.key[active], BEYOND))
        changed, best = active[better], best[better]
        flood.key[changed] = least[better]
        flood.low[changed] = low.reshape(-1)[best]
        flood.top[changed] = top.reshape(-1)[best]
    return flood, visited


def planted(graph: Graph, seeds: Seeds) -> Flood:
    """Let each seed offer itself to its own cell and to the cells beside, from its own place."""
    count, most = graph.neighbor.shape
    flood = Flood(
        np.full(count + 1, NONE, np.int64),
        np.zeros(count + 1, np.int32),
        np.zeros(count + 1, np.int32),
    )
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
    flood.low[target[won]], flood.top[target[won]] = low[won], home[won]
    return flood


class Steps(NamedTuple):
    """What steps between cells are, whoever takes them; int32 arrays of one shape.

    climb: how far up; before, to: the heights; pass_: `to` where it goes down, else HIGH; wall:
    the lowest pass on the way may not be lower, where the step leads to another hill, else -HIGH.
    """

    climb: NDArray[np.int32]
    before: NDArray[np.int32]
    to: NDArray[np.int32]
    pass_: NDArray[np.int32]
    wall: NDArray[np.int32]


def measure(
    graph: Graph, source: NDArray[np.integer[Any]], target: NDArray[np.integer[Any]]
) -> Steps:
    """Look at the steps from source to target cells; a source that is no cell is any."""
    before = graph.height.take(source, mode="clip")
    to = np.broadcast_to(graph.height[target], before.shape)
    hill = graph.hilltop[target]
    other = graph.hilltop.take(source, mode="clip") != hill
    wall = np.where(other, graph.height[hill] - DEEPEST, -HIGH)
    down = np.where(to < before, to, HIGH)
    tables = (np.maximum(to - before, 0), before, to, down, wall)
    return Steps(*(np.asarray(table, np.int32) for table in tables))


def taken(
    steps: Steps, low: NDArray[np.int32], top: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return what steps cost beyond their climb, by lowest pass and hilltop; the pass after them.

    FAR is a wall: another hill, whose top is too high above the pass.
    """
    growth = np.maximum(steps.to - np.maximum(steps.before, top), 0).astype(np.int64) * GROWTH
    low = np.minimum(low, steps.pass_)
    growth[steps.wall > low] = FAR
    return growth, low


def climbed(
    graph: Graph,
    ends: tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]],
    low: NDArray[np.int32],
    top: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return what single steps cost beside their length, and the lowest pass after them."""
    steps = measure(graph, *ends)
    growth, low = taken(steps, low, top)
    return growth + steps.climb, low


def beside(graph: Graph, cells: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the cells next to given ones."""
    marked = np.zeros(len(graph) + 1, np.bool_)
    marked[graph.neighbor[cells]] = True
    return np.flatnonzero(marked[:-1])
