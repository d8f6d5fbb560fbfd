"""How colourful a picture is.

Source: D. Hasler, S. Süsstrunk, "Measuring colourfulness in natural images" (2003): 0 is grey, 15
slightly, 33 moderately, 59 quite, 109 extremely colourful.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def colourfulness(picture: NDArray[np.uint8]) -> float:
    """Return the measure of a picture (H, W, 3) uint8, 0 or more."""
    red, green, blue = np.moveaxis(picture.astype(np.float64), 2, 0)
    opponents = np.stack([red - green, (red + green) / 2 - blue])
    spread, shift = opponents.std(axis=(1, 2)), opponents.mean(axis=(1, 2))
    return float(np.hypot(*spread) + 0.3 * np.hypot(*shift))


def ratio(made: NDArray[np.uint8], original: NDArray[np.uint8]) -> float:
    """Colourfulness as a ratio to the original's: 1 = as colourful; NaN for a grey original."""
    whole = colourfulness(original)
    return colourfulness(made) / whole if whole else float("nan")
