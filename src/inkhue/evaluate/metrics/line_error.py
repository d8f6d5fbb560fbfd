"""Line error: whether the artist's lines lie over the colour as they should (contract 6)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def errors(
    image: NDArray[np.uint8], layer: NDArray[np.uint8], page_rgb: NDArray[np.uint8]
) -> tuple[float, float]:
    """Return two mean absolute differences, in levels of 255, both 0 where nothing is wrong.

    The first is between the result and the colour layer with the page's lines laid over it, by
    this module's own code; the second between the result and the page where it has full ink, NaN
    for a page without any.

    Args:
        image: (H, W, 3) uint8, the result, at the page's own size.
        layer: (H, W, 3) uint8, its colour layer.
        page_rgb: (H, W, 3) uint8, a page of white paper.
    """
    full = lines_of(page_rgb)[0] == 255
    laid = lay(page_rgb, layer)
    in_ink = np.abs(image[full] - page_rgb[full].astype(np.float64))
    return float(np.abs(image - laid).mean()), float(in_ink.mean()) if full.any() else np.nan


def lay(page_rgb: NDArray[np.uint8], layer: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Lay a page's lines over a colour layer, (H, W, 3) uint8 each; whole 0 .. 255."""
    alpha, ink = lines_of(page_rgb)
    return np.rint((ink * alpha[..., None] + layer * (255.0 - alpha[..., None])) / 255)


def lines_of(page_rgb: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Make white transparent: return alpha, (H, W), and colour, (H, W, 3), whole 0 .. 255."""
    darkness = 255.0 - page_rgb
    alpha = darkness.max(axis=2)
    stretched = darkness * 255 / np.maximum(alpha, 1)[..., None]
    return alpha, np.rint(255 - stretched)
