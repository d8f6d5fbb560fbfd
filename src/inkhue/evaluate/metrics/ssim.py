"""Structural similarity: 1 = the same; higher is better.

Source: Z. Wang et al., "Image Quality Assessment: From Error Visibility to Structural Similarity"
(2004): Gaussian window of 11 x 11 and deviation 1.5, K1 = 0.01, K2 = 0.03.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torchmetrics.functional.image import structural_similarity_index_measure

RANGE = 255.0


def similarity(made: NDArray[np.uint8], original: NDArray[np.uint8]) -> float:
    """SSIM of two pictures (H, W, 3) uint8: mean over pixels and the channels R, G, B."""
    a, b = (torch.tensor(picture)[None].permute(0, 3, 1, 2).float() for picture in (made, original))
    with torch.inference_mode():
        similar = structural_similarity_index_measure(a, b, data_range=RANGE)
    assert isinstance(similar, torch.Tensor)
    return float(similar)
