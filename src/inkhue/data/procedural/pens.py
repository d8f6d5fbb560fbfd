"""Pens: how a path becomes ink."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.data.procedural.curves import Points, Rng, ramp

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
SHIFT = 4  # bits behind the point in OpenCV's coordinates
FINEST = 1.7  # width of the thinnest line, pixels of the painted page
THIN = 1.9  # narrower strokes are of one width
STEP = 5.0  # pixels between the points of a dense path
SEAM = 0.04  # share of a closed outline that its stroke runs over its own start


@dataclass(frozen=True)
class Pen:
    """A hand with a pen. Lengths are shares of the page's side, or pixels once `on` a page."""

    width: float = 0.005
    pressure: float = 0.0  # 0 even .. 1 swelling between nothing and twice the width
    taper: float = 0.0  # share of a stroke over which each end grows thin
    wobble: float = 0.0
    passes: int = 1  # strokes for each line
    overshoot: float = 0.0  # how far strokes run over their ends
    gaps: float = 0.0  # gaps in each outline, on the average; 0: every outline is closed
    gap: float = 0.04  # a gap's typical length
    dark: float = 1.0  # 1 black
    grain: float = 0.0  # share of the ink that the paper's grain takes

    @property
    def even(self) -> bool:
        """Whether strokes are just their paths, of one width."""
        return not (self.wobble or self.pressure or self.taper or self.overshoot)

    def on(self, side: int) -> Pen:
        """Return the pen with its lengths in pixels of a page of this side."""
        return replace(
            self,
            width=max(self.width * side, FINEST),
            wobble=self.wobble * side,
            overshoot=self.overshoot * side,
            gap=self.gap * side,
        )


def draw_pen(rng: Rng) -> Pen:
    """Draw a pen; two of three leave gaps."""
    kind = str(
        rng.choice(["brush", "liner", "marker", "pencil", "sketch"], p=[0.3, 0.3, 0.16, 0.12, 0.12])
    )
    low, high = {"marker": (0.009, 0.026), "brush": (0.004, 0.012)}.get(kind, (0.0022, 0.007))
    free = kind in ("pencil", "sketch")
    leaves_gaps = rng.random() < 2 / 3
    return Pen(
        width=float(np.exp(rng.uniform(np.log(low), np.log(high)))),
        pressure=float(rng.uniform(0.3, 0.9)) if kind == "brush" else 0.3 * free,
        taper=float(rng.uniform(0.1, 0.45)) if kind in ("brush", "sketch") else 0.0,
        wobble=float(rng.choice([0, 0, 0.0006, 0.0015])) + 0.0008 * free,
        passes=int(rng.integers(2, 4)) if kind == "sketch" else 1,
        overshoot=float(rng.uniform(0, 0.015)) * free,
        gaps=float(rng.uniform(0.4, 2.5)) if leaves_gaps else 0.0,
        gap=float(np.exp(rng.uniform(np.log(0.012), np.log(0.08)))),
        dark=float(rng.uniform(0.4, 0.9)) if free or rng.random() < 0.15 else 1.0,
        grain=float(rng.uniform(0.3, 0.8)) * (kind == "pencil"),
    )


def stroke(
    ink: Bytes,
    path: Points,
    pen: Pen,
    rng: Rng,
    width: float,
    darkness: int = 255,
    *,
    closed: bool = False,
    gaps: bool = True,
) -> None:
    """Draw a path (N, 2) with a pen into `ink` (H, W), all in its pixels.

    A pen that leaves gaps leaves them in whatever is longer than a few of them.
    """
    if closed:
        path = np.concatenate([path, path[:1]])
    lengths = lengths_along(path)
    total = float(lengths[-1])
    if total < 1:
        return
    spans = gaps_left(total, pen, rng) if pen.gaps and gaps else [(0.0, total)]
    whole = closed and spans == [(0.0, total)]
    if whole:  # starts anywhere, and runs over its start
        path = around(path[:-1], int(rng.integers(len(path) - 1)), pen.taper > 0)
        lengths = lengths_along(path)
        total = float(lengths[-1])
        spans = [(0.0, total)]
    for start, end in spans:
        for _ in range(pen.passes):
            if pen.even and (start, end) == (0.0, total):
                line = path
            else:
                line = sampled(path, lengths, start, end)
            span(ink, line, pen, rng, width, darkness, whole=whole)


def lengths_along(path: Points) -> Floats:
    """Return the length of a path (N, 2) from its start to each of its points."""
    steps = path[1:] - path[:-1]
    return np.concatenate([[0.0], np.cumsum(np.sqrt(np.einsum("nd,nd->n", steps, steps)))])


