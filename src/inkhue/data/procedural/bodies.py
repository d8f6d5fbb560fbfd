"""Bodies of people and their clothes, between neck and feet; feet at (0, 0), about 1 high."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkhue.data.procedural import signs, things
from inkhue.data.procedural.curves import (
    Rng,
    box,
    ellipse,
    limb,
    merge,
    moved,
    points,
    spline,
    star,
)
from inkhue.data.procedural.hair import Look
from inkhue.data.procedural.parts import Part, Slots, fitted, mostly_lined
from inkhue.data.procedural.plants import flower

HELD = (
    flower,
    things.cup,
    things.book,
    signs.umbrella,
    signs.pencil,
    signs.key,
    things.gift,
    things.bottle,
    things.fruit,
)


@dataclass(frozen=True)
class Frame:
    """A person's measures, shares of their height."""

    head: float
    neck: float  # heights, y
    hip: float
    shoulder: float  # half widths
    waist: float
    hips: float
    arm: float  # lengths
    leg: float
    thick: float  # of an arm


def draw_frame(rng: Rng) -> Frame:
    """Draw the measures of a child, a cartoon or a grown-up."""
    size = float(
        rng.choice([rng.uniform(0.35, 0.5), rng.uniform(0.22, 0.33), rng.uniform(0.15, 0.2)])
    )
    body = 1 - size * 0.93
    broad = float(rng.uniform(0.075, 0.125)) * (0.8 + 0.6 * size)
    return Frame(
        head=size,
        neck=-body,
        hip=-body * float(rng.uniform(0.44, 0.56)),
        shoulder=broad,
        waist=broad * float(rng.uniform(0.7, 1.25)),
        hips=broad * float(rng.uniform(0.8, 1.2)),
        arm=body * float(rng.uniform(0.42, 0.55)),
        leg=body * 0.5,
        thick=broad * float(rng.uniform(0.38, 0.6)),
    )


def arm(
    rng: Rng, frame: Frame, look: Look, slots: Slots, top: int, region: int, side: int
) -> list[Part]:
    """Return an arm, its hand and what it holds, and its sleeve."""
    start = np.array([side * frame.shoulder * 0.86, frame.neck + 0.06])
    lows, highs = ((0.05, 0.5), (0.5, 1.6), (1.6, 2.7))[int(rng.choice(3, p=[0.55, 0.3, 0.15]))]
    down = float(rng.uniform(lows, highs))
    bend = down + float(rng.uniform(-0.4, 1.5)) * (1 if rng.random() < 0.75 else -1)
    half, t = frame.arm / 2, frame.thick
    elbow = start + half * np.array([side * np.sin(down), np.cos(down)])
    hand = elbow + half * np.array([side * np.sin(bend), np.cos(bend)])
    palm = [ellipse(0, 0, 0.62, 0.75), ellipse(0.5, 0, 0.22, 0.4)]
    palm = [moved(shape, hand[0], hand[1], t, -side * bend) for shape in palm]
    skin = merge([limb([start, elbow, hand], [t, t * 0.85, t * 0.6]), *palm])
    fingers = [points((k, 0.1), (k * 1.3, 0.7)) for k in (-0.3, 0.0, 0.3)]
    lines = tuple(moved(f, hand[0], hand[1], t, -side * bend) for f in fingers)
    parts = [Part(skin, look.skin, strokes=lines)]
    if rng.random() < 0.15:
        held = HELD[int(rng.integers(len(HELD)))](rng, slots)
        size = frame.head * rng.uniform(0.4, 0.9)
        x, y = hand - (size / 2, 0.8 * size)
        parts = fitted(held, (x, y, x + size, y + size)) + parts
    length = rng.random()
    if length > 0.85:
        return parts
    wrist = elbow + 0.8 * (hand - elbow)
    joints = [start, elbow, wrist] if length < 0.5 else [start, start + (elbow - start) * 0.67]
    joined = rng.random() < 0.5  # the sleeve is one region with the shirt
    sleeve = Part(
        limb(joints, [t * 1.25, t * 1.15, t * rng.uniform(1.15, 1.9)]),
        top,
        line="open" if joined else "closed",
        strokes=(moved(points((-0.4, 0), (0, 0), (0.3, 0.3)), elbow[0], elbow[1], t),),
        region=region if joined else -1,
    )
    return [*parts, sleeve]


def torso(rng: Rng, frame: Frame, top: int, region: int, slots: Slots) -> list[Part]:
    """Return the upper body with its shirt or coat."""
    s, n, h = frame.shoulder, frame.neck, frame.hip
    low = h + rng.uniform(0, 0.1)
    side = [(s * 0.35, n), (s, n + 0.035), (s * 0.95, n + 0.1), (frame.waist, (n + h) / 2)]
    right = spline([*side, (frame.hips, low)], closed=False)
    outline = np.concatenate([right, right[::-1] * (-1, 1)])
    inside = pattern(rng, (-2 * s, n, 2 * s, low), slots)
    fold = spline([(1, -0.01), (0.8, -0.04), (0.5, -0.08)], closed=False)
    folds = [moved(fold, 0, low, (k * s, 1)) for k in (-0.9, 0.8, 0.5)]
    kind = rng.random()
    if kind < 0.25:
        inside.append(Part(points((-s * 0.4, n), (0, n + 0.1), (s * 0.4, n)), slots.slot("white")))
        folds.append(points((0, n + 0.1), (0, low)))
    elif kind < 0.45:
        metal, spots = slots.slot("metal"), np.linspace(n + 0.06, low - 0.03, 4)
        inside += [Part(ellipse(0, y, 0.009), metal) for y in spots]
    elif kind < 0.6:
        belt = box(-2 * s, low - 0.035, 2 * s, low)
        inside.append(Part(belt, slots.slot("cloth"), filling="black"))
    parts = [Part(outline, top, region=region, inside=tuple(inside), strokes=tuple(folds))]
    if rng.random() < 0.3:
        ends = [(-0.6, -0.01), (0, 0.035), (0.6, -0.01), (0.5, 0.03), (0, 0.075), (-0.5, 0.03)]
        parts.append(Part(moved(spline(ends), 0, n, (s, 1)), slots.slot("cloth")))
    return parts


