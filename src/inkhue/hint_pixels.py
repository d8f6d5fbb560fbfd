"""Which pixels dots and strokes cover, and which cells of a coarser grid those fall into.

Coordinates are those of `inkhue.hints`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

# Pixels nearer than this to a hint's border are measured one by one; rounding is far smaller.
SLACK = 0.01

# For each cell of an axis the pixels [start, stop) that fall into it.
Spans: TypeAlias = tuple[NDArray[np.intp], NDArray[np.intp]]


class Stroke(NamedTuple):
    """A dot (one point) or a stroke (several), and its place among the hints."""

    place: int
    points: tuple[tuple[float, float], ...]
    radius: float


def paint_strokes(owner: NDArray[np.int32], strokes: Sequence[Stroke]) -> None:
    """Set the pixels of `owner`, (H, W), to the index of the latest stroke on them.

    The order of work does not matter: the latest is the largest index.
    """
    if not strokes:
        return
    height, width = owner.shape
    flat = owner.reshape(-1)
    for index, points, _ in strokes:
        for x, y in points:
            spot = min(int(y), height - 1) * width + min(int(x), width - 1)
            flat[spot] = max(flat[spot], index)
    segments = _segments(strokes, width + height + 1.0)
    first, stop = _row_range(segments, height)
    for batch in _batches(stop - first, 1 << 16):
        which, rows = counted(first[batch], stop[batch])
        runs = segments[:, batch][:, which]
        start, end = _row_pixels(runs, rows, SLACK, width)
        sure, unsure = _row_pixels(runs, rows, -SLACK, width)
        none = sure >= unsure
        sure, unsure = np.where(none, end, sure), np.where(none, end, unsure)
        _paint_runs(owner, runs, rows, (start, sure), test=True)
        _paint_runs(owner, runs, rows, (sure, unsure), test=False)
        _paint_runs(owner, runs, rows, (unsure, end), test=True)


def _segments(strokes: Sequence[Stroke], longest: float) -> NDArray[np.float64]:
    """Return (7, n): ax, ay, dx, dy, radius (at most `longest`), radius squared, hint's index."""
    starts: list[tuple[float, float]] = []
    ends: list[tuple[float, float]] = []
    rest: list[tuple[float, float, int]] = []
    for index, points, radius in strokes:
        starts += points[:-1] or points
        ends += points[1:] or points
        rest += [(min(radius, longest), radius * radius, index)] * (len(starts) - len(rest))
    a = np.array(starts)
    return np.ascontiguousarray(np.hstack([a, np.array(ends) - a, np.array(rest)]).T)


def _row_range(segments: NDArray[np.float64], height: int) -> Spans:
    _, ay, _, dy, radius = segments[:5]
    first = np.floor(np.minimum(ay, ay + dy) - radius - 1)
    stop = np.ceil(np.maximum(ay, ay + dy) + radius + 1)
    return first.clip(0, height).astype(np.intp), stop.clip(0, height).astype(np.intp)


def _row_pixels(
    runs: NDArray[np.float64], rows: NDArray[np.intp], slack: float, width: int
) -> Spans:
    """Return which pixels [start, stop) of its row each segment, `slack` thicker, covers.

    A segment and what is near it is convex: in a row it reaches from the leftmost to the
    rightmost of its two round ends and two straight sides.
    """
    ax, ay, dx, dy, radius = runs[:5]
    radius = radius + slack
    y = rows + 0.5
    left, right = np.full(len(y), np.inf), np.full(len(y), -np.inf)

    def reach(low: NDArray[np.float64], high: NDArray[np.float64], where: NDArray[Any]) -> None:
        np.minimum(left, low, out=left, where=where & (radius >= 0))
        np.maximum(right, high, out=right, where=where & (radius >= 0))

    for ex, ey in ((ax, ay), (ax + dx, ay + dy)):
        square = radius * radius - (y - ey) ** 2
        half = np.sqrt(np.maximum(square, 0))
        reach(ex - half, ex + half, square >= 0)
    # Without slope the ends have said it all; next to none may overflow and is then left out.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        scale = radius / np.hypot(dx, dy)
        for side in (-scale, scale):
            share = (y - ay - side * dx) / dy
            x = ax - side * dy + share * dx
            reach(x, x, (share >= 0) & (share <= 1))
    start, stop = np.ceil(left - 0.5), np.floor(right - 0.5) + 1
    return start.clip(0, width).astype(np.intp), stop.clip(0, width).astype(np.intp)


