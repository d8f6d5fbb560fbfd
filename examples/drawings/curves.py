"""Smooth curves from a few points, and the outlines that hand drawing needs again and again."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Path = str | Points
"""Either "x,y x,y *x,y" (a smooth curve through the points, * marks a corner) or dense points."""

STEP = 3.0
"""Distance in pixels between the points of a sampled curve."""


def trace(path: Path, *, closed: bool = False) -> Points:
    """Sample a path as (N, 2) points; a closed one comes back without its first point repeated."""
    if not isinstance(path, str):
        return path
    knots, corners = _parse(path)
    if not closed:
        return _spans(knots, corners)
    if any(corners):
        first = corners.index(True)
        knots = np.roll(knots, -first, axis=0)
        corners = corners[first:] + corners[:first]
        return _spans(np.vstack([knots, knots[:1]]), [*corners, True])[:-1]
    ring = np.vstack([knots[-1:], knots, knots[:2]])
    return _catmull_rom(ring)[:-1]


def _parse(path: str) -> tuple[Points, list[bool]]:
    words = path.split()
    knots = np.array([[float(v) for v in word.lstrip("*").split(",")] for word in words])
    return knots, [word.startswith("*") for word in words]


def _spans(knots: Points, corners: list[bool]) -> Points:
    """Join the smooth spans between corners of an open path."""
    inner = [i for i in range(1, len(knots) - 1) if corners[i]]
    cuts = [0, *inner, len(knots) - 1]
    parts = [_open_curve(knots[a : b + 1]) for a, b in pairwise(cuts)]
    return np.vstack([parts[0], *(part[1:] for part in parts[1:])])


def _open_curve(knots: Points) -> Points:
    before = 2 * knots[0] - knots[1]
    after = 2 * knots[-1] - knots[-2]
    if len(knots) > 2:  # an end that goes on bending looks drawn, a straight one looks ruled
        before = knots[0] + _mirrored(knots[0] - knots[1], knots[1] - knots[2])
        after = knots[-1] + _mirrored(knots[-1] - knots[-2], knots[-2] - knots[-3])
    return _catmull_rom(np.vstack([before, knots, after]))


def _mirrored(step: Points, previous: Points) -> Points:
    """Return the step that follows `step` if the path turns half as much again as it just did."""
    turn = math.atan2(step[1], step[0]) - math.atan2(previous[1], previous[0])
    turn = (turn + math.pi) % (2 * math.pi) - math.pi
    turn = max(-0.6, min(0.6, 0.5 * turn))
    cos, sin = math.cos(turn), math.sin(turn)
    return np.array([cos * step[0] - sin * step[1], sin * step[0] + cos * step[1]])


def _catmull_rom(knots: Points) -> Points:
    """Centripetal Catmull-Rom from the second knot to the last but one."""
    pieces = []
    for p0, p1, p2, p3 in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        t1, t2, t3 = np.cumsum(
            [max(math.dist(a, b), 1e-6) ** 0.5 for a, b in ((p0, p1), (p1, p2), (p2, p3))]
        )
        count = max(2, round(math.dist(p1, p2) / STEP))
        t = np.linspace(t1, t2, count, endpoint=False)[:, None]
        a1 = (t1 - t) / t1 * p0 + t / t1 * p1
        a2 = (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2
        a3 = (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3
        b1 = (t2 - t) / t2 * a1 + t / t2 * a2
        b2 = (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
        pieces.append((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
    return np.vstack([*pieces, knots[-2:-1]])


def length(points: Points, *, closed: bool = False) -> Points:
    """Return how far along the points each one lies, (N,), or (N + 1,) when closed."""
    ring = np.vstack([points, points[:1]]) if closed else points
    steps = np.hypot(*np.diff(ring, axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps)])


def resample(points: Points, step: float = STEP, *, closed: bool = False) -> Points:
    """Return points at even distances of about `step` along the given ones."""
    at = length(points, closed=closed)
    ring = np.vstack([points, points[:1]]) if closed else points
    count = max(2, round(at[-1] / step) + (not closed))
    to = np.linspace(0, at[-1], count, endpoint=not closed)
    return np.stack([np.interp(to, at, ring[:, 0]), np.interp(to, at, ring[:, 1])], axis=1)


def normals(points: Points, *, closed: bool = False) -> Points:
    """Return unit normals, to the left of the direction of travel as seen on the page."""
    if closed:
        along = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
    else:
        along = np.gradient(points, axis=0)
    along = along / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    return np.stack([along[:, 1], -along[:, 0]], axis=1)


def clockwise(points: Points) -> bool:
    """Whether a closed outline runs clockwise as seen on the page (y goes down)."""
    x, y = points.T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) > 0


def ellipse(
    x: float, y: float, rx: float, ry: float, angle: float = 0, start: float = 0, end: float = 360
) -> Points:
    """Return an ellipse, or the arc from `start` to `end` degrees (clockwise from the right)."""
    whole = abs(end - start) >= 360
    span = math.radians(abs(end - start))
    count = max(8, round(span * max(rx, ry) / STEP))
    t = np.radians(np.linspace(start, end, count, endpoint=not whole))
    around: Points = turned(np.stack([rx * np.cos(t), ry * np.sin(t)], axis=1), angle)
    return around + np.array([x, y])


def turned(points: Points, angle: float) -> Points:
    """Return the points turned clockwise about the origin by `angle` degrees."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    turn: Points = np.array([[cos, sin], [-sin, cos]])
    return points @ turn


