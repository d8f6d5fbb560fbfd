"""The distinct colours of a picture: flat art has few, and CIELAB takes long."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def distinct(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Return the colours of pixels (n, 3), as (k, 3) uint8, and of each pixel which it has."""
    red, green, blue = pixels.T.astype(np.int32)
    codes, place = np.unique(red << 16 | green << 8 | blue, return_inverse=True)
    colors = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1)
    return colors.astype(np.uint8), place
