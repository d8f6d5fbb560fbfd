"""Things of a still life. They stand on (0, 0), about 1 high."""

from __future__ import annotations

import numpy as np

from inkhue.data.procedural.curves import (
    Points,
    Rng,
    arc,
    blob,
    box,
    ellipse,
    leaf,
    moved,
    points,
    spline,
)
from inkhue.data.procedural.parts import Part, Slots, drawn, mostly_lined, placed
from inkhue.data.procedural.plants import flower


def turned(rng: Rng, knots: list[tuple[float, float]]) -> Points:
    """Return the outline of a turned vessel from its right side, bottom to top."""
    side = spline(np.array(knots) * (rng.uniform(0.9, 1.1), 1), closed=False)
    return np.concatenate([side, side[::-1] * (-1, 1)])


def bands(rng: Rng, slots: Slots, low: float, high: float) -> list[Part]:
    """Return bands or dots around a vessel."""
    kind, color = rng.random(), slots.slot("any")
    line = mostly_lined(rng, 0.75)
    if kind < 0.35:
        y = np.sort(rng.uniform(low, high, 2))
        return [Part(box(-2, y[0], 2, y[1]), color, line, lit=False)]
    if kind < 0.55:
        x = np.linspace(-0.6, 0.6, 13)
        middle = (low + high) / 2
        zig = np.stack([x, middle + 0.04 * (-1.0) ** np.arange(13)], axis=1)
        return [Part(np.concatenate([zig, moved(zig[::-1], 0, 0.08)]), color, line, lit=False)]
    if kind < 0.7:
        return [
            Part(ellipse(x, (low + high) / 2, 0.05), color, line, lit=False)
            for x in np.arange(-0.4, 0.5, 0.16)
        ]
    return []


def vase(rng: Rng, slots: Slots) -> list[Part]:
    """Return a vase, with flowers or without."""
    a, b, c = rng.uniform(0.12, 0.2), rng.uniform(0.2, 0.36), rng.uniform(0.08, 0.18)
    outline = turned(rng, [(a, 0), (b, -rng.uniform(0.2, 0.4)), (c, -0.52), (c * 1.4, -0.6)])
    parts: list[Part] = []
    for k in range(int(rng.integers(0, 5))):
        parts += placed(flower(rng, slots), 0, -0.45, 0.55, -0.5 + 0.3 * k + rng.normal(0, 0.1))
    body = Part(
        outline, slots.slot("any"), inside=tuple(bands(rng, slots, -0.45, -0.1)), gloss=True
    )
    return [*parts, body]


def fruit(rng: Rng, slots: Slots) -> list[Part]:
    """Return an apple, a pear, an orange, a banana or a cherry."""
    color, green, kind = slots.slot("fruit"), slots.slot("leaf"), int(rng.integers(4))
    stalk = drawn(spline([(0, -0.8), (0.03, -0.92), (0.08, -1)], closed=False), weight=1.2)
    blade = Part(
        moved(leaf(0.4, 0.2, 0.1), 0.02, -0.85, 1, 0.9),
        green,
        strokes=(moved(points((0, 0), (0.05, -0.3)), 0.02, -0.85, 1, 0.9),),
    )
    if kind == 0:
        half = [(0, -0.76), (0.25, -0.86), (0.48, -0.6), (0.4, -0.2), (0.18, 0), (0, -0.05)]
    elif kind == 1:
        half = [(0, -0.88), (0.15, -0.8), (0.2, -0.55), (0.4, -0.3), (0.3, -0.03), (0, 0)]
    elif kind == 2:
        moon = np.concatenate(
            [
                arc(0, -0.9, 0.75, 0.9, 0.15, np.pi - 0.15, 0, 16),
                arc(0, -0.95, 0.6, 0.55, np.pi - 0.1, 0.1, 0, 14),
            ]
        )
        return [Part(moon, color, strokes=(arc(0, -0.9, 0.68, 0.7, 0.3, np.pi - 0.3),))]
    else:
        half = [(0, -0.85), (0.3, -0.8), (0.44, -0.42), (0.3, -0.06), (0, 0)]
    knots = half + [(-x, y) for x, y in half[-2:0:-1]]
    return [stalk, Part(spline(knots), color, gloss=True), *([blade] if rng.random() < 0.7 else [])]


