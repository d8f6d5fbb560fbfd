"""What steps from cell to cell cost: how far up they lead, and over which passes."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

FAR: Final = 1 << 28  # farther than any way
GROWTH: Final = 8  # times: what a climb above the hint's own hilltop costs more
DEEPEST: Final = 160  # above the lowest pass on its way: rooms 32 times as wide as the gap
HIGH: Final = 1 << 20  # above all heights
PLACES: Final = 28  # bits for the seed in a key; the cost is above them


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


class Links(NamedTuple):
    """The steps that can be taken, by the cell that they start in.

    number, stop: (n,) int64, how many start in a cell, and where its part of the list ends.
    target: (m,) int64, the neighbour. cost, growth: (m,) int64, in units of keys, length and
    climb, and GROWTH times the height that the step leads to. pass_, wall: as those of Steps.
    """

    number: NDArray[np.intp]
    stop: NDArray[np.intp]
    target: NDArray[np.intp]
    cost: NDArray[np.int64]
    growth: NDArray[np.int64]
    pass_: NDArray[np.int32]
    wall: NDArray[np.int32]


def measure(
    height: NDArray[np.int32],
    hilltop: NDArray[np.int32],
    source: NDArray[np.integer[Any]],
    target: NDArray[np.integer[Any]],
) -> Steps:
    """Look at the steps from source to target cells."""
    before, to, hill = height[source], height[target], hilltop[target]
    wall = np.where(hilltop[source] != hill, height[hill] - DEEPEST, -HIGH)
    down = np.where(to < before, to, HIGH)
    tables = (np.maximum(to - before, 0), before, to, down, wall)
    return Steps(*(np.asarray(table, np.int32) for table in tables))


def make_links(
    height: NDArray[np.int32],
    hilltop: NDArray[np.int32],
    neighbor: NDArray[np.int32],
    length: NDArray[np.int32],
) -> Links:
    """Measure the steps from each cell to its neighbours, (n, most)."""
    real = neighbor < len(height)
    source = np.repeat(np.arange(len(height)), real.sum(axis=1))
    target, way = neighbor[real].astype(np.intp), length[real]
    steps = measure(height, hilltop, source, target)
    # Where the pass itself is too low, nobody passes.
    passed = np.flatnonzero(steps.wall <= steps.pass_)
    number = np.bincount(source[passed], minlength=len(height))
    return Links(
        number=number,
        stop=np.cumsum(number),
        target=target[passed],
        cost=(way + steps.climb)[passed].astype(np.int64) << PLACES,
        growth=steps.to[passed].astype(np.int64) * (GROWTH << PLACES),
        pass_=steps.pass_[passed],
        wall=steps.wall[passed],
    )


def taken(
    steps: Steps, low: NDArray[np.int32], top: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return what steps cost beside their length, by lowest pass and hilltop; the pass after them.

    FAR is a wall: another hill, whose top is too high above the pass.
    """
    growth = np.maximum(steps.to - np.maximum(steps.before, top), 0).astype(np.int64) * GROWTH
    low = np.minimum(low, steps.pass_)
    growth[steps.wall > low] = FAR
    return growth + steps.climb, low
