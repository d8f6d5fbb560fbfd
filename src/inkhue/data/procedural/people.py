"""People: a body with clothes under a head. Feet at (0, 0), about 1 high."""

from __future__ import annotations

import numpy as np

from inkhue.data.procedural.bodies import arm, draw_frame, leg, pattern, skirt, torso, trousers
from inkhue.data.procedural.curves import (
    Rng,
    box,
    ellipse,
    points,
    spline,
)
from inkhue.data.procedural.hair import behind_head, draw_look
from inkhue.data.procedural.heads import head
from inkhue.data.procedural.parts import Part, Slots, placed


def person(rng: Rng, slots: Slots) -> list[Part]:
    """Return a standing, walking or jumping person in clothes."""
    frame, look = draw_frame(rng), draw_look(rng, slots)
    top, bottom = slots.slot("cloth"), slots.slot("cloth")
    shoes = slots.slot("cloth")
    skull = frame.head / 2.1
    tilt = rng.normal(0, 0.12)
    middle = frame.neck - skull * 0.93
    torso_region = slots.region()
    arms = [arm(rng, frame, look, slots, top, torso_region, s) for s in (-1, 1)]
    wide = rng.random() < 0.45
    hips = -1 if wide else slots.region()
    legs = [leg(rng, frame, look, bottom, shoes, s, hips) for s in (-1, 1)]
    if rng.random() < 0.5:
        legs.reverse()
    parts = placed(behind_head(rng, look), 0, middle, skull, tilt)
    if rng.random() < 0.4:
        parts += arms.pop(int(rng.integers(2)))
    parts += legs[0] + legs[1]
    neck = box(-frame.thick * 0.55, frame.neck - 0.05, frame.thick * 0.55, frame.neck + 0.03)
    parts.append(Part(neck, look.skin))
    if wide:
        parts += skirt(rng, frame, bottom if rng.random() < 0.5 else top, slots)
    else:
        parts += trousers(frame, bottom, hips)
    parts += torso(rng, frame, top, torso_region, slots)
    for one in arms:
        parts += one
    return parts + placed(head(rng, look, slots), 0, middle, skull, tilt)


def bust(rng: Rng, slots: Slots) -> list[Part]:
    """Return a portrait: head, neck and shoulders that end at the floor, about 1 high."""
    look, top, throat = draw_look(rng, slots), slots.slot("cloth"), slots.region()
    w = look.width * rng.uniform(1.1, 1.9)
    low = rng.uniform(1.9, 2.4)
    side = [(0.3, 0.95), (w * 0.7, 1.25), (w, 1.6), (w * 1.05, low)]
    right = spline(side, closed=False)
    outline = np.concatenate([right, right[::-1] * (-1, 1)])
    inside = pattern(rng, (-w, 1, w, low), slots)
    if rng.random() < 0.6:
        hollow = ellipse(0, 0.95, 0.5, rng.uniform(0.15, 0.6))
        inside.append(Part(hollow, look.skin, region=throat))
    folds = tuple(
        spline([(s * w * 0.6, low), (s * w * 0.6, 1.8), (s * w * 0.7, 1.6)], closed=False)
        for s in (-1, 1)
    )
    parts = behind_head(rng, look)
    parts += [
        Part(outline, top, inside=tuple(inside), strokes=folds),
        Part(
            points((-0.28, 0.7), (0.28, 0.7), (0.33, 1.1), (0, 1.22), (-0.33, 1.1)),
            look.skin,
            line="none",
            region=throat,
            over=(points((-0.28, 0.8), (-0.33, 1.1)), points((0.28, 0.8), (0.33, 1.1))),
        ),
    ]
    if rng.random() < 0.4:
        collar = slots.slot("cloth")
        flap = points((0.05, 1.25), (0.3, 0.95), (0.62, 1.1), (0.4, 1.5))
        parts += [Part(flap, collar), Part(flap * (-1, 1), collar)]
    parts += placed(head(rng, look, slots), angle=float(rng.normal(0, 0.1)))
    return placed(parts, 0, 0, 1 / (low + 1.2))
