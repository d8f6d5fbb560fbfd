"""Buildings. They stand on (0, 0), about 1 high."""

from __future__ import annotations

import numpy as np

from inkhue.data.procedural.curves import (
    Points,
    Rng,
    arc,
    box,
    ellipse,
    moved,
    points,
)
from inkhue.data.procedural.parts import Part, Slots, drawn


def window(rng: Rng, slots: Slots, area: tuple[float, float, float, float]) -> Part:
    """Return a window in a wall."""
    return windows(slots, [area], arched=rng.random() < 0.25)[0]


def windows(
    slots: Slots, areas: list[tuple[float, float, float, float]], *, arched: bool
) -> list[Part]:
    """Return windows of one kind, each in its area x0, y0, x1, y1."""
    frame, glass = slots.slot("white"), slots.slot("glass")
    parts = []
    for x0, y0, x1, y1 in areas:
        m, x, y = 0.12 * (x1 - x0), (x0 + x1) / 2, (y0 + y1) / 2
        if arched:
            r = (x1 - x0) / 2
            pane = np.concatenate(
                [
                    arc(x, y0 + r, r - m, r - m, np.pi, 2 * np.pi),
                    points((x1 - m, y1 - m), (x0 + m, y1 - m)),
                ]
            )
            outer = np.concatenate(
                [arc(x, y0 + r, r, r, np.pi, 2 * np.pi), points((x1, y1), (x0, y1))]
            )
        else:
            pane, outer = box(x0 + m, y0 + m, x1 - m, y1 - m), box(x0, y0, x1, y1)
        bars = (points((x, y0), (x, y1)), points((x0, y), (x1, y)))
        parts.append(
            Part(outer, frame, inside=(Part(pane, glass, strokes=bars, lit=False),), lit=False)
        )
    return parts


def bricks(rng: Rng, area: tuple[float, float, float, float], size: float) -> tuple[Points, ...]:
    """Return the lines of some bricks."""
    x0, y0, x1, y1 = area
    spots = rng.uniform((x0, y0), (max(x0, x1 - size), y1), (int(rng.integers(0, 9)), 2))
    return tuple(box(x, y, x + size, y + size / 2)[[0, 1, 2, 3, 0]] for x, y in spots)


def house(rng: Rng, slots: Slots) -> list[Part]:
    """Return a house with a roof, a door and windows."""
    w, top = rng.uniform(0.3, 0.7), -rng.uniform(0.45, 0.68)
    parts: list[Part] = []
    if rng.random() < 0.6:
        x = rng.uniform(-0.6, 0.6) * w
        parts.append(Part(box(x - 0.05, -1.12, x + 0.05, -0.7), slots.slot("roof")))
    door_x, door_w = rng.uniform(-0.7, 0.7) * w, min(0.1, w * 0.25)
    size = rng.uniform(0.09, 0.14)
    spots = np.arange(-w + size * 0.8, w - size * 0.9, size * 2)
    spots = spots[abs(spots + size / 2 - door_x) > door_w + size / 2 + 0.02]
    areas = [(x, -0.32, x + size, -0.32 + size * 1.2) for x in spots]
    panes = windows(slots, areas, arched=rng.random() < 0.25)
    wall = Part(
        box(-w, top - 0.02, w, 0),
        slots.slot("wall"),
        inside=(*panes, door(rng, slots, door_x, door_w)),
        strokes=bricks(rng, (-w, top, w, 0), 0.07),
    )
    return [*parts, wall, *roof(rng, slots, w, top, wall.color)]


def door(rng: Rng, slots: Slots, x: float, w: float) -> Part:
    """Return a door, square or round above."""
    knob = Part(ellipse(x + w * 0.6, -0.15, 0.015), slots.slot("metal"))
    shape = box(x - w, -0.32, x + w, 0)
    if rng.random() < 0.3:
        bow = arc(x, -0.25, w, 0.1, np.pi, 2 * np.pi)
        shape = np.concatenate([bow, points((x + w, 0), (x - w, 0))])
    middle = points((x, -0.3), (x, 0))
    return Part(shape, slots.slot("wood"), inside=(knob,), strokes=(middle,))


