"""Furniture. It stands on (0, 0), about 1 high."""

from __future__ import annotations

import numpy as np

from inkhue.data.procedural.curves import (
    Rng,
    box,
    ellipse,
    limb,
    moved,
    points,
    spline,
)
from inkhue.data.procedural.parts import Part, Slots


def table(rng: Rng, slots: Slots) -> list[Part]:
    """Return a table or a stool."""
    wood, w, t = slots.slot("wood"), rng.uniform(0.5, 0.9), rng.uniform(0.04, 0.09)
    legs = [
        Part(points((x - t, -0.7), (x + t, -0.7), (x + 0.6 * t, 0), (x - 0.6 * t, 0)), wood)
        for x in (-w * 0.8, w * 0.8)
    ]
    top = box(-w, -0.8, w, -0.68, 0.03)
    if rng.random() < 0.35:
        x = np.linspace(w, -w, 11)
        hem = spline(np.stack([x, -0.4 + 0.05 * (np.arange(11) % 2)], axis=1), closed=False)
        cloth = np.concatenate([points((-w, -0.8), (w, -0.8)), hem])
        folds = tuple(points((k, -0.45), (k * 0.95, -0.7)) for k in x[1:-1:2])
        return [*legs, Part(cloth, slots.slot("cloth"), strokes=folds)]
    grain = (points((-w * 0.6, -0.74), (w * 0.3, -0.74)),)
    return [*legs, Part(top, wood, strokes=grain)]


def chair(rng: Rng, slots: Slots) -> list[Part]:
    """Return an armchair, a sofa or a wooden chair."""
    if rng.random() < 0.5:
        wood, seat = slots.slot("wood"), slots.slot("cloth")
        legs = [
            Part(limb([(x, -0.45), (x * 1.1, -0.01)], [0.07, 0.05]), wood) for x in (-0.28, 0.28)
        ]
        posts = [Part(box(x - 0.03, -1, x + 0.03, -0.45, 0.02), wood) for x in (-0.27, 0.27)]
        rails = [Part(box(-0.25, y, 0.25, y + 0.08), wood) for y in (-0.95, -0.75)]
        return [*legs, *rails, *posts, Part(box(-0.33, -0.52, 0.33, -0.42, 0.04), seat)]
    w = rng.uniform(0.45, 1.1)
    cloth, cushion = slots.slot("cloth"), slots.slot("cloth")
    buttons = tuple(ellipse(x, -0.65, 0.02) for x in np.linspace(-w * 0.6, w * 0.6, 4))
    brown = slots.slot("wood")
    feet = [Part(box(x - 0.04, -0.1, x + 0.04, 0), brown) for x in (-w * 0.85, w * 0.85)]
    back = Part(box(-w, -0.95, w, -0.2, 0.15), cloth, strokes=buttons)
    pillow = Part(
        box(-w * 0.8, -0.45, w * 0.8, -0.22, 0.06),
        cushion,
        strokes=(points((0, -0.45), (0, -0.2)),),
    )
    base = Part(box(-w * 0.9, -0.26, w * 0.9, -0.08, 0.03), cloth)
    arms = [
        Part(box(min(a, b), -0.6, max(a, b), -0.08, 0.09), cloth)
        for a, b in ((-w * 1.1, -w * 0.78), (w * 0.78, w * 1.1))
    ]
    return [*feet, back, base, pillow, *arms]


def shelf(rng: Rng, slots: Slots) -> list[Part]:
    """Return a shelf with books and pots."""
    w, rows = rng.uniform(0.25, 0.5), int(rng.integers(2, 5))
    wood = slots.slot("wood")
    covers = [slots.slot("cloth") for _ in range(4)]
    inside: list[Part] = []
    for floor in np.linspace(0, -0.95, rows + 1)[:-1]:
        x = -w + 0.03
        high = 0.95 / rows
        while x < w - 0.08:
            thick, tall = rng.uniform(0.03, 0.08), high * rng.uniform(0.5, 0.82)
            if rng.random() < 0.85:
                band = (points((x, floor - 0.7 * tall), (x + thick, floor - 0.7 * tall)),)
                inside.append(
                    Part(
                        box(x, floor - tall - 0.03, x + thick, floor - 0.03),
                        covers[int(rng.integers(4))],
                        strokes=band,
                    )
                )
            x += thick
        inside.append(Part(box(-w, floor - 0.03, w, floor), wood, lit=False))
    rim = moved(box(-w, -1, w, 0), scale=1.04)
    return [
        Part(rim, wood),
        Part(box(-w, -0.97, w, 0), slots.slot("wood"), inside=tuple(inside), lit=False),
    ]
