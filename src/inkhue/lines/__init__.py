"""Line extractors, found by name: a colour picture in, the line art that it could have had out.

Each is deterministic and versioned; scores and weights name the version that made their lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkhue.errors import UsageError, did_you_mean
from inkhue.lines import ink, pencil, xdog

Picture = NDArray[np.uint8]

__all__ = ["METHODS", "Method", "extract"]


@dataclass(frozen=True)
class Method:
    """A line extractor: (H, W, 3) uint8 sRGB -> (H, W) uint8, 0 = full ink, 255 = paper."""

    name: str
    version: int
    summary: str
    extract: Callable[[Picture], Picture]


METHODS = {
    method.name: method
    for method in (
        Method("ink", ink.VERSION, "strokes, solid blacks and edges of colour", ink.extract),
        Method("xdog", xdog.VERSION, "brush-like lines (difference of Gaussians)", xdog.extract),
        Method("pencil", pencil.VERSION, "soft grey lines, as of a pencil", pencil.extract),
    )
}


def extract(picture: Picture, method: str = "ink") -> Picture:
    """Return the lines of a colour picture.

    (H, W, 3) uint8 sRGB, or (H, W, 4), which is seen over white -> (H, W) uint8, 255 = paper.
    An unknown method is a UsageError.
    """
    if method not in METHODS:
        raise UsageError(f"no line method {method!r}{did_you_mean(method, METHODS)}")
    return METHODS[method].extract(over_color(picture))


def over_color(picture: Picture, color: tuple[int, int, int] = (255, 255, 255)) -> Picture:
    """Lay an (H, W, 4) picture with straight alpha over a colour; an (H, W, 3) one is returned."""
    if picture.shape[2] == 3:
        return picture
    alpha = picture[..., 3:].astype(np.float32) / 255
    mixed = picture[..., :3] * alpha + np.array(color, np.float32) * (1 - alpha)
    return np.rint(mixed).astype(np.uint8)
