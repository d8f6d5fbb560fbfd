"""Seeded watersheds: every hint's colour floods the page until it meets another's.

On the darkness of the lines floods meet in the lines; on minus the distance to the lines they
meet in the narrowest gaps as well.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import watershed

from inkhue.evaluate.rivals.paint import painted
from inkhue.hints import Hints

INK = 128  # line art of at most this is a line that distances are measured to


def fill_lines(line: NDArray[np.uint8], hints: Hints) -> NDArray[np.uint8]:
    """Flood the darkness of the lines, (H, W) uint8, 255 = paper; return (H, W, 3) uint8."""
    return flood(255 - line, hints)


def fill_distance(line: NDArray[np.uint8], hints: Hints) -> NDArray[np.uint8]:
    """Flood minus the distance to the lines, (H, W) uint8, 255 = paper; return (H, W, 3) uint8."""
    paper = (line > INK).astype(np.uint8)
    return flood(-cv2.distanceTransform(paper, cv2.DIST_L2, cv2.DIST_MASK_5), hints)


def flood(height: NDArray[Any], hints: Hints) -> NDArray[np.uint8]:
    """Flood a landscape from the hints; each is a marker of its own, even beside another."""
    labels = watershed(height, hints.owner() + 1)  # type: ignore[no-untyped-call]
    return painted(labels, hints)
