"""Hint-AUC, by its own package: how good pictures are over all shares of a picture's regions.

Source: "Hint-AUC: Deterministic Region-based Hint Generation for Line Art Colorization
Evaluation" (IEEE Transactions on Visualization and Computer Graphics, 2026). The package finds the
regions, draws a scribble in each, gives the largest ones first, and integrates each metric over
the share of regions that have theirs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.errors import InkhueError
from inkhue.evaluate.run import SystemFailedError, predict
from inkhue.evaluate.sets import Item
from inkhue.evaluate.systems import System
from inkhue.hints import Hints
from inkhue.output import save_picture

METRICS = ("mse", "psnr", "ssim")


def hint_auc(system: System, items: Sequence[Item]) -> dict[str, float]:
    """Return a system's Hint-AUC of each of METRICS over some pictures, lines laid over.

    Scribbles are the package's "geodesic" ones, which are the same in every run. A package that is
    not installed, and a system that fails, is an InkhueError.
    """
    hintauc = find_package()

    def colorize(sample: dict[str, Any]) -> NDArray[np.uint8]:
        item = items[sample["index"]]
        hints = read_hints(sample["hint_color"], sample["hint_mask"])
        try:
            image = predict(system, item, hints).image
        except SystemFailedError as error:
            raise InkhueError(f"{system.name}, {item.id}: {error}") from error
        return np.ascontiguousarray(image[..., ::-1])

    samples = [(item.line, cv2.cvtColor(item.original, cv2.COLOR_RGB2BGR)) for item in items]
    found = hintauc.evaluate_colorizer(colorize, samples, metrics=METRICS, path_method="geodesic")
    return {name: float(found["hint_auc"][name]) for name in METRICS}


def find_package() -> ModuleType:
    """Import the package; an InkhueError where it is not installed."""
    try:
        import hintauc
    except ImportError as error:
        raise InkhueError(
            "hintauc is not installed: pip install inkhue[hint-auc] (Python below 3.13)"
        ) from error
    return cast(ModuleType, hintauc)


def read_hints(color: NDArray[np.uint8], mask: NDArray[np.uint8]) -> Hints:
    """Make hints of the package's pictures: BGR and mask, (H, W, 3) and (H, W) uint8."""
    rgba = np.dstack([color[..., ::-1], np.where(mask > 0, 255, 0)]).astype(np.uint8)
    with tempfile.TemporaryDirectory(prefix="inkhue-") as folder:
        path = Path(folder) / "hints.png"
        save_picture(rgba, path)
        return Hints.load(path)
