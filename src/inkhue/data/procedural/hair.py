"""What a person's look is, and their hair, hats and beards."""

from __future__ import annotations

from dataclasses import dataclass

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
    moved,
    points,
    ramp,
    spline,
    star,
)
from inkhue.data.procedural.parts import Part, Slots, drawn, placed


@dataclass(frozen=True)
class Look:
    """What is the same all over a person."""

    skin: int
    hair: int
    white: int
    dark: int
    iris: int
    accent: int
    hairdo: str
    eyes: str
    width: float  # of the face, half
    turn: float  # of the face: -1 left .. 1 right
    sideways: bool  # seen in profile


def draw_look(rng: Rng, slots: Slots) -> Look:
    """Draw a look."""
    return Look(
        skin=slots.slot("skin"),
        hair=slots.slot("hair"),
        white=slots.slot("white"),
        dark=slots.slot("dark"),
        iris=slots.slot("iris"),
        accent=slots.slot("cloth"),
        hairdo=str(rng.choice(["short", "bob", "long", "tails", "bun", "curly", "spiky", "bald"])),
        eyes=str(
            rng.choice(["dots", "ovals", "round", "large", "closed"], p=[0.2, 0.2, 0.2, 0.3, 0.1])
        ),
        width=float(rng.uniform(0.72, 1.02)),
        turn=float(np.clip(rng.normal(0, 0.45), -1, 1)),
        sideways=bool(rng.random() < 0.15),
    )


def behind_head(rng: Rng, look: Look) -> list[Part]:
    """Return the hair that hangs behind the shoulders."""
    w = look.width
    if look.sideways:
        return []
    if look.hairdo in ("bob", "long"):
        end = rng.uniform(0.9, 1.4) if look.hairdo == "bob" else rng.uniform(1.7, 3)
        wide = w * rng.uniform(1.15, 1.5)
        knots = [(-0.8, -0.85), (0, -1.15), (0.8, -0.85), (1, 0), (1.1, 0.6 * end)]
        knots += [(0.9, end), (0.45, 0.93 * end), (0, end), (-0.45, 0.93 * end), (-0.9, end)]
        knots += [(-1.1, 0.6 * end), (-1, 0)]
        outline = spline(np.array(knots) * (wide, 1) + rng.normal(0, 0.04, (12, 2)))
        strands = [
            arc(s * wide * k, 0.3, 0.12, end * 0.6, 0.5 * np.pi, s * 0.5 * np.pi + np.pi * 0.5)
            for s in (-1, 1)
            for k in (0.6, 0.72, 0.85, 0.95)
        ]
        return [Part(outline, look.hair, strokes=tuple(strands), filling="black")]
    if look.hairdo == "tails":
        length, out = rng.uniform(0.8, 2), rng.uniform(0.3, 1)
        tail = limb(
            [(w * 0.8, -0.5), (w + out, -0.4), (w + out, length * 0.5), (w + 0.6 * out, length)],
            [0.25, 0.55, 0.5, 0.1],
        )
        tie = ellipse(w * 0.95, -0.5, 0.16)
        pair = [Part(tail, look.hair, filling="black"), Part(tie, look.accent)]
        return pair + placed(pair, scale=(-1, 1))
    if look.hairdo == "bun":
        bun = moved(blob(rng, 0.06), rng.uniform(-0.3, 0.3), -1.25, rng.uniform(0.3, 0.5))
        return [Part(bun, look.hair, filling="black")]
    if look.hairdo == "curly":
        return [Part(curls(rng, w * 1.25, -1.25, 0.6), look.hair, filling="black")]
    return []


def curls(rng: Rng, w: float, top: float, bottom: float) -> Points:
    """Return a cloud of curls around a head."""
    angles = np.linspace(0, 2 * np.pi, int(rng.integers(9, 14)), endpoint=False)
    high = (bottom - top) / 2
    return merge(
        [ellipse(0, top + high, w * 0.95, high * 0.95)]
        + [
            ellipse(
                w * 0.88 * np.cos(a), top + high + high * 0.88 * np.sin(a), rng.uniform(0.28, 0.42)
            )
            for a in angles
        ]
    )


def front_hair(rng: Rng, look: Look) -> list[Part]:
    """Return the hair over the forehead."""
    w = look.width
    if look.hairdo == "bald":
        return []
    if look.hairdo == "curly":
        angles = np.linspace(np.pi * 1.05, np.pi * 1.95, int(rng.integers(5, 8)))
        tops = [
            ellipse(w * np.cos(a), 0.85 * np.sin(a) - 0.1, rng.uniform(0.3, 0.4)) for a in angles
        ]
        cap = arc(0, 0, w * 1.04, 1.06, np.pi * 1.08, np.pi * 1.92, 0, 16)
        return [Part(merge([*tops, cap]), look.hair, filling="black")]
    high = rng.uniform(1.1, 1.3)
    crown = arc(0, 0, w * 1.1, high, np.pi * 0.98, np.pi * 2.02, 0, 16)
    if look.hairdo == "spiky":
        count = int(rng.integers(6, 12))
        crown = arc(0, 0, w * 1.05, 1.02, np.pi, 2 * np.pi, 0, 2 * count + 1)
        crown[1::2] *= rng.uniform(1.2, 1.7, (count, 1))
    fringe, strands = fringe_of(rng, w, look.turn)
    outline = np.concatenate([crown, fringe])
    return [Part(outline, look.hair, strokes=strands, filling="black", gloss=rng.random() < 0.3)]


