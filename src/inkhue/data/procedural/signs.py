"""Tools, ornaments and signs. They stand on (0, 0), about 1 high."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from inkhue.data.procedural.curves import (
    Points,
    Rng,
    arc,
    box,
    ellipse,
    leaf,
    limb,
    moved,
    points,
    spline,
    star,
)
from inkhue.data.procedural.parts import Part, Slots, mostly_lined, placed


def pencil(rng: Rng, slots: Slots) -> list[Part]:
    """Return a pencil."""
    edge = (points((-0.03, -0.8), (-0.03, -0.1)),)
    parts = [
        Part(box(-0.09, -0.8, 0.09, -0.1), slots.slot("any"), strokes=edge),
        Part(points((-0.09, -0.8), (0, -1), (0.09, -0.8)), slots.slot("wood")),
        Part(box(-0.09, -0.1, 0.09, 0, 0.03), slots.slot("blush")),
        Part(box(-0.095, -0.16, 0.095, -0.09), slots.slot("metal")),
    ]
    return placed(parts, angle=rng.uniform(-0.6, 0.6))


def umbrella(rng: Rng, slots: Slots) -> list[Part]:
    """Return an open umbrella."""
    wide = rng.uniform(0.8, 1.2)
    scallops = [arc(x, -0.5, 0.15, 0.08, 0, -np.pi, 0, 6) for x in (0.45, 0.15, -0.15, -0.45)]
    dome = np.concatenate([arc(0, -0.5, 0.6, 0.48, np.pi, 2 * np.pi, 0, 20), *scallops])
    ends = (-0.3, 0.0, 0.3)
    ribs = tuple(spline([(0, -0.98), (x * 0.8, -0.8), (x, -0.5)], closed=False) for x in ends)
    hook = [(0, -0.5), (0, -0.08), (0.06, -0.02), (0.12, -0.08)]
    grip = Part(limb(hook, [0.035, 0.035, 0.04, 0.04]), slots.slot("wood"))
    return placed([grip, Part(dome, slots.slot("any"), strokes=ribs)], scale=(wide, 1))


def key(rng: Rng, slots: Slots) -> list[Part]:
    """Return a key; one sees the background through its bow."""
    metal, r = slots.slot("metal"), rng.uniform(0.14, 0.22)
    hole = Part(ellipse(0, -0.8, 0.55 * r), 0, lit=False)
    right = [(0.04, -0.3), (0.2, -0.3), (0.2, -0.2), (0.04, -0.2), (0.04, -0.12), (0.16, -0.12)]
    blade = points((-0.04, -0.62), (0.04, -0.62), *right, (0.16, 0), (-0.04, 0))
    return [Part(blade, metal), Part(ellipse(0, -0.8, r), metal, inside=(hole,), gloss=True)]


def clock(rng: Rng, slots: Slots) -> list[Part]:
    """Return a clock's face."""
    hours = np.arange(12) * np.pi / 6
    ticks = [moved(points((0, -0.38), (0, -0.32)), 0, -0.5, 1, a) for a in hours]
    hands = [moved(points((0, 0), (0, -k)), 0, -0.5, 1, rng.uniform(0, 6)) for k in (0.3, 0.2)]
    face = Part(ellipse(0, -0.5, 0.4), slots.slot("white"), strokes=(*ticks, *hands), lit=False)
    return [Part(ellipse(0, -0.5, 0.5), slots.slot("any")), face]


def emblem(rng: Rng, slots: Slots) -> list[Part]:
    """Return an ornament: nested stars, flowers and rings, the same all around."""
    parts: list[Part] = []
    r, count = 0.5, int(rng.integers(4, 13))
    for _ in range(int(rng.integers(3, 7))):
        color, kind, turn = slots.slot("any"), int(rng.integers(4)), float(rng.uniform(0, 1))
        if kind == 0:
            parts.append(
                Part(
                    moved(
                        star(count, rng.uniform(0.5, 0.85), smooth=rng.random() < 0.6, turn=turn),
                        0,
                        -0.5,
                        r,
                    ),
                    color,
                )
            )
        elif kind == 1:
            parts.append(Part(ellipse(0, -0.5, r, count=36), color))
        elif kind == 2:
            petal = leaf(r, 2.2 * r / count + 0.02)
            parts += [
                Part(moved(petal, 0, -0.5, 1, turn + k * 2 * np.pi / count), color)
                for k in range(count)
            ]
        else:
            parts.append(Part(ellipse(0, -0.5, r), color))
            spots = turn + np.arange(count) * 2 * np.pi / count
            other = slots.slot("any")
            parts += [
                Part(
                    ellipse(0.82 * r * np.cos(a), -0.5 + 0.82 * r * np.sin(a), 0.12 * r, count=12),
                    other,
                )
                for a in spots
            ]
        r *= rng.uniform(0.6, 0.85)
    return parts


def heart(rng: Rng, slots: Slots) -> list[Part]:
    """Return a simple sign: a heart, a star, a drop, a shield, a lightning."""
    shapes: list[Callable[[], Points]] = [
        lambda: spline(
            [
                (0, 0),
                (-0.45, -0.5),
                (-0.4, -0.9),
                (-0.15, -0.95),
                (0, -0.75),
                (0.15, -0.95),
                (0.4, -0.9),
                (0.45, -0.5),
            ]
        ),
        lambda: moved(star(int(rng.integers(5, 8)), rng.uniform(0.4, 0.6)), 0, -0.5, 0.5),
        lambda: spline([(0, -1), (0.2, -0.6), (0.35, -0.3), (0, 0), (-0.35, -0.3), (-0.2, -0.6)]),
        lambda: spline([(-0.4, -0.9), (0, -1), (0.4, -0.9), (0.35, -0.35), (0, 0), (-0.35, -0.35)]),
        lambda: points(
            (0.05, -1),
            (-0.3, -0.45),
            (-0.02, -0.5),
            (-0.15, 0),
            (0.3, -0.62),
            (0.02, -0.57),
            (0.25, -1),
        ),
    ]
    outline = shapes[int(rng.integers(len(shapes)))]()
    middle = outline.mean(axis=0)
    inner = Part(
        (outline - middle) * rng.uniform(0.5, 0.75) + middle,
        slots.slot("any"),
        line=mostly_lined(rng, 0.7),
    )
    return [
        Part(outline, slots.slot("any"), inside=(inner,) if rng.random() < 0.5 else (), gloss=True)
    ]