def cup(rng: Rng, slots: Slots) -> list[Part]:
    """Return a cup, a pot or a bowl."""
    color, w, low = slots.slot("any"), rng.uniform(0.35, 0.6), rng.uniform(0.2, 0.4)
    high = rng.uniform(0.5, 0.95)
    outline = np.concatenate(
        [
            spline([(w, -high), (w * 0.95, -high * 0.5), (low, 0)], closed=False),
            spline([(-low, 0), (-w * 0.95, -high * 0.5), (-w, -high)], closed=False),
        ]
    )
    handle = np.concatenate(
        [
            arc(w * 0.95, -high * 0.55, 0.25, high * 0.3, -1.5, 1.5),
            arc(w * 0.95, -high * 0.55, 0.15, high * 0.18, 1.5, -1.5),
        ]
    )
    brew = Part(ellipse(0, -high + 0.02, w * 0.88, 0.06), slots.slot("wood"), lit=False)
    parts = [Part(handle, color)] if rng.random() < 0.7 else []
    parts += [Part(outline, color, inside=tuple(bands(rng, slots, -high * 0.7, -0.1)), gloss=True)]
    parts += [Part(ellipse(0, -high, w, 0.09), color, inside=(brew,))]
    if rng.random() < 0.4:
        parts.append(
            drawn(
                *(
                    spline(
                        [
                            (x, -high - 0.1),
                            (x + 0.06, -high - 0.2),
                            (x - 0.04, -high - 0.3),
                            (x + 0.03, -high - 0.4),
                        ],
                        closed=False,
                    )
                    for x in (-0.15, 0.1)
                )
            )
        )
    return parts


def bottle(rng: Rng, slots: Slots) -> list[Part]:
    """Return a bottle with a label."""
    w, neck = rng.uniform(0.14, 0.28), rng.uniform(0.05, 0.09)
    outline = turned(rng, [(w * 0.95, 0), (w, -0.1), (w, -0.5), (neck, -0.72), (neck, -0.9)])
    label = Part(
        box(-1, -0.45, 1, -0.18),
        slots.slot("white"),
        strokes=(points((-0.1, -0.35), (0.1, -0.35)), points((-0.07, -0.28), (0.07, -0.28))),
        lit=False,
    )
    return [
        Part(outline, slots.slot("glass"), inside=(label,), gloss=True),
        Part(box(-neck * 1.2, -1, neck * 1.2, -0.88, 0.02), slots.slot("any")),
    ]


def book(rng: Rng, slots: Slots) -> list[Part]:
    """Return a pile of books."""
    parts: list[Part] = []
    y = 0.0
    for _ in range(int(rng.integers(1, 5))):
        w, h, x = rng.uniform(0.4, 0.65), rng.uniform(0.12, 0.24), rng.normal(0, 0.06)
        pages = Part(
            box(x - w + 0.05, y - h + 0.03, x + w - 0.02, y - 0.03),
            slots.slot("white"),
            strokes=tuple(points((x - w, k), (x + w, k)) for k in (y - h * 0.6, y - h * 0.4)),
        )
        parts += [Part(box(x - w, y - h, x + w, y, 0.04), slots.slot("cloth")), pages]
        y -= h
    return parts


