"""The Inception network of 2015-12-05 that FID is defined on.

Source: C. Szegedy et al., "Rethinking the Inception Architecture for Computer Vision" (2016), in
the form that Heusel et al. published with FID; layers have pytorch-fid's names. What differs from
torchvision's Inception v3: TensorFlow 1's resizing, average pools that do not count the border, and
a maximum pool in the last block.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inkhue.models.pretrained import Source, broken, filled, read_weights

INCEPTION = Source(
    "FID (Inception)",
    "fid-inception-fp16.safetensors",
    "convert pytorch-fid's pt_inception-2015-12-05 as docs/evaluation.md says",
    "INKHUE_PERCEPTUAL",
    "perceptual",
)

SIDE = 299
FEATURES = 2048
NORM_EPSILON = 1e-3
TAPS = {64: "maxpool1", 192: "maxpool2", 768: "Mixed_6e", 2048: "Mixed_7c"}  # features -> layer


class Conv(nn.Conv2d):
    """Convolution that has its batch norm folded in, and ReLU; keeps the size unless `valid`."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int | tuple[int, int] = 1,
        stride: int = 1,
        valid: bool = False,
    ) -> None:
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        padding = (0, 0) if valid else (height // 2, width // 2)
        super().__init__(inputs, outputs, (height, width), stride, padding)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, outputs, h, w), 0 or more."""
        return functional.relu(super().forward(x))


def mean_pool(x: Tensor) -> Tensor:
    """Mean of 3x3, the border not counted."""
    return functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


class BlockA(nn.Module):
    """35 x 35: 1x1, 5x5, two 3x3, and a pool."""

    def __init__(self, inputs: int, pooled: int) -> None:
        super().__init__()
        self.branch1x1 = Conv(inputs, 64)
        self.branch5x5_1 = Conv(inputs, 48)
        self.branch5x5_2 = Conv(48, 64, 5)
        self.branch3x3dbl_1 = Conv(inputs, 64)
        self.branch3x3dbl_2 = Conv(64, 96, 3)
        self.branch3x3dbl_3 = Conv(96, 96, 3)
        self.branch_pool = Conv(inputs, pooled)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, 35, 35) -> (N, 224 + pooled, 35, 35)."""
        five = self.branch5x5_2(self.branch5x5_1(x))
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), five, double, self.branch_pool(mean_pool(x))], 1)


class BlockB(nn.Module):
    """35 x 35 to 17 x 17."""

    def __init__(self) -> None:
        super().__init__()
        self.branch3x3 = Conv(288, 384, 3, stride=2, valid=True)
        self.branch3x3dbl_1 = Conv(288, 64)
        self.branch3x3dbl_2 = Conv(64, 96, 3)
        self.branch3x3dbl_3 = Conv(96, 96, 3, stride=2, valid=True)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 288, 35, 35) -> (N, 768, 17, 17)."""
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), double, functional.max_pool2d(x, 3, 2)], 1)


class BlockC(nn.Module):
    """17 x 17: 1x1, one and two 7x7 as rows and columns, and a pool."""

    def __init__(self, inner: int) -> None:
        super().__init__()
        self.branch1x1 = Conv(768, 192)
        self.branch7x7_1 = Conv(768, inner)
        self.branch7x7_2 = Conv(inner, inner, (1, 7))
        self.branch7x7_3 = Conv(inner, 192, (7, 1))
        self.branch7x7dbl_1 = Conv(768, inner)
        self.branch7x7dbl_2 = Conv(inner, inner, (7, 1))
        self.branch7x7dbl_3 = Conv(inner, inner, (1, 7))
        self.branch7x7dbl_4 = Conv(inner, inner, (7, 1))
        self.branch7x7dbl_5 = Conv(inner, 192, (1, 7))
        self.branch_pool = Conv(768, 192)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 768, 17, 17) -> (N, 768, 17, 17)."""
        seven = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        double = self.branch7x7dbl_5(self.branch7x7dbl_4(double))
        return torch.cat([self.branch1x1(x), seven, double, self.branch_pool(mean_pool(x))], 1)


