"""Where hints meet in open space: pixel by pixel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkhue.hint_pixels import counted
from inkhue.regions.areas import Regions
from inkhue.regions.flood import BEYOND, SEED, Flood, climbed
from inkhue.regions.graph import HALF_LENGTH, Graph
from inkhue.regions.seeds import Seeds
from inkhue.regions.steps import PLACES

AT_ONCE: Final = 1 << 15  # pixels: what is known of them stays in the cache
NONE: Final = BEYOND | SEED


class Offers(NamedTuple):
    """Ways into cells from a place next to or in them, sorted by cell; (n,) each.

    begin, number: (cells,) int64, which are a cell's; key: int64, cost << PLACES | seed; hint:
    int64; y, x, unit: float64, the place and the squared width of the way, scaled so that a way's
    length is the root of the squared offset over the unit.
    """

    begin: NDArray[np.intp]
    number: NDArray[np.intp]
    key: NDArray[np.int64]
    hint: NDArray[np.int64]
    y: NDArray[np.float64]
    x: NDArray[np.float64]
    unit: NDArray[np.float64]


class Settled(NamedTuple):
    """Pixels of the page (flat indices), the seed that owns each, and how sure that is."""

    pixels: NDArray[np.intp]
    seed: NDArray[np.int64]
    sure: NDArray[np.uint8]


class Touching(NamedTuple):
    """Cells with a neighbour that another seed reached: the cell, its seed and that other one."""

    cell: NDArray[np.intp]
    own: NDArray[np.int32]
    other: NDArray[np.int32]


def touching(graph: Graph, seed: NDArray[np.int32]) -> Touching:
    """Find where the cells of different seeds touch, given the seed of each cell, -1 for none."""
    around = np.append(seed, np.int32(-1)).take(graph.neighbor)
    meet = np.flatnonzero((around != seed[:, None]) & (around >= 0) & (seed[:, None] >= 0))
    cell = meet // max(around.shape[1], 1)
    return Touching(cell, seed[cell], around.reshape(-1)[meet])


def meeting_cells(
    graph: Graph, seeds: Seeds, seed: NDArray[np.int32], touch: Touching
) -> NDArray[np.bool_]:
    """Return in which cells hints meet: beside another's, in or beside one of several seeds."""
    mixed = np.zeros(len(graph) + 1, np.bool_)
    mixed[touch.cell[seeds.hint[touch.own] != seeds.hint[touch.other]]] = True
    several = np.flatnonzero(np.bincount(seeds.cell, minlength=len(graph)) > 1)
    mixed[several] = True
    mixed[graph.neighbor[several]] = True
    return mixed[:-1] & (seed >= 0)


def gather_offers(
    graph: Graph, seeds: Seeds, flood: Flood, mixed: NDArray[np.bool_], scale: int
) -> Offers:
    """Collect the ways into some cells.

    They start in the cell or a neighbour: at its seeds or, where it has none, at its middle.
    """
    target, source, width = ways_in(graph, np.flatnonzero(mixed))
    order = np.argsort(seeds.cell, kind="stable")
    begin = np.searchsorted(seeds.cell[order], source, "left")
    end = np.searchsorted(seeds.cell[order], source, "right")
    planted, index = counted(begin, end)
    bare, seed = np.flatnonzero(begin == end), order[index]
    link = np.concatenate([bare, planted])
    target, source, width = target[link], source[link], width[link]
    bare = source[: len(bare)]
    key = np.concatenate([flood.key[bare], seed])
    place = np.concatenate([graph.middle[bare], seeds.place[seed]])
    home = graph.home[seeds.cell[key & SEED]]
    low = np.concatenate([flood.low[bare], home[len(bare) :]])
    climb, _ = climbed(graph, (source, target), low, home)
    key += np.where(source == target, 0, climb) << PLACES
    good = np.flatnonzero(key < BEYOND)
    good = good[np.argsort(target[good], kind="stable")]
    number = np.bincount(target[good], minlength=len(graph))
    key, place = key[good], place[good] * float(HALF_LENGTH * scale)
    unit = (width[good] + 1.0) * scale**2
    hint = seeds.hint[key & SEED]
    return Offers(np.cumsum(number) - number, number, key, hint, place[:, 0], place[:, 1], unit)


def ways_in(
    graph: Graph, cells: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int32]]:
    """Return cells, from where each is reached (itself, its neighbours), and how wide that is."""
    most = graph.neighbor.shape[1]
    target = np.concatenate([cells, np.repeat(cells, most)])
    source = np.concatenate([cells, graph.neighbor[cells].ravel().astype(np.intp)])
    width = np.concatenate([graph.near[cells], graph.width[cells].ravel()])
    real = source < len(graph)
    target, source, width = target[real], source[real], width[real]
    near = np.minimum(graph.near[source], graph.near[target])
    return target, source, np.minimum(width, near).astype(np.int32)


def settled(regions: Regions, offers: Offers, pixels: NDArray[np.intp]) -> Iterator[Settled]:
    """Decide pixel by pixel in cells where hints meet, some of the pixels at a time.

    The way to a pixel comes from the middle of its cell or of a neighbouring one, or from a seed
    in either; the first of equal costs is the first seed.
    """
    width = regions.cells.shape[1]
    for low in range(0, len(pixels), AT_ONCE):
        part = pixels[low : low + AT_ONCE]
        cell = regions.cells.reshape(-1).take(part)
        number = offers.number.take(cell)
        # Those with the most offers to the front: sorts of small types are by counting.
        most = int(number.max())
        order = np.argsort((most - number).astype(np.min_scalar_type(most)), kind="stable")
        part, cell = part.take(order), cell.take(order)
        row = part // width
        place = ((2 * k + 1) * float(HALF_LENGTH) for k in (row, part - row * width))
        left = len(part) - np.cumsum(np.bincount(number, minlength=most))[:most]
        best, second = two_best(offers, offers.begin.take(cell), left.tolist(), *place)
        cost = best >> PLACES
        near = np.minimum(96 + 2 * ((second >> PLACES) - cost), 255)
        sure = np.minimum(255 - np.minimum(cost >> 4, 254), near)
        yield Settled(part, best & SEED, sure.astype(np.uint8))


def two_best(
    offers: Offers,
    begin: NDArray[np.intp],
    left: list[int],
    y: NDArray[np.float64],
    x: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each pixel's least key, and the least of all other hints.

    `begin`: the first offer to each pixel, one after another there follow as many as the pixel
    has: `left` says how many pixels, from the first, have one more.
    """
    best, second = (np.full(len(begin), NONE, np.int64) for _ in range(2))
    whose = np.full(len(begin), -1, np.int64)
    for step, count in enumerate(left):
        at = begin[:count] + step
        square, across = y[:count] - offers.y.take(at), x[:count] - offers.x.take(at)
        square *= square
        across *= across
        square += across
        square /= offers.unit.take(at)
        key = np.sqrt(square, out=square).astype(np.int64)  # as `root` does
        key <<= PLACES
        key += offers.key.take(at)
        hint = offers.hint.take(at)
        least, other = best[:count], hint != whose[:count]
        worse = np.where(other, np.maximum(key, least), NONE)
        np.minimum(second[:count], worse, out=second[:count])
        np.copyto(whose[:count], hint, where=key < least)
        np.minimum(least, key, out=least)
    return best, second