def cake(rng: Rng, slots: Slots) -> list[Part]:
    """Return a cake with icing and candles, or an ice cream."""
    icing, dough = slots.slot("flower"), slots.slot("wall")
    if rng.random() < 0.45:
        cone = points((-0.2, -0.5), (0.2, -0.5), (0, 0))
        grid = tuple(
            points((k, -0.5), (k + s * 0.3, 0)) for k in (-0.2, -0.05, 0.1, 0.2) for s in (-1, 1)
        )
        scoops = [
            Part(moved(blob(rng, 0.05), x, y, 0.2), slots.slot("flower"), gloss=True)
            for x, y in ((-0.1, -0.6), (0.12, -0.62), (0, -0.82))
        ]
        return [
            *scoops[: int(rng.integers(1, 4))],
            Part(cone, dough, strokes=grid),
            *(
                [Part(ellipse(0.02, -1, 0.07), slots.slot("fruit"), gloss=True)]
                if rng.random() < 0.5
                else []
            ),
        ]
    parts: list[Part] = []
    w, y = 0.55, 0.0
    for _ in range(int(rng.integers(1, 4))):
        x = np.linspace(w, -w, 13)
        drip = spline(np.stack([x, y - 0.17 + 0.08 * (np.arange(13) % 2)], axis=1), closed=False)
        glaze = Part(
            np.concatenate([points((-w - 1, y - 0.5), (w + 1, y - 0.5)), drip]), icing, lit=False
        )
        parts.append(Part(box(-w, y - 0.28, w, y, 0.05), dough, inside=(glaze,)))
        w, y = w * 0.68, y - 0.28
    wax, flame = slots.slot("any"), slots.slot("sun")
    for k in np.linspace(-w * 0.9, w * 0.9, int(rng.integers(1, 5))):
        parts += [
            Part(box(k - 0.02, y - 0.16, k + 0.02, y), wax),
            Part(moved(leaf(0.1, 0.06), k, y - 0.16), flame, lit=False),
        ]
    return parts


def lamp(rng: Rng, slots: Slots) -> list[Part]:
    """Return a lamp on a foot."""
    a, b = rng.uniform(0.1, 0.25), rng.uniform(0.28, 0.42)
    shade = points((-a, -1), (a, -1), (b, -0.6), (-b, -0.6))
    pole = box(-0.03, -0.62, 0.03, -0.05)
    foot = spline([(-0.2, 0), (-0.15, -0.07), (0.15, -0.07), (0.2, 0)])
    pleats = tuple(points((a * k, -1), (b * k, -0.6)) for k in (-0.6, -0.2, 0.2, 0.6))
    return [
        Part(pole, slots.slot("metal")),
        Part(foot, slots.slot("metal")),
        Part(shade, slots.slot("any"), strokes=pleats),
    ]


def gift(rng: Rng, slots: Slots) -> list[Part]:
    """Return a box with a ribbon, or a ball."""
    paper, ribbon = slots.slot("any"), slots.slot("any")
    if rng.random() < 0.35:
        stripes = tuple(
            Part(ellipse(0, -0.5, 0.5 * k, 0.5), slots.slot("any"), lit=False) for k in (0.75, 0.4)
        )
        return [
            Part(
                ellipse(0, -0.5, 0.5),
                paper,
                inside=(*stripes, Part(ellipse(0, -0.95, 0.12), ribbon)),
                gloss=True,
            )
        ]
    w = rng.uniform(0.35, 0.6)
    parts = [
        Part(
            box(-w, -0.65, w, 0), paper, inside=(Part(box(-0.08, -1, 0.08, 0), ribbon, lit=False),)
        )
    ]
    parts.append(
        Part(
            box(-w - 0.04, -0.75, w + 0.04, -0.58),
            paper,
            inside=(Part(box(-0.08, -1, 0.08, 0), ribbon, lit=False),),
        )
    )
    for s in (-1, 1):
        parts.append(Part(moved(ellipse(0, 0, 0.2, 0.1), s * 0.18, -0.84, 1, -s * 0.5), ribbon))
    return [*parts, Part(ellipse(0, -0.77, 0.06), ribbon)]
