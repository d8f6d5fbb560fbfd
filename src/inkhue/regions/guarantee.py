"""The hint guarantee: the colour layer made to obey its hints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.hints import Hints
from inkhue.pixels import strips
from inkhue.regions.fill import Spread, palette

LEVELS: Final = 256
CONTRAST: Final = 40.0  # most that shading lightens or darkens a tone, of 255
STILL: Final = 14.0  # less of a deviation is no shading: a flat area is flat
STRENGTH: Final = 0.65  # of a deviation beyond that, what is kept of it (docs/light.md)
FULL_CONTRAST: Final = 160.0  # luma of tones from which shading has that strength
FADE_RADII: Final = 6.0  # shading sets in this far from a hint, in its radii
FADE_PAGE: Final = 40.0  # and at least this share of the page's longer side
AT_ONCE: Final = 1024  # areas whose histograms are made together
BAND: Final = 1 << 18  # pixels around hints that are blended together

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


def obey(
    layer: Bytes, hints: Hints, spread: Spread, share: float, rest: Bytes | None = None
) -> tuple[Bytes, tuple[str, ...]]:
    """Give hints' areas their colours, with the layer's shading as a deviation.

    An area's pixels are shifted until their mean is its hints' colour. Deviations lose STILL, the
    smallest all; what would leave 0 .. 255, or the contrast that shading is allowed, is bent back
    and the shift chosen so that the mean holds. Where hints meet in open space their colours then
    run into each other. On its own pixels each hint has its colour, exactly.

    Args:
        layer: (H, W, 3) uint8, the network's colours.
        hints: those of the spread.
        spread: of the page's size.
        share: in [0, 1]: 0 gives `rest`.
        rest: what the other share is of, likewise; by default the layer as it is.

    Returns:
        (H, W, 3) uint8, and a line about each hint that does nothing.
    """
    height, width = layer.shape[:2]
    rest = layer if rest is None else rest
    hints = hints.fitted(width, height)
    notes = tuple(note(hints, index) for index in spread.idle)
    if share == 0:
        return rest, notes
    colors = palette(hints).astype(np.float32)
    made = layer.copy()
    for first in range(0, len(spread.tones), AT_ONCE):
        tones = colors[spread.tones[first : first + AT_ONCE]]
        shade(layer, made, spread.areas, tones, first)
    owner = spread.labels.reshape(-1)[spread.held]
    set_in(made, spread, hints, owner, colors)
    mix(made, spread, colors)
    made.reshape(-1, 3)[spread.held] = colors[owner]
    if share < 1:
        for rows in strips(layer):
            old = rest[rows].astype(np.float32)
            made[rows] = np.rint(old + np.float32(share) * (made[rows] - old))
    return made, notes


def note(hints: Hints, index: int) -> str:
    """Say what is wrong with a hint that does nothing."""
    x, y = hints.items[index].points[0]
    return f"hint {index + 1} at ({x:.6g}, {y:.6g}) lies on ink, no paper near: it colours nothing"


def shade(layer: Bytes, made: Bytes, areas: NDArray[np.int32], tones: Floats, first: int) -> None:
    """Give the areas `first` and following their tones, (k, 3)."""
    # The last table is for pixels of other areas.
    size = (len(tones) + 1) * LEVELS
    counts = np.zeros((3, size), np.int64)
    bands = list(strips(layer))
    known: list[NDArray[np.int32]] = []
    for rows in bands:
        for channel, place in enumerate(places(layer[rows], areas[rows], first, len(tones))):
            counts[channel] += np.bincount(place.reshape(-1), minlength=size)
            if len(bands) == 1:
                known.append(place)
    own = counts[:, :-LEVELS].reshape(3, len(tones), LEVELS)
    tables = np.zeros((3, size), np.uint8)
    tables[:, :-LEVELS] = make_tables(own, tones.T).reshape(3, -1)
    for rows in bands:
        found = known or places(layer[rows], areas[rows], first, len(tones))
        shaded = [table.take(place) for table, place in zip(tables, found, strict=True)]
        inside = (areas[rows] >= first) & (areas[rows] < first + len(tones))
        layers = cv2.merge(shaded).reshape(made[rows].shape)
        cv2.copyTo(layers, inside.view(np.uint8), made[rows])


def places(
    layer: Bytes, areas: NDArray[np.int32], first: int, count: int
) -> Iterator[NDArray[np.int32]]:
    """Yield for each channel where in the tables of areas a strip's pixels stand, (h, w).

    Looked up are the layer's values with half of their colour taken out.
    """
    area = np.minimum((areas - np.int32(first)).view(np.uint32), np.uint32(count))
    begin = area.view(np.int32) * np.int32(LEVELS)
    luma = cv2.cvtColor(layer, cv2.COLOR_RGB2GRAY)
    for plane in cv2.split(layer):
        paler = cv2.addWeighted(plane, 0.5, luma, 0.5, 0).reshape(areas.shape)
        yield np.asarray(begin + paler, np.int32)


def make_tables(counts: NDArray[np.int64], tones: Floats) -> Bytes:
    """Make a table of 256 values for each channel and area, 0 for values that do not occur.

    counts: (3, k, 256), how often each value occurs. tones: (3, k), the means that are wanted.
    """
    wanted = tones.astype(np.float64)
    luma = np.array([77, 150, 29]) @ wanted / 256
    strength = STRENGTH * np.minimum(1, (luma + LEVELS / 4) / (FULL_CONTRAST + LEVELS / 4))
    mean = counts @ np.arange(LEVELS) / np.maximum(counts.sum(axis=-1), 1)
    # Only what occurs is worked on, each with the row of its table.
    present = np.flatnonzero(counts)
    row, value = np.divmod(present, LEVELS)
    number = counts.reshape(-1)[present].astype(np.float64)
    deviation = value - mean.reshape(-1)[row]
    deviation -= deviation.clip(-STILL, STILL)
    deviation *= (strength * np.ones((3, 1))).reshape(-1)[row]
    wanted = wanted.reshape(-1)
    limits = [np.maximum(np.minimum(room, CONTRAST), 1e-6)[row] for room in (wanted, 255 - wanted)]
    low, high = np.full(wanted.shape, -255.0), np.full(wanted.shape, 255.0)
    moved = np.zeros(counts.shape)
    for _ in range(18):
        middle = (low + high) / 2
        moved.reshape(-1)[present] = number * bent(deviation + middle[row], *limits)
        over = moved.sum(axis=-1).reshape(-1) > 0
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    tables = np.zeros(counts.shape, np.uint8)
    shifted = wanted[row] + bent(deviation + high[row], *limits)
    tables.reshape(-1)[present] = np.rint(shifted).clip(0, 255).astype(np.uint8)
    return tables


def bent(
    values: NDArray[np.float64], below: NDArray[np.float64], above: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Bring values smoothly between -below and above; small ones stay as they are."""
    bend = np.where(values < 0, below, above)
    np.square(np.divide(values, bend, out=bend), out=bend)
    bend += 1
    return np.asarray(np.divide(values, np.sqrt(bend, out=bend), out=bend))