def fringe_of(rng: Rng, w: float, turn: float) -> tuple[Points, tuple[Points, ...]]:
    """Return the hair's lower edge from right to left, and strands above its tips."""
    locks = int(rng.integers(1, 7))
    x = np.linspace(w * 1.08, -w * 1.08, locks + 1)
    x[1:-1] += rng.normal(0, 0.06, locks - 1) + 0.2 * turn
    low = rng.uniform(-0.5, -0.1)
    edge: list[Points] = []
    strands = []
    for k in range(locks):
        a, b = x[k], x[k + 1]
        ya = 0.1 if k == 0 else low + rng.uniform(-0.05, 0.12)
        yb = 0.1 if k == locks - 1 else low + rng.uniform(-0.05, 0.12)
        rise = rng.uniform(0.1, 0.35)
        middle = (a + b) / 2 + rng.uniform(-0.25, 0.25) * (a - b)
        edge.append(
            spline([(a, ya), (middle, min(ya, yb, low) - rise), (b, yb)], closed=False)[:-1]
        )
        for share in ramp(int(rng.integers(1, 4)))[1:]:  # hair in the middle of a lock
            x_in = a + (b - a) * share
            strands.append(
                spline([(x_in, low), (0.8 * x_in, -0.6), (0.4 * x_in, -1)], closed=False)
            )
        strands.append(spline([(b, yb), (0.75 * b, -0.6), (0.4 * b, -1.05)], closed=False))
    return np.concatenate(edge), tuple(strands[:-1])


def extras(rng: Rng, look: Look, slots: Slots) -> list[Part]:
    """Return a hat, glasses, a beard, a bow, or nothing."""
    w, kind = look.width, rng.random()
    if kind < 0.22:
        return hat(rng, w, slots)
    if kind < 0.32:
        x = 0.32 * look.turn
        r = rng.uniform(0.25, 0.36)
        rims = tuple(ellipse(s * 0.42 * w + x, 0, r, r * rng.uniform(0.8, 1)) for s in (-1, 1))
        closed = tuple(np.concatenate([rim, rim[:1]]) for rim in rims)
        bridge = arc(x, 0, 0.42 * w - r + 0.02, 0.08, np.pi, 2 * np.pi)
        return [drawn(*closed, bridge, weight=1.3)]
    if kind < 0.42:
        edge = [(-w, 0.15), (-0.8 * w, 0.9), (0, rng.uniform(1.2, 1.9)), (0.8 * w, 0.9), (w, 0.15)]
        inner = [(0.55 * w, 0.5), (0, 0.42), (-0.55 * w, 0.5)]
        beard = np.concatenate([spline(edge, closed=False), spline(inner, closed=False)])
        lips = Part(ellipse(0.3 * look.turn, 0.65, 0.2, 0.07), slots.slot("mouth"), lit=False)
        return [Part(beard, look.hair, filling="black", inside=(lips,))]
    if kind < 0.52:
        x, y, r = rng.uniform(-0.6, 0.6), -0.95, rng.uniform(0.25, 0.45)
        wing = moved(leaf(1.3, 0.9), x, y, r, np.pi / 2)
        pair = [Part(wing, look.accent), Part(wing * (-1, 1) + (2 * x, 0), look.accent)]
        return [*pair, Part(ellipse(x, y, 0.28 * r), look.accent)]
    return []


def hat(rng: Rng, w: float, slots: Slots) -> list[Part]:
    """Return a hat: a cap, a cone, a top hat, a wide one, a crown."""
    color, band = slots.slot("cloth"), slots.slot("cloth")
    kind, y = int(rng.integers(5)), rng.uniform(-0.7, -0.5)
    if kind == 0:
        knots = [(0, -0.1), (w * 1.2, -0.1), (w * 1.9, 0.1), (w, 0.15), (0, 0.1)]
        dome = Part(arc(0, y, w * 1.15, 0.75, np.pi, 2 * np.pi), color, gloss=True)
        return [dome, Part(moved(spline(knots), 0, y), band)]
    if kind == 1:
        x, high = rng.uniform(-0.7, 0.7), rng.uniform(1, 2)
        knots = [(-w * 0.9, 0), (x / 2 - 0.3, -0.7), (x, -high), (x / 2 + 0.4, -0.7), (w * 0.9, 0)]
        brim = Part(ellipse(0, y, w * rng.uniform(1.2, 1.8), 0.18), band)
        return [brim, Part(moved(spline(knots, closed=False), 0, y), color)]
    if kind == 2:
        tall = rng.uniform(0.5, 1.3)
        block = points((-w * 0.8, y), (-w * 0.9, y - tall), (w * 0.9, y - tall), (w * 0.8, y))
        stripe = Part(box(-w, y - 0.3, w, y), band)
        return [Part(block, color, inside=(stripe,)), Part(ellipse(0, y, w * 1.4, 0.16), color)]
    if kind == 3:
        stripe = Part(box(-w, y - 0.22, w, y + 0.1), band)
        dome = Part(arc(0, y, w * 0.85, 0.7, np.pi, 2 * np.pi), color, inside=(stripe,))
        bloom = moved(star(5, 0.5, smooth=True), 0.6 * w, y - 0.1, 0.22)
        brim = Part(ellipse(0, y + 0.02, w * 1.8, 0.3), color)
        return [brim, dome, Part(bloom, slots.slot("flower"))]
    x_all = np.linspace(-w * 0.8, w * 0.8, 11)
    rim = np.stack([x_all, np.where(np.arange(11) % 2, y - 0.25, y - 0.7)], axis=1)
    jewels = tuple(Part(ellipse(k, y - 0.12, 0.07), band) for k in x_all[1::2])
    bottom = points((w * 0.8, y + 0.05), (-w * 0.8, y + 0.05))
    return [Part(np.concatenate([rim, bottom]), slots.slot("metal"), inside=jewels)]
