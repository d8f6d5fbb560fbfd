"""Hints for training and scoring, as cells of the draft's grid.

A rule draws cells of the picture and gives (4, h, w) float32: RGB times mask, mask (contract 4).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rule = Callable[[Floats, Floats, np.random.Generator], Floats]

GRID = 128  # side of the grid that counts of hints are given for

DENSE_FEWEST, DENSE_MOST = 300, GRID * GRID

MANY_FEWEST = 12

CI_CHANCE = 0.005

PEOPLE_NONE = 0.25  # share of pictures without any hint
PEOPLE_MOST = 80
PEOPLE_TYPICAL = 9.0  # median number of hints, where there are any


def protocol_cells(picture_id: str, number: int) -> NDArray[np.int64]:
    """Return the scoring protocol's cells: row-major places on the 128 x 128 grid."""
    seed = [zlib.crc32(picture_id.encode()), number]
    generator = np.random.Generator(np.random.PCG64(seed))
    return generator.choice(GRID * GRID, size=number, replace=False)


def place(cells: NDArray[np.int64], color: Floats) -> Floats:
    """Take the colour (h, w, 3), [0, 1], of each row-major cell as a hint."""
    height, width = color.shape[:2]
    hint = np.zeros((4, height * width), np.float32)
    hint[:3, cells] = color.reshape(-1, 3)[cells].T
    hint[3, cells] = 1
    return hint.reshape(4, height, width)


def count_for(number: float, grid: tuple[int, ...]) -> int:
    """Return a number of hints given for the 128 grid as it is for this grid's area."""
    return max(1, round(number * grid[0] * grid[1] / GRID**2)) if number else 0


def paper(color: Floats, line: Floats, rng: np.random.Generator) -> Floats:
    """Draw hints as the paper's first stage does: 40 % none, 42 % 2 to 15, 18 % 16 to 119."""
    share = rng.random()
    number = 0 if share < 0.40 else rng.integers(2, 16) if share < 0.82 else rng.integers(16, 120)
    return scatter(color, count_for(int(number), color.shape), rng)


def paper_colorize(color: Floats, line: Floats, rng: np.random.Generator) -> Floats:
    """Draw hints as the paper's second stage does: 16 to 127, never none."""
    return scatter(color, count_for(int(rng.integers(16, 128)), color.shape), rng)


def dense(color: Floats, line: Floats, rng: np.random.Generator) -> Floats:
    """Draw hints for 2 % to all of the cells, each magnitude as often.

    For a young network: from a picture that is all hints it learns first to take their colours.
    """
    number = np.exp(rng.uniform(np.log(DENSE_FEWEST), np.log(DENSE_MOST)))
    return scatter(color, count_for(number, color.shape), rng)


def many(color: Floats, line: Floats, rng: np.random.Generator) -> Floats:
    """Draw dots of 1 to 5 cells in the middle of areas, 12 to 300 of them, never none.

    Between `people` and `dense`: how far a colour reaches is learnt as the dots get fewer.
    """
    number = np.exp(rng.uniform(np.log(MANY_FEWEST), np.log(DENSE_FEWEST)))
    cells = middles(line, count_for(number, color.shape), rng)
    return widen(place(cells, color), int(rng.integers(0, 3)))


def ci2018(color: Floats, line: Floats, rng: np.random.Generator) -> Floats:
    """Draw hints as Ci et al. do: half of the pictures have none, else each cell has a chance.

    The chance is drawn anew for each picture, the size of a normal number of deviation 0.005.
    """
    chance = abs(rng.normal(0, CI_CHANCE)) if rng.random() < 0.5 else 0.0
    hinted = rng.random(color.shape[0] * color.shape[1]) < chance
    return place(np.flatnonzero(hinted), color)


def none(color: Floats, line: Floats, rng: np.random.Generator) -> Floats:
    """Draw no hints, for a network that takes its colours from elsewhere."""
    return np.zeros((4, *color.shape[:2]), np.float32)