def mapped(path: Path, kx: float, ky: float, dx: float = 0, dy: float = 0) -> Path:
    """Return the path with every x times `kx` plus `dx`, every y times `ky` plus `dy`."""
    if not isinstance(path, str):
        return path * (kx, ky) + (dx, dy)
    knots, corners = _parse(path)
    words = (f"{kx * x + dx:.6g},{ky * y + dy:.6g}" for x, y in knots)
    return " ".join("*" * corner + word for corner, word in zip(corners, words, strict=True))


def ribbon(path: Path, radius: float) -> Points:
    """Return the closed outline of a band of even width along an open path."""
    points = trace(path)
    side = normals(points) * radius
    return np.vstack([points + side, (points - side)[::-1]])


def scalloped(
    path: Path, rng: np.random.Generator, step: float, bulge: float, *, closed: bool = True
) -> Points:
    """Return round bumps, `step` wide, to the left of the path: clouds, foliage, wool."""
    base = trace(path, closed=closed)
    at = length(base, closed=closed)
    count = max(3, round(at[-1] / step))
    cuts = (np.arange(count + 1) + np.pad(rng.uniform(-0.3, 0.3, count - 1), 1)) * at[-1] / count
    ring = np.vstack([base, base[:1]]) if closed else base
    knots = np.stack([np.interp(cuts, at, ring[:, k]) for k in (0, 1)], axis=1)
    bumps = [_bump(a, b, bulge) for a, b in pairwise(knots)]
    return np.vstack(bumps)


def _bump(a: Points, b: Points, bulge: float) -> Points:
    chord = b - a
    left = np.array([chord[1], -chord[0]])
    t = np.linspace(0, math.pi, 14, endpoint=False)[:, None]
    return (a + b) / 2 - np.cos(t) * chord / 2 + np.sin(t) * left * bulge


def tufted(
    path: Path,
    rng: np.random.Generator,
    step: float,
    height: float,
    lean: float = 0.6,
    *,
    closed: bool = False,
) -> Points:
    """Return locks of fur to the left of the path; `lean` is how far tips lie forward, in steps."""
    base = trace(path, closed=closed)
    at = length(base, closed=closed)
    count = max(2, round(at[-1] / step))
    cuts = (np.arange(count + 1) + np.pad(rng.uniform(-0.25, 0.25, count - 1), 1)) * at[-1] / count
    ring = np.vstack([base, base[:1]]) if closed else base
    out = normals(ring, closed=closed)
    pieces = []
    for a, b in pairwise(cuts):
        root, end, tip_at = (_at(ring, at, s) for s in (a, b, min(at[-1], b + lean * (b - a))))
        tall = height * rng.uniform(0.7, 1.2)
        tip = tip_at + _at(out, at, b) * tall
        up = (root + tip) / 2 + _at(out, at, a) * tall * 0.35
        down = (tip + 2 * end) / 3 + _at(out, at, b) * tall * 0.1
        pieces += [_quadratic(root, up, tip), _quadratic(tip, down, end)]
    return np.vstack(pieces)


def _at(values: Points, at: Points, s: float) -> Points:
    return np.array([np.interp(s, at, values[:, 0]), np.interp(s, at, values[:, 1])])


def _quadratic(a: Points, control: Points, b: Points) -> Points:
    t = np.linspace(0, 1, max(4, round(math.dist(a, b) / STEP)), endpoint=False)[:, None]
    return (1 - t) ** 2 * a + 2 * t * (1 - t) * control + t**2 * b
