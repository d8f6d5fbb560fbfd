"""Where hints meet in open space: pixel by pixel."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkhue.hint_pixels import counted
from inkhue.regions.areas import Regions
from inkhue.regions.flood import NONE, PLACES, SEED, Flood, beside, climbed
from inkhue.regions.graph import FAR, Graph, way
from inkhue.regions.seeds import Seeds

CHUNK: Final = 1 << 18  # pixels times candidates at a time


class Offers(NamedTuple):
    """Ways into cells from a place next to or in them: (n,) each, place (n, 2) in half pixels."""

    cell: NDArray[np.intp]
    seed: NDArray[np.int64]
    cost: NDArray[np.int64]
    place: NDArray[np.int64]
    width: NDArray[np.int32]

    def part(self, low: int, high: int) -> Offers:
        """Return some of them."""
        at = slice(low, high)
        return Offers(self.cell[at], self.seed[at], self.cost[at], self.place[at], self.width[at])


def settle_borders(
    regions: Regions,
    seeds: Seeds,
    flood: Flood,
    seed: NDArray[np.int32],
    pictures: tuple[NDArray[np.int32], NDArray[np.uint8]],
) -> None:
    """Decide pixel by pixel in cells where hints meet.

    The way to a pixel comes from the middle of its cell or of a neighbouring one, or from a seed
    in either; the first of equal costs is the first seed.
    """
    graph = regions.graph
    owners = np.append(seeds.hint, -1)[np.append(seed, -1)]
    around = owners[graph.neighbor]
    mixed = ((around >= 0) & (around != owners[:-1, None])).any(axis=1) & (owners[:-1] >= 0)
    several = np.bincount(seeds.cell, minlength=len(graph)) > 1
    mixed[several] = True
    mixed[beside(graph, np.flatnonzero(several))] = True
    mixed &= owners[:-1] >= 0
    pixels = np.flatnonzero(np.append(mixed, False)[regions.cells])
    if not len(pixels):
        return
    pixels = pixels[np.argsort(regions.cells.reshape(-1)[pixels], kind="stable")]
    number = np.bincount(regions.cells.reshape(-1)[pixels], minlength=len(graph))
    stop = np.cumsum(number)
    offers = gather_offers(graph, seeds, flood, np.flatnonzero(mixed))
    load = np.cumsum(number[offers.cell])
    low = 0
    while low < len(load):
        done = load[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(load, done + CHUNK, "right")))
        # Cells are not cut apart.
        while high < len(load) and offers.cell[high] == offers.cell[high - 1]:
            high += 1
        part = offers.part(low, high)
        cells = slice(stop[part.cell[0]] - number[part.cell[0]], stop[part.cell[-1]])
        settle(regions, seeds, part, (pixels[cells], number), pictures)
        low = high


def gather_offers(graph: Graph, seeds: Seeds, flood: Flood, cells: NDArray[np.intp]) -> Offers:
    """Collect the ways into some cells, sorted by cell.

    They start in the cell or a neighbour: at its seeds or, where it has none, at its middle.
    """
    target, source, width = links(graph, cells)
    order = np.argsort(seeds.cell, kind="stable")
    begin = np.searchsorted(seeds.cell[order], source, "left")
    end = np.searchsorted(seeds.cell[order], source, "right")
    planted, index = counted(begin, end)
    bare, seed = np.flatnonzero(begin == end), order[index]
    link = np.concatenate([bare, planted])
    target, source, width = target[link], source[link], width[link]
    bare = source[: len(bare)]
    who = np.concatenate([flood.key[bare] & SEED, seed])
    cost = np.concatenate([flood.key[bare] >> PLACES, np.zeros(len(seed), np.int64)])
    place = np.concatenate([graph.middle[bare], seeds.place[seed]])
    home = graph.home[seeds.cell[seed]]
    low, top = (np.concatenate([values[bare], home]) for values in (flood.low, flood.top))
    climb, _ = climbed(graph, (source, target), low, top)
    cost += np.where(source == target, 0, climb)
    good = np.flatnonzero(cost < FAR)
    good = good[np.argsort(target[good], kind="stable")]
    return Offers(target[good], who[good], cost[good], place[good], width[good])


def links(
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


def settle(
    regions: Regions,
    seeds: Seeds,
    offers: Offers,
    where: tuple[NDArray[np.intp], NDArray[np.intp]],
    pictures: tuple[NDArray[np.int32], NDArray[np.uint8]],
) -> None:
    """Give pixels, sorted by cell, their seeds and how sure that is."""
    pixels, number = where
    cells = regions.cells.reshape(-1)[pixels]
    begin = np.searchsorted(cells, offers.cell, "left")
    offer, pixel = counted(begin, begin + number[offers.cell])
    scale = regions.scale
    place = np.stack(np.divmod(pixels, regions.cells.shape[1]), axis=1) * 2 + 1
    offset = place[pixel] - offers.place[offer] * scale
    length = way(offset, offers.width[offer], scale)
    key = (offers.cost[offer] + length) << PLACES | offers.seed[offer]
    best = np.full(len(pixels), NONE, np.int64)
    np.minimum.at(best, pixel, key)
    hint = np.append(seeds.hint, -1)
    owner = hint[np.where(best < NONE, best & SEED, -1)]
    other = hint[offers.seed[offer]] != owner[pixel]
    second = np.full(len(pixels), NONE, np.int64)
    np.minimum.at(second, pixel[other], key[other])
    cost = best >> PLACES
    margin = (second >> PLACES) - cost
    sureness = np.minimum(255 - np.minimum(cost // 4, 254), np.minimum(96 + 2 * margin, 255))
    found = best < NONE
    owners, sure = (picture.reshape(-1) for picture in pictures)
    owners[pixels[found]] = (best & SEED)[found]
    sure[pixels[found]] = sureness[found].astype(np.uint8)
