"""What every part means by a picture: its limit, its white, and how to go over its pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[int, int, int]

MAX_PIXELS = 150_000_000
WHITE: Rgb = (255, 255, 255)


def rounded(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Round to nearest, within 0 .. 255."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def strips(picture: NDArray[Any]) -> Iterator[slice]:
    """Cut a picture into bands of about a quarter megapixel: wide numbers need much memory."""
    step = max(1, 2**18 // picture.shape[1])
    return (slice(top, top + step) for top in range(0, picture.shape[0], step))