def _paint_runs(
    owner: NDArray[np.int32],
    runs: NDArray[np.float64],
    rows: NDArray[np.intp],
    pixels: Spans,
    *,
    test: bool,
) -> None:
    """Set pixels [start, stop) of each run's row, or with `test` those within the radius."""
    start, stop = pixels
    indices = runs[6].astype(np.int32)
    for part in _batches(stop - start, 1 << 20):
        run, xs = counted(start[part], stop[part])
        run += part.start
        if test:
            hit = _within(runs[:, run], xs, rows[run])
            run, xs = run[hit], xs[hit]
        np.maximum.at(owner.reshape(-1), rows[run] * owner.shape[1] + xs, indices[run])


def _within(
    segments: NDArray[np.float64], xs: NDArray[np.intp], ys: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Return whether each pixel's centre is within the radius of its segment a .. a + d.

    Other programs must get the same pixels: q = centre - a,
    t = (qx*dx + qy*dy) / (dx*dx + dy*dy) cut to [0, 1] (a divisor of 0 becomes 1),
    covered if (qx - t*dx)^2 + (qy - t*dy)^2 <= radius*radius, all in float64.
    """
    ax, ay, dx, dy, _, square, _ = segments
    qx, qy = xs + 0.5 - ax, ys + 0.5 - ay
    length = dx * dx + dy * dy
    with np.errstate(over="ignore"):  # a segment shorter than 1e-150
        t = np.clip((qx * dx + qy * dy) / np.where(length == 0, 1.0, length), 0.0, 1.0)
    ex, ey = qx - t * dx, qy - t * dy
    return np.asarray(ex * ex + ey * ey <= square)


def counted(start: NDArray[np.intp], stop: NDArray[np.intp]) -> Spans:
    """Return start[i], start[i] + 1 .. stop[i] - 1 for all i in a row, with the i of each."""
    count = np.maximum(stop - start, 0)
    which = np.repeat(np.arange(len(count)), count)
    skipped = np.cumsum(count) - count - start
    return which, np.arange(len(which)) - skipped[which]


def _batches(counts: NDArray[np.intp], limit: int) -> Iterator[slice]:
    """Cut a list into parts whose counts add up to about `limit` at most: bounds the memory."""
    ends = np.cumsum(np.maximum(counts, 0))
    low = 0
    while low < len(ends):
        done = ends[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(ends, done + limit, "right")))
        yield slice(low, high)
        low = high


def spans(pixels: int, cells: int, extent: float) -> Spans:
    """Return for each cell of an axis the pixels whose centres fall into it.

    A cell without any takes the pixel that holds its own centre, none beyond the page. Every
    pixel falls into a cell. `extent` is the grid's length in pixels, not less than the page's.
    """
    if cells < 1 or extent <= pixels - 0.5:
        raise ValueError(f"a grid of {cells} cells over {extent} pixels cannot hold {pixels}")
    grid = np.arange(cells)
    cell = np.floor((np.arange(pixels) + 0.5) * cells / extent).astype(np.intp)
    cell = np.minimum(cell, cells - 1)
    starts, stops = np.searchsorted(cell, grid, "left"), np.searchsorted(cell, grid, "right")
    own = np.floor((grid + 0.5) * extent / cells).astype(np.intp)
    lone = (starts == stops) & (own < pixels)
    return np.where(lone, own, starts), np.where(lone, own + 1, stops)


def pooled(values: NDArray[Any], columns: Spans, rows: Spans, *, nothing: int) -> NDArray[Any]:
    """Return the largest value in each cell, `nothing` in cells without pixels."""
    for spans in (rows, columns):
        pooled = np.full((len(spans[0]), values.shape[1]), nothing, values.dtype)
        for out, start, stop in zip(pooled, *spans, strict=True):
            if start < stop:
                np.max(values[start:stop], axis=0, out=out)
        values = np.ascontiguousarray(pooled.T)
    return values


def scaled(
    x: int, y: int, pixels: NDArray[np.bool_], columns: Spans, rows: Spans
) -> tuple[int, int, NDArray[np.bool_]]:
    """Pool a crop of the page at (x, y); return the crop of the grid, its corner first."""

    def part(spans: Spans, first: int, count: int) -> tuple[int, Spans]:
        starts, stops = spans
        low = int(np.searchsorted(stops, first, "right"))
        high = int(np.searchsorted(starts, first + count, "left"))
        cut = [np.clip(ends[low:high] - first, 0, count) for ends in spans]
        return low, (cut[0], cut[1])

    top, inner_rows = part(rows, y, pixels.shape[0])
    left, inner_columns = part(columns, x, pixels.shape[1])
    return left, top, pooled(pixels, inner_columns, inner_rows, nothing=False)
