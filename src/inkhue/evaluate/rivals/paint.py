"""From which hint each pixel belongs to, to its colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkhue.hints import Hints
from inkhue.pixels import WHITE


def painted(labels: NDArray[np.int32], hints: Hints) -> NDArray[np.uint8]:
    """Give each pixel the colour of its hint, (H, W) in 1 .. n; 0 and transparent hints are white.

    Returns (H, W, 3) uint8.
    """
    colors = [WHITE, *(hint.color or WHITE for hint in hints)]
    return np.array(colors, np.uint8)[labels]
