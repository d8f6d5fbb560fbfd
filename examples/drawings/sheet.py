"""A sheet of paper, a pen whose line swells and thins, and white paint to hide what lies behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np

from .curves import STEP, Path, Points, clockwise, ellipse, length, normals, resample, trace, turned

SHADE = np.array([0.45, 0.9])
"""Outlines grow heavier where they face this way: light falls from the upper left."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """A line along points (N, 2) with a width at each."""

    points: Points
    widths: Points
    closed: bool
    opacity: float = 1
    grey: int = 0


@dataclass(frozen=True, eq=False)
class Paint:
    """An area filled with one grey, 0 black .. 255 white."""

    points: Points
    grey: int


@dataclass(frozen=True, eq=False)
class Clip:
    """From here on marks show inside the outline alone; None ends the latest clip."""

    points: Points | None


Mark = Stroke | Paint | Clip


class Sheet:
    """Marks in the order of drawing; later ones lie over earlier ones.

    Coordinates are pixels of the page, seen through the placements that are open (`placed`).
    """

    def __init__(
        self, width: int, height: int, *, seed: int, wobble: float = 0.6, grain: float = 0
    ) -> None:
        """`wobble`: how far the hand strays in pixels; `grain`: how rough the paper is, 0 to 1."""
        self.width, self.height = width, height
        self.rng = np.random.default_rng(seed)
        self.grain = grain
        self.marks: list[Mark] = []
        self.weight = 1.0
        self._wobble = wobble
        self._turn = np.eye(2)
        self._shift = np.zeros(2)

    @contextmanager
    def placed(
        self,
        x: float,
        y: float,
        scale: float = 1,
        angle: float = 0,
        *,
        flip: bool = False,
        weight: float = 1,
    ) -> Iterator[None]:
        """Draw around (x, y), scaled and turned clockwise; `weight` scales the line widths."""
        before = self._turn, self._shift, self.weight
        self._shift = np.array([x, y]) @ self._turn + self._shift
        mirror = np.diag([-1.0 if flip else 1.0, 1.0])
        self._turn = mirror @ turned(np.eye(2), angle) * scale @ self._turn
        self.weight *= weight
        yield
        self._turn, self._shift, self.weight = before

    @contextmanager
    def inside(self, path: Path) -> Iterator[None]:
        """Show what is drawn inside the closed path alone."""
        self.marks.append(Clip(self._on_page(trace(path, closed=True))))
        yield
        self.marks.append(Clip(None))

    def _on_page(self, points: Points) -> Points:
        return points @ self._turn + self._shift

    def fill(self, path: Path, grey: int = 255) -> None:
        """Paint a closed path without an outline."""
        self.marks.append(Paint(self._on_page(trace(path, closed=True)), grey))

    def shape(self, path: Path, width: float = 4.5, grey: int = 255) -> None:
        """Paint a closed path and ink its outline, heavier on the side away from the light."""
        points = resample(self._on_page(trace(path, closed=True)), closed=True)
        points = self._stray(points, closed=True)
        self.marks.append(Paint(points, grey))
        outward = normals(points, closed=True)
        if not clockwise(points):
            outward = -outward
        shade = _smoothed(outward @ SHADE, 9)
        widths = self.weight * width * (1 + 0.38 * shade) * self._pressure(len(points), closed=True)
        self._ink(points, widths, closed=True)

    def line(self, path: Path, width: float = 3.5, ends: str = "both") -> None:
        """Ink an open path; `ends` says which run out thin: both, start, end or none."""
        points = resample(self._on_page(trace(path)))
        points = self._stray(points, closed=False)
        at = length(points)
        reach = max(0.4 * at[-1], 1e-6)
        start = np.clip(at / reach, 0, 1) if ends in ("both", "start") else np.ones(len(at))
        end = np.clip((at[-1] - at) / reach, 0, 1) if ends in ("both", "end") else np.ones(len(at))
        swell = np.sin(np.pi / 2 * start) ** 0.8 * np.sin(np.pi / 2 * end) ** 0.8
        widths = self.weight * width * (0.22 + 0.78 * swell)
        widths = widths * self._pressure(len(points), closed=False)
        self._ink(points, widths, closed=False)

    def lines(self, paths: str, width: float = 3, ends: str = "both") -> None:
        """Ink several open paths, separated by |."""
        for path in paths.split("|"):
            self.line(path, width, ends)

    def band(self, path: Path, width: float, grey: int = 0) -> None:
        """Draw a plain line of even width, as a felt-tip draws, in one grey."""
        points = self._on_page(trace(path))
        widths = np.full(len(points), self.weight * width)
        self.marks.append(Stroke(points, widths, closed=False, grey=grey))

    def dot(self, x: float, y: float, radius: float, grey: int = 0) -> None:
        """Paint a round spot without an outline."""
        self.fill(ellipse(x, y, radius, radius), grey)

    def _ink(self, points: Points, widths: Points, *, closed: bool) -> None:
        self.marks.append(Stroke(points, widths, closed))

    def _stray(self, points: Points, *, closed: bool) -> Points:
        """Let the hand wander a little across the line."""
        if not self._wobble:
            return points
        drift = self._noise(len(points), 14, closed=closed) * self._wobble
        return points + normals(points, closed=closed) * drift[:, None]

    def _pressure(self, count: int, *, closed: bool) -> Points:
        return 1 + 0.12 * self._noise(count, 22, closed=closed)

    def _noise(self, count: int, period: int, *, closed: bool) -> Points:
        """Return smooth noise of about -1 to 1 that turns over in about `period` points."""
        knots = self.rng.standard_normal(count // period + 4) * 0.6
        if closed:
            knots[-1] = knots[0]
        at = np.linspace(0, len(knots) - 1, count)
        return _smoothed(np.interp(at, np.arange(len(knots)), knots), period // 2)


class PencilSheet(Sheet):
    """The same marks drawn as one sketches: thin, grey, in short strokes that overlap."""

    def _ink(self, points: Points, widths: Points, *, closed: bool) -> None:
        if closed:
            start = int(self.rng.integers(len(points)))
            order = np.arange(start, start + len(points) + 5) % len(points)
            points, widths = points[order], widths[order]
        for opacity in (0.5, 0.36):
            first = 0
            while first < len(points) - 2:
                last = first + int(self.rng.integers(30, 80))
                self._piece(points[first:last], widths[first:last], opacity)
                first = last - int(self.rng.integers(4, 10))

    def _piece(self, points: Points, widths: Points, opacity: float) -> None:
        """Lay one light stroke, a pixel or so beside the line and a little turned."""
        count = len(points)
        if count < 3:
            return
        drift = self.rng.normal(0, 0.6) + np.linspace(-1, 1, count) * self.rng.normal(0, 0.8)
        drift = drift * min(1, count / 15)
        points = points + normals(points) * drift[:, None]
        ends = np.sin(np.pi * np.linspace(0.12, 0.88, count)) ** 0.6
        thin = (1.1 + 0.26 * widths) * ends * self._pressure(count, closed=False)
        self.marks.append(Stroke(points, thin, False, opacity * float(self.rng.uniform(0.8, 1.2))))

    def guide(self, path: Path) -> None:
        """Draw a faint line to build on, left standing."""
        points = self._on_page(trace(path))
        self.marks.append(Stroke(points, np.full(len(points), 1.3), closed=False, opacity=0.17))

    def hatch(self, path: Path, angle: float, gap: float = 9) -> None:
        """Shade a closed path with slanting strokes."""
        outline = self._on_page(trace(path, closed=True))
        area = np.zeros((self.height, self.width), np.uint8)
        cv2.fillPoly(area, [np.rint(outline).astype(np.int32)], 1)
        middle, reach = outline.mean(0), np.hypot(*np.ptp(outline, axis=0)) / 2
        along = np.arange(-reach, reach, STEP)
        for across in np.arange(-reach, reach, gap):
            bow = 3 * np.cos(along / reach * 1.5) + self.rng.normal(0, 1)
            points = turned(np.stack([along, across + bow], axis=1), angle) + middle
            column, row = np.rint(points).astype(int).T
            seen = (column >= 0) & (column < self.width) & (row >= 0) & (row < self.height)
            seen[seen] = area[row[seen], column[seen]] > 0
            for run in np.split(np.arange(len(seen)), np.flatnonzero(np.diff(seen)) + 1):
                if seen[run[0]] and len(run) > 2:
                    widths = np.linspace(1.7, 0.9, len(run))
                    self.marks.append(Stroke(points[run], widths, closed=False, opacity=0.32))


def _smoothed(values: Points, size: int) -> Points:
    """Return the running mean over `size` values; the ends are held."""
    size = min(size, len(values))
    padded = np.pad(values, (size // 2, size - 1 - size // 2), mode="edge")
    return np.convolve(padded, np.full(size, 1 / size), mode="valid")
