"""How thick the lines of a drawing are: what the scale is chosen by at which a network sees it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

SEEN: Final = 1024  # longer side of what is measured, pixels
FAINT: Final = 25  # of 255; less ink is paper
PEAK: Final = 90  # percentile of the ink on what is not paper
FILL: Final = 1.5  # deeper in ink than so many half thicknesses is a black area, no line


def line_thickness(line: NDArray[np.uint8]) -> float:
    """Return the usual thickness of the lines of (H, W) uint8, 0 = ink, in pixels; 0 without any.

    Twice the ink of all lines over the length of their edges, black areas left out.
    """
    scale = max(1.0, max(line.shape) / SEEN)
    if scale > 1:
        width, height = (max(1, round(side / scale)) for side in line.shape[::-1])
        line = np.asarray(cv2.resize(line, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    ink = 255 - line
    drawn = ink[ink > FAINT]
    if not drawn.size:
        return 0.0
    inside = (ink > np.percentile(drawn, PEAK) / 2).astype(np.uint8)
    if inside.all():
        return 0.0  # ink from edge to edge: nothing has an outline
    square = np.ones((3, 3), np.uint8)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    ridge = depth[(depth > 0) & (depth >= cv2.dilate(depth, square) - 0.01)]
    lines = (depth > 0) & (depth <= FILL * np.median(ridge) + 1)
    edge = int(cv2.dilate(inside, square).sum()) - int(inside.sum())
    # What is beside the threshold counts as well: a soft line is as thick as its ink.
    soft = cv2.dilate(inside, square).astype(np.bool_) & (inside == 0)
    amount = float(ink[lines].sum() + ink[soft].sum()) / float(np.percentile(drawn, PEAK))
    return float(scale * 2 * amount / max(edge, 1))
