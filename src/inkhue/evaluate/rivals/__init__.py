"""Rivals without a network, found by name: line art and hints in, a colour layer out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from inkhue.evaluate.rivals import gmic, random_walker, watershed
from inkhue.hints import Hints

# line (H, W) uint8, 0 = ink, 255 = paper, and hints of its size -> colour layer (H, W, 3) uint8
Fill = Callable[[NDArray[np.uint8], Hints], NDArray[np.uint8]]

RIVALS: dict[str, Fill] = {
    "watershed-lines": watershed.fill_lines,
    "watershed-distance": watershed.fill_distance,
    "random-walker": random_walker.fill,
    "gmic": gmic.fill,
}