def scatter(color: Floats, number: int, rng: np.random.Generator) -> Floats:
    """Take single cells anywhere; one picture in five has them widened to 3 x 3 cells."""
    height, width = color.shape[:2]
    cells = rng.choice(height * width, size=number, replace=False)
    hint = place(cells, color)
    return widen(hint, 1) if rng.random() < 0.2 else hint


def people(color: Floats, line: Floats, rng: np.random.Generator) -> Floats:
    """Draw hints as people give them: dots and short strokes in the middle of areas.

    Mostly 3 to 20, one picture in four without any; sizes of 1 to 5 cells; a colour now and then
    a little off. line (h, w) float32, 1 = paper.
    """
    hint = np.zeros((4, *color.shape[:2]), np.float32)
    if rng.random() < PEOPLE_NONE:
        return hint
    number = min(PEOPLE_MOST, rng.lognormal(np.log(PEOPLE_TYPICAL), 0.8))
    seen = cv2.blur(color, (3, 3)) if rng.random() < 0.5 else color
    off = rng.normal(0, 0.03, 3).astype(np.float32) if rng.random() < 0.2 else 0
    size = int(rng.choice([0, 1, 2], p=[0.45, 0.4, 0.15]))
    for cell in middles(line, count_for(number, color.shape), rng):
        row, column = divmod(int(cell), color.shape[1])
        rows, columns = dab(row, column, size, color.shape, rng)
        hint[:3, rows, columns] = np.clip(seen[row, column] + off, 0, 1)[:, None]
        hint[3, rows, columns] = 1
    return hint


def middles(line: Floats, number: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw cells, the likelier the farther they lie from any ink."""
    ground = (line > 0.6).astype(np.uint8)
    ground[[0, -1]] = 0
    ground[:, [0, -1]] = 0
    far = cv2.distanceTransform(ground, cv2.DIST_L2, 3).ravel().astype(np.float64)
    far = np.minimum(far, 6) ** 2 + 1e-4
    return rng.choice(far.size, size=min(number, far.size), replace=False, p=far / far.sum())


def dab(
    row: int, column: int, size: int, shape: tuple[int, ...], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows and columns of a dot of this radius, or of a short stroke of it."""
    around = np.arange(-size, size + 1)
    down, right = (a.ravel() for a in np.meshgrid(around, around, indexing="ij"))
    inside = down**2 + right**2 <= (size + 0.5) ** 2
    down, right = down[inside], right[inside]
    if rng.random() < 0.25:
        angle, length = rng.uniform(0, np.pi), rng.uniform(1, 5)
        along = np.linspace(-length / 2, length / 2, 9)
        down = (down[:, None] + np.rint(along * np.sin(angle))).ravel().astype(np.int64)
        right = (right[:, None] + np.rint(along * np.cos(angle))).ravel().astype(np.int64)
    rows = np.clip(row + down, 0, shape[0] - 1)
    columns = np.clip(column + right, 0, shape[1] - 1)
    return rows, columns


def widen(hint: Floats, cells: int) -> Floats:
    """Widen every hint by this many cells to each side; where two meet, one of them is taken."""
    mask = cv2.dilate(hint[3], np.ones((2 * cells + 1,) * 2, np.uint8))
    _, nearest = cv2.distanceTransformWithLabels(
        (hint[3] == 0).astype(np.uint8), cv2.DIST_C, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    owner = np.zeros(int(nearest.max()) + 1, np.int64)
    owner[nearest[hint[3] > 0]] = np.flatnonzero(hint[3])
    color = hint[:3].reshape(3, -1)[:, owner[nearest]]
    return np.concatenate([color * mask, mask[None]]).astype(np.float32)


RULES: dict[str, Rule] = {
    "paper": paper,
    "paper-colorize": paper_colorize,
    "people": people,
    "many": many,
    "dense": dense,
    "ci2018": ci2018,
    "none": none,
}
