"""Sky and land: clouds, the sun, hills, water, rocks."""

from __future__ import annotations

import numpy as np

from inkhue.data.procedural.curves import (
    Points,
    Rng,
    arc,
    box,
    ellipse,
    merge,
    moved,
    points,
    spline,
    star,
    wavy,
    within,
)
from inkhue.data.procedural.parts import Part, Slots, drawn


def cloud(rng: Rng, slots: Slots) -> list[Part]:
    """Return a cloud around (0, 0), about 1 wide."""
    x = np.linspace(-0.35, 0.35, int(rng.integers(3, 6)))
    lumps = [ellipse(k, 0.05 - rng.uniform(0, 0.12), rng.uniform(0.12, 0.22)) for k in x]
    outline = merge([*lumps, box(-0.4, 0, 0.4, 0.15, 0.07)])
    return [Part(outline, slots.slot("cloud"))]


def sun(rng: Rng, slots: Slots) -> list[Part]:
    """Return a sun, a moon or a star around (0, 0), radius about 1."""
    color, kind = slots.slot("sun"), rng.random()
    if kind < 0.25:
        out, inner = (
            arc(0, 0, 1, 1, 0.6, 2 * np.pi - 0.6, 0, 24),
            arc(0.4, 0, 0.75, 0.75, 0.85, 2 * np.pi - 0.85, 0, 20),
        )
        return [Part(np.concatenate([out, inner[::-1]]), color)]
    if kind < 0.5:
        return [Part(ellipse(0, 0, 0.8), color)]
    count = int(rng.integers(8, 16))
    if kind < 0.75:
        return [
            Part(star(count, rng.uniform(0.6, 0.8), smooth=rng.random() < 0.5), color),
            Part(ellipse(0, 0, 0.55), color),
        ]
    rays = [
        moved(points((0, -0.75), (0, -1.1)), angle=a) for a in np.arange(count) * 2 * np.pi / count
    ]
    return [Part(ellipse(0, 0, 0.6), color), drawn(*rays)]


def hills(rng: Rng, slots: Slots, y: float, kind: str) -> list[Part]:
    """Return a ridge over the page's whole width at height y, down to its foot.

    `kind` is hill, ground, mountain or water.
    """
    rough = {"water": 0.004, "ground": 0.008}.get(kind, 0.045)
    ridge = wavy(rng, (-0.05, y), (1.05, y), rough, int(rng.integers(4, 8)))
    lines: list[Points] = []
    inside: list[Part] = []
    if kind == "mountain":
        x = np.linspace(-0.1, 1.1, int(rng.integers(5, 10)))
        high = np.where(np.arange(len(x)) % 2, rng.uniform(0.05, 0.28, len(x)), 0)
        ridge = np.stack([x, y - high], axis=1)
        if rng.random() < 0.6:
            snow, cap = slots.slot("white"), star(9, 0.7) * 0.09
            inside = [Part(moved(cap, *top), snow, lit=False) for top in ridge[1::2].tolist()]
    elif kind == "water":
        for _ in range(int(rng.integers(4, 14))):
            left, height = within(rng, (0, y + 0.03), (1, 1))
            lines.append(wavy(rng, (left, height), (left + 0.12, height), 0.006, 5))
    else:
        lines, inside = field_marks(rng, slots, y)
    outline = np.concatenate([ridge, points((1.05, 1.05), (-0.05, 1.05))])
    color = slots.slot({"mountain": "stone", "hill": "grass"}.get(kind, kind))
    shaded = bool(rng.random() < 0.5)
    return [Part(outline, color, strokes=tuple(lines), inside=tuple(inside), lit=shaded)]


def field_marks(rng: Rng, slots: Slots, y: float) -> tuple[list[Points], list[Part]]:
    """Return tufts of grass below y, and perhaps a road or furrows."""
    tuft = points((-1, -1), (0, 0), (0.3, -1.4), (0.6, 0), (1.6, -1))
    lines = [
        moved(tuft, *within(rng, (0, y + 0.05), (1, 1)), rng.uniform(0.01, 0.025))
        for _ in range(int(rng.integers(0, 14)))
    ]
    kind = rng.random()
    if kind < 0.25:
        left, right = [(0.5, y - 0.02), (0.45, y + 0.1), (0.2, 1.1)], [(0.7, 1.1), (0.55, y + 0.1)]
        road = spline([*left, *right, (0.52, y - 0.02)])
        return lines, [Part(road, slots.slot("ground"), lit=False)]
    if kind < 0.4:
        for k in np.arange(-0.6, 0.7, 0.12):
            furrow = [(0.5, y - 0.05), (0.5 + k, y + 0.2), (0.5 + 3 * k, 1.1)]
            lines.append(spline(furrow, closed=False))
    return lines, []


def rock(rng: Rng, slots: Slots) -> list[Part]:
    """Return a rock on the ground."""
    x = np.linspace(-0.7, 0.7, 6)
    top = np.stack([x, -rng.uniform(0.3, 0.9, 6) * (1 - 0.9 * x**2)], axis=1)
    outline = np.concatenate([top, points((0.9, 0), (-0.9, 0))])
    cracks = (
        points(tuple(top[2]), (x[2] + 0.1, -0.2), (x[2] - 0.1, 0)),
        points(tuple(top[4]), (x[4] - 0.1, -0.15)),
    )
    return [Part(outline, slots.slot("stone"), strokes=cracks)]
