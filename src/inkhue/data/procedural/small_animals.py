"""Birds, fish, insects, snails. Feet at (0, 0), about 1 high."""

from __future__ import annotations

import numpy as np

from inkhue.data.procedural.animals import eye
from inkhue.data.procedural.curves import (
    Points,
    Rng,
    arc,
    blob,
    ellipse,
    leaf,
    limb,
    merge,
    moved,
    points,
    spline,
)
from inkhue.data.procedural.parts import Part, Slots, drawn, mostly_lined, placed


def bird(rng: Rng, slots: Slots) -> list[Part]:
    """Return a bird, seen from the side."""
    wing, low = slots.slot("fur"), -rng.uniform(0.08, 0.3)
    r, x, y = rng.uniform(0.16, 0.24), rng.uniform(0.2, 0.4), -0.85
    trunk = moved(ellipse(0, 0, 0.36, rng.uniform(0.2, 0.28), -0.3), 0, low - 0.25)
    body = merge([trunk, limb([(0.15, low - 0.3), (x, y)], [0.36, r * 1.6]), ellipse(x, y, r)])
    parts = [drawn(*(points((k, low - 0.05), (k, -0.02), (k + 0.1, 0)) for k in (-0.05, 0.08)))]
    for k in range(int(rng.integers(1, 5))):
        feather = leaf(rng.uniform(0.3, 0.6), 0.12)
        parts.append(Part(moved(feather, -0.22, low - 0.2, 1, -1 - 0.22 * k), wing))
    bill = points((0, -0.3), (rng.uniform(0.6, 1.6), 0.1), (0, 0.35))
    gape = (points((0, 0.05), (1, 0.1)),)
    parts += placed([Part(bill, slots.slot("sun"), strokes=gape)], x + 0.85 * r, y, r)
    line = mostly_lined(rng, 0.5)
    belly = Part(ellipse(0.2, low - 0.15, 0.25, 0.28), slots.slot("fur"), line=line, lit=False)
    parts.append(Part(body, slots.slot("fur"), inside=(belly,) if rng.random() < 0.6 else ()))
    span, lift = rng.uniform(0.35, 0.6), rng.uniform(-0.6, 0.9)
    edge = [(0, 0), (0.1, -0.12), (-0.15, -0.2), (-span, -0.05), (-span * 0.8, 0.06)]
    shape = spline([*edge, (-span * 0.5, 0.08), (-0.2, 0.14)])
    rows = tuple(arc(-span * k, 0, 0.06, 0.12, -0.5, 1.2) for k in (0.3, 0.5, 0.7))
    parts += placed([Part(shape, wing, strokes=rows)], 0.1, low - 0.3, 1, lift)
    return parts + eye(rng, slots, x + 0.25 * r, y - 0.15 * r, 0.28 * r)


def fish(rng: Rng, slots: Slots) -> list[Part]:
    """Return a fish that swims to the right."""
    fin, deep = slots.slot("any"), rng.uniform(0.2, 0.45)
    above = [(0.32, -0.6 * deep), (0, -deep), (-0.3, -0.5 * deep), (-0.45, -0.1)]
    body = spline([(0.5, 0), *above, *((x, -y) for x, y in above[::-1])])
    lobe = [(-0.6, -0.25), (-0.8, -0.3), (-0.75 + rng.uniform(0, 0.2), 0)]
    tail = spline([(-0.4, 0), *lobe, (-0.8, 0.3), (-0.6, 0.25)])
    rays = tuple(points((-0.45, 0), (-0.75, y)) for y in (-0.2, 0.0, 0.2))
    knots = [(0.2, -0.75), (0.05, -1), (-0.2, -1), (-0.25, -0.5)]
    top = spline([(x, y * deep - 0.18 * (y == -1)) for x, y in knots])
    parts = [Part(tail, fin, strokes=rays), Part(top, fin), Part(top * (0.8, -0.8), fin)]
    bands: list[Part] = []
    scales: list[Points] = []
    if rng.random() < 0.4:
        line = mostly_lined(rng, 0.6)
        places = np.arange(-0.3, 0.2, 0.22)
        bands = [Part(ellipse(x, 0, 0.06, 0.6), fin, line, lit=False) for x in places]
    else:
        places = np.arange(-0.3, 0.15, 0.12)
        rows = (-0.4 * deep, 0, 0.4 * deep)
        scales = [arc(x, y, 0.05, 0.06, -1.4, 1.4) for x in places for y in rows]
    coat = slots.slot("any")
    parts.append(Part(body, coat, inside=tuple(bands), strokes=tuple(scales), gloss=True))
    gill, smile = arc(0.22, 0, 0.06, 0.6 * deep, -1.2, 1.2), arc(0.48, 0.06, 0.1, 0.05, 0.4, 2.6)
    parts += [
        drawn(gill, smile, weight=0.8),
        Part(moved(leaf(0.25, 0.14), 0.08, 0.05, 1, -1.9), fin),
    ]
    return placed(parts + eye(rng, slots, 0.33, -0.1, 0.06), 0, -0.5)


