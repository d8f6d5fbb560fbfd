"""Animals. Feet at (0, 0), about 1 high."""

from __future__ import annotations

import numpy as np

from inkhue.data.procedural.curves import (
    Points,
    Rng,
    arc,
    blob,
    either,
    ellipse,
    leaf,
    limb,
    mirrored,
    moved,
    points,
    spline,
    within,
)
from inkhue.data.procedural.parts import Part, Slots, drawn, mostly_lined, placed

EARS = ("round", "pointed", "long", "floppy")


def eye(rng: Rng, slots: Slots, x: float, y: float, r: float) -> list[Part]:
    """Return an eye: a dot, or a ball with a pupil."""
    dark = slots.slot("dark")
    if rng.random() < 0.5:
        return [Part(ellipse(x, y, r * 0.6, r * 0.7), dark, filling="black", lit=False)]
    look = rng.uniform(-0.35, 0.35, 2) * r
    pupil = Part(ellipse(x + look[0], y + look[1], r * 0.5), dark, filling="black", lit=False)
    return [Part(ellipse(x, y, r, r * 1.1), slots.slot("white"), inside=(pupil,), lit=False)]


def coat(rng: Rng, slots: Slots, body: Points) -> list[Part]:
    """Return spots, stripes or a patch to lie on a body."""
    (x0, y0), (x1, y1) = body.min(axis=0), body.max(axis=0)
    kind, color = rng.random(), slots.slot("fur")
    line = mostly_lined(rng, 0.6)
    w, h = x1 - x0, y1 - y0
    if kind < 0.2:
        return [
            Part(
                moved(
                    blob(rng, 0.2, 6), *within(rng, (x0, y0), (x1, y1)), h * rng.uniform(0.05, 0.14)
                ),
                color,
                line,
                lit=False,
            )
            for _ in range(int(rng.integers(4, 14)))
        ]
    if kind < 0.35:
        xs = np.linspace(x0, x1, int(rng.integers(5, 12)))
        return [
            Part(
                moved(leaf(h * 0.75, w * 0.06, 0.06), x, y0 - 0.05 * h, 1, np.pi),
                color,
                line,
                lit=False,
                filling="black",
            )
            for x in xs
        ]
    if kind < 0.6:
        patch = ellipse((x0 + x1) / 2, y1, w * 0.36, h * rng.uniform(0.25, 0.5))
        return [Part(patch, color, line, lit=False)]
    return []


def ears_of(rng: Rng, kind: str, r: float) -> Points:
    """Return an ear that stands on (0, 0)."""
    if kind == "round":
        return ellipse(0, -0.3 * r, 0.42 * r)
    if kind == "pointed":
        return leaf(r * rng.uniform(0.8, 1.1), r * 0.7)
    if kind == "long":
        return spline(
            [(-0.15 * r, 0.1), (-0.28 * r, -r), (0, -1.9 * r), (0.28 * r, -r), (0.15 * r, 0.1)]
        )
    return limb([(0, 0), (0.4 * r, 0.1 * r), (0.6 * r, 1.1 * r)], [0.3 * r, 0.5 * r, 0.4 * r])


def face(rng: Rng, slots: Slots, fur: int, r: float) -> list[Part]:
    """Return an animal's head, seen from the front, around (0, 0)."""
    kind, wide = str(rng.choice(EARS)), rng.uniform(0.95, 1.3)
    ears: list[Part] = []
    inner = slots.slot("blush")
    for s in (-1, 1):
        shape = moved(ears_of(rng, kind, r), 0, 0, (s, 1), s * rng.uniform(0.1, 0.4))
        lining = Part(moved(shape, scale=0.6), inner, lit=False)
        ear = Part(shape, fur, inside=() if kind == "floppy" else (lining,))
        ears += placed([ear], s * 0.62 * r * wide, -0.72 * r)
    skull = mirrored((0, -1), (0.75, -0.75), (1, 0.05), (0.65, 0.75), (0, 0.92))
    blaze: list[Part] = []
    if rng.random() < 0.35:
        patch = ellipse(either(rng) * 0.4 * r, -0.15 * r, 0.38 * r, 0.45 * r)
        stripe = moved(leaf(1.6, 0.7), 0, 0.4 * r, r)
        blaze = [Part(patch if rng.random() < 0.5 else stripe, slots.slot("fur"), lit=False)]
    top = [Part(moved(skull, scale=(r * wide, r)), fur, inside=tuple(blaze))]
    parts = top + ears if kind == "floppy" else ears + top
    apart = rng.uniform(0.36, 0.4) * r * wide
    both = eye(rng, slots, 0, 0, 0.2 * r)
    parts += placed(both, -apart, -0.12 * r) + placed(both, apart, -0.12 * r)
    return parts + muzzle(rng, slots, r)