def gaps_left(total: float, pen: Pen, rng: Rng) -> list[tuple[float, float]]:
    """Return what a pen draws of a path of this length: spans between its gaps."""
    count = int(rng.poisson(pen.gaps * min(1.0, 0.3 + total / (12 * pen.gap + 1))))
    if not count:
        return [(0.0, total)]
    cuts = np.sort(rng.uniform(0, total, count))
    sizes = pen.width + min(pen.gap, 0.12 * total) * rng.exponential(1, count)
    spans, start = [], 0.0
    for middle, size in zip(cuts.tolist(), sizes.tolist(), strict=True):
        if middle - size / 2 > start:
            spans.append((start, middle - size / 2))
        start = max(start, middle + size / 2)
    return [*spans, (start, total)] if start < total else spans


def around(loop: Points, first: int, over: bool) -> Points:
    """Return a loop as a path from its point `first` back to it, and a little further."""
    further = 1 + (int(SEAM * len(loop)) + 1 if over else 0)
    return np.concatenate([loop[first:], loop[:first], loop[first : first + further]])


def sampled(path: Points, lengths: Floats, start: float, end: float) -> Points:
    """Return a new path from one length to another, its points about STEP apart, corners kept."""
    first, last = np.searchsorted(lengths, (start, end)).tolist()
    line: Points = path[first : last + 1]
    dense = len(line) * STEP / (end - start + 1)
    if dense > 0.5 and start == 0:  # a smooth curve has points enough, or too many
        return np.concatenate([line[: -1 : max(1, int(dense))], line[-1:]])
    even = start + ramp(max(2, int((end - start) / STEP)), end - start)
    at = np.concatenate([even, lengths[first:last]]) if dense < 1 else even
    at.sort()
    line = np.empty((len(at), 2))
    line[:, 0] = np.interp(at, lengths, path[:, 0])
    line[:, 1] = np.interp(at, lengths, path[:, 1])
    return line


def span(
    ink: Bytes,
    path: Points,
    pen: Pen,
    rng: Rng,
    width: float,
    darkness: int,
    *,
    whole: bool,
) -> None:
    """Draw one stroke without gaps."""
    if pen.even:
        plain(ink, [path], width, darkness)
        return
    count = len(path)
    if pen.wobble:
        knots = rng.normal(0, pen.wobble, (2, 2 + count // 5))
        at, places = ramp(count, knots.shape[1] - 1), np.arange(knots.shape[1])
        path[:, 0] += np.interp(at, places, knots[0])
        path[:, 1] += np.interp(at, places, knots[1])
        if pen.passes > 1:
            path += rng.normal(0, pen.wobble * 2, 2)
    if pen.overshoot and not whole and count > 3:
        ends = path[[0, -1]] - path[[2, -3]]
        ends /= np.maximum(np.hypot(ends[:, 0], ends[:, 1]), 1e-6)[:, None]
        ends = path[[0, -1]] + ends * pen.overshoot * rng.random((2, 1))
        path = np.concatenate([ends[:1], path, ends[1:]])
    if width < THIN:
        plain(ink, [path], width, darkness)
        return
    fixed = np.rint(path * (1 << SHIFT)).astype(np.int32)
    thick = widths(len(fixed), pen, rng, width, whole=whole)
    for start, end in runs(thick):
        part = [fixed[start : end + 1]]
        cv2.polylines(ink, part, False, (darkness,), int(thick[start]), cv2.LINE_8, SHIFT)


def plain(ink: Bytes, paths: Sequence[Points], width: float, darkness: int) -> None:
    """Draw paths as they are, all of one width."""
    fixed = [np.rint(path * (1 << SHIFT)).astype(np.int32) for path in paths]
    thick = max(1, round(width))
    cv2.polylines(ink, fixed, False, (darkness,), thick, cv2.LINE_8, SHIFT)


def widths(count: int, pen: Pen, rng: Rng, width: float, *, whole: bool) -> NDArray[np.int64]:
    """Return a stroke's width at each of its points, whole pixels, at least 1."""
    share = np.ones(count)
    if pen.pressure:
        knots = 1 + pen.pressure * rng.uniform(-1, 1, 3 + count // 16)
        share = np.interp(ramp(count, len(knots) - 1), np.arange(len(knots)), knots)
    if pen.taper:
        t = ramp(count)
        share *= np.clip(np.minimum(t, 1 - t) / pen.taper, 0.45 if whole else 0.15, 1)
    # Few steps of width: each is one call of OpenCV's.
    coarse = max(1, round(width / 6))
    return np.asarray(np.maximum(np.rint(share * (width / coarse)) * coarse, 1), np.int64)


def runs(values: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Return the start and end of each run of equal values."""
    edges = [0, *((values[1:] != values[:-1]).nonzero()[0] + 1).tolist(), len(values)]
    return pairwise(edges)