def roof(rng: Rng, slots: Slots, w: float, top: float, wall: int) -> list[Part]:
    """Return a roof, or a gable with the rim of one."""
    eave, color = w + rng.uniform(0.03, 0.12), slots.slot("roof")
    if rng.random() < 0.6:
        ridge = rng.uniform(0, 0.9) * w
        shape = points((-eave, top), (-ridge, -1), (ridge, -1), (eave, top))
        heights = np.linspace(-1, top, int(rng.integers(2, 6)))[1:-1]
        rows = tuple(points((-eave, y), (eave, y)) for y in heights)
        return [Part(shape, color, strokes=rows)]
    hole = Part(ellipse(0, top - 0.12, 0.05), slots.slot("glass"))
    gable = Part(points((-w, top), (0, -0.97), (w, top)), wall, inside=(hole,))
    under = ((-eave, top), (0, -1), (eave, top))
    above = ((eave, top - 0.1), (0, -1.13), (-eave, top - 0.1))
    return [gable, Part(points(*under, *above), color)]


def tower(rng: Rng, slots: Slots) -> list[Part]:
    """Return a tower, or a castle of three."""
    stone, tiles = slots.slot("stone" if rng.random() < 0.6 else "wall"), slots.slot("roof")
    parts: list[Part] = []
    castle = [(-0.36, 0.1, 0.5), (0.36, 0.1, 0.55), (0.0, 0.3, 0.36)]
    for x, w, high in castle if rng.random() < 0.6 else [(0.0, 0.14, 0.62)]:
        courses = bricks(rng, (x - w, -high, x + w, 0), 0.06)
        parts.append(Part(box(x - w, -high, x + w, 0), stone, strokes=courses))
        parts += windows(slots, [(x - 0.03, -high + 0.13, x + 0.03, -high + 0.23)], arched=True)
        if w > 0.2 or rng.random() < 0.2:
            parts.append(Part(moved(battlements(), x, -high, (w * 1.15, 1)), stone))
            continue
        parts.append(
            Part(points((x - w * 1.3, -high), (x, -high - 0.4), (x + w * 1.3, -high)), tiles)
        )
        if rng.random() < 0.5:
            top = -high - 0.5
            flag = points((x, top), (x + 0.12, top + 0.04), (x, top + 0.08))
            parts += [drawn(points((x, top), (x, top + 0.12))), Part(flag, slots.slot("cloth"))]
    bow = arc(0, -0.14, 0.08, 0.08, np.pi, 2 * np.pi)
    gate = np.concatenate([bow, points((0.08, 0), (-0.08, 0))])
    grid = tuple(points((k, 0), (k, -0.25)) for k in (-0.04, 0.0, 0.04))
    return [*parts, Part(gate, slots.slot("wood"), strokes=grid)]


def battlements() -> Points:
    """Return the crown of a tower: 2 wide around x = 0, its teeth above y = 0."""
    x = 2 * np.repeat(np.arange(8), 2)[1:-1] / 7 - 1
    y = -0.05 * (np.repeat(np.arange(8), 2)[:-2] % 2 == 0)
    return np.concatenate([np.stack([x, y], axis=1), points((1, 0.07), (-1, 0.07))])


def block(rng: Rng, slots: Slots) -> list[Part]:
    """Return a town house with rows of windows."""
    w = rng.uniform(0.2, 0.4)
    across, down = int(rng.integers(2, 5)), int(rng.integers(2, 6))
    x, y = np.linspace(-w, w, across + 1), np.linspace(-0.95, -0.22, down + 1)
    m, n = 0.2 * (x[1] - x[0]), 0.18 * (y[1] - y[0])
    areas = [
        (a + m, b + n, a + (x[1] - x[0]) - m, b + (y[1] - y[0]) - n) for a in x[:-1] for b in y[:-1]
    ]
    panes = windows(slots, areas, arched=rng.random() < 0.2)
    parts = [Part(box(-w, -1, w, 0), slots.slot("wall"), inside=tuple(panes))]
    if rng.random() < 0.6:
        stripes = np.linspace(-w, w, 8)
        red = slots.slot("cloth")
        cloth = tuple(
            Part(box(a, -0.3, b, 0), red, lit=False)
            for a, b in zip(stripes[::2], stripes[1::2], strict=True)
        )
        parts += windows(slots, [(-w * 0.85, -0.17, w * 0.2, -0.02)], arched=False)
        parts += [Part(box(w * 0.4, -0.18, w * 0.8, 0), slots.slot("wood"))]
        parts += [
            Part(
                points((-w, -0.22), (w, -0.22), (w * 1.1, -0.15), (-w * 1.1, -0.15)),
                slots.slot("white"),
                inside=cloth,
            )
        ]
    return [*parts, Part(box(-w * 1.06, -1.03, w * 1.06, -0.98), slots.slot("roof"))]
