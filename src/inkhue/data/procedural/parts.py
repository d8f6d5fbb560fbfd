"""Parts: the shapes that a drawing is painted with, one over the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from inkhue.data.procedural.curves import Points, Rng, moved

Line = Literal["closed", "open", "none"]
Filling = Literal["plain", "black", "blush", "none"]


@dataclass(frozen=True, eq=False)
class Part:
    """A shape of one colour; painted over what came before, its own inside clipped to it."""

    outline: Points  # in the page's unit square, once placed
    color: int  # slot of the drawing's Slots
    line: Line = "closed"  # around the outline; open: not from its last point to its first
    strokes: tuple[Points, ...] = ()  # lines within the part
    over: tuple[Points, ...] = ()  # lines that may leave the part
    inside: tuple[Part, ...] = ()
    region: int = -1  # parts of one region number (Slots.region) are one region
    filling: Filling = "plain"  # black: may be solid ink; blush: a tint; none: lines alone
    lit: bool = True  # takes shade
    gloss: bool = False  # takes a highlight
    weight: float = 1.0  # of its lines' width


def mostly_lined(rng: Rng, share: float) -> Line:
    """Return whether a part has an outline: a share of them has."""
    return "closed" if rng.random() < share else "none"


def drawn(*paths: Points, weight: float = 1.0) -> Part:
    """Return lines without any shape."""
    outline = np.concatenate(paths)
    return Part(outline, 0, line="none", over=paths, filling="none", lit=False, weight=weight)


@dataclass
class Slots:
    """The kinds of colours that a drawing needs; slot 0 is the page's background."""

    kinds: list[str] = field(default_factory=lambda: ["paper"])
    regions: int = 0

    def slot(self, kind: str) -> int:
        """Return a new colour of this kind."""
        self.kinds.append(kind)
        return len(self.kinds) - 1

    def region(self) -> int:
        """Return a number for parts that are one region together."""
        self.regions += 1
        return self.regions - 1


def each_point(parts: Iterable[Part], change: Callable[[Points], Points]) -> list[Part]:
    """Return the parts with all their points changed."""
    return [
        replace(
            part,
            outline=change(part.outline),
            strokes=tuple(change(s) for s in part.strokes),
            over=tuple(change(s) for s in part.over),
            inside=tuple(each_point(part.inside, change)),
        )
        for part in parts
    ]


def placed(
    parts: Iterable[Part],
    x: float = 0,
    y: float = 0,
    scale: float | tuple[float, float] = 1,
    angle: float = 0,
) -> list[Part]:
    """Scale, turn and move parts; a negative scale in x mirrors them."""
    return each_point(parts, lambda shape: moved(shape, x, y, scale, angle))


def bounds(parts: Iterable[Part]) -> tuple[float, float, float, float]:
    """Return x0, y0, x1, y1 of the parts' outlines."""
    everything = np.concatenate([part.outline for part in parts])
    (x0, y0), (x1, y1) = everything.min(axis=0), everything.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def fitted(
    parts: Iterable[Part], box: tuple[float, float, float, float], *, stretch: bool = False
) -> list[Part]:
    """Scale parts to stand in the middle of the box's floor (x0, y0, x1, y1), as large as fits."""
    kept = list(parts)
    x0, y0, x1, y1 = bounds(kept)
    across = (box[2] - box[0]) / max(x1 - x0, 1e-9)
    down = (box[3] - box[1]) / max(y1 - y0, 1e-9)
    scale = (across, down) if stretch else (min(across, down),) * 2
    middle = (box[0] + box[2]) / 2
    return placed(kept, middle - scale[0] * (x0 + x1) / 2, box[3] - scale[1] * y1, scale)


def count(parts: Iterable[Part]) -> int:
    """Return how many parts there are, those inside others included."""
    return sum(1 + count(part.inside) for part in parts)
