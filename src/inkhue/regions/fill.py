"""Spread hints over the areas of a drawing: which hint owns each pixel, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkhue.hints import Hints
from inkhue.pixels import WHITE, strips
from inkhue.regions.areas import Regions
from inkhue.regions.borders import Touching, gather_offers, meeting_cells, settled, touching
from inkhue.regions.flood import BEYOND, SEED, Flood, flooded
from inkhue.regions.rooms import joined
from inkhue.regions.seeds import Seeds, find_seeds
from inkhue.regions.soft import Soft, run_together
from inkhue.regions.steps import PLACES


@dataclass(frozen=True, eq=False)
class Spread:
    """Hints spread over a page.

    Attributes:
        labels: (H, W) int32, the index of the hint that owns a pixel, -1 = none.
        sure: (H, W) uint8, 255 at hints, less with the way and where two hints are as near.
        areas: (H, W) int32, what takes one tone: touching land of hints of one colour, numbered
            from 0; -1 = none.
        tones: (k,) int64, a hint of each area.
        held: (m,) int64, the pixels (flat indices) that hints lie on, without idle hints.
        soft: where hints' colours run into each other, of the reduced page.
        reached: (n,) bool, which cells a hint reaches.
        idle: the hints that lie on ink, with no paper near: they do nothing.
        visited: cells that made offers to their neighbours, all rounds together.
    """

    labels: NDArray[np.int32]
    sure: NDArray[np.uint8]
    areas: NDArray[np.int32]
    tones: NDArray[np.int64]
    held: NDArray[np.intp]
    soft: Soft
    reached: NDArray[np.bool_]
    idle: tuple[int, ...]
    visited: int


def spread(regions: Regions, hints: Hints) -> Spread:
    """Let each hint take the cells to which its way is the shortest.

    A way costs its length in units of the distance to the lines (46 for one), 1 for each step
    that it climbs (32 for each doubling of that distance) and 8 more for each above the hilltop
    over its hint. Hints that tie: the one whose topmost point comes first in row order.

    Hints for a page of another size are fitted.
    """
    height, width = regions.cells.shape
    hints = hints.fitted(width, height)
    covered = hints.owner()
    held = np.flatnonzero(covered >= 0)
    holder = covered.reshape(-1)[held].astype(np.int64)
    del covered  # on a large page much memory
    seeds, idle = find_seeds(regions, hints, held, holder)
    at_work = ~np.isin(holder, idle)
    held, holder = held[at_work], holder[at_work]
    flood, visited = flooded(regions.graph, seeds)
    labels, sure, areas, tones = paint(regions, hints, seeds, flood)
    labels.reshape(-1)[held] = holder
    sure.reshape(-1)[held] = 255
    soft = run_together(regions.reduced(labels), regions.reach, palette(hints))
    reached = flood.key < BEYOND
    return Spread(labels, sure, areas, tones, held, soft, reached, idle, visited)


def palette(hints: Hints) -> NDArray[np.uint8]:
    """Return the hints' colours, (n + 1, 3) uint8; `transparent` counts as white.

    The last is for the label -1: black.
    """
    return np.array([*(hint.color or WHITE for hint in hints), (0, 0, 0)], np.uint8)


def paint(
    regions: Regions, hints: Hints, seeds: Seeds, flood: Flood
) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.int32], NDArray[np.int64]]:
    """Make pictures of what reached the cells: labels, sure, areas and tones of a Spread."""
    graph, key = regions.graph, flood.key
    reached = key < BEYOND
    seed = np.where(reached, key & SEED, -1).astype(np.int32)
    touch = touching(graph, seed)
    area, tones = tone_areas(seeds, seed, touch, hints)
    mixed = meeting_cells(graph, seeds, seed, touch)
    offers = gather_offers(graph, seeds, flood, mixed, regions.scale)
    # Of each cell; the last entries are for a page without any.
    sure_of = np.where(reached, 255 - np.minimum(key >> PLACES + 4, 254), 0).astype(np.uint8)
    sure_of, mixed = np.append(sure_of, np.uint8(0)), np.append(mixed, False)
    seed = np.append(seed, np.int32(-1))
    label, area = np.append(seeds.hint, -1).astype(np.int32), np.append(area, np.int32(-1))
    label_of, area_of = label[seed], area[seed]
    labels, areas = np.empty_like(regions.cells), np.empty_like(regions.cells)
    sure = np.empty(labels.shape, np.uint8)
    for rows in strips(labels):
        cells = regions.cells[rows].astype(np.intp)
        labels[rows], areas[rows] = label_of.take(cells), area_of.take(cells)
        sure[rows] = sure_of.take(cells)
        pixels = np.flatnonzero(mixed.take(cells)) + rows.start * labels.shape[1]
        for part in settled(regions, offers, pixels):
            labels.reshape(-1)[part.pixels] = label.take(part.seed)
            areas.reshape(-1)[part.pixels] = area.take(part.seed)
            sure.reshape(-1)[part.pixels] = part.sure
    return labels, sure, areas, tones


def tone_areas(
    seeds: Seeds, seed: NDArray[np.int32], touch: Touching, hints: Hints
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Join the seeds of one colour whose cells touch; return each one's area, each area's hint."""
    codes = [
        -1 if h.color is None else (h.color[0] << 16 | h.color[1] << 8 | h.color[2]) for h in hints
    ]
    color = np.append(np.array(codes, np.int64)[seeds.hint], -2)
    same = np.flatnonzero(color[touch.own] == color[touch.other])
    # Of hints in one cell only one is the cell's.
    own = seed[seeds.cell]
    shared = np.flatnonzero((own >= 0) & (color[own] == color[:-1]))
    one = np.concatenate([touch.own[same], shared])
    other = np.concatenate([touch.other[same], own[shared]])
    part = joined(len(seeds.hint), one, other)
    first, area = np.unique(part, return_inverse=True)
    return area.astype(np.int32), seeds.hint[first]


def spread_planes(
    spread: Spread, hints: Hints, grid: tuple[int, int], page: tuple[float, float]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what a network sees of spread hints on a grid of cells.

    Each cell takes the pixel at its middle: (3, h, w), the colour of its hint, 0 where there is
    none; (1, h, w), how sure that is. All in [0, 1]; `transparent` counts as white.

    Args:
        spread: the hints, spread.
        hints: those.
        grid: rows and columns, h and w.
        page: how many of them the page covers; on the others is nothing.
    """
    middles = (
        ((np.arange(cells) + 0.5) * side / covered).astype(np.intp)
        for cells, covered, side in zip(grid, page, spread.labels.shape, strict=True)
    )
    at = np.ix_(*(k[k < side] for k, side in zip(middles, spread.labels.shape, strict=True)))
    table = palette(hints) / np.float32(255)
    flats = np.zeros((3, *grid), np.float32)
    sure = np.zeros((1, *grid), np.float32)
    inside = np.s_[:, : at[0].size, : at[1].size]
    flats[inside] = table[spread.labels[at]].transpose(2, 0, 1)
    sure[inside] = spread.sure[at] / np.float32(255)
    return flats, sure
