"""Colours of a drawing: plausible ones, a few that go together, or any at all."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from inkhue.data.procedural.curves import Rng

Rgb = tuple[int, int, int]
Draw = Callable[[str], Rgb]
Range = tuple[float, float]

# Kind: ranges of hue (turns), saturation and value; several where a thing comes in several.
KINDS: dict[str, tuple[tuple[Range, Range, Range], ...]] = {
    "skin": (((0.03, 0.09), (0.15, 0.4), (0.88, 1.0)), ((0.03, 0.08), (0.4, 0.62), (0.4, 0.8))),
    "hair": (
        ((0.03, 0.1), (0.5, 0.85), (0.15, 0.6)),
        ((0.1, 0.14), (0.4, 0.75), (0.8, 1.0)),
        ((0.55, 0.75), (0.1, 0.4), (0.1, 0.3)),
        ((0.0, 1.0), (0.4, 0.8), (0.5, 1.0)),
    ),
    "fur": (
        ((0.05, 0.1), (0.3, 0.75), (0.4, 0.95)),
        ((0.0, 1.0), (0.0, 0.12), (0.3, 0.95)),
        ((0.0, 1.0), (0.25, 0.6), (0.6, 1.0)),
    ),
    "cloth": (((0.0, 1.0), (0.35, 0.9), (0.3, 1.0)), ((0.0, 1.0), (0.05, 0.3), (0.6, 1.0))),
    "leaf": (((0.2, 0.42), (0.35, 0.85), (0.3, 0.85)), ((0.04, 0.14), (0.6, 0.9), (0.6, 0.95))),
    "grass": (((0.2, 0.38), (0.3, 0.75), (0.45, 0.9)),),
    "wood": (((0.05, 0.1), (0.35, 0.75), (0.3, 0.85)),),
    "sky": (
        ((0.5, 0.62), (0.12, 0.6), (0.8, 1.0)),
        ((0.0, 0.12), (0.15, 0.5), (0.9, 1.0)),
        ((0.62, 0.75), (0.5, 0.8), (0.2, 0.5)),
    ),
    "cloud": (((0.5, 0.65), (0.0, 0.12), (0.92, 1.0)),),
    "water": (((0.48, 0.62), (0.35, 0.8), (0.45, 0.95)),),
    "ground": (((0.07, 0.13), (0.2, 0.55), (0.5, 0.95)), ((0.0, 1.0), (0.02, 0.12), (0.5, 0.85))),
    "stone": (((0.0, 1.0), (0.02, 0.15), (0.4, 0.85)),),
    "wall": (((0.05, 0.16), (0.1, 0.4), (0.8, 1.0)), ((0.0, 1.0), (0.1, 0.45), (0.65, 1.0))),
    "roof": (((0.0, 0.05), (0.45, 0.8), (0.45, 0.85)), ((0.5, 0.7), (0.15, 0.45), (0.3, 0.6))),
    "glass": (((0.48, 0.6), (0.1, 0.4), (0.75, 1.0)), ((0.12, 0.16), (0.3, 0.7), (0.9, 1.0))),
    "metal": (((0.5, 0.7), (0.02, 0.15), (0.55, 0.9)), ((0.1, 0.14), (0.5, 0.8), (0.75, 0.95))),
    "flower": (
        ((0.8, 1.05), (0.35, 0.85), (0.8, 1.0)),
        ((0.1, 0.17), (0.6, 0.95), (0.9, 1.0)),
        ((0.6, 0.8), (0.3, 0.7), (0.6, 1.0)),
    ),
    "fruit": (((-0.04, 0.16), (0.65, 0.95), (0.7, 1.0)), ((0.2, 0.3), (0.5, 0.8), (0.6, 0.9))),
    "sun": (((0.1, 0.16), (0.5, 0.95), (0.95, 1.0)),),
    "mouth": (((0.95, 1.02), (0.5, 0.85), (0.5, 0.9)),),
    "blush": (((0.95, 1.03), (0.4, 0.6), (0.9, 1.0)),),
    "iris": (((0.0, 1.0), (0.4, 0.8), (0.3, 0.75)),),
    "white": (((0.0, 1.0), (0.0, 0.02), (0.98, 1.0)),),
    "dark": (((0.0, 1.0), (0.0, 0.3), (0.05, 0.2)),),
    "any": (((0.0, 1.0), (0.3, 0.95), (0.35, 1.0)),),
    "paper": (((0.0, 1.0), (0.0, 0.0), (1.0, 1.0)),),
}
WHITE: Rgb = (255, 255, 255)
APART = 70.0  # of two neighbours; see `distance`
TRIES = 8


def distance(a: Rgb, b: Rgb) -> float:
    """Return about how different two colours look: 0 .. 765 (a weighted distance in RGB)."""
    r = (a[0] + b[0]) / 2
    d = [x - y for x, y in zip(a, b, strict=True)]
    square = (2 + r / 256) * d[0] ** 2 + 4 * d[1] ** 2 + (2 + (255 - r) / 256) * d[2] ** 2
    return math.sqrt(square)


def assign(kinds: Sequence[str], touching: NDArray[np.bool_], rng: Rng) -> list[Rgb]:
    """Return a colour for each slot, different wherever two slots touch ((K, K) bool)."""
    draw = draw_palette(rng)
    blank = float(rng.choice([0.0, 0.0, 0.1, 0.35]))
    chosen: list[Rgb] = []
    for slot, kind in enumerate(kinds):
        if kind == "paper":
            chosen.append(WHITE)
            continue
        near = [chosen[k] for k in np.flatnonzero(touching[slot, :slot])]
        if WHITE not in near and kind not in ("dark", "blush") and rng.random() < blank:
            kind = "white"
        chosen.append(apart(partial(draw, kind), near, rng))
    return chosen


def apart(draw: Callable[[], Rgb], near: Sequence[Rgb], rng: Rng) -> Rgb:
    """Draw until the colour differs from all near ones, or return the one that differs most."""
    best, most = WHITE, -1.0
    for attempt in range(2 * TRIES):
        # Where this kind has no such colour, any light one will do.
        color = draw() if attempt < TRIES else pale(rng)
        least = min((distance(color, other) for other in near), default=APART)
        if least >= APART:
            return color
        if least > most:
            best, most = color, least
    return best


def pale(rng: Rng) -> Rgb:
    """Draw a light colour."""
    return from_hsv(float(rng.random()), float(rng.uniform(0.1, 0.5)), float(rng.uniform(0.7, 1)))


def draw_palette(rng: Rng) -> Draw:
    """Return how this drawing's colours are found: by kind, from a few colours, or anyhow."""
    manner = rng.random()
    if manner < 0.45:
        strength = float(rng.uniform(0.55, 1.15))
        return lambda kind: by_kind(kind, rng, strength)
    if manner < 0.7:
        few = harmony(rng)
        return lambda kind: (
            by_kind(kind, rng, 1) if kind in ("dark", "white") else few[int(rng.integers(len(few)))]
        )
    return lambda kind: by_kind("white", rng, 1) if kind == "white" else anything(rng)


