"""The default model's pictures, so that a change nobody wanted is seen.

After new weights or a change of the pipeline that is meant, look at the new pictures and write
them: `INKHUE_WRITE_GOLDEN=1 pytest tests/test_golden.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkhue import Colorizer, Hints, open_page
from inkhue.lines import extract
from inkhue.output import save_picture

GOLDEN = Path(__file__).parent / "golden"
SIDE = 160  # pixels: small files, yet every region shows


def check(name: str, picture: np.ndarray, mean: float, most: float) -> None:
    path = GOLDEN / f"{name}.png"
    if os.environ.get("INKHUE_WRITE_GOLDEN"):
        save_picture(picture, path, force=True)
    golden = open_page(path).rgb.astype(int)
    made = np.dstack([picture] * 3) if picture.ndim == 2 else picture
    off = np.abs(golden - made)
    assert off.mean() <= mean
    assert np.quantile(off, 0.999) <= most


def reduced(picture: np.ndarray) -> np.ndarray:
    scale = SIDE / max(picture.shape[:2])
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("name", ["face", "fox", "lake"])
def test_examples_are_coloured_as_before(name, examples):
    hints = Hints.load(examples / f"{name}.hints.json")
    result = Colorizer(threads=1).prepare(examples / f"{name}.png").color(hints)
    # Processors round differently: a level on average, a few at the most.
    check(name, reduced(result.image), mean=1, most=6)


@pytest.mark.parametrize("method", ["ink", "xdog", "pencil"])
def test_lines_are_drawn_as_before(method):
    coloured = cv2.resize(open_page(GOLDEN / "fox.png").rgb, None, fx=2, fy=2)
    check(f"fox-{method}", extract(coloured, method), mean=0.5, most=24)
