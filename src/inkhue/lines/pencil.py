"""Soft grey lines: lightness divided by its blur, which keeps thin and faint detail."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.lines.scale import scaled

VERSION = 1

SIGMA = 3.5  # of the blur, pixels at 512
DARKEN = 2.2  # exponent: how dark the lines come out


def extract(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 sRGB -> (H, W) uint8, 0 = full ink, 255 = paper."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    sigma = scaled(SIGMA, picture.shape)
    blurred = cv2.GaussianBlur(lab, (0, 0), sigma)
    dodge = np.minimum((lab[..., 0] + 8) / (blurred[..., 0] + 8), 1)
    # Where lightness does not change, an edge of hue still leaves a light line.
    hue = np.abs(lab[..., 1:] - blurred[..., 1:]).sum(axis=2) / 255
    line = dodge**DARKEN * (1 - np.clip(2 * hue - 0.06, 0, 0.6))
    drawn: NDArray[np.uint8] = np.rint(255 * np.clip(line, 0, 1)).astype(np.uint8)
    return drawn
