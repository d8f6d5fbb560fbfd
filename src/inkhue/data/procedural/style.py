"""Styles: how a drawing is inked and lit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from inkhue.data.procedural.curves import Rng
from inkhue.data.procedural.pens import Pen, draw_pen


@dataclass(frozen=True)
class Style:
    """How a drawing is inked and lit."""

    pen: Pen
    light: tuple[float, float]  # the direction that light comes from, a unit vector
    depth: float  # of the shade, 0 none .. 1 black
    soft: float  # share of drawings' shade that is blurred: 0 hard edges .. 1
    gloss: float  # chance that a glossy part shines
    blacks: float  # chance that a dark part is inked solid
    details: float  # share of the detail lines that are drawn
    hatch: str  # "", "lines" or "dots": how shade is inked
    tone: float  # chance that a part is covered by dots or hatching
    marks: float  # chance that a part is covered by short strokes
    shy: float  # chance that a part has no outline at all
    paint: bool  # whether lines take the darkness of what they go round

    def for_crowd(self, parts: int) -> Style:
        """Return the style for this many parts: a finer pen for many, all outlines for few."""
        width = self.pen.width * min(1.0, (25 / max(1, parts)) ** 0.4)
        shy = self.shy if parts > 8 else 0.0
        return replace(self, pen=replace(self.pen, width=width), shy=shy)


def draw_style(rng: Rng) -> Style:
    """Draw a style."""
    angle = rng.uniform(-0.9 * np.pi, -0.1 * np.pi)  # from above
    lit = rng.random()
    return Style(
        pen=draw_pen(rng),
        light=(float(np.cos(angle)), float(np.sin(angle))),
        depth=0.0 if lit < 0.25 else float(rng.uniform(0.12, 0.5)),
        soft=float(rng.uniform(0.3, 1)) if lit > 0.65 else 0.0,
        gloss=float(rng.choice([0, 0.5, 0.9])),
        blacks=float(rng.choice([0, 0.1, 0.8])),
        details=float(rng.choice([0.2, 0.7, 1.0])),
        hatch=str(rng.choice(["", "lines", "dots"], p=[0.74, 0.16, 0.1])),
        tone=float(rng.choice([0, 0, 0, 0.15])),
        marks=float(rng.choice([0, 0, 0, 0.15, 0.4])),
        shy=float(rng.choice([0, 0, 0, 0.06, 0.25])),
        paint=bool(rng.random() < 0.15),
    )
