"""Animals on four legs, and monsters. Feet at (0, 0), about 1 high."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkhue.data.procedural.animals import EARS, coat, ears_of, eye
from inkhue.data.procedural.curves import (
    Points,
    Rng,
    arc,
    box,
    ellipse,
    limb,
    merge,
    moved,
    points,
    spline,
    within,
)
from inkhue.data.procedural.parts import Part, Slots, drawn, mostly_lined


@dataclass(frozen=True)
class Build:
    """The measures of an animal on four legs that looks to the right."""

    length: float  # of the trunk, half
    leg: float
    deep: float  # of the trunk, half
    thick: float  # of a leg
    head: tuple[float, float]
    r: float  # of the head
    snout: tuple[float, float]

    @property
    def back(self) -> float:
        """Height of the trunk's middle, y."""
        return -self.leg - self.deep


def draw_build(rng: Rng) -> Build:
    """Draw a build between a dachshund's and a giraffe's."""
    length, leg, deep = rng.uniform((0.3, 0.15, 0.13), (0.5, 0.45, 0.24)).tolist()
    neck, r = rng.uniform(0.05, 0.4), float(rng.uniform(0.09, 0.17))
    head = (length + neck * rng.uniform(0.2, 0.8), -leg - deep - neck)
    snout = (head[0] + r * rng.uniform(1.1, 2.2), head[1] + r * rng.uniform(0, 0.8))
    return Build(length, leg, deep, float(rng.uniform(0.06, 0.12)), head, r, snout)


def quadruped(rng: Rng, slots: Slots) -> list[Part]:
    """Return an animal on four legs, seen from the side, looking right."""
    build, fur = draw_build(rng), slots.slot("fur")
    far = fur if rng.random() < 0.5 else slots.slot("fur")
    length, back, r = build.length, build.back, build.r
    legs = [leg_at(rng, build, x * length) for x in (-0.75, 0.75, -0.95, 0.9)]
    body = trunk(rng, build, legs[2:])
    ear = moved(ears_of(rng, str(rng.choice(EARS)), r * 0.9), 0, 0, 1, -0.3)
    ear = moved(ear, build.head[0] - 0.3 * r, build.head[1] - 0.75 * r)
    hooves: list[Part] = []
    if rng.random() < 0.5:
        hoof = slots.slot("dark")  # all that is low enough, left and right
        low = (box(-9, -0.07, 0, 1), box(0, -0.07, 9, 1))
        hooves = [Part(half, hoof, filling="black", lit=False) for half in low]
    end = (-length - rng.uniform(0.1, 0.35), back + rng.uniform(-0.4, 0.25))
    way = [(-length * 0.9, back - 0.05), (end[0] * 0.85, back - 0.1), end]
    tail = limb(way, [0.06, 0.05, rng.uniform(0.02, 0.14)])
    parts = [Part(leg, far) for leg in legs[:2]] + [Part(tail, fur), Part(moved(ear, 0.5 * r), far)]
    parts.append(Part(body, fur, inside=(*coat(rng, slots, body), *hooves)))
    if rng.random() < 0.3:
        mane = [(build.head[0] + a * r, build.head[1] + b * r) for a, b in MANE]
        mane += [(length * 0.75, back - build.deep), (length * 0.8, back - build.deep - 0.12)]
        parts.append(Part(spline(mane), slots.slot("hair"), filling="black"))
    return [*parts, Part(ear, fur), *side_face(rng, slots, build)]


MANE = ((-1.3, -1.0), (0.2, -1.3), (-0.5, 0.2))  # knots about the head, in its radii


def leg_at(rng: Rng, build: Build, x: float) -> Points:
    """Return a leg below x."""
    step, t = rng.normal(0, 0.12), build.thick
    way = [(x, build.back + 0.02), (x + 0.5 * step, -build.leg / 2), (x + step, -0.02)]
    return limb(way, [t * 1.9, t * 1.1, t])


