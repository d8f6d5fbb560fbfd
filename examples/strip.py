"""Lay line, hints and result of some drawings side by side: `python examples/strip.py OUT.png`."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue import Colorizer, Hints, open_page
from inkhue.hints import draw_hints
from inkhue.output import save_picture

NAMES = ("dragon", "face", "fox", "witch")
CELL = 240  # pixels
GAP = 8


def main() -> None:
    """Write the strip."""
    colorizer = Colorizer()
    rows = [row(colorizer, Path(__file__).parent / name) for name in NAMES]
    columns = [np.hstack(rows[i : i + 2]) for i in range(0, len(rows), 2)]
    save_picture(np.vstack(columns), Path(sys.argv[1]), force=True)


def row(colorizer: Colorizer, drawing: Path) -> NDArray[np.uint8]:
    """Return one drawing's line, hints and result, (CELL, 3 * CELL, 3)."""
    page = open_page(drawing.with_suffix(".png"))
    hints = Hints.load(drawing.with_suffix(".hints.json"))
    result = colorizer.prepare(page).color(hints)
    shown = [page.rgb, draw_hints(page.rgb, hints), result.image]
    return np.hstack([cell(picture) for picture in shown])


def cell(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Fit a picture into a white square with a margin."""
    inner = CELL - GAP
    scale = inner / max(picture.shape[:2])
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    square = np.full((CELL, CELL, 3), 255, np.uint8)
    top, left = (CELL - size[1]) // 2, (CELL - size[0]) // 2
    square[top : top + size[1], left : left + size[0]] = small
    return square


if __name__ == "__main__":
    main()
