"""The paper of a drawing and the ink on it: what colour the one is, how far from it the other."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.pixels import WHITE, Rgb, strips

MEASURED = 2**16  # pixels whose distance to the paper is measured, at least
LEVELS = 32  # of each channel, in which colours are counted
STEP = 256 // LEVELS


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
    sample = np.ascontiguousarray(rgb[::step, ::step])
    shares = _colour_shares(sample)
    level = np.arange(LEVELS)
    lightness = (level[:, None, None] + level[:, None] + level) / 3
    light_shares, dark_shares = shares * (lightness > 15.5), shares * (lightness <= 15.5)
    dark = dark_shares.max() >= max(0.5, 4 * light_shares.max())
    found = dark_shares if dark else light_shares
    if found.max() < 0.15:
        return Paper(WHITE, WHITE, light=True, line_art=False)
    # A grey tone can cover more of the page than the paper does, but is no lighter.
    enough = found.max() * (1 if dark else 0.5)
    peaks = (found == _with_neighbours(found, np.maximum)) & (found >= enough)
    cell = np.where(peaks, lightness, -1).argmax()
    corner = np.array(np.unravel_index(cell, found.shape)) * STEP
    pixels = sample.reshape(-1, 3)
    pixels = np.ascontiguousarray(pixels[:: max(1, len(pixels) // MEASURED)])
    near = _sorted_channels(pixels, corner - STEP, corner + 2 * STEP - 1)
    tone = np.array([np.median(values) for values in near], np.float32)
    offset = pixels - tone
    light = not dark or _mostly_darker(offset)
    # The far end of the paper's noise, not its middle: what is lighter than the paper can only
    # be given back by nearly opaque white, which would show as specks over the colour.
    colour = _as_rgb([np.percentile(values, 99 if light else 1) for values in near])
    towards_ink = (0 if light else 255) - tone
    along = offset @ towards_ink / max(float(towards_ink @ towards_ink), 1)
    red, green, blue = (offset[:, k] - along * towards_ink[k] for k in range(3))
    aside = np.sqrt(red * red + green * green + blue * blue)
    return Paper(
        colour=WHITE if min(colour) >= 250 else colour,
        tone=_as_rgb(tone),
        light=light,
        line_art=bool((aside > 32).mean() <= 0.15),
    )


def _as_rgb(values: Iterable[Any]) -> Rgb:
    red, green, blue = (round(float(value)) for value in values)
    return red, green, blue


def _colour_shares(sample: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the share of the page near each of 32x32x32 colours; the border counts double."""
    edge = max(1, min(sample.shape[:2]) // 20)
    border = np.ones(sample.shape[:2], np.uint8)
    border[edge:-edge, edge:-edge] = 0
    whole, again = (
        cv2.calcHist([sample], [0, 1, 2], mask, [LEVELS] * 3, [0, 256] * 3)
        for mask in (None, border)
    )
    counts = np.add(whole, again, dtype=np.float64)
    # Of neighbours that see the same colour, the cell that holds it wins.
    shares = (_with_neighbours(counts, np.add) + counts / 1024) / float(counts.sum())
    return np.asarray(shares, np.float64)


def _with_neighbours(cells: NDArray[Any], join: np.ufunc) -> NDArray[Any]:
    """Join each cell with the 26 around it: their sum, or their maximum."""
    joined = np.pad(cells, 1)
    for axis in range(3):
        before, here, after = (joined.take(range(k, LEVELS + k), axis) for k in range(3))
        joined = join(join(before, here), after)
    return joined


def _sorted_channels(
    pixels: NDArray[np.uint8], low: NDArray[np.intp], high: NDArray[np.intp]
) -> list[NDArray[np.float32]]:
    """Return the sorted values of each channel of the pixels, (n, 3), from low to high."""
    inside = cv2.inRange(pixels[None], low.astype(np.float64), high.astype(np.float64))
    counts = (
        cv2.calcHist([pixels[None]], [channel], inside, [256], [0, 256]) for channel in range(3)
    )
    values = np.arange(256, dtype=np.float32)
    return [np.repeat(values, count.reshape(-1).astype(np.intp)) for count in counts]


def _mostly_darker(offset: NDArray[np.float32]) -> bool:
    """Tell whether more of the colours (n, 3) are far darker than 0 than are far lighter."""
    lighter = offset.mean(axis=1)
    return bool((lighter < -24).sum() >= (lighter > 24).sum())


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
    found = (cv2.LUT(plane, table) for plane, table in zip(cv2.split(rgb), tables, strict=True))
    red, green, blue = found
    return cv2.max(cv2.max(red, green), blue).reshape(rgb.shape[:2])