def insect(rng: Rng, slots: Slots) -> list[Part]:
    """Return a butterfly, seen from above."""
    wings, inner, body = slots.slot("flower"), slots.slot("any"), slots.slot("dark")
    parts: list[Part] = []
    for tilt, size in ((-0.5, 0.55), (-2.1, 0.42)):
        lobe = blob(rng, 0.08, 7) * (0.45, 0.75) + (0, -0.8)
        spot = Part(moved(lobe, 0, -0.35, 0.5), inner, lit=False)
        dots = tuple(
            Part(ellipse(x, -1.35, 0.1), slots.slot("white"), lit=False) for x in (-0.15, 0.15)
        )
        wing = Part(lobe, wings, inside=(spot, *dots))
        right = placed([wing], 0.02, -0.5, size, -tilt)
        parts += right + placed(right, scale=(-1, 1))
    trunk = limb([(0, -0.68), (0, -0.5), (0, -0.25)], [0.06, 0.09, 0.04])
    feelers = [
        spline([(0, -0.7), (s * 0.06, -0.9), (s * 0.16, -0.98)], closed=False) for s in (-1, 1)
    ]
    return [
        *parts,
        Part(trunk, body, filling="black"),
        drawn(*feelers, weight=0.7),
        Part(ellipse(0, -0.7, 0.05), body),
    ]


def snail(rng: Rng, slots: Slots) -> list[Part]:
    """Return a snail or a tortoise: a shell on a soft body."""
    skin, shell = slots.slot("fur"), slots.slot("any")
    body = merge(
        [
            limb(
                [(-0.5, -0.08), (0.3, -0.08), (0.55, -0.2), (0.6, -0.5)], [0.05, 0.18, 0.16, 0.18]
            ),
            ellipse(0.62, -0.5, 0.13),
        ]
    )
    r = rng.uniform(0.3, 0.42)
    t = np.linspace(0, 5 * np.pi, 50)
    spiral = np.stack([-0.05 + r * t / 16 * np.cos(t), -0.38 + r * t / 16 * np.sin(t)], axis=1)
    if rng.random() < 0.5:
        dome = Part(ellipse(-0.05, -0.38, r), shell, strokes=(spiral,), gloss=True)
    else:
        plates = tuple(
            Part(moved(ellipse(0, 0, 0.13, count=6), x, y), slots.slot("any"))
            for x, y in ((-0.05, -0.4), (-0.3, -0.3), (0.2, -0.3), (-0.05, -0.15))
        )
        dome = Part(
            np.concatenate(
                [
                    arc(-0.05, -0.15, 0.42, 0.45, np.pi, 2 * np.pi),
                    points((0.4, -0.08), (-0.5, -0.08)),
                ]
            ),
            shell,
            inside=plates,
        )
    stalks = drawn(*(spline([(0.6, -0.6), (0.6 + k, -0.8)], closed=False) for k in (-0.05, 0.1)))
    return [stalks, Part(body, skin), dome, *eye(rng, slots, 0.66, -0.53, 0.04)]
