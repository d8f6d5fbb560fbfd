"""What every part means by a picture: its limit, its white, and how to go over its pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = tuple[int, int, int]
Picture = TypeVar("Picture", NDArray[np.uint8], NDArray[np.int16], NDArray[np.float32])

MAX_PIXELS = 150_000_000
WHITE: Rgb = (255, 255, 255)


def rounded(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Round to nearest, within 0 .. 255."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def strips(picture: NDArray[Any]) -> Iterator[slice]:
    """Cut a picture into bands of about a quarter megapixel: wide numbers need much memory."""
    step = max(1, 2**18 // picture.shape[1])
    return (slice(top, top + step) for top in range(0, picture.shape[0], step))


def resize(picture: Picture, width: int, height: int) -> Picture:
    """Reduce (H, W[, 3]) by the mean of the covered area, or enlarge it linearly."""
    reducing = width < picture.shape[1] or height < picture.shape[0]
    resampling = cv2.INTER_AREA if reducing else cv2.INTER_LINEAR
    resized = cv2.resize(picture, (width, height), interpolation=resampling)
    return cast(Picture, resized.reshape(height, width, *picture.shape[2:]))


def pull_push(weighted: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill where the weight is small from coarser and coarser means.

    weighted (H, W, 3), colours times weight; weight (H, W, 1) in [0, 1].

    Source: Gortler et al. 1996, section 5.2.
    """
    height, width = weight.shape[:2]
    mean = weighted / np.maximum(weight, 1e-6)
    if max(height, width) == 1:
        return np.asarray(mean, np.float32)
    half = ((width + 1) // 2, (height + 1) // 2)
    coarse = [
        cv2.resize(a, half, interpolation=cv2.INTER_AREA).reshape(half[1], half[0], -1)
        for a in (weighted, weight)
    ]
    filled = pull_push(np.asarray(coarse[0]), np.asarray(coarse[1]))
    rough = cv2.resize(filled, (width, height), interpolation=cv2.INTER_LINEAR)
    rough = rough.reshape(height, width, -1)
    return np.asarray(mean * weight + rough * (1 - weight), np.float32)
