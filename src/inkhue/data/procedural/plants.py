"""Plants. They stand on (0, 0), about 1 high."""

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
    limb,
    merge,
    mirrored,
    moved,
    points,
    spline,
    star,
    wavy,
    within,
)
from inkhue.data.procedural.parts import Part, Slots, placed


def puff(rng: Rng, count: int, wide: float, high: float) -> Points:
    """Return the outline of round lumps around (0, 0)."""
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.uniform(0, 1)
    lumps = [ellipse(0, 0, wide * 0.8, high * 0.8)]
    for a in angles:
        r = rng.uniform(0.28, 0.45) * min(wide, high)
        lumps.append(ellipse(0.72 * wide * np.cos(a), 0.72 * high * np.sin(a), r))
    return merge(lumps)


def tree(rng: Rng, slots: Slots) -> list[Part]:
    """Return a tree: round, pointed, bare or a palm."""
    kinds = (round_tree, fir, palm, bare_tree)
    return kinds[int(rng.choice(4, p=[0.5, 0.25, 0.13, 0.12]))](rng, slots)


def trunk(rng: Rng, slots: Slots, lean: float) -> Part:
    """Return a trunk that goes up to (lean, -0.5)."""
    t = rng.uniform(0.05, 0.11)
    ways = [((x, -0.05), (x + lean * 0.5, -0.35)) for x in (-0.3 * t, 0.3 * t)]
    bark = tuple(wavy(rng, low, high, 0.01, 4) for low, high in ways)
    left = [(-t, 0.0), (-0.6 * t, -0.1), (lean - 0.4 * t, -0.5)]
    right = [(lean + 0.4 * t, -0.5), (0.6 * t, -0.1), (t, 0.0)]
    return Part(spline([*left, *right, (0, 0.01)]), slots.slot("wood"), strokes=bark)


def round_tree(rng: Rng, slots: Slots) -> list[Part]:
    """Return a tree with a round crown."""
    lean = rng.normal(0, 0.05)
    crown = puff(rng, int(rng.integers(6, 10)), rng.uniform(0.25, 0.4), 0.32)
    low, high = (-0.25, -0.85), (0.25, -0.5)
    curls = [arc(*within(rng, low, high), 0.05, 0.04, 0.3, np.pi) for _ in range(5)]
    apples: list[Part] = []
    if rng.random() < 0.25:
        fruit = slots.slot("fruit")
        apples = [Part(ellipse(*within(rng, low, high), 0.03), fruit) for _ in range(6)]
    leaves = slots.slot("leaf")
    top = Part(moved(crown, lean, -0.66), leaves, strokes=tuple(curls), inside=tuple(apples))
    return [trunk(rng, slots, lean), top]


def fir(rng: Rng, slots: Slots) -> list[Part]:
    """Return a pointed tree of one to four tiers."""
    green, tiers = slots.slot("leaf"), int(rng.integers(1, 5))
    parts = [trunk(rng, slots, 0)]
    for k in range(tiers):
        y, w = -0.15 - 0.8 * k / (tiers + 0.5), rng.uniform(0.25, 0.32) * (1 - 0.6 * k / tiers)
        tip = -1.0 if k == tiers - 1 else y - 0.42
        half = [(0, tip), (0.35 * w, (y + tip) / 2), (w, y), (0.4 * w, y + 0.03)]
        parts.append(Part(mirrored(*half), green))
    return parts


def palm(rng: Rng, slots: Slots) -> list[Part]:
    """Return a palm."""
    green = slots.slot("leaf")
    fronds = [
        Part(moved(leaf(rng.uniform(0.35, 0.5), 0.13, 0.18), 0.1, -0.75, (s, 1), s * a), green)
        for a in (0.5, 1.1, 1.7)
        for s in (-1, 1)
    ]
    stem = limb([(0, 0), (-0.06, -0.4), (0.1, -0.76)], [0.1, 0.07, 0.06])
    spots = ((-0.03, -0.2), (-0.05, -0.35), (-0.02, -0.5))
    rings = tuple(arc(x, y, 0.04, 0.015, 0, np.pi) for x, y in spots)
    return [Part(stem, slots.slot("wood"), strokes=rings), *fronds]


def bare_tree(rng: Rng, slots: Slots) -> list[Part]:
    """Return a tree with few leaves or none."""
    green, t = slots.slot("leaf"), rng.uniform(0.05, 0.11)
    branches = [
        limb([(0, -0.2), (0, -0.5), (x * 0.6, -0.65), (x, y)], [t * 1.6, t, 0.03, 0.012])
        for x, y in ((-0.35, -0.85), (0.3, -0.95), (0.05, -1), (0.4, -0.7))
    ]
    wood = merge([limb([(0, 0.0), (0, -0.5)], [t * 2.4, t]), *branches])
    parts = [Part(wood, slots.slot("wood"))]
    for _ in range(int(rng.integers(0, 12))):
        x, y = within(rng, (-0.35, -0.9), (0.35, -0.6))
        parts.append(Part(moved(leaf(0.12, 0.06), x, y, 1, rng.uniform(-2, 2)), green))
    return parts


