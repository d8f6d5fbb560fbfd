"""Peak signal to noise ratio: higher is better."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torchmetrics.functional.image import peak_signal_noise_ratio

PEAK = 255.0
# The same pixels have no noise. Infinity would swallow every mean; one level in one channel of one
# pixel of 512 x 512 is 107 dB.
MOST = 100.0


def decibels(made: NDArray[np.uint8], original: NDArray[np.uint8]) -> float:
    """PSNR of two pictures (H, W, 3) uint8 over all pixels and channels, dB, MOST at most."""
    a, b = (torch.tensor(picture, dtype=torch.float64) for picture in (made, original))
    return min(float(peak_signal_noise_ratio(a, b, data_range=PEAK)), MOST)
