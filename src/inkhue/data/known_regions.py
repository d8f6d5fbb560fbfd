"""What a network that knows the regions sees of a crop: hints spread over them, and borders.

The same code finds and spreads as at a user's.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.hint_files import from_pixels
from inkhue.regions import Regions, find_regions, spread, spread_planes, surrounded
from inkhue.regions.areas import walls
from inkhue.regions.guarantee import mix

SCALE: Final = 4  # pixels to a cell
BESIDE: Final = 2  # pixels from a line; borders up to there are its own
RARE: Final = np.float32(6)  # what one counts that no line draws
BORDER, NO_BORDER = 90, 166  # least values of a cell's borders: up to, and from
WITH_BORDERS: Final = (
    0.5  # share of crops whose regions know the borders, where there are known ones
)
MISSED: Final = 0.15  # share of border patches that such regions miss
PATCH: Final = 8  # cells
FALSE: Final = 0.004  # share of cells that are taken for a border

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


def spread_hints(
    line: Bytes, hint: Floats, borders: Bytes, rng: np.random.Generator
) -> dict[str, NDArray[np.generic]]:
    """Spread a crop's hints.

    Args:
        line: (S, S), 255 = paper.
        hint: (4, S/4, S/4), RGB times mask, mask.
        borders: (S, S), see `inkhue.data.borders`.
        rng: for what the regions get to know of the borders.

    Returns:
        flats (3, h, w), sure (1, h, w), as the draft network takes them; around (3, h, w), see
        `inkhue.regions.surrounded`; area (S, S) int32, the part that takes one tone, -1 = none, and
        tone (3, S, S), its colour; run (3, S, S), what runs in from a part beside it; and what
        `known_borders` returns.
    """
    cells = known_borders(borders, line)
    given = cells["known"].any() and rng.random() < WITH_BORDERS
    regions = find_regions(line, believed(cells["border"][0], rng) if given else None)
    return planes(regions, hint) | cells


def known_borders(borders: Bytes, line: Bytes) -> dict[str, Floats]:
    """Return border (1, h, w), 1 where colours end, and known (1, h, w), how much a cell counts.

    0 where nobody can say, RARE where colours end that no line parts: those are few, and regions
    see the others in the lines.

    borders: (S, S), see `inkhue.data.borders`; line: (S, S), 255 = paper.
    """
    square = np.ones((2 * BESIDE + 1, 2 * BESIDE + 1), np.uint8)
    lined = cv2.dilate(walls(line).view(np.uint8), square) > 0
    border, known = to_cells(borders)
    bare, _ = to_cells(np.where(lined, np.uint8(255), borders))
    return {"border": border[None], "known": np.where(bare > 0, RARE, known)[None]}


def planes(regions: Regions, hint: Floats) -> dict[str, NDArray[np.generic]]:
    """Spread hints over regions, and describe how they would be obeyed."""
    rgba = np.rint(255 * hint.transpose(1, 2, 0)).astype(np.uint8)
    hints = from_pixels(np.repeat(np.repeat(rgba, SCALE, 0), SCALE, 1))
    found = spread(regions, hints)
    grid = (hint.shape[1], hint.shape[2])
    flats, sure = spread_planes(found, hints, grid, grid)
    around = surrounded(flats, sure)
    colors = np.array([h.color for h in hints] or [(0, 0, 0)], np.float32)
    tones = np.append(colors[found.tones], np.zeros((1, 3), np.float32), axis=0)
    tone = tones[found.areas]
    mixed = tone.astype(np.uint8)
    mix(mixed, found, colors)
    return {
        "flats": flats,
        "sure": sure,
        "around": around,
        "area": found.areas,
        "tone": as_planes(tone),
        "run": as_planes(mixed - tone),
    }


def as_planes(picture: Floats) -> Floats:
    """(S, S, 3) of 255 -> (3, S, S) of 1."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1)) / np.float32(255)


def to_cells(borders: Bytes) -> tuple[Floats, Floats]:
    """Reduce borders to cells: (h, w) 1 where there is one, (h, w) 1 where that is known."""
    least = cv2.erode(borders, np.ones((SCALE, SCALE), np.uint8), anchor=(0, 0))[::SCALE, ::SCALE]
    border = (least <= BORDER).astype(np.float32)
    known = border + (least >= NO_BORDER)
    return border, np.asarray(known, np.float32)


def believed(border: Floats, rng: np.random.Generator) -> Bytes:
    """Return a boundary map, (h, w) of 0 .. 15, as a network might make it of true borders."""
    shape = tuple(-(-side // PATCH) for side in border.shape)
    patches = (rng.random(shape) >= MISSED).astype(np.float32)
    seen = cv2.resize(patches, border.shape[::-1], interpolation=cv2.INTER_NEAREST)
    wrong = rng.random(border.shape) < FALSE
    return np.where((border * seen > 0) | wrong, 15, 0).astype(np.uint8)