def muzzle(rng: Rng, slots: Slots, r: float) -> list[Part]:
    """Return a muzzle, nose, mouth and whiskers, or a beak."""
    dark = slots.slot("dark")
    if rng.random() < 0.2:
        beak = spline([(-0.35, 0.15), (0, 0.02), (0.35, 0.15), (0, rng.uniform(0.4, 0.7))])
        return [
            Part(
                moved(beak, scale=r),
                slots.slot("sun"),
                over=(moved(points((-0.35, 0.2), (0.35, 0.2)), scale=r),),
            )
        ]
    parts: list[Part] = []
    if rng.random() < 0.6:
        parts.append(
            Part(
                ellipse(0, 0.42 * r, rng.uniform(0.35, 0.55) * r, 0.33 * r),
                slots.slot("fur"),
                lit=False,
            )
        )
    parts.append(Part(ellipse(0, 0.24 * r, 0.15 * r, 0.1 * r), dark, filling="black", gloss=True))
    w = 0.22 * r
    lines = [points((0, 0.32 * r), (0, 0.45 * r))]
    lines += [arc(s * w / 2, 0.45 * r, w / 2, 0.12 * r, 0, np.pi) for s in (-1, 1)]
    if rng.random() < 0.5:
        lines += [
            points((s * 0.45 * r, 0.4 * r + k), (s * 1.1 * r, 0.35 * r + 2.5 * k))
            for s in (-1, 1)
            for k in (-0.05 * r, 0.05 * r)
        ]
    return [*parts, drawn(*lines, weight=0.7)]


def sitting(rng: Rng, slots: Slots) -> list[Part]:
    """Return an animal that sits and looks at us."""
    fur, r = slots.slot("fur"), rng.uniform(0.2, 0.3)
    w = rng.uniform(0.18, 0.34)
    neck = -1 + 1.7 * r
    half = ((0.7 * w, neck + 0.1), (w, -0.25), (0.8 * w, -0.02))
    body = mirrored((0, neck), *half, (0, 0))
    end = (either(rng) * (w + rng.uniform(0.15, 0.4)), rng.uniform(-0.6, -0.1))
    thick = [0.1, rng.uniform(0.08, 0.2), rng.uniform(0.03, 0.12)]
    tail = limb([(0, -0.1), (end[0] * 0.8, -0.08), end], thick)
    belly = Part(ellipse(0, -0.2, w * 0.6, 0.28), slots.slot("fur"), lit=False)
    inside = [belly] if rng.random() < 0.6 else coat(rng, slots, body)
    region = slots.region()
    parts = [Part(tail, fur), Part(body, fur, inside=tuple(inside), region=region)]
    for s in (-1, 1):
        x, wide = s * w * 0.75, w * 0.42
        nails = [(x + k * w * 0.2, 0.0, 0.03, 0.06) for k in (-0.5, 0.5)]
        toes = tuple(arc(*nail, np.pi, 1.5 * np.pi) for nail in nails)
        parts.append(Part(ellipse(x, -0.03, wide, 0.07), fur, strokes=toes))
        hand = (s * rng.uniform(0.2, 1.3) * w, rng.uniform(-0.5, -0.12))
        arm = limb([(s * 0.6 * w, neck + 0.16), hand], [0.1, 0.09])
        parts.append(Part(arm, fur, line="open", region=region))
    if rng.random() < 0.3:
        parts.append(Part(ellipse(0, neck + 0.05, w * 0.7, 0.05), slots.slot("cloth")))
    return parts + placed(face(rng, slots, fur, r), 0, -1 + r, 1, rng.normal(0, 0.12))
