"""Integer measures, defined exactly: whoever computes them anew gets the same numbers."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

OCTAVE: Final = 16  # steps of `log_steps` from a number to its double
_MOST_STEPS = 24 * OCTAVE


def _first_numbers() -> NDArray[np.int64]:
    """For each number of steps i the smallest n with n ** 16 >= 2 ** i."""
    firsts, n = [], 1
    for steps in range(_MOST_STEPS):
        n = max(n, int(2.0 ** (steps / OCTAVE)) - 1)  # only where the search starts
        while n**OCTAVE < 1 << steps:
            n += 1
        firsts.append(n)
    return np.array(firsts, np.int64)


_FIRSTS = _first_numbers()


def log_steps(numbers: NDArray[Any]) -> NDArray[np.int32]:
    """Return the largest i with 2 ** (i / 16) <= n for each n in 1 .. 2 ** 24 - 1, as int32."""
    return (np.searchsorted(_FIRSTS, numbers, "right") - 1).astype(np.int32)


def root(
    numbers: NDArray[np.int64] | NDArray[np.float64], divisors: NDArray[Any] | int = 1
) -> NDArray[np.int64]:
    """Return the whole part of the square root of each number // divisor; numbers to 2 ** 52."""
    # IEEE 754 rounds quotients and square roots correctly: a quotient is at least a whole number's
    # square after rounding only if it was before, and so is a root. Fractions change nothing.
    return np.sqrt(numbers / divisors).astype(np.int64)


def squared_distance(free: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return each pixel's squared Euclidean distance to the nearest pixel that is not free.

    Between pixels' centres, 0 where not free; (h + w) ** 2 everywhere if all are free. Exact up
    to sides of 1024: OpenCV's precise transform is the lower envelope of parabolas, in float32.
    It compares whole numbers with fractions of divisors up to 2 * 1024, its errors are below a
    quarter of their smallest difference, and the square of the rounded root, rounded again, is
    less than 0.4 from the whole number that it stands for.

    Args:
        free: (h, w) bool.
    """
    height, width = free.shape
    if free.all():
        return np.full(free.shape, (height + width) ** 2, np.int32)
    distance = cv2.distanceTransform(free.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    np.square(distance, out=distance)
    return np.rint(distance, out=distance).astype(np.int32)
