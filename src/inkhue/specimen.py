"""A small drawing by code, for self-tests and measurements."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

RED = (220, 40, 40)  # what to colour it with


def draw(side: int) -> NDArray[np.uint8]:
    """Draw a face of (side, side, 3) pixels, lines on white."""
    page = np.full((side, side, 3), 255, np.uint8)
    thick = max(3, side // 50)  # thinner ones have no pixel of full ink
    for x, y, width, height in (
        (50, 50, 34, 42), (38, 42, 6, 4), (62, 42, 6, 4), (50, 58, 3, 5), (50, 74, 12, 4),
    ):  # fmt: skip
        centre = (side * x // 100, side * y // 100)
        axes = (side * width // 100, side * height // 100)
        cv2.ellipse(page, centre, axes, 0, 0, 360, (0, 0, 0), thick, cv2.LINE_AA)
    return page
