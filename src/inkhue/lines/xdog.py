"""Brush-like lines by the extended difference of Gaussians.

Source: H. Winnemöller, J. E. Kyprianidis, S. C. Olsen, "XDoG: An eXtended difference-of-Gaussians
compendium including advanced image stylization" (2012), equations 7 and 8.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.lines.scale import scaled

VERSION = 1

SIGMA = 0.9  # pixels at 512
RATIO = 1.6  # of the second Gaussian's deviation to the first's
SHARPEN = 18.0  # p of equation 7
THRESHOLD = 0.70  # epsilon of equation 8, of a lightness in [0, 1]
STEEPNESS = 9.0  # phi of equation 8


def extract(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 sRGB -> (H, W) uint8, 0 = full ink, 255 = paper."""
    lightness = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)[..., 0].astype(np.float32) / 255
    sigma = scaled(SIGMA, picture.shape)
    narrow = cv2.GaussianBlur(lightness, (0, 0), sigma)
    wide = cv2.GaussianBlur(lightness, (0, 0), RATIO * sigma)
    # The local mean is taken out, so that a dark area is not one large stroke.
    base = cv2.GaussianBlur(lightness, (0, 0), 12 * sigma)
    sharp = (1 + SHARPEN) * narrow - SHARPEN * wide + (1 - base)
    line = np.where(sharp >= THRESHOLD, 1, 1 + np.tanh(STEEPNESS * (sharp - THRESHOLD)))
    drawn: NDArray[np.uint8] = np.rint(255 * np.clip(line, 0, 1)).astype(np.uint8)
    return drawn