def by_kind(kind: str, rng: Rng, strength: float) -> Rgb:
    """Draw a colour that this kind of thing may have; `strength` scales its saturation."""
    ways = KINDS[kind]
    hue, saturation, value = ways[int(rng.integers(len(ways)))]
    s = min(1.0, float(rng.uniform(*saturation)) * strength)
    return from_hsv(float(rng.uniform(*hue)), s, float(rng.uniform(*value)))


def harmony(rng: Rng) -> list[Rgb]:
    """Return five to nine colours around one, two or three hues."""
    hues = rng.random() + rng.choice([0, 1 / 2, 1 / 3, 1 / 12, 5 / 12], int(rng.integers(1, 4)))
    return [
        from_hsv(float(rng.choice(hues) + rng.normal(0, 0.03)), float(s), float(v))
        for s, v in rng.uniform((0.05, 0.25), (0.9, 1.0), (int(rng.integers(5, 10)), 2))
    ]


def anything(rng: Rng) -> Rgb:
    """Draw any colour."""
    if rng.random() < 0.5:
        r, g, b = (int(c) for c in rng.integers(0, 256, 3))
        return r, g, b
    return from_hsv(float(rng.random()), float(rng.random() ** 0.7), float(rng.random() ** 0.5))


def from_hsv(hue: float, saturation: float, value: float) -> Rgb:
    """Return the sRGB bytes of a hue in turns, saturation and value in [0, 1]."""
    r, g, b = (round(255 * c) for c in colorsys.hsv_to_rgb(hue % 1, saturation, value))
    return r, g, b
