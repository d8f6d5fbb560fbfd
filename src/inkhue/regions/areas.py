"""The areas of a line drawing, found once: cells, what lies between them, and their pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.regions.cells import find_cells
from inkhue.regions.cuts import find_cuts
from inkhue.regions.graph import Graph, make_graph
from inkhue.regions.integers import squared_distance
from inkhue.regions.native import to_native, under_ink
from inkhue.regions.soft import find_reach

WORK_SIDE: Final = 768  # longest of the reduced page, pixels
VISIBLE: Final = 128  # line art from here on is less than half ink

BLACK: Final = 128  # line art of at most this is a wall
GREY: Final = 200  # and of at most this where its surroundings are lighter by
LIGHTER: Final = 16  # in the mean of
AROUND: Final = 13  # pixels square
BORDER_LEVEL: Final = 10  # of 16: a boundary map's level from here on is a boundary
BARE: Final = 4  # a bare page is as wide as if lines were this share of its side away
EDGE: Final = 4  # width of the way along the page's edge, pixels
EDGE_ROOM: Final = 64  # its least squared distance to the lines


@dataclass(frozen=True, eq=False)
class Regions:
    """A drawing's cells.

    Attributes:
        cells: (H, W) int32, the cell of each pixel, lines too; -1 on a page without paper.
        graph: what lies between the cells, in pixels of the reduced page.
        scale: pixels of the page to one of the reduced page.
        visible: (H, W) bool, where the page is less than half ink.
        reach: (h, w) uint8 of the reduced page, how far around a pixel neither line nor boundary
            is, see `inkhue.regions.soft`.
    """

    cells: NDArray[np.int32]
    graph: Graph
    scale: int
    visible: NDArray[np.bool_]
    reach: NDArray[np.uint8]

    def reduced(self, plane: NDArray[np.int32]) -> NDArray[np.int32]:
        """Look a plane of the page up at the middle of each pixel of the reduced page."""
        scale = self.scale
        at = (
            np.minimum(np.arange(small) * scale + scale // 2, side - 1)
            for small, side in zip(self.reach.shape, plane.shape, strict=True)
        )
        return plane if scale == 1 else plane[np.ix_(*at)]

    def enlarged(self, plane: NDArray[np.bool_], rows: slice) -> NDArray[np.bool_]:
        """Bring a plane of the reduced page to some rows of the page."""
        if self.scale == 1:
            return plane[rows]
        height, width = self.cells.shape
        rows_, columns = np.arange(height)[rows] // self.scale, np.arange(width) // self.scale
        return plane[np.ix_(rows_, columns)]


def find_regions(line: NDArray[np.uint8], boundary: NDArray[np.uint8] | None = None) -> Regions:
    """Find the areas of a drawing.

    Args:
        line: (H, W) uint8, 0 = ink, 255 = paper.
        boundary: (h, w) uint8 of 0 .. 15 over the whole page, where a network believes that
            colours end; of any size.
    """
    height, width = line.shape
    scale = -(-max(height, width) // WORK_SIDE)
    small = darkest(line, scale)
    wall = walls(small)
    paper = ~wall
    free = ~(wall | find_cuts(wall))
    if boundary is not None:
        free &= ~borders(boundary, line.shape, small.shape, scale)
    distance = squared_distance(free)
    if free.all():  # in whole numbers ways across a bare page would all be of length 0
        distance[:] = (min(free.shape) // BARE) ** 2
    reach = find_reach(free)
    # Cuts and boundaries are crossed in steps of one; only walls stop.
    distance[paper & ~free] = 1
    cells = find_cells(paper, distance)
    graph = make_graph(cells, along_edge(distance))
    cells = under_ink(cells)
    if scale > 1:
        cells = to_native(cells, paper, line > GREY, scale)
    return Regions(cells, graph, scale, line >= VISIBLE, reach)


def darkest(line: NDArray[np.uint8], scale: int) -> NDArray[np.uint8]:
    """Return the darkest pixel of each scale x scale block: thin lines stay closed."""
    if scale == 1:
        return line
    rows = np.minimum.reduceat(line, np.arange(0, line.shape[0], scale), axis=0)
    return np.minimum.reduceat(rows, np.arange(0, line.shape[1], scale), axis=1)


def walls(line: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return what is black, and what is darker than around: grey areas are none, grey lines are.

    The mean is over a square mirrored at the page's edge (the edge's pixels are not repeated).
    """
    side = (AROUND, AROUND)
    total = cv2.boxFilter(
        line, cv2.CV_32S, side, normalize=False, borderType=cv2.BORDER_REFLECT_101
    )
    darker = (line.astype(np.int32) + LIGHTER) * AROUND**2 <= total
    return np.asarray((line <= BLACK) | ((line <= GREY) & darker))


def borders(
    boundary: NDArray[np.uint8], page: tuple[int, ...], small: tuple[int, ...], scale: int
) -> NDArray[np.bool_]:
    """Look up the boundary at the middle of each pixel of the reduced page."""
    rows, columns = (
        np.minimum((2 * np.arange(n) + 1) * scale * of // (2 * length), of - 1)
        for n, of, length in zip(small, boundary.shape, page, strict=True)
    )
    return np.asarray(boundary[np.ix_(rows, columns)] >= BORDER_LEVEL)


def along_edge(distance: NDArray[np.int32]) -> NDArray[np.int32]:
    """Make the way along the page's edge as wide everywhere as it is at its widest.

    What surrounds a figure is one area, however little of it the page shows below or beside. A
    way ends where a line comes near the edge.
    """
    strip = distance >= EDGE_ROOM
    strip[EDGE:-EDGE, EDGE:-EDGE] = False
    count, found = cv2.connectedComponents(strip.view(np.uint8), connectivity=4)
    ways = np.asarray(found, np.int32)
    widest = np.zeros(count, np.int32)
    wide = distance.copy()
    np.maximum.at(widest, ways[strip], distance[strip])
    wide[strip] = widest[ways[strip]]
    return wide
