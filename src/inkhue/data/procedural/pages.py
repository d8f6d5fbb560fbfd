"""Pages: where things stand. All layouts fill the unit square, x to the right and y down."""

from __future__ import annotations

import numpy as np

from inkhue.data.procedural import animals, people, signs
from inkhue.data.procedural.cast import Area, Maker, ground, one_of, subject
from inkhue.data.procedural.curves import (
    Rng,
    arc,
    blob,
    box,
    ellipse,
    moved,
    points,
    wavy,
    within,
)
from inkhue.data.procedural.parts import Part, Slots, drawn, fitted, placed
from inkhue.data.procedural.scenes import (
    group,
    interior,
    landscape,
    sea,
    still_life,
    street,
)


def vignette(rng: Rng, slots: Slots) -> list[Part]:
    """Return one subject, small or large, with little around it."""
    low, high = (0.25, 0.55) if rng.random() < 0.3 else (0.6, 1.0)
    size = float(rng.uniform(low, high))
    x, y = rng.uniform(0, 1 - size, 2)
    area = (x + 0.02, y + 0.02, x + size - 0.02, y + size - 0.02)
    middle = ((area[0] + area[2]) / 2, (area[1] + area[3]) / 2)
    parts: list[Part] = []
    kind = rng.random()
    if kind < 0.2:
        parts.append(ground(slots, "any"))
    elif kind < 0.35:
        parts.append(
            Part(moved(blob(rng, 0.1), *middle, size * 0.55), slots.slot("any"), lit=False)
        )
    elif kind < 0.45:
        parts.append(Part(ellipse(*middle, size * 0.5, count=48), slots.slot("any"), lit=False))
    elif kind < 0.6:
        parts.append(
            Part(
                ellipse(middle[0], area[3], size * 0.42, size * 0.05),
                slots.slot("ground"),
                lit=False,
            )
        )
    elif kind < 0.75:
        parts.append(
            drawn(
                *(
                    wavy(rng, (x + a * size, area[3] - 0.004), (x + b * size, area[3]), 0.003)
                    for a, b in ((0, 0.4), (0.5, 0.9))
                )
            )
        )
    return parts + subject(rng, slots, area)


