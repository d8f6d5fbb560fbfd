"""Vehicles. They stand on (0, 0), about 1 high."""

from __future__ import annotations

from inkhue.data.procedural.curves import (
    Rng,
    box,
    ellipse,
    mirrored,
    points,
    spline,
)
from inkhue.data.procedural.parts import Part, Slots, drawn, placed


def car(rng: Rng, slots: Slots) -> list[Part]:
    """Return a car, a van or a bus, seen from the side."""
    rubber, hub, top = slots.slot("dark"), slots.slot("metal"), -rng.uniform(0.6, 0.95)
    front, rear = rng.uniform(0.3, 0.7), -rng.uniform(0.4, 0.8)
    knots = [(-0.85, -0.15), (-0.88, -0.42), (rear, top + 0.05), (rear + 0.15, top)]
    knots += [(front - 0.25, top), (front, -0.5), (0.8, -0.42), (0.9, -0.15)]
    body = spline([*knots, (0.5, -0.12), (-0.5, -0.12)])
    above = ((rear + 0.15, top + 0.08), (front - 0.28, top + 0.08))
    pane = points((rear + 0.1, -0.48), *above, (front - 0.08, -0.48))
    middle = (rear + front) / 2
    post, door = points((middle, top), (middle, -0.45)), points((middle, -0.45), (middle, -0.15))
    glass = Part(pane, slots.slot("glass"), strokes=(post,), lit=False)
    lines = (door, points((-0.9, -0.32), (0.9, -0.32)))
    parts = [Part(body, slots.slot("any"), strokes=lines, inside=(glass,), gloss=True)]
    parts.append(Part(ellipse(0.82, -0.33, 0.05), slots.slot("sun")))
    for x in (-0.5, 0.52):
        cap = Part(ellipse(x, -0.14, 0.08), hub)
        parts.append(Part(ellipse(x, -0.14, 0.16), rubber, filling="black", inside=(cap,)))
    return parts


def balloon(rng: Rng, slots: Slots) -> list[Part]:
    """Return a hot-air balloon."""
    envelope = mirrored((0, -1.02), (0.3, -0.95), (0.38, -0.65), (0.12, -0.3))
    tint, count = slots.slot("any"), int(rng.integers(1, 4))
    gores = []
    for k in range(1, count + 1):
        shape = ellipse(0, -0.65, 0.38 * (1 - k / (count + 1)), 0.5)
        gores.append(Part(shape, slots.slot("any") if k % 2 else tint, lit=False))
    ropes = drawn(points((-0.1, -0.3), (-0.06, -0.12)), points((0.1, -0.3), (0.06, -0.12)))
    weave = tuple(points((-0.1, y), (0.1, y)) for y in (-0.09, -0.05))
    basket = Part(box(-0.08, -0.13, 0.08, 0, 0.02), slots.slot("wood"), strokes=weave)
    return [Part(envelope, slots.slot("any"), inside=tuple(gores), gloss=True), ropes, basket]


def rocket(rng: Rng, slots: Slots) -> list[Part]:
    """Return a rocket."""
    wide = rng.uniform(0.7, 1.5)
    hull = mirrored((0, -1), (0.15, -0.75), (0.17, -0.4), (0.12, -0.15))
    fin = slots.slot("any")
    flame = mirrored((0.08, -0.15), (0.05, -0.03), (0, rng.uniform(0.02, 0.15)))
    parts = [Part(flame, slots.slot("sun"), lit=False)]
    wing = spline([(0.13, -0.4), (0.33, -0.2), (0.3, 0), (0.1, -0.17)])
    parts += [Part(wing, fin), Part(wing * (-1, 1), fin)]
    tip = Part(box(-1, -1.1, 1, -0.78), fin, lit=False)
    pane = Part(ellipse(0, -0.58, 0.05), slots.slot("glass"))
    port = Part(ellipse(0, -0.58, 0.08), slots.slot("metal"), inside=(pane,))
    ring = (points((-1, -0.3), (1, -0.3)),)
    parts.append(Part(hull, slots.slot("white"), inside=(tip, port), strokes=ring, gloss=True))
    return placed(parts, scale=(wide, 1))


def boat(rng: Rng, slots: Slots) -> list[Part]:
    """Return a boat with sails."""
    hull = spline([(-0.5, -0.22), (0, -0.18), (0.6, -0.25), (0.4, 0), (-0.35, 0)])
    stripe = Part(box(-1, -0.2, 1, -0.13), slots.slot("cloth"), lit=False)
    main, jib = slots.slot("white"), slots.slot("cloth")
    sail = spline([(0.02, -0.95), (rng.uniform(0.2, 0.5), -0.6), (0.5, -0.3), (0.02, -0.28)])
    front = points((-0.03, -0.85), (-0.4, -0.28), (-0.03, -0.28))
    seams = tuple(points((0, y), (0.6, y + 0.05)) for y in (-0.75, -0.55, -0.4))
    flag = Part(points((0, -1), (-0.14, -0.96), (0, -0.91)), slots.slot("cloth"))
    mast = Part(box(-0.015, -1.0, 0.015, -0.2), slots.slot("wood"))
    return [
        mast,
        flag,
        Part(sail, main, strokes=seams),
        Part(front, jib),
        Part(hull, slots.slot("wood"), inside=(stripe,)),
    ]