def leg(
    rng: Rng, frame: Frame, look: Look, bottom: int, shoes: int, side: int, region: int
) -> list[Part]:
    """Return a leg with its trouser leg, if trousers are a region, and its sock and shoe."""
    hip = np.array([side * frame.hips * 0.5, frame.hip])
    length, t = -frame.hip, frame.thick * 1.3
    moving = rng.random() < 0.4
    swing = float(rng.normal(0, 0.5)) if moving else float(side * rng.uniform(0, 0.18))
    bend = swing + float(rng.uniform(-0.9, 0.1)) * moving
    knee = hip + length * 0.48 * np.array([np.sin(swing), np.cos(swing)])
    foot = knee + length * 0.48 * np.array([np.sin(bend), np.cos(bend)])
    shin = (knee + foot) / 2
    parts = [Part(limb([hip, knee, foot], [t * 1.2, t * 0.9, t * 0.65]), look.skin, line="open")]
    if region < 0 and rng.random() < 0.3:
        parts.append(Part(limb([shin, foot], [t, t * 0.75]), shoes))
    elif region >= 0:
        end, wide = (foot, 0.65) if rng.random() < 0.6 else (shin, 1)
        cloth = limb([hip, knee, end], [t * 1.3, t, t * wide * 1.1])
        parts.append(Part(cloth, bottom, line="open", region=region))
    toe = t * 0.62 * (side if rng.random() < 0.7 else -side)
    shoe = spline([(-0.5, -0.6), (0.4, -0.6), (0.9, -0.25), (1.6, 0.05), (1.5, 0.4), (-0.6, 0.4)])
    shoe = moved(shoe, foot[0], foot[1], (toe, abs(toe)))
    return [*parts, Part(shoe, shoes, filling="black", gloss=True)]


def trousers(frame: Frame, color: int, region: int) -> list[Part]:
    """Return the part of the trousers that joins the legs."""
    h, w = frame.hip, frame.hips
    top, low = ((-w, h - 0.03), (w, h - 0.03)), ((w * 1.02, h + 0.05), (-w * 1.02, h + 0.05))
    outline = points(*top, low[0], (0, h + 0.09), low[1])
    seam = (points((0, h), (0, h + 0.09)),)
    return [Part(outline, color, line="none", strokes=seam, region=region)]


def skirt(rng: Rng, frame: Frame, color: int, slots: Slots) -> list[Part]:
    """Return a skirt or the lower half of a dress."""
    h, w = frame.hip - 0.02, frame.hips
    length, flare = -h * rng.uniform(0.3, 0.95), w * rng.uniform(1.1, 2.6)
    count = int(rng.integers(3, 9))
    x = np.linspace(flare, -flare, 2 * count + 1)
    wave = rng.uniform(0, 0.02) * np.where(np.arange(len(x)) % 2, 1, -1)
    hem = spline(np.stack([x, h + length + wave - 0.03 * (x / flare) ** 2], axis=1), closed=False)
    right = spline(
        [(w * 0.9, h - 0.03), (w * 1.1, h + 0.03), (flare, h + length - 0.03)], closed=False
    )
    outline = np.concatenate([right[:-1], hem, (right[:-1] * (-1, 1))[::-1]])
    folds = tuple(
        points(
            (k * 0.5 * w / flare, h + length * rng.uniform(0.1, 0.5)), (k * 0.9, h + length - 0.02)
        )
        for k in x[1:-1:2]
    )
    inside = pattern(rng, (-flare, h, flare, h + length), slots)
    if rng.random() < 0.25:
        band = np.stack([x[::-1], h + length - 0.05 - 0.03 * (x / flare) ** 2], axis=1)
        low = points((flare, h + length + 0.1), (-flare, h + length + 0.1))
        inside.append(Part(np.concatenate([band, low]), slots.slot("cloth"), lit=False))
    return [Part(outline, color, strokes=folds, inside=tuple(inside))]


def pattern(rng: Rng, area: tuple[float, float, float, float], slots: Slots) -> list[Part]:
    """Return stripes, dots or an emblem to lie on cloth, or nothing."""
    x0, y0, x1, y1 = area
    kind = rng.random()
    line = mostly_lined(rng, 0.7)
    if kind < 0.15:
        edges = np.linspace(y0, y1, 2 * int(rng.integers(2, 5)) + 2)[1:]
        color = slots.slot("cloth")
        return [
            Part(box(x0, a, x1, b), color, line, lit=False)
            for a, b in zip(edges[::2], edges[1::2], strict=False)
        ]
    if kind < 0.25:
        color, step = slots.slot("cloth"), (x1 - x0) / float(rng.integers(5, 9))
        spots = [
            (x0 + step * (i + 0.5 * (j % 2)), y0 + step * j)
            for j in range(int((y1 - y0) / step) + 1)
            for i in range(int((x1 - x0) / step) + 1)
        ]
        return [
            Part(ellipse(x, y, step * 0.22, count=12), color, line, lit=False)
            for x, y in spots[:60]
        ]
    if kind < 0.35:
        shape = star(
            int(rng.integers(4, 7)), float(rng.uniform(0.4, 0.7)), smooth=rng.random() < 0.4
        )
        shape = moved(shape, (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) * 0.13)
        return [Part(shape, slots.slot("cloth"), lit=False)]
    return []
