"""Procedural drawings as pictures of a training set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from inkhue.data.borders import borders_of_labels
from inkhue.data.procedural import Drawing, draw
from inkhue.data.shards import Picture

SIDE = 512  # as prepared pictures have, pixels


@dataclass(frozen=True, eq=False)
class DrawnPicture(Picture):
    """A drawing that is made when it is asked for; it has true line art."""

    seed: tuple[int, int] = (0, 0)

    def rgb(self) -> NDArray[np.uint8]:
        """(512, 512, 3) uint8 sRGB: the colours with the lines over them, as in inked art."""
        made = make(self.seed)
        inked = made.color * (made.line[..., None] / np.float32(255))
        return np.rint(inked).astype(np.uint8)

    def line(self) -> NDArray[np.uint8]:
        """(512, 512) uint8, 0 = ink, 255 = paper."""
        return make(self.seed).line

    def borders(self) -> NDArray[np.uint8]:
        """(512, 512) uint8: where its regions end."""
        return borders_of_labels(make(self.seed).labels)


@lru_cache(maxsize=1)  # colours and lines are asked for one after the other
def make(seed: tuple[int, int]) -> Drawing:
    """Make the drawing of a seed."""
    return draw(np.random.default_rng(seed), SIDE)


def drawings(number: int, seed: int) -> list[Picture]:
    """Return this many drawings, the same for the same seed."""
    return [
        DrawnPicture(f"drawn-{k:06}", "drawings by code", b"", b"", seed=(seed, k))
        for k in range(number)
    ]
