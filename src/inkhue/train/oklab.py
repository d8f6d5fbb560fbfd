"""OKLab, a space where equal steps look about equal, and mixing keeps hues.

Source: B. Ottosson, "A perceptual color space for image processing" (2020).
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

TO_CONES: Final = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
FROM_CONES: Final = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
DARK: Final = 0.04045  # sRGB's values up to here are linear
LEAST: Final = 1e-3  # below, a line stands in for the cube root, which is too steep at 0


def to_oklab(srgb: Tensor) -> Tensor:
    """(N, 3, H, W) sRGB, in [0, 1] or near -> lightness in [0, 1], a and b in about +-0.4."""
    bright = ((srgb.clamp(min=DARK) + 0.055) / 1.055) ** 2.4
    linear = torch.where(srgb <= DARK, srgb / 12.92, bright)
    cones = mix(linear, TO_CONES).clamp(min=0)
    steep = cones * LEAST ** (-2 / 3)
    roots = torch.where(cones < LEAST, steep, cones.clamp(min=LEAST) ** (1 / 3))
    return mix(roots, FROM_CONES)


def mix(planes: Tensor, matrix: tuple[tuple[float, ...], ...]) -> Tensor:
    """Multiply the channels (N, 3, H, W) by a matrix."""
    return torch.einsum("oc,nchw->nohw", planes.new_tensor(matrix), planes)