class BlockD(nn.Module):
    """17 x 17 to 8 x 8."""

    def __init__(self) -> None:
        super().__init__()
        self.branch3x3_1 = Conv(768, 192)
        self.branch3x3_2 = Conv(192, 320, 3, stride=2, valid=True)
        self.branch7x7x3_1 = Conv(768, 192)
        self.branch7x7x3_2 = Conv(192, 192, (1, 7))
        self.branch7x7x3_3 = Conv(192, 192, (7, 1))
        self.branch7x7x3_4 = Conv(192, 192, 3, stride=2, valid=True)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 768, 17, 17) -> (N, 1280, 8, 8)."""
        three = self.branch3x3_2(self.branch3x3_1(x))
        seven = self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x)))
        return torch.cat([three, self.branch7x7x3_4(seven), functional.max_pool2d(x, 3, 2)], 1)


class BlockE(nn.Module):
    """8 x 8: 1x1, 3x3 and double 3x3 whose ends are a row and a column, and a pool."""

    def __init__(self, inputs: int, maximum: bool) -> None:
        super().__init__()
        self.maximum = maximum
        self.branch1x1 = Conv(inputs, 320)
        self.branch3x3_1 = Conv(inputs, 384)
        self.branch3x3_2a = Conv(384, 384, (1, 3))
        self.branch3x3_2b = Conv(384, 384, (3, 1))
        self.branch3x3dbl_1 = Conv(inputs, 448)
        self.branch3x3dbl_2 = Conv(448, 384, 3)
        self.branch3x3dbl_3a = Conv(384, 384, (1, 3))
        self.branch3x3dbl_3b = Conv(384, 384, (3, 1))
        self.branch_pool = Conv(inputs, 192)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, 8, 8) -> (N, 2048, 8, 8)."""
        three = self.branch3x3_1(x)
        double = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        ends = [
            self.branch3x3_2a(three),
            self.branch3x3_2b(three),
            self.branch3x3dbl_3a(double),
            self.branch3x3dbl_3b(double),
        ]
        pool = functional.max_pool2d(x, 3, 1, 1) if self.maximum else mean_pool(x)
        return torch.cat([self.branch1x1(x), *ends, self.branch_pool(pool)], 1)


class Inception(nn.Module):
    """Pictures (N, 3, 299, 299) float32 in [-1, 1) -> (N, tap), the spatial mean of a layer."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Conv(3, 32, 3, stride=2, valid=True)
        self.Conv2d_2a_3x3 = Conv(32, 32, 3, valid=True)
        self.Conv2d_2b_3x3 = Conv(32, 64, 3)
        self.maxpool1 = nn.MaxPool2d(3, 2)
        self.Conv2d_3b_1x1 = Conv(64, 80)
        self.Conv2d_4a_3x3 = Conv(80, 192, 3, valid=True)
        self.maxpool2 = nn.MaxPool2d(3, 2)
        self.Mixed_5b = BlockA(192, 32)
        self.Mixed_5c = BlockA(256, 64)
        self.Mixed_5d = BlockA(288, 64)
        self.Mixed_6a = BlockB()
        self.Mixed_6b = BlockC(128)
        self.Mixed_6c = BlockC(160)
        self.Mixed_6d = BlockC(160)
        self.Mixed_6e = BlockC(192)
        self.Mixed_7a = BlockD()
        self.Mixed_7b = BlockE(1280, maximum=False)
        self.Mixed_7c = BlockE(2048, maximum=True)

    def forward(self, x: Tensor, tap: int = FEATURES) -> Tensor:
        """See the class; `tap` is a key of TAPS."""
        for name, layer in self.named_children():
            x = layer(x)
            if name == TAPS[tap]:
                break
        return x.mean((2, 3))


@cache
def load(path: Path) -> Inception:
    """Read the network from a file in pytorch-fid's names, once for each file."""
    tensors = read_weights(path)
    try:
        folded = fold(tensors)
    except KeyError as error:
        raise broken(path, f"{error.args[0]} is missing") from error
    return filled(Inception, folded, path)


def fold(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Fold each layer's batch norm (which has no gamma) into its convolution, in float64."""
    folded = {}
    for layer in [name[: -len(".conv.weight")] for name in tensors if name.endswith("conv.weight")]:
        mean, variance = (
            tensors[f"{layer}.bn.running_{name}"].double() for name in ("mean", "var")
        )
        scale = (variance + NORM_EPSILON).rsqrt()
        folded[f"{layer}.weight"] = tensors[f"{layer}.conv.weight"] * scale.view(-1, 1, 1, 1)
        folded[f"{layer}.bias"] = tensors[f"{layer}.bn.bias"] - mean * scale
    return folded


def inception_features(pictures: NDArray[np.uint8], tap: int = FEATURES) -> NDArray[np.float32]:
    """(N, H, W, 3) uint8 -> (N, tap) float32: 2048 features for FID, or 64, 192, 768 for checks.

    One picture at a time: memory stays small, and no digit depends on which pictures come together.
    """
    network = load(INCEPTION.path())
    features = np.empty((len(pictures), tap), np.float32)
    for row, picture in zip(features, pictures, strict=True):
        with torch.inference_mode():
            x = resize(torch.tensor(picture)[None].permute(0, 3, 1, 2).float())
            x = x.contiguous(memory_format=torch.channels_last)
            row[:] = network((x - 128) / 128, tap)[0].numpy()
    return features


def resize(x: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, C, 299, 299), bilinear as TensorFlow 1 did it.

    Sample i is taken at i * H / 299: no half pixel, no antialiasing.
    """
    for axis in (3, 2):
        size = x.shape[axis]
        position = torch.arange(SIDE, dtype=torch.float32) * (size / SIDE)
        below = position.long().clamp(max=size - 1)
        above = (below + 1).clamp(max=size - 1)
        share = (position - below).view((-1, 1) if axis == 2 else (-1,))
        low, high = x.index_select(axis, below), x.index_select(axis, above)
        x = low + (high - low) * share
    return x
