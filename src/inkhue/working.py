"""The page as the networks see it, and their pictures back on the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.errors import UsageError
from inkhue.lines.thickness import line_thickness
from inkhue.page import Page
from inkhue.pixels import pull_push, resize

DRAFT_SCALE: Final = 4  # the draft is a quarter of the working size
REFERENCE_SIDE: Final = 256  # of the square that a reference picture is squashed to, pixels
LEAST_SIZE: Final = 128  # to which a page is enlarged, pixels
LEAST_REDUCED: Final = 256  # to which one is reduced for its thick lines
MOST_SIZE: Final = 4096  # longer side of what the networks may be shown, pixels

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Work:
    """A page's lines as the networks see them."""

    line: Floats  # (1, 1, H, W), 1 = paper; padded right and below
    line_small: Floats  # (1, 1, H/4, W/4)
    width: int  # without the padding, pixels
    height: int


def choose_size(page: Page, most: int, line_width: float) -> int:
    """Return the working size for a page: it is reduced until its lines are thin enough.

    The longer side is at most `most`, and pages are not enlarged, but for the smallest. However
    thick its lines, a page stays large enough for the network to place borders well. Line width 0:
    always `most`.
    """
    if not line_width:
        return most
    longer = max(page.size)
    thick = max(1.0, line_thickness(page.line) / line_width)
    return max(LEAST_SIZE, min(longer, most, max(LEAST_REDUCED, round(longer / thick))))


def fit(page: Page, size: int, multiple: int) -> Work:
    """Scale a page's lines to the working size and pad them with paper to a multiple."""
    if not multiple <= size <= MOST_SIZE:
        raise UsageError(f"size is {size}: give a number of pixels from {multiple} to {MOST_SIZE}")
    scale = size / max(page.size)
    width, height = (max(1, round(side * scale)) for side in page.size)
    line = resize(1 - page.ink, width, height)
    below, right = -height % multiple, -width % multiple
    line = np.pad(line, ((0, below), (0, right)), constant_values=1)
    small = resize(line, line.shape[1] // DRAFT_SCALE, line.shape[0] // DRAFT_SCALE)
    return Work(line[None, None], small[None, None], width, height)


def squash(reference: Page) -> Floats:
    """Bring a reference picture to the size that its network sees, whatever its aspect."""
    picture = resize(reference.rgb, REFERENCE_SIDE, REFERENCE_SIDE).astype(np.float32) / 255
    return np.ascontiguousarray(picture.transpose(2, 0, 1)[None])


def reduce(picture: Floats) -> Floats:
    """(1, 3, H, W) -> (1, 3, H/4, W/4), the mean of each 4 x 4 block."""
    side = DRAFT_SCALE
    height, width = (length // side for length in picture.shape[2:])
    return np.asarray(picture.reshape(1, 3, height, side, width, side).mean(axis=(3, 5)))


def run_under_lines(color: Bytes, ink: Floats) -> Bytes:
    """Let the colours beside the lines run through under them.

    The networks draw the lines into their picture; enlarged, those would stand out as soft
    shadows beside the page's own. color (H, W, 3) uint8, ink (H, W) in [0, 1].
    """
    sure = np.clip(1 - 1.6 * cv2.dilate(ink, np.ones((3, 3), np.uint8)), 0, 1)[..., None] ** 2
    filled = pull_push(color * sure, np.asarray(sure, np.float32))
    return np.asarray(np.rint(color * sure + filled * (1 - sure)), np.uint8)


def as_bytes(planes: Iterable[Floats]) -> Bytes:
    """Three planes (h, w) in [0, 1] -> (h, w, 3) uint8, rounded to nearest."""
    picture = np.asarray(cv2.merge([np.ascontiguousarray(plane) for plane in planes]))
    np.maximum(picture, 0, out=picture)
    return np.asarray(cv2.convertScaleAbs(picture, alpha=255), np.uint8)
