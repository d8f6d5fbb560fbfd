"""Scenes: many things in one place, over the whole unit square."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inkhue.data.procedural import buildings, land, small_animals, vehicles
from inkhue.data.procedural.bodies import pattern as pattern_on_cloth
from inkhue.data.procedural.cast import (
    FURNITURE,
    HOUSES,
    PLANTS,
    THINGS,
    VEHICLES,
    WALKERS,
    Area,
    ground,
    one_of,
    subject,
)
from inkhue.data.procedural.curves import (
    Rng,
    arc,
    box,
    ellipse,
    limb,
    points,
    spline,
    wavy,
    within,
)
from inkhue.data.procedural.parts import Part, Slots, drawn, fitted, placed


def sky(rng: Rng, slots: Slots) -> list[Part]:
    """Return a sky with a sun and clouds, or white paper."""
    parts = [ground(slots, "sky")] if rng.random() < 0.7 else []
    if rng.random() < 0.5:
        parts += placed(
            land.sun(rng, slots), *within(rng, (0.1, 0.08), (0.9, 0.25)), rng.uniform(0.05, 0.11)
        )
    for _ in range(int(rng.integers(0, 5))):
        x, y = rng.uniform((0, 0.05), (1, 0.35))
        parts += placed(land.cloud(rng, slots), x, y, rng.uniform(0.15, 0.45))
    if rng.random() < 0.25:
        flock = rng.uniform((0.1, 0.1), (0.9, 0.35), (4, 2))
        parts.append(
            drawn(
                *(
                    np.concatenate(
                        [
                            arc(x - 0.015, y, 0.015, 0.012, np.pi, 2 * np.pi, 0, 6),
                            arc(x + 0.015, y, 0.015, 0.012, np.pi, 2 * np.pi, 0, 6),
                        ]
                    )
                    for x, y in flock
                )
            )
        )
    return parts


def landscape(rng: Rng, slots: Slots, crowd: int | None = None) -> list[Part]:
    """Return hills under a sky, with trees, houses and figures, the nearest in front."""
    parts = sky(rng, slots)
    horizon = rng.uniform(0.35, 0.65)
    ridges = sorted(rng.uniform(horizon, 0.9, int(rng.integers(1, 4))))
    for k, y in enumerate(ridges):
        choices = (
            ["mountain", "hill", "hill", "water"] if k == 0 else ["hill", "hill", "ground", "water"]
        )
        parts += land.hills(rng, slots, y, str(rng.choice(choices)))
    count = int(rng.integers(2, 8)) if crowd is None else crowd
    feet = np.sort(rng.uniform(ridges[-1] + 0.03, 1.04, count))
    for foot in feet:
        near = (foot - horizon + 0.12) / (1.12 - horizon)
        kind = rng.random()
        makers = (
            WALKERS
            if kind < 0.45
            else PLANTS
            if kind < 0.8
            else HOUSES
            if kind < 0.93
            else VEHICLES
        )
        tall = near * rng.uniform(0.35, 0.75) * (1.25 if makers is HOUSES else 1)
        x = rng.uniform(0.02, 0.98)
        parts += one_of(rng, slots, makers, (x - tall, foot - tall, x + tall, foot))
    return parts


def street(rng: Rng, slots: Slots) -> list[Part]:
    """Return a row of houses with people and cars in front."""
    parts = sky(rng, slots)
    foot = rng.uniform(0.65, 0.85)
    x = -0.1
    while x < 1.05:
        wide, tall = rng.uniform(0.2, 0.42), rng.uniform(0.3, 0.7)
        made = HOUSES[int(rng.integers(len(HOUSES)))](rng, slots)
        parts += fitted(made, (x, foot - tall, x + wide, foot), stretch=True)
        x += wide * rng.uniform(0.85, 1.05)
    parts.append(Part(box(-0.1, foot, 1.1, 1.1), slots.slot("ground"), lit=False))
    if rng.random() < 0.6:
        road = Part(box(-0.1, foot + 0.08, 1.1, 1.1), slots.slot("stone"), lit=False)
        dash = slots.slot("white")
        parts += [
            road,
            *(
                Part(box(k, foot + 0.17, k + 0.08, foot + 0.185), dash, lit=False)
                for k in np.arange(0, 1, 0.2)
            ),
        ]
    for low in np.sort(rng.uniform(foot + 0.02, 1.0, int(rng.integers(1, 6)))):
        makers = (
            (vehicles.car,) if rng.random() < 0.25 else WALKERS if rng.random() < 0.75 else PLANTS
        )
        x, tall = rng.uniform(0.05, 0.95), rng.uniform(0.25, 0.45)
        parts += one_of(rng, slots, makers, (x - 0.25, low - tall, x + 0.25, low))
    return parts


def interior(rng: Rng, slots: Slots) -> list[Part]:
    """Return a room: wall, floor, window, pictures, furniture, and who lives there."""
    floor = rng.uniform(0.6, 0.85)
    parts = room(rng, slots, floor)
    for x in rng.choice([0.15, 0.4, 0.65, 0.9], int(rng.integers(0, 4)), replace=False):
        w, y = rng.uniform(0.07, 0.12), rng.uniform(0.08, 0.2)
        area = (x - w, y, x + w, y + rng.uniform(0.2, 0.3))
        made = buildings.window if rng.random() < 0.5 else picture
        parts.append(made(rng, slots, area))
    if rng.random() < 0.4:
        x, y = rng.uniform(0.3, 0.7), (floor + 1) / 2
        border = (arc(x, y, 0.3, 0.06, 0, 6.2),)
        parts.append(
            Part(ellipse(x, y, 0.35, 0.08), slots.slot("cloth"), strokes=border, lit=False)
        )
    for low in np.sort(rng.uniform(floor + 0.02, 1.03, int(rng.integers(2, 6)))):
        makers = FURNITURE if rng.random() < 0.55 else WALKERS
        x, tall = rng.uniform(0.05, 0.95), rng.uniform(0.35, 0.7)
        parts += one_of(rng, slots, makers, (x - 0.35, low - tall, x + 0.35, low))
    return parts


def room(rng: Rng, slots: Slots, floor: float) -> list[Part]:
    """Return a wall down to the floor, and the floor."""
    papered, boarded, skirted = rng.random(3) < (0.3, 0.5, 0.5)
    xs = np.arange(0.05, 1, rng.uniform(0.05, 0.15)) if papered else ()
    lines = tuple(points((x, -0.1), (x, floor)) for x in xs)
    spread = np.arange(-0.6, 0.7, 0.15) if boarded else ()
    boards = tuple(points((0.5 + k, floor), (0.5 + 2.2 * k, 1.1)) for k in spread)
    parts = [
        replace(ground(slots, "wall"), strokes=lines),
        Part(box(-0.1, floor, 1.1, 1.1), slots.slot("wood"), strokes=boards, lit=False),
    ]
    if skirted:
        parts.append(Part(box(-0.1, floor - 0.03, 1.1, floor), slots.slot("white"), lit=False))
    return parts


def picture(rng: Rng, slots: Slots, area: Area) -> Part:
    """Return a framed picture of something."""
    x0, y0, x1, y1 = area
    m = 0.1 * (x1 - x0)
    inner = (x0 + m, y0 + m, x1 - m, y1 - m)
    art = subject(rng, slots, (x0 + 2 * m, y0 + 2 * m, x1 - 2 * m, y1 - 2 * m))
    canvas = Part(box(*inner), slots.slot("sky"), inside=tuple(art), lit=False)
    return Part(box(*area), slots.slot("wood"), inside=(canvas,))


def still_life(rng: Rng, slots: Slots) -> list[Part]:
    """Return things on a table."""
    edge = rng.uniform(0.5, 0.75)
    parts = [ground(slots, "wall")] if rng.random() < 0.7 else []
    if rng.random() < 0.3:
        parts.append(buildings.window(rng, slots, (0.55, 0.05, 0.9, 0.45)))
    lines = tuple(wavy(rng, (-0.1, y), (1.1, y), 0.004) for y in np.linspace(edge, 1, 5)[1:-1])
    parts.append(
        Part(
            box(-0.1, edge, 1.1, 1.1),
            slots.slot("wood"),
            strokes=lines if rng.random() < 0.4 else (),
            lit=False,
        )
    )
    if rng.random() < 0.35:
        cloth = spline(
            [(0.1, edge + 0.06), (0.5, edge + 0.02), (0.9, edge + 0.08), (0.85, 1.1), (0.2, 1.1)]
        )
        pattern_on = tuple(pattern_on_cloth(rng, (0, edge, 1, 1), slots))
        parts.append(
            Part(
                cloth,
                slots.slot("cloth"),
                inside=pattern_on,
                strokes=(wavy(rng, (0.3, edge), (0.4, 1), 0.02),),
            )
        )
    feet = np.sort(rng.uniform(edge + 0.04, 0.98, int(rng.integers(3, 9))))
    for foot, x in zip(feet, rng.permutation(np.linspace(0.1, 0.9, len(feet))), strict=True):
        tall = rng.uniform(0.25, 0.62) * (0.6 + 0.4 * (foot - edge) / (1 - edge))
        parts += one_of(rng, slots, THINGS, (x - tall / 2, foot - tall, x + tall / 2, foot))
    return parts


def group(rng: Rng, slots: Slots) -> list[Part]:
    """Return figures in a row, close together."""
    parts = sky(rng, slots) if rng.random() < 0.3 else []
    if rng.random() < 0.5:
        parts += land.hills(rng, slots, rng.uniform(0.6, 0.85), "ground")
    count = int(rng.integers(2, 6))
    xs = rng.permutation(np.linspace(0.15, 0.85, count))
    for foot, x in zip(np.sort(rng.uniform(0.85, 1.0, count)), xs, strict=True):
        tall = rng.uniform(0.45, 0.9)
        parts += one_of(rng, slots, WALKERS, (x - 0.3, foot - tall, x + 0.3, foot))
    return parts


def sea(rng: Rng, slots: Slots) -> list[Part]:
    """Return what is under water, or on it."""
    if rng.random() < 0.4:
        parts = sky(rng, slots) + land.hills(rng, slots, rng.uniform(0.4, 0.6), "water")
        for foot in np.sort(rng.uniform(0.6, 0.9, int(rng.integers(1, 4)))):
            x, tall = rng.uniform(0.1, 0.9), rng.uniform(0.2, 0.5)
            parts += one_of(rng, slots, (vehicles.boat,), (x - tall, foot - tall, x + tall, foot))
            parts += land.hills(rng, slots, foot - 0.03, "water")
        return parts
    parts = [
        ground(slots, "water"),
        *land.hills(rng, slots, rng.uniform(0.75, 0.9), "ground"),
    ]
    for _ in range(int(rng.integers(2, 8))):
        x, h = rng.uniform(0, 1), rng.uniform(0.15, 0.5)
        sway = rng.normal(0, 0.05, 3)
        weed = limb(
            [(x, 1), (x + sway[0], 1 - h / 3), (x + sway[1], 1 - 2 * h / 3), (x + sway[2], 1 - h)],
            [0.05, 0.04, 0.03, 0.01],
        )
        parts.append(Part(weed, slots.slot("leaf")))
    for _ in range(int(rng.integers(2, 7))):
        size = rng.uniform(0.15, 0.5)
        x, y = rng.uniform((0, 0.2), (1, 0.9))
        parts += one_of(
            rng, slots, (small_animals.fish,), (x - size / 2, y - size, x + size / 2, y)
        )
    foam = slots.slot("cloud")
    return parts + [
        Part(ellipse(*within(rng, (0, 0), (1, 1)), rng.uniform(0.008, 0.025)), foam, gloss=True)
        for _ in range(12)
    ]