def trunk(rng: Rng, build: Build, legs: list[Points]) -> Points:
    """Return the outline of trunk, neck, head and the near legs."""
    length, back, deep, r, (x, y) = build.length, build.back, build.deep, build.r, build.head
    neck = limb([(length * 0.7, back), (length, back - 0.1), (x, y)], [deep * 1.6, deep, r * 1.4])
    muzzle = limb([(x, y), build.snout], [r * 1.7, r * rng.uniform(0.7, 1.3)])
    rump = ellipse(-length * 0.75, back - 0.01, deep * 0.9)
    chest = ellipse(length * 0.7, back, deep * 0.95)
    skull = ellipse(x, y, r * 1.1, r)
    return merge([ellipse(0, back, length, deep), rump, chest, neck, skull, muzzle, *legs])


def side_face(rng: Rng, slots: Slots, build: Build) -> list[Part]:
    """Return the eye, nose and mouth of a head seen from the side."""
    r, (x, y), (nose_x, nose_y) = build.r, build.head, build.snout
    looks = eye(rng, slots, x + 0.35 * r, y - 0.25 * r, r * rng.uniform(0.2, 0.35))
    nose = ellipse(nose_x + 0.45 * r, nose_y - 0.15 * r, 0.18 * r)
    smile = arc(nose_x - 0.1 * r, nose_y + 0.1 * r, 0.5 * r, 0.25 * r, 0.1, 0.9 * np.pi)
    tip = Part(nose, slots.slot("dark"), filling="black", gloss=True)
    return [*looks, tip, drawn(smile, weight=0.7)]


def monster(rng: Rng, slots: Slots) -> list[Part]:
    """Return a creature made up of a blob: eyes, horns, a mouth, arms and legs."""
    color, horns = slots.slot("any"), slots.slot("any")
    w, knots = rng.uniform(0.25, 0.5), int(rng.integers(6, 10))
    angles = np.arange(knots) * 2 * np.pi / knots + 0.3
    radii = 1 + rng.normal(0, 0.12, knots)
    body = np.stack([w * radii * np.cos(angles), -0.5 + 0.42 * radii * np.sin(angles)], axis=1)
    parts: list[Part] = []
    for s in (-w, w):
        hand = (np.sign(s) * rng.uniform(0.4, 0.8), rng.uniform(-0.9, -0.1))
        arm = limb([(s * 0.7, -0.45), (s * 1.3, rng.uniform(-0.6, -0.2)), hand], [0.1, 0.08, 0.1])
        leg = limb([(s * 0.5, -0.25), (s * 0.55, -0.04), (s * 0.8, -0.02)], [0.12, 0.1, 0.1])
        tip = (s * rng.uniform(0.4, 1.1), -1.1)
        horn = limb([(s * 0.5, -0.8), (s * 0.8, -0.95), tip], [0.12, 0.08, 0.02])
        parts += [Part(arm, color), Part(leg, color), Part(horn, horns)]
    belly = Part(ellipse(0, -0.3, w * 0.6, 0.22), slots.slot("any"), line=mostly_lined(rng, 0.6))
    spots = [
        Part(ellipse(*within(rng, (-w, -0.9), (w, -0.1)), rng.uniform(0.02, 0.07)), belly.color)
        for _ in range(int(rng.integers(0, 7)))
    ]
    parts.append(Part(spline(body), color, inside=(*spots, belly), gloss=True))
    return parts + grin(rng, slots, w)


def grin(rng: Rng, slots: Slots, w: float) -> list[Part]:
    """Return a monster's eyes, one to three, and its toothy mouth."""
    dark, white = slots.slot("dark"), slots.slot("white")
    parts: list[Part] = []
    count = int(rng.integers(1, 4))
    for x in (np.arange(count) - (count - 1) / 2) * 0.7 * w:
        r = rng.uniform(0.05, 0.1)
        dot = ellipse(x + rng.uniform(-0.3, 0.3) * r, -0.62, r * 0.45)
        pupil = Part(dot, dark, filling="black", lit=False)
        parts.append(Part(ellipse(x, -0.62, r), white, inside=(pupil,), lit=False))
    low = arc(0, -0.45, w * 0.5, rng.uniform(0.05, 0.14), 0.1, np.pi - 0.1)
    smile = np.concatenate([arc(0, -0.45, w * 0.5, 0.02, np.pi, 0), low])
    teeth = tuple(
        Part(points((x, -0.5), (x + 0.06, -0.5), (x + 0.03, -0.41)), white)
        for x in np.arange(-w * 0.4, w * 0.35, 0.08)
    )
    return [*parts, Part(smile, slots.slot("mouth"), inside=teeth, lit=False)]
