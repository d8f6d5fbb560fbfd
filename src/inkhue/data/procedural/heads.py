"""Heads of people. A head's middle at (0, 0), about 2 high."""

from __future__ import annotations

import numpy as np

from inkhue.data.procedural.curves import (
    Rng,
    arc,
    box,
    ellipse,
    moved,
    points,
    spline,
)
from inkhue.data.procedural.hair import Look, extras, front_hair
from inkhue.data.procedural.parts import Part, Slots, drawn, mostly_lined, placed


def head(rng: Rng, look: Look, slots: Slots) -> list[Part]:
    """Return a head in front of its hair."""
    if look.sideways:
        return profile(rng, look, slots)
    w = look.width
    chin, cheek = rng.uniform(0.9, 1.1), w * rng.uniform(0.75, 1.05)
    half = [(0.0, -1.0), (0.62 * w, -0.82), (w, -0.15), (cheek, 0.42), (0.45 * w, 0.85 * chin)]
    knots = [*half, (0.0, chin), *[(-x, y) for x, y in half[:0:-1]]]
    face = spline(knots)
    ear_y, ear = rng.uniform(-0.1, 0.2), rng.uniform(0.14, 0.26)
    ears = [
        Part(
            ellipse(s * w * 0.98, ear_y, ear * 0.75, ear, s * 0.25),
            look.skin,
            strokes=(arc(s * w, ear_y, ear * 0.35, ear * 0.5, -1.5, 1.5, np.pi * (s < 0)),),
        )
        for s in (-1, 1)
    ]
    inside = cheeks(rng, look, slots)
    parts = [*ears, Part(face, look.skin, inside=tuple(inside))]
    parts += features(rng, look, slots) + front_hair(rng, look) + extras(rng, look, slots)
    return parts


def profile(rng: Rng, look: Look, slots: Slots) -> list[Part]:
    """Return a head that looks to the right, seen from the side."""
    tip, brow, chin = rng.uniform(1.05, 1.5), rng.uniform(0.7, 0.85), rng.uniform(0.6, 0.9)
    front = [(0.1, -1.0), (0.62, -0.75), (brow, -0.25), (brow - 0.04, -0.08), (tip, 0.22)]
    front += [(0.82, 0.33), (0.88, 0.48), (0.78, 0.55), (0.84, 0.66), (chin, 0.98), (0.25, 0.95)]
    back = [(-0.25, 0.6), (-0.75, 0.45), (-0.95, -0.2), (-0.6, -0.85)]
    size, y = rng.uniform(0.1, 0.2), rng.uniform(-0.05, 0.08)
    eye = placed(eye_of(look, size), 0.52, y, (0.65, 1))
    lines = [spline([(0.35, y - 0.3), (0.55, y - 0.38), (0.75, y - 0.3)], closed=False)]
    lines.append(spline([(0.82, 0.55), (0.6, 0.56), (0.5, 0.5)], closed=False))
    ear = ellipse(-0.12, 0.1, 0.15, 0.22)
    inner = arc(-0.12, 0.1, 0.07, 0.12, -1.5, 1.5)
    parts = [Part(spline([*front, *back]), look.skin), *eye]
    parts += [Part(ear, look.skin, strokes=(inner,)), drawn(*lines)]
    if look.hairdo == "bald":
        return parts
    low = 0.5 if look.hairdo in ("short", "spiky", "bun") else rng.uniform(0.8, 1.8)
    knots = [(0.6, -0.72), (0.2, -1.2), (-0.6, -1.1), (-1.15, -0.4), (-1.1, 0.2), (-0.95, low)]
    knots += [(-0.5, low - 0.05), (-0.32, 0.2), (-0.1, -0.25), (0.35, -0.5)]
    strands = tuple(
        spline([(0.5 - k, -0.65 + 0.4 * k), (-0.3 - 0.4 * k, -0.8 + k), (-0.8, low)], closed=False)
        for k in (0.0, 0.2, 0.4)
    )
    return [*parts, Part(spline(knots), look.hair, strokes=strands, filling="black")]


def cheeks(rng: Rng, look: Look, slots: Slots) -> list[Part]:
    """Return cheeks: none, soft, or flat."""
    kind = rng.random()
    if kind < 0.45:
        return []
    color, r = slots.slot("blush"), rng.uniform(0.15, 0.28)
    shift = 0.3 * look.turn
    spots = [ellipse(s * 0.6 * look.width + shift, 0.42, r, 0.75 * r) for s in (-1, 1)]
    if kind < 0.7:
        return [Part(s, color, filling="blush") for s in spots]
    line = mostly_lined(rng, 0.25)
    return [Part(s, color, line=line, lit=False) for s in spots]


