"""The hint guarantee: the colour layer made to obey its hints."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.hints import Hints
from inkhue.pixels import WHITE, strips
from inkhue.regions.fill import Spread

LEVELS: Final = 256
CONTRAST: Final = 40.0  # most that shading lightens or darkens a tone, of 255
FULL_CONTRAST: Final = 160.0  # luma of tones from which shading is as strong as in the layer
FADE_RADII: Final = 6.0  # shading sets in this far from a hint, in its radii
FADE_PAGE: Final = 40.0  # and at least this share of the page's longer side
AT_ONCE: Final = 1024  # areas whose histograms are made together

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


def obey(layer: Bytes, hints: Hints, spread: Spread, share: float) -> tuple[Bytes, tuple[str, ...]]:
    """Give hints' areas their colours, with the layer's shading as a deviation.

    An area's pixels are shifted until their mean is its hints' colour; what would leave
    0 .. 255, or the contrast that shading is allowed, is bent back and the shift chosen so that
    the mean holds. On its own pixels each hint has its colour, exactly.

    Args:
        layer: (H, W, 3) uint8, the network's colours.
        hints: those of the spread.
        spread: of the page's size.
        share: in [0, 1]: 0 leaves the layer as it is.

    Returns:
        (H, W, 3) uint8, and a line about each hint that does nothing.
    """
    height, width = layer.shape[:2]
    hints = hints.fitted(width, height)
    notes = tuple(note(hints, index) for index in spread.idle)
    if share == 0 or not (len(spread.tones) or len(spread.held)):
        return layer, notes
    colors = np.array([hint.color or WHITE for hint in hints], np.float32).reshape(-1, 3)
    made = layer.copy()
    for first in range(0, len(spread.tones), AT_ONCE):
        tones = colors[spread.tones[first : first + AT_ONCE]]
        shade(layer, made, spread.areas, tones, first)
    owner = spread.labels.reshape(-1)[spread.held]
    set_in(made, spread, hints, owner, colors)
    made.reshape(-1, 3)[spread.held] = colors[owner]
    if share < 1:
        for rows in strips(layer):
            old = layer[rows].astype(np.float32)
            made[rows] = np.rint(old + np.float32(share) * (made[rows] - old))
    return made, notes


def note(hints: Hints, index: int) -> str:
    """Say what is wrong with a hint that does nothing."""
    x, y = hints.items[index].points[0]
    return f"hint {index + 1} at ({x:.6g}, {y:.6g}) lies on ink, no paper near: it colours nothing"


def shade(layer: Bytes, made: Bytes, areas: NDArray[np.int32], tones: Floats, first: int) -> None:
    """Give the areas `first` and following their tones, (k, 3)."""
    # The first table is for pixels of other areas.
    counts = np.zeros((3, (len(tones) + 1) * LEVELS), np.int64)
    for rows in strips(layer):
        place, values = shadings(layer[rows], areas[rows], first, len(tones))
        for channel in range(3):
            index = (place + values[..., channel]).reshape(-1)
            counts[channel] += np.bincount(index, minlength=counts.shape[1])
    own = counts[:, LEVELS:].reshape(3, len(tones), LEVELS)
    tables = make_tables(own.transpose(1, 0, 2), tones).transpose(1, 0, 2).reshape(3, -1)
    tables = np.pad(tables, ((0, 0), (LEVELS, 0)))
    for rows in strips(layer):
        place, values = shadings(layer[rows], areas[rows], first, len(tones))
        inside = place > 0
        for channel in range(3):
            shaded = tables[channel].take(place + values[..., channel])
            np.copyto(made[rows, :, channel], shaded, where=inside)


def shadings(
    layer: Bytes, areas: NDArray[np.int32], first: int, count: int
) -> tuple[NDArray[np.int32], Bytes]:
    """Return where the tables of a strip's areas begin, 0 for others, and its values.

    The values, (h, w, 3) uint8, are the layer's with half of its colour taken out.
    """
    place = areas - np.int32(first - 1)
    place[(place < 0) | (place > count)] = 0
    luma = cv2.cvtColor(layer, cv2.COLOR_RGB2GRAY)
    grey = cv2.merge([luma, luma, luma])
    values = cv2.addWeighted(layer, 0.5, grey, 0.5, 0).reshape(layer.shape)
    return np.asarray(place * LEVELS, np.int32), np.asarray(values, np.uint8)


def make_tables(counts: NDArray[np.int64], tones: Floats) -> Bytes:
    """Make a table of 256 values for each area and channel.

    counts: (k, 3, 256), how often each value occurs. tones: (k, 3), the means that are wanted.
    """
    values = np.arange(LEVELS, dtype=np.float64)
    wanted = tones.astype(np.float64)[..., None]
    number = np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    mean = (counts * values).sum(axis=-1, keepdims=True) / number
    luma = wanted.reshape(len(tones), 3) @ np.array([77, 150, 29]) / 256
    strength = np.minimum(1, (luma + LEVELS / 4) / (FULL_CONTRAST + LEVELS / 4))[:, None, None]
    deviation = strength * (values - mean)
    below, above = np.minimum(wanted, CONTRAST), np.minimum(255 - wanted, CONTRAST)
    low, high = np.full(mean.shape, -255.0), np.full(mean.shape, 255.0)
    for _ in range(18):
        middle = (low + high) / 2
        over = (counts * bent(deviation + middle, below, above)).sum(axis=-1, keepdims=True) > 0
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    shifted = wanted + bent(deviation + high, below, above)
    return np.rint(shifted).clip(0, 255).astype(np.uint8)


def bent(
    values: NDArray[np.float64], below: NDArray[np.float64], above: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Bring values smoothly between -below and above; small ones stay as they are."""
    limit = np.maximum(np.where(values < 0, below, above), 1e-6)
    return np.asarray(values / np.sqrt(1 + np.square(values / limit)))


def set_in(
    made: Bytes, spread: Spread, hints: Hints, owner: NDArray[np.int32], colors: Floats
) -> None:
    """Let shading set in softly around the hints, each in its own land."""
    height, width = spread.labels.shape
    order = np.argsort(owner, kind="stable")
    ends = np.cumsum(np.bincount(owner, minlength=len(hints)))
    for index, hint in enumerate(hints):
        pixels = spread.held[order[ends[index - 1] if index else 0 : ends[index]]]
        if not len(pixels):
            continue
        reach = max(FADE_RADII * hint.radius, max(height, width) / FADE_PAGE)
        ys, xs = np.divmod(pixels, width)
        top, left = (max(0, int(at.min() - reach)) for at in (ys, xs))
        crop = np.s_[top : int(ys.max() + reach) + 2, left : int(xs.max() + reach) + 2]
        own = spread.labels[crop] == index
        free = np.ones(own.shape, np.uint8)
        free[ys - top, xs - left] = 0
        away = cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_5) / np.float32(reach)
        own &= away < 1
        share = (away * away * (3 - 2 * away))[own][:, None]
        part = made[crop]
        part[own] = np.rint(colors[index] + share * (part[own] - colors[index]))