def flower(rng: Rng, slots: Slots) -> list[Part]:
    """Return a flower with its stem and leaves."""
    green, bend = slots.slot("leaf"), rng.normal(0, 0.1)
    stem = limb([(0, 0), (-bend * 0.5, -0.4), (bend, -0.78)], [0.035, 0.03, 0.03])
    parts = [Part(stem, green)]
    for s in (-1, 1):
        blade = Part(leaf(0.35, 0.14, 0.08), green, strokes=(points((0, 0), (0.05, -0.22)),))
        y = rng.uniform(-0.4, -0.1)
        parts += placed([blade], -bend * 0.3, y, (s, 1), s * 0.7)
    return parts + placed(blossom(rng, slots), bend, -0.78, rng.uniform(0.15, 0.24))


def blossom(rng: Rng, slots: Slots) -> list[Part]:
    """Return a flower's head around (0, 0), radius about 1."""
    color, heart = slots.slot("flower"), slots.slot("sun")
    petals, kind = int(rng.integers(4, 10)), rng.random()
    if kind < 0.6:
        width = 2 * np.pi * 0.62 / petals
        round_one = ellipse(0, -0.62, width * 0.55, 0.4, count=16)
        petal = leaf(1, width * 1.4) if kind < 0.2 else round_one
        turns = np.arange(petals) * 2 * np.pi / petals
        parts = [Part(moved(petal, angle=turn), color) for turn in turns]
        return [*parts, Part(ellipse(0, 0, rng.uniform(0.28, 0.42)), heart, gloss=True)]
    if kind < 0.8:
        cup = mirrored((0, -1.1), (0.5, -0.4), (1, -0.9), (0.8, 0.5), (0, 0.9))
        return [Part(cup, color, strokes=(arc(0, -0.1, 0.45, 0.9, 0.2, 2.9),))]
    rings = [Part(blob(rng, 0.06, petals + 3) * k, color) for k in (1, 0.72, 0.45)]
    return [*rings, Part(ellipse(0, 0, 0.2), heart)]


def cactus(rng: Rng, slots: Slots) -> list[Part]:
    """Return a cactus with a flower."""
    parts = [limb([(0, 0), (0, -0.9)], [0.22, 0.22])]
    for s in (-1, 1):
        tip = (s * 0.3, -rng.uniform(0.6, 0.8))
        parts.append(limb([(0, -0.35), (s * 0.28, -0.4), tip], [0.13, 0.12, 0.12]))
    ribs = tuple(points((x, -0.05), (x, -0.85)) for x in (-0.05, 0.05))
    bloom = Part(moved(star(6, 0.5, smooth=True), 0, -1, 0.09), slots.slot("flower"))
    return [Part(merge(parts), slots.slot("leaf"), strokes=ribs), bloom]


def mushroom(rng: Rng, slots: Slots) -> list[Part]:
    """Return a mushroom."""
    white, w = slots.slot("white"), rng.uniform(0.35, 0.6)
    stem = mirrored((0.13, -0.55), (0.1, -0.3), (0.13, 0), (0, 0.03))
    dome = arc(0, -0.5, w, rng.uniform(0.35, 0.5), np.pi, 2 * np.pi)
    cap = np.concatenate([dome, arc(0, -0.5, w, 0.1, 0.1, np.pi - 0.1)])
    spots = []
    for _ in range(6):
        x, y = within(rng, (-w, -0.9), (w, -0.5))
        spots.append(Part(ellipse(x, y, rng.uniform(0.05, 0.1), 0.06), white, lit=False))
    return [Part(stem, white), Part(cap, slots.slot("fruit"), inside=tuple(spots), gloss=True)]


def bush(rng: Rng, slots: Slots) -> list[Part]:
    """Return a bush, flat at its foot."""
    w = rng.uniform(0.5, 1)
    color = slots.slot("leaf")
    lumps = [
        ellipse(x, -0.35 - 0.2 * (1 - (x / w) ** 2), rng.uniform(0.28, 0.4))
        for x in np.linspace(-w, w, int(rng.integers(3, 7)))
    ]
    outline = merge([*lumps, box(-w, -0.3, w, 0)])
    leaves = tuple(
        arc(*within(rng, (-w, -0.6), (w, -0.1)), 0.08, 0.06, np.pi, 2 * np.pi) for _ in range(6)
    )
    berry = slots.slot("fruit")
    dots = tuple(Part(ellipse(*within(rng, (-w, -0.6), (w, -0.1)), 0.05), berry) for _ in range(8))
    return [Part(outline, color, strokes=leaves, inside=dots if rng.random() < 0.3 else ())]