def portrait(rng: Rng, slots: Slots) -> list[Part]:
    """Return a head and shoulders, up to the page's edges."""
    parts: list[Part] = []
    kind = rng.random()
    if kind < 0.4:
        parts.append(ground(slots, "any"))
    elif kind < 0.55:
        parts += landscape(rng, slots, crowd=0)
    elif kind < 0.7:
        parts += pattern(rng, slots)
    elif kind < 0.8:
        color, middle = slots.slot("any"), rng.uniform(0.3, 0.6, 2)
        parts.append(ground(slots, "sky"))
        angles = np.linspace(0, 2 * np.pi, int(rng.integers(12, 30)) // 2 * 2 + 1)
        for a, b in zip(angles[:-1:2], angles[1::2], strict=True):
            ray = points(
                tuple(middle),
                *((middle[0] + 2 * np.cos(t), middle[1] + 2 * np.sin(t)) for t in (a, b)),
            )
            parts.append(Part(ray, color, lit=False))
    w = rng.uniform(0.7, 1.3)
    x = rng.uniform(0.35, 0.65)
    sitter = people.bust if rng.random() < 0.75 else animals.sitting
    return parts + one_of(
        rng, slots, (sitter,), (x - w / 2, rng.uniform(-0.15, 0.25), x + w / 2, rng.uniform(1, 1.3))
    )


def pattern(rng: Rng, slots: Slots) -> list[Part]:
    """Return one or two motifs, again and again."""
    parts = [ground(slots, "any")] if rng.random() < 0.7 else []
    count = int(rng.integers(2, 6))
    size = float(rng.uniform(0.6, 1.05))
    motifs = [
        subject(rng, slots, (-size / 2, -size / 2, size / 2, size / 2))
        for _ in range(int(rng.integers(1, 3)))
    ]
    while sum(map(len, motifs)) * count > 90 and count > 2:
        count -= 1
    step, turn = 1 / count, float(rng.choice([0, 0, 0.4]))
    brick = 0.5 * (rng.random() < 0.5)
    for j in range(count + 1):
        for i in range(count + 1):
            motif = motifs[(i + j) % len(motifs)]
            x, y = (i + 0.5 - brick * (j % 2)) * step, (j + 0.5) * step
            parts += placed(motif, x, y, step, turn * (-1) ** i)
    return parts


def stickers(rng: Rng, slots: Slots) -> list[Part]:
    """Return different things side by side."""
    across, down = int(rng.integers(2, 4)), int(rng.integers(1, 4))
    parts = [ground(slots, "sky")] if rng.random() < 0.25 else []
    framed = rng.random() < 0.3
    for j in range(down):
        for i in range(across):
            cell = (
                i / across + 0.02,
                j / down + 0.02,
                (i + 1) / across - 0.02,
                (j + 1) / down - 0.02,
            )
            if framed:
                parts.append(Part(box(*cell, 0.03), slots.slot("sky"), lit=False))
            parts += subject(
                rng, slots, (cell[0] + 0.02, cell[1] + 0.02, cell[2] - 0.02, cell[3] - 0.02)
            )
    return parts


def doodle(rng: Rng, slots: Slots) -> list[Part]:
    """Return shapes within shapes: bands, cells or an ornament."""
    parts = [ground(slots, "any")] if rng.random() < 0.6 else []
    kind = rng.random()
    if kind < 0.35:
        return parts + waves(rng, slots)
    if kind > 0.7:
        return parts + fitted(signs.emblem(rng, slots), (0.03, 0.03, 0.97, 0.97))
    for _ in range(int(rng.integers(5, 22))):
        shape = blob(rng, 0.15, int(rng.integers(5, 10)))
        sizes = np.linspace(0.75, 0.3, int(rng.integers(0, 4)))
        rings = tuple(Part(shape * k, slots.slot("any")) for k in sizes)
        cell = Part(shape, slots.slot("any"), inside=rings, gloss=True)
        parts += placed([cell], *within(rng, (0, 0), (1, 1)), rng.uniform(0.06, 0.3))
    return parts


def waves(rng: Rng, slots: Slots) -> list[Part]:
    """Return wavy bands from the page's top to its foot, some with beads."""
    parts: list[Part] = []
    y, tilt = -0.05, rng.normal(0, 0.15)
    while y < 1.1:
        edge = wavy(rng, (-0.1, y - tilt), (1.1, y + tilt), 0.03, int(rng.integers(4, 9)))
        beads: list[Part] = []
        if rng.random() < 0.3:
            bead = slots.slot("any")
            for x in np.arange(0, 1, 0.12):
                shape = ellipse(x, y + 0.06, rng.uniform(0.01, 0.025), count=12)
                beads.append(Part(shape, bead))
        outline = np.concatenate([edge, points((1.1, 1.3), (-0.1, 1.3))])
        parts.append(Part(outline, slots.slot("any"), inside=tuple(beads)))
        y += rng.uniform(0.05, 0.2)
    return parts


def bubble(rng: Rng, slots: Slots, area: Area) -> list[Part]:
    """Return a speech bubble with scribbled writing."""
    x0, y0, x1, y1 = area
    x, y, rx, ry = (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2
    start = rng.uniform(0.3, 2.6)
    rim = arc(x, y, rx, ry, start + 0.25, start + 2 * np.pi - 0.05, 0, 30)
    tip = (x + rx * 1.3 * np.cos(start), y + ry * 1.6 * np.sin(start))
    text = []
    for row in np.arange(y - 0.5 * ry, y + 0.6 * ry, max(0.4 * ry, 0.012)):
        half = 0.8 * rx * np.sqrt(max(0.05, 1 - ((row - y) / ry) ** 2))
        xs = np.arange(x - half, x + half, 0.008)
        if len(xs) > 1:
            text.append(np.stack([xs, row + rng.uniform(-0.006, 0.006, len(xs))], axis=1))
    return [Part(np.concatenate([rim, [tip]]), slots.slot("white"), strokes=tuple(text), lit=False)]


def split(rng: Rng, area: Area, depth: int) -> list[Area]:
    """Split an area into panels, with gutters in between."""
    x0, y0, x1, y1 = area
    if depth == 0 or (depth < 3 and rng.random() < 0.25):
        return [area]
    at, gutter = rng.uniform(0.35, 0.65), 0.012
    if (y1 - y0) * rng.uniform(0.6, 1.6) > x1 - x0:
        y = y0 + at * (y1 - y0)
        return split(rng, (x0, y0, x1, y - gutter), depth - 1) + split(
            rng, (x0, y + gutter, x1, y1), depth - 1
        )
    x = x0 + at * (x1 - x0)
    return split(rng, (x0, y0, x - gutter, y1), depth - 1) + split(
        rng, (x + gutter, y0, x1, y1), depth - 1
    )


def panels(rng: Rng, slots: Slots) -> list[Part]:
    """Return a comic page."""
    parts: list[Part] = []
    scenes = (landscape, portrait, interior, group, vignette, portrait)
    for area in split(rng, (0.03, 0.03, 0.97, 0.97), int(rng.integers(1, 3))):
        x0, y0, x1, y1 = area
        size = max(x1 - x0, y1 - y0)
        scene = scenes[int(rng.integers(len(scenes)))](rng, slots)
        scene = placed(scene, (x0 + x1 - size) / 2, (y0 + y1 - size) / 2, size)
        if rng.random() < 0.5:
            w, h = rng.uniform(0.3, 0.5) * (x1 - x0), rng.uniform(0.12, 0.25) * (y1 - y0)
            x, y = x0 + rng.uniform(0.05, 0.45) * (x1 - x0), y0 + 0.05 * (y1 - y0)
            scene += bubble(rng, slots, (x, y, x + w, y + h))
        parts.append(
            Part(box(*area), slots.slot("white"), inside=tuple(scene), lit=False, weight=1.3)
        )
    return parts


LAYOUTS: dict[Maker, float] = {
    vignette: 0.28,
    portrait: 0.13,
    landscape: 0.14,
    street: 0.05,
    interior: 0.08,
    still_life: 0.07,
    pattern: 0.05,
    stickers: 0.05,
    group: 0.05,
    sea: 0.03,
    doodle: 0.04,
    panels: 0.03,
}


def draw_page(rng: Rng) -> tuple[list[Part], list[str]]:
    """Return a page's parts in painting order, and the kinds of its colours, by slot."""
    slots = Slots()
    shares = np.array(list(LAYOUTS.values()))
    layout = list(LAYOUTS)[int(rng.choice(len(shares), p=shares / shares.sum()))]
    return layout(rng, slots), slots.kinds