def set_in(
    made: Bytes, spread: Spread, hints: Hints, owner: NDArray[np.int32], colors: Floats
) -> None:
    """Let shading set in softly around the hints, each in its own land."""
    some: list[Around] = []
    for around in surroundings(spread, hints, owner):
        some.append(around)
        if sum(len(each.pixels) for each in some) >= BAND:
            fade(made, some, colors)
            some = []
    fade(made, some, colors)


def softened(layer: Bytes, hints: Hints, spread: Spread) -> Bytes:
    """Return a layer, (H, W, 3), whose colours run together where hints meet in open space."""
    made = layer.copy()
    mix(made, spread, palette(hints).astype(np.float32))
    return made


def mix(made: Bytes, spread: Spread, colors: Floats) -> None:
    """Let colours run into each other where hints meet in open space: no line parts them there."""
    if not spread.soft.holds.any():
        return
    size = made.shape[1::-1]
    mixed = cv2.resize(spread.soft.mixed, size, interpolation=cv2.INTER_LINEAR)
    holds = cv2.resize(spread.soft.holds.view(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    for rows in strips(made):
        labels = spread.labels[rows].reshape(-1)
        at = np.flatnonzero(holds[rows].reshape(-1).view(np.bool_) & (labels >= 0))
        flat, soft = made[rows].reshape(-1, 3), mixed[rows].reshape(-1, 3)
        away = soft.take(at, 0) - colors.take(labels.take(at), 0)
        flat[at] = np.rint(flat.take(at, 0) + away).clip(0, 255).astype(np.uint8)


class Around(NamedTuple):
    """The pixels (flat indices) of a hint's land near it, and how far, of its reach, they are."""

    hint: int
    pixels: NDArray[np.intp]
    away: Floats


def surroundings(spread: Spread, hints: Hints, owner: NDArray[np.int32]) -> Iterator[Around]:
    """Look around each hint that holds pixels."""
    height, width = spread.labels.shape
    pixels = spread.held[np.argsort(owner, kind="stable")]
    number = np.bincount(owner, minlength=len(hints))
    start = np.cumsum(number) - number
    ys = pixels // width
    xs = pixels - ys * width
    holding = np.flatnonzero(number)
    left, right = (join.reduceat(xs, start[holding]) for join in (np.minimum, np.maximum))
    for index, x, x_end in zip(holding.tolist(), left.tolist(), right.tolist(), strict=True):
        at = slice(start[index], start[index] + number[index])
        y, y_end = int(ys[at][0]), int(ys[at][-1])  # in row order
        reach = max(FADE_RADII * hints.items[index].radius, max(height, width) / FADE_PAGE)
        top, left_ = max(0, int(y - reach)), max(0, int(x - reach))
        own = spread.labels[top : int(y_end + reach) + 2, left_ : int(x_end + reach) + 2] == index
        free = np.ones(own.shape, np.uint8)
        free[ys[at] - top, xs[at] - left_] = 0
        away = cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_5) / np.float32(reach)
        own &= away < 1
        near = np.flatnonzero(own)
        row = near // own.shape[1]
        first = top * width + left_
        yield Around(index, near + row * (width - own.shape[1]) + first, away.take(near))


def fade(made: Bytes, some: list[Around], colors: Floats) -> None:
    """Bring pixels near hints towards their colours: lands do not overlap."""
    if not some:
        return
    hints, pixels, aways = zip(*some, strict=True)
    hint = np.repeat(hints, [len(each) for each in pixels])
    at, away = np.concatenate(pixels), np.concatenate(aways)
    share, flat = away * away * (3 - 2 * away), made.reshape(-1, 3)
    for low in range(0, len(at), BAND):
        part = slice(low, low + BAND)
        here, color = at[part], colors.take(hint[part], 0)
        faded = color + share[part, None] * (flat.take(here, 0) - color)
        flat[here] = np.rint(faded).astype(np.uint8)
