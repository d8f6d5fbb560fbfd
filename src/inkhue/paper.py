"""The paper of a drawing and the ink on it: what colour the one is, how far from it the other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inkhue.pixels import WHITE, Rgb, strips

MEASURED = 2**16  # pixels whose distance to the paper is measured, at least


@dataclass(frozen=True)
class Paper:
    """The paper's colour as it is laid under the lines layer, and as ink is measured from it."""

    colour: Rgb
    tone: Rgb
    light: bool  # whether ink is darker than the paper, not lighter
    line_art: bool


def find_paper(rgb: NDArray[np.uint8]) -> Paper:
    """Find the most frequent light colour, or a dark one that covers nearly the whole page."""
    step = max(1, math.isqrt(rgb.shape[0] * rgb.shape[1] // 2**18))
    sample = rgb[::step, ::step]
    shares = _colour_shares(sample)
    lightness = np.indices(shares.shape).mean(axis=0)
    light_shares, dark_shares = shares * (lightness > 15.5), shares * (lightness <= 15.5)
    dark = dark_shares.max() >= max(0.5, 4 * light_shares.max())
    found = dark_shares if dark else light_shares
    if found.max() < 0.15:
        return Paper(WHITE, WHITE, light=True, line_art=False)
    # A grey tone can cover more of the page than the paper does, but is no lighter.
    enough = found.max() * (1 if dark else 0.5)
    peaks = (found == _with_neighbours(found, np.maximum)) & (found >= enough)
    cell = np.where(peaks, lightness, -1).argmax()
    centre = np.array(np.unravel_index(cell, found.shape)) * 8 + 3.5
    pixels = sample.reshape(-1, 3)
    pixels = pixels[:: max(1, len(pixels) // MEASURED)].astype(np.float32)
    near = pixels[(np.abs(pixels - centre) < 12).all(axis=1)]
    tone = np.median(near, axis=0)
    offset = (pixels - tone).mean(axis=1)
    light = not dark or bool((offset < -24).sum() >= (offset > 24).sum())
    # The far end of the paper's noise, not its middle: what is lighter than the paper can only
    # be given back by nearly opaque white, which would show as specks over the colour.
    colour = _as_rgb(np.percentile(near, 99 if light else 1, axis=0))
    towards_ink = (0 if light else 255) - tone
    along = (pixels - tone) @ towards_ink / max(float(towards_ink @ towards_ink), 1)
    aside = np.linalg.norm(pixels - tone - along[:, None] * towards_ink, axis=1)
    return Paper(
        colour=WHITE if min(colour) >= 250 else colour,
        tone=_as_rgb(tone),
        light=light,
        line_art=bool((aside > 32).mean() <= 0.15),
    )


def _as_rgb(values: NDArray[Any]) -> Rgb:
    red, green, blue = (round(float(value)) for value in values)
    return red, green, blue


def _colour_shares(sample: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the share of the page near each of 32x32x32 colours; the border counts double."""
    edge = max(1, min(sample.shape[:2]) // 20)
    weights = np.full(sample.shape[:2], 2.0)
    weights[edge:-edge, edge:-edge] = 1
    red, green, blue = np.moveaxis(sample // 8, 2, 0).astype(np.intp)
    cells = (red * 32 + green) * 32 + blue
    counts = np.bincount(cells.ravel(), weights.ravel(), 32**3).reshape(32, 32, 32)
    # Of neighbours that see the same colour, the cell that holds it wins.
    return (_with_neighbours(counts, np.add) + counts / 1024) / float(weights.sum())


def _with_neighbours(cells: NDArray[Any], join: np.ufunc) -> NDArray[Any]:
    """Join each cell with the 26 around it: their sum, or their maximum."""
    joined = np.pad(cells, 1)
    for axis in range(3):
        joined = join(join(joined, np.roll(joined, 1, axis)), np.roll(joined, -1, axis))
    return joined[1:-1, 1:-1, 1:-1]


def measure_ink(rgb: NDArray[np.uint8], paper: Paper) -> NDArray[np.float32]:
    """Return (H, W) ink: the distance to the paper's tone on the side where the ink is.

    The other side is noise or opaque white. A channel in which the paper itself is nearly ink
    (blue, on yellow paper) counts little.
    """
    tables = []
    for tone in paper.tone:
        offsets = distances(tone, floor=64)
        offsets[max(0, tone - 3) : tone + 4] = 0
        tables.append(np.clip(-offsets if paper.light else offsets, 0, 1))
    ink = np.empty(rgb.shape[:2], np.float32)
    for rows in strips(rgb):
        ink[rows] = largest(tables, rgb[rows])
    return ink


def has_lines_in_alpha(layer: NDArray[np.uint8]) -> bool:
    """Tell lines on nothing from a figure that was cut out and brings its own paper."""
    visible = layer[..., 3] >= 128
    paper_light = visible & (layer[..., :3].min(axis=2) >= 230)
    seen = int(visible.sum())
    return seen <= 0.9 * visible.size and 2 * int(paper_light.sum()) < max(seen, 1)


def distances(paper: float, floor: int = 1) -> NDArray[np.float32]:
    """Return how far each of the 256 values is from the paper's: -1 darkest .. 1 lightest."""
    offset = np.arange(256, dtype=np.float32) - np.float32(paper)
    reach = np.where(offset < 0, max(paper, floor), max(255 - paper, floor))
    return (offset / reach).astype(np.float32)


def largest(tables: list[NDArray[Any]], rgb: NDArray[np.uint8]) -> NDArray[Any]:
    """Look each channel of (H, W, 3) up in its table of 256; return the largest, (H, W)."""
    red, green, blue = (table[rgb[..., i]] for i, table in enumerate(tables))
    most: NDArray[Any] = np.maximum(np.maximum(red, green), blue)
    return most
