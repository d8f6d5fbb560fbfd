"""Flowers and leaves, drawn around (0, 0) unless a place is given."""

from __future__ import annotations

import math

import numpy as np

from .curves import Points, ellipse
from .sheet import Sheet


def leaf(
    s: Sheet, x: float, y: float, size: float, angle: float, *, width: float = 3.4, veins: int = 3
) -> None:
    """Draw a pointed leaf from its stalk at (x, y); angle 0 points up."""
    with s.placed(x, y, size / 100, angle):
        s.shape("*0,0 26,-22 31,-52 *4,-100 -25,-60 -24,-24", width)
        s.line("0,-2 3,-40 4,-84", 0.7 * width, "end")
        for k in range(veins):
            up = 20 + 60 * k / max(veins, 1)
            s.line(f"2,{-up} 12,{-up - 9} 20,{-up - 13}", 0.5 * width, "end")
            s.line(f"2,{-up} -9,{-up - 8} -16,{-up - 14}", 0.5 * width, "end")


def daisy(
    s: Sheet, x: float, y: float, radius: float, petals: int = 11, *, width: float = 3
) -> None:
    """Draw a flower seen from the front: a round middle and slim petals."""
    turn = s.rng.uniform(0, 360)
    with s.placed(x, y, radius / 100, turn):
        order = [*range(0, petals, 2), *range(1, petals, 2)]
        for k in order:
            with s.placed(0, 0, s.rng.uniform(0.93, 1.05), 360 * k / petals):
                _petal(s, 190 / petals, width)
        s.shape(ellipse(0, 0, 30, 29), width)
        for k in range(5):
            a = 2 * math.pi * k / 5
            s.dot(13 * math.cos(a), 13 * math.sin(a), 2.6)


def _petal(s: Sheet, half: float, width: float) -> None:
    h = half
    s.shape(f"*0,-14 {h},-48 {0.95 * h},-84 0,-100 {-0.95 * h},-84 {-h},-48", width)
    s.line("-2,-38 0,-52 1,-68", 0.55 * width)


def blossom(
    s: Sheet, x: float, y: float, radius: float, *, width: float = 3, angle: float | None = None
) -> None:
    """Draw five broad notched petals and stamens, as on an apple or cherry tree."""
    turn = s.rng.uniform(0, 360) if angle is None else angle
    with s.placed(x, y, radius / 100, turn):
        for k in (0, 2, 4, 1, 3):
            with s.placed(0, 0, 1, 72 * k):
                s.shape("*0,-6 26,-30 44,-70 22,-98 *0,-90 -24,-99 -44,-68 -27,-30", width)
        s.shape(ellipse(0, 0, 15, 15), 0.9 * width)
        for k in range(10):
            a = 2 * math.pi * (k + 0.5) / 10
            far = 34 + 8 * (k % 2)
            tip = (far * math.cos(a), far * math.sin(a))
            s.line(np.array([[0.5 * tip[0], 0.5 * tip[1]], tip]), 0.6 * width, "none")
            s.dot(*tip, 3.4)


def rose(s: Sheet, x: float, y: float, radius: float, *, width: float = 3.4) -> None:
    """Draw an open rose: outer petals, then ever smaller ones around a spiral heart."""
    turn = s.rng.uniform(0, 360)
    with s.placed(x, y, radius / 100, turn):
        for k in (0, 2, 4, 1, 3):
            with s.placed(0, 0, 1, 72 * k):
                s.shape("*-30,-30 -58,-66 -30,-98 8,-100 52,-84 60,-52 *30,-22", width)
        for k in (0, 2, 1):
            with s.placed(0, 0, 1, 120 * k + 30):
                s.shape("*-34,-8 -46,-44 -18,-66 26,-62 50,-34 *30,6", width)
        s.shape(ellipse(0, 0, 38, 36), width)
        s.line(_spiral(34, 5, 1.9), 0.8 * width, "end")


def _spiral(start: float, end: float, rounds: float) -> Points:
    t = np.linspace(0, 1, 60)
    far = start + (end - start) * t
    angle = 2 * math.pi * rounds * t
    return np.stack([far * np.cos(angle), far * np.sin(angle)], axis=1)


def tulip(s: Sheet, x: float, y: float, size: float, angle: float, *, width: float = 3.6) -> None:
    """Draw a closed tulip from its stalk at (x, y); angle 0 points up."""
    with s.placed(x, y, size / 100, angle):
        s.shape("*-26,-40 -34,-78 *-22,-108 0,-86 *22,-108 36,-78 *28,-40", width)
        s.shape("*0,0 -34,-10 -46,-44 *-40,-98 -8,-66 *6,-30", width)
        s.shape("*0,0 34,-10 46,-44 *40,-98 8,-66 *-6,-30", width)
        s.shape("*0,0 -24,-14 -28,-52 *0,-96 28,-52 24,-14", width)
        s.line("0,-18 1,-44 0,-68", 0.6 * width)


def poppy(s: Sheet, x: float, y: float, radius: float, *, width: float = 3.6) -> None:
    """Draw a wide, crumpled flower seen from half above."""
    turn = s.rng.uniform(-15, 15)
    with s.placed(x, y, radius / 100, turn):
        s.shape("*-20,0 -64,-34 -58,-82 -18,-92 4,-84 34,-96 66,-70 64,-28 *20,0", width)
        s.shape("*-16,6 -64,-36 -102,-12 -96,34 -58,60 *-6,26", width)
        s.shape("*16,6 62,-38 102,-14 98,32 60,60 *6,26", width)
        s.shape("*-30,12 -66,44 -46,82 -14,78 8,88 44,78 66,42 *30,12 0,-6", width)
        s.shape(ellipse(0, 4, 22, 20), width)
        _stamens(s, width)
        for path in ("-70,12 -56,8 -44,4", "70,12 56,8 44,4", "-30,62 -22,48", "26,64 20,48"):
            s.line(path, 0.6 * width)


def _stamens(s: Sheet, width: float) -> None:
    s.lines("0,4 0,-12|0,4 14,-6|0,4 -14,-6|0,4 12,14|0,4 -12,14", 0.6 * width, "none")
    for k in range(14):
        a = 2 * math.pi * k / 14
        s.dot(33 * math.cos(a), 4 + 30 * math.sin(a), 3)


def sprig(s: Sheet, path: Points, size: float, *, width: float = 3) -> None:
    """Draw small leaves in pairs along a stem, smaller towards its end."""
    s.line(path, width, "end")
    count = max(3, int(len(path) * 3 / (0.62 * size)))
    for k in range(1, count):
        t = k / count
        i = int(t * (len(path) - 2))
        dx, dy = path[i + 1] - path[i]
        heading = math.degrees(math.atan2(dx, -dy))
        for side in (-48, 48):
            leaf(
                s,
                path[i, 0],
                path[i, 1],
                size * (1.1 - 0.5 * t),
                heading + side,
                width=0.85 * width,
                veins=0,
            )
    dx, dy = path[-1] - path[-3]
    leaf(
        s,
        path[-1, 0],
        path[-1, 1],
        0.7 * size,
        math.degrees(math.atan2(dx, -dy)),
        width=0.85 * width,
        veins=0,
    )


def round_dots(s: Sheet, points: Points, radius: float) -> None:
    """Draw berries: small rings with a spot of light left open."""
    for x, y in points:
        s.shape(ellipse(x, y, radius, radius), 2.4)
        s.line(ellipse(x, y, 0.55 * radius, 0.55 * radius, 0, 190, 260), 1.6)
