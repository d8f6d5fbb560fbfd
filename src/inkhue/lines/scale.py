"""Lengths that follow the picture's size, so that lines are alike at every resolution."""

from __future__ import annotations

REFERENCE_SIDE = 512  # the longer side at which the extractors' lengths are given, pixels


def scaled(length: float, shape: tuple[int, ...]) -> float:
    """Return a length given for a 512-pixel picture as it is for one of this shape (H, W, ...)."""
    return length * max(shape[:2]) / REFERENCE_SIDE


def odd(length: float) -> int:
    """Return the nearest odd kernel size, at least 3."""
    return max(3, 2 * round((length - 1) / 2) + 1)