def features(rng: Rng, look: Look, slots: Slots) -> list[Part]:
    """Return eyes, brows, nose and mouth."""
    shift, y = 0.32 * look.turn, rng.uniform(-0.1, 0.12)
    apart = look.width * rng.uniform(0.36, 0.48)
    size = rng.uniform(0.16, 0.34) if look.eyes == "large" else rng.uniform(0.1, 0.2)
    parts: list[Part] = []
    for s in (-1, 1):
        narrow = 1 - 0.3 * max(0.0, s * look.turn)
        eye = eye_of(look, size)
        parts += placed(eye, s * apart + shift, y, (s * narrow, 1))
    tilt, lift = rng.normal(0, 0.25), y - size * 1.5 - rng.uniform(0.05, 0.15)
    thick = rng.random() < 0.35
    for s in (-1, 1):
        bow = arc(0, 0.1, size * 1.1, 0.12, 1.15 * np.pi, 1.85 * np.pi, 0, 8)
        bow = moved(bow, s * apart + shift, lift, angle=s * tilt)
        outline = np.concatenate([bow, moved(bow[::-1], 0, 0.07)])
        if thick:
            parts.append(Part(outline, look.hair, filling="black", lit=False))
        else:
            parts.append(drawn(bow))
    return parts + nose(rng, look, shift * 1.5) + mouth(rng, shift * 1.2, slots)


def eye_of(look: Look, size: float) -> list[Part]:
    """Return an eye around (0, 0)."""
    if look.eyes == "dots":
        return [Part(ellipse(0, 0, size * 0.45, size * 0.6), look.dark, filling="black", lit=False)]
    if look.eyes == "closed":
        lid = arc(0, 0, size, size * 0.7, 0, np.pi)
        return [drawn(lid)]
    tall = {"ovals": 1.5, "round": 1.0, "large": 1.25}[look.eyes]
    white = ellipse(0, 0, size, size * tall)
    if look.eyes == "large":
        white = np.concatenate(
            [
                arc(0, 0, size, size * tall, np.pi, 2 * np.pi),
                arc(0, 0, size * 0.9, size * 0.9, 0.15, 3),
            ]
        )
    r = size * {"ovals": 0.55, "round": 0.45, "large": 0.8}[look.eyes]
    x = look.turn * size * 0.3
    iris = Part(
        ellipse(x, 0.1 * size, r, r * tall**0.7),
        look.iris,
        inside=(Part(ellipse(x, 0.1 * size, 0.55 * r), look.dark, filling="black", lit=False),),
    )
    shine = Part(ellipse(x + 0.3 * r, -0.3 * r, 0.25 * r), look.white, lit=False, line="none")
    pupil = Part(ellipse(x, 0, 0.8 * r, r), look.dark, filling="black", lit=False, inside=(shine,))
    middle = (iris, shine) if look.eyes == "large" else (pupil,)
    lid = arc(0, 0, size * 1.08, size * tall * 1.05, np.pi, 2 * np.pi)
    return [Part(white, look.white, inside=middle, over=(lid,), lit=False)]


def nose(rng: Rng, look: Look, x: float) -> list[Part]:
    """Return a nose: a line, or a shape."""
    y, size, kind = rng.uniform(0.22, 0.35), rng.uniform(0.06, 0.2), rng.random()
    if kind < 0.35:
        line = arc(x, y, size * 0.7, size * 0.6, -0.1 * np.pi, 1.1 * np.pi)
    elif kind < 0.7:
        line = points(
            (x - 0.03, y - size * 2), (x + size * (1 if look.turn >= 0 else -1), y), (x, y + 0.03)
        )
    else:
        outline = ellipse(x, y, size, size * rng.uniform(0.8, 1.2))
        return [Part(outline, look.skin, gloss=True)]
    return [drawn(line)]


def mouth(rng: Rng, x: float, slots: Slots) -> list[Part]:
    """Return a mouth: a line, or open."""
    y, half = rng.uniform(0.55, 0.66), rng.uniform(0.12, 0.42)
    bend = rng.uniform(-0.1, 0.2)
    line = spline(
        [(x - half, y - bend * 0.5), (x, y + bend * 0.6), (x + half, y - bend * 0.5)], closed=False
    )
    color = slots.slot("mouth")
    if rng.random() < 0.5:
        return [drawn(line)]
    depth = rng.uniform(0.12, 0.3)
    low = spline(
        [(x + half, y - bend * 0.5), (x, y + depth), (x - half, y - bend * 0.5)], closed=False
    )
    inside: list[Part] = []
    if rng.random() < 0.5:
        teeth = box(x - half, y - 0.2, x + half, y + 0.25 * depth)
        inside.append(Part(teeth, slots.slot("white"), lit=False))
    if rng.random() < 0.5:
        inside.append(
            Part(ellipse(x, y + depth, half * 0.6, depth * 0.5), slots.slot("blush"), lit=False)
        )
    return [Part(np.concatenate([line, low[1:-1]]), color, inside=tuple(inside), lit=False)]
