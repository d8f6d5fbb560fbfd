"""Curves that drawings are made of: (N, 2) float64 points, x to the right and y down."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]
Rng = np.random.Generator

STEPS = 8  # points that a spline has for each of its knots
_T = np.arange(STEPS) / STEPS
_BASIS = 0.5 * np.stack(
    [-_T + 2 * _T**2 - _T**3, 2 - 5 * _T**2 + 3 * _T**3, _T + 4 * _T**2 - 3 * _T**3, _T**3 - _T**2],
    axis=1,
)
MERGE_SIDE = 160  # pixels of the raster that shapes are united on


def within(rng: Rng, low: tuple[float, float], high: tuple[float, float]) -> tuple[float, float]:
    """Draw a point between two corners."""
    return float(rng.uniform(low[0], high[0])), float(rng.uniform(low[1], high[1]))


def either(rng: Rng) -> int:
    """Draw a side: -1 or 1."""
    return 1 if rng.random() < 0.5 else -1


def ramp(count: int, end: float = 1.0) -> Points:
    """Return `count` even steps from 0 to `end` (np.linspace is slow on short arrays)."""
    return np.asarray(np.arange(count) * (end / max(1, count - 1)), np.float64)


def spline(knots: ArrayLike, *, closed: bool = True) -> Points:
    """Return a smooth curve through the knots (K, 2); an open one ends in its last knot."""
    p = np.asarray(knots, np.float64)
    if closed:
        four = np.stack([np.roll(p, 1, 0), p, np.roll(p, -1, 0), np.roll(p, -2, 0)], axis=1)
        return np.asarray(np.einsum("sk,nkd->nsd", _BASIS, four).reshape(-1, 2))
    padded = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    four = np.stack([padded[:-3], padded[1:-2], padded[2:-1], padded[3:]], axis=1)
    curve = np.einsum("sk,nkd->nsd", _BASIS, four).reshape(-1, 2)
    return np.concatenate([curve, p[-1:]])


def mirrored(*half: tuple[float, float]) -> Points:
    """Return the closed smooth shape whose right half, from top to bottom, has these knots."""
    left = [(-x, y) for x, y in half[::-1] if x]
    return spline([*half, *left])


def points(*pairs: tuple[float, float]) -> Points:
    """Return a polygon or polyline through these points."""
    return np.array(pairs, np.float64)


def ellipse(
    x: float, y: float, rx: float, ry: float | None = None, angle: float = 0, count: int = 40
) -> Points:
    """Return an ellipse, turned by `angle` radians; without `ry` a circle."""
    return arc(x, y, rx, rx if ry is None else ry, 0, 2 * np.pi, angle, count + 1)[:-1]


def arc(
    x: float,
    y: float,
    rx: float,
    ry: float,
    start: float,
    end: float,
    angle: float = 0,
    count: int = 14,
) -> Points:
    """Return the part of an ellipse between two angles (radians, clockwise on the page)."""
    t = start + ramp(count, end - start)
    u, v = rx * np.cos(t), ry * np.sin(t)
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([x + u * c - v * s, y + u * s + v * c], axis=1)


def box(x0: float, y0: float, x1: float, y1: float, corner: float = 0) -> Points:
    """Return a rectangle, its corners rounded by radius `corner`."""
    r = min(corner, abs(x1 - x0) / 2, abs(y1 - y0) / 2)
    if r <= 0:
        return points((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    corners = (
        (x1 - r, y0 + r, -0.5),
        (x1 - r, y1 - r, 0),
        (x0 + r, y1 - r, 0.5),
        (x0 + r, y0 + r, 1),
    )
    return np.concatenate(
        [arc(x, y, r, r, a * np.pi, (a + 0.5) * np.pi, count=5) for x, y, a in corners]
    )


def blob(rng: Rng, rough: float = 0.12, knots: int = 8) -> Points:
    """Return a round smooth shape of radius about 1."""
    angles = (np.arange(knots) + rng.uniform(-0.25, 0.25, knots)) * 2 * np.pi / knots
    radii = np.clip(1 + rough * rng.normal(size=knots), 0.4, 1.6)
    return spline(np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1))


def star(tips: int, inner: float, *, smooth: bool = False, turn: float = -np.pi / 2) -> Points:
    """Return a star (or, smooth, a flower) of outer radius 1."""
    angles = turn + np.arange(2 * tips) * np.pi / tips
    radii = np.where(np.arange(2 * tips) % 2 == 0, 1, inner)
    knots = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)
    return spline(knots) if smooth else knots


def leaf(length: float, width: float, bend: float = 0) -> Points:
    """Return a pointed leaf from (0, 0) up to (bend, -length)."""
    t = ramp(13)
    half = width / 2 * np.sin(np.pi * t**0.8)
    middle = np.stack([bend * t**2, -length * t], axis=1)
    left, right = middle.copy(), middle.copy()
    left[:, 0] -= half
    right[:, 0] += half
    return np.concatenate([left, right[-2:0:-1]])


def limb(joints: ArrayLike, widths: Sequence[float], *, smooth: bool = True) -> Points:
    """Return a tube along joints (K, 2) with these widths, round at its end.

    It begins and ends at its base, so that a line drawn without closing it leaves the base open.
    """
    middle = np.asarray(joints, np.float64)
    if smooth and len(middle) > 2:
        middle = spline(middle, closed=False)
    half = np.interp(ramp(len(middle)), ramp(len(widths)), np.asarray(widths) / 2)
    along = np.gradient(middle, axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    across = np.stack([along[:, 1], -along[:, 0]], axis=1) * half[:, None]
    t = ramp(9, np.pi)[1:-1, None]
    cap = middle[-1] + np.cos(t) * across[-1] + np.sin(t) * along[-1] * half[-1]
    return np.concatenate([middle + across, cap, (middle - across)[::-1]])


def wavy(
    rng: Rng, start: tuple[float, float], end: tuple[float, float], size: float, knots: int = 6
) -> Points:
    """Return an open smooth curve from start to end that strays by about `size`."""
    t = ramp(knots)[:, None]
    way = np.array(start) * (1 - t) + np.array(end) * t
    along = np.array(end, np.float64) - start
    across = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9)
    return spline(way + across * rng.normal(0, size, (knots, 1)), closed=False)


def merge(shapes: Sequence[Points]) -> Points:
    """Return the outline of shapes laid over each other, without what lies in between."""
    everything = np.concatenate(shapes)
    low, high = everything.min(axis=0), everything.max(axis=0)
    scale = (MERGE_SIDE - 8) / max(float((high - low).max()), 1e-9)
    raster = np.zeros((MERGE_SIDE, MERGE_SIDE), np.uint8)
    for shape in shapes:
        pixels = np.rint(((shape - low) * scale + 4) * 16).astype(np.int32)
        cv2.fillPoly(raster, [pixels], (1,), shift=4)
    found, _ = cv2.findContours(raster, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(found, key=len)[:, 0].astype(np.float64)
    smooth = sum((np.roll(outline, k, axis=0) for k in range(-3, 4)), np.zeros(2)) / 7
    return np.asarray((smooth[::2] - 4) / scale + low, np.float64)


def moved(
    shape: Points,
    x: float = 0,
    y: float = 0,
    scale: float | tuple[float, float] = 1,
    angle: float = 0,
) -> Points:
    """Scale, turn (radians, clockwise on the page), then move points."""
    if not angle:
        return np.asarray(shape * scale + (x, y), np.float64)
    c, s = np.cos(angle), np.sin(angle)
    return np.asarray((shape * scale) @ np.array([[c, s], [-s, c]]) + (x, y), np.float64)
