"""Lines of ink: dark strokes, solid blacks, and the edges where one colour meets another.

A stroke is what is much darker than its surroundings (black-hat transform of the lightness).
Flat art without outlines has edges only: Canny on the three CIELAB channels, left out beside a
stroke, where an edge would be the stroke's own contour.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.lines.scale import odd, scaled

VERSION = 1

STROKE_WIDTH = 11.0  # widest stroke that is told from an area, pixels at 512
STROKE_FAINT, STROKE_FULL = 0.16, 0.55  # darkness against the surroundings: no ink, full ink
BLACK_FULL, BLACK_NONE = 24.0, 52.0  # lightness (0 to 255) of solid black: full ink, none
EDGE_LOW, EDGE_HIGH = 30.0, 75.0  # Canny's thresholds on CIELAB channels of 0 to 255
EDGE_BLUR = 1.1  # pixels at 512


def extract(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 sRGB -> (H, W) uint8, 0 = full ink, 255 = paper."""
    lab = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2LAB), np.uint8)
    strokes = np.maximum(strokes_of(lab[..., 0]), blacks_of(lab))
    beside = cv2.dilate(strokes, np.ones((odd(scaled(5, picture.shape)),) * 2, np.uint8))
    edges = edges_of(lab) * (beside < 0.4)
    line: NDArray[np.uint8] = np.rint(255 * (1 - np.maximum(strokes, edges))).astype(np.uint8)
    return line


def strokes_of(lightness: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Darkness against the lightest surroundings within a stroke's width, in [0, 1]."""
    side = odd(scaled(STROKE_WIDTH, lightness.shape))
    closed = cv2.morphologyEx(lightness, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    around = closed.astype(np.float32)
    darker = (around - lightness) / np.maximum(around, np.float32(32))
    return ramp(darker.astype(np.float32), STROKE_FAINT, STROKE_FULL)


def blacks_of(lab: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Solid blacks: dark and without colour, in [0, 1]."""
    dark = 1 - ramp(lab[..., 0].astype(np.float32), BLACK_FULL, BLACK_NONE)
    chroma = cv2.absdiff(lab[..., 1:], np.full_like(lab[..., 1:], 128)).max(axis=2)
    return dark * (1 - ramp(chroma.astype(np.float32), 10, 24))


def edges_of(lab: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Edges of lightness and colour as thin antialiased lines, in [0, 1]."""
    sigma = scaled(EDGE_BLUR, lab.shape)
    smooth = cv2.GaussianBlur(lab, (0, 0), sigma)
    channels = [cv2.Canny(np.ascontiguousarray(c), EDGE_LOW, EDGE_HIGH) for c in cv2.split(smooth)]
    edges = np.maximum.reduce(channels)
    width = odd(scaled(1.6, lab.shape))
    if width > 3:  # Canny's lines are one pixel wide whatever the picture's size
        edges = cv2.dilate(edges, np.ones((width - 2, width - 2), np.uint8))
    soft = cv2.GaussianBlur(edges, (0, 0), max(0.6, scaled(0.6, lab.shape))).astype(np.float32)
    edge: NDArray[np.float32] = np.minimum(soft / 150, 1)
    return edge


def ramp(value: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """0 at `low` and below, 1 at `high` and above, straight between."""
    share: NDArray[np.float32] = np.clip((value - low) / (high - low), 0, 1).astype(np.float32)
    return share
